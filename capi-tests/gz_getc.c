/*
 * Property: the macro gzgetc, which takes bytes from the file's buffer without a call, and all
 * functions see the same position and data; gzungetc puts back as many bytes as in zlib 1.3.2.
 *
 * Guards: the fields have, next and pos after each kind of call, macro and function in any order
 * with gzread, gzgets, gzseek, gzungetc; gzungetc before the first read, until there is no more
 * room, behind the end, with -1 (which only has a seek done that is waiting).
 */
#include "gz.h"

/* Longer than the buffers, so that they are filled more than once. */
static unsigned char data[60000];

/* The macro of our header on a side's file; its slow way must be that side's function. */
static int macro(int side, gzFile g)
{
    return side == OURS ? gzgetc(g)
                        : (g->have ? (g->have--, g->pos++, *(g->next)++)
                                   : (api[ORACLE]->gzgetc)(g));
}

/* Calls the macro count times on both sides; the bytes must be those at `at`. */
static void take(struct gz_twin *t, size_t at, size_t count)
{
    size_t i, wrong = 0;
    int side;

    for (side = OURS; side < SIDES; side++)
        for (i = 0; i < count; i++)
            wrong += macro(side, t->file[side]) != (at + i < sizeof(data) ? data[at + i] : -1);
    CHECK_UINT(wrong, 0);
    gz_compare(t);
}

static void check_macro(void)
{
    static unsigned char got[sizeof(data)];
    struct gz_twin t;

    context("macro");
    CHECK(gz_open(&t, "file", "r"));
    CHECK_UINT(t.file[OURS]->have, 0);
    CHECK_INT(t.file[OURS]->pos, 0);
    take(&t, 0, 1);
    CHECK_INT(t.file[OURS]->pos, 1);
    CHECK(t.file[OURS]->have > 0);
    take(&t, 1, 30000);
    GZ_CHECK(&t, f->gztell(g), 30001);
    GZ_CHECK(&t, (f->gzgetc)(g), data[30001]);
    GZ_CHECK(&t, f->gzgetc_(g), data[30002]);
    take(&t, 30003, 7);
    GZ_CHECK(&t, f->gzread(g, got, 100), 100);
    CHECK_MEM(got, data + 30010, 100);
    take(&t, 30110, 3);
    GZ_CHECK(&t, f->gzseek(g, 5, SEEK_CUR), 30118);
    take(&t, 30118, 2);
    GZ_CHECK(&t, f->gzseek(g, 20000, SEEK_CUR), 50120);
    CHECK_UINT(t.file[OURS]->have, 0);
    take(&t, 50120, 2);
    GZ_CHECK(&t, f->gzseek(g, 10, SEEK_SET), 10);
    take(&t, 10, 50);
    GZ_CHECK(&t, f->gzfread(got, 1, 30000, g), 30000);
    CHECK_MEM(got, data + 60, 30000);
    take(&t, 30060, sizeof(data) - 30060);
    GZ_CHECK(&t, f->gzeof(g), 0);
    take(&t, sizeof(data), 2);
    GZ_CHECK(&t, f->gzeof(g), 1);
    CHECK_INT(gz_close(&t), Z_OK);
}

/* Puts count bytes back that count downward, until it fails. */
static void put_back(struct gz_twin *t, int count)
{
    int i;

    for (i = 0; i < count; i++)
        GZ_CHECK(t, f->gzungetc(i & 0xff, g), i & 0xff);
}

/* Reads the bytes that put_back gave. */
static void take_back(struct gz_twin *t, int count)
{
    int side, i;

    for (side = OURS; side < SIDES; side++)
        for (i = count - 1; i >= 0; i--)
            CHECK_INT(macro(side, t->file[side]), i & 0xff);
    gz_compare(t);
}

static void check_unget(const char *name, unsigned size)
{
    struct gz_twin t;
    int room = 2 * (int)size;

    context("gzungetc, %s, buffers of %u", name, size);
    /* Right after the opening: as many as the output buffer has room for. */
    CHECK(gz_open(&t, name, "r"));
    GZ_CHECK(&t, f->gzbuffer(g, size), 0);
    GZ_CHECK(&t, f->gzungetc('!', g), '!');
    GZ_CHECK(&t, f->gztell(g), -1);
    CHECK_INT(macro(OURS, t.file[OURS]), '!');
    CHECK_INT(macro(ORACLE, t.file[ORACLE]), '!');
    if (strcmp(name, "plain") == 0) {
        /* What the buffer has of the file is there already. */
        put_back(&t, 1);
        take_back(&t, 1);
    } else {
        put_back(&t, room);
        take_back(&t, room);
    }
    take(&t, 0, 5);
    /* One at least, at any time. */
    put_back(&t, 1);
    take_back(&t, 1);
    put_back(&t, 5);
    take_back(&t, 5);
    take(&t, 5, 100);
    put_back(&t, 3);
    GZ_CHECK(&t, f->gztell(g), 102);
    GZ_CHECK(&t, f->gzseek(g, 2, SEEK_CUR), 104);
    /* A file that is copied forgets what was put back; a gzip file skips it. */
    GZ_CHECK(&t, f->gzgetc_(g), strcmp(name, "plain") == 0 ? data[104] : 0);
    take(&t, 105, 1);
    /* Waiting seeks are done first, by -1 as well, which puts nothing back. */
    GZ_CHECK(&t, f->gzseek(g, 40000, SEEK_SET), 40000);
    GZ_CHECK(&t, f->gzungetc(-1, g), -1);
    CHECK_INT(t.file[OURS]->pos, 40000);
    GZ_CHECK(&t, f->gzseek(g, 50000, SEEK_SET), 50000);
    GZ_CHECK(&t, f->gzungetc('x', g), 'x');
    GZ_CHECK(&t, f->gztell(g), 49999);
    GZ_CHECK(&t, (f->gzgetc)(g), 'x');
    take(&t, 50000, sizeof(data) - 50000 + 1);
    GZ_CHECK(&t, f->gzeof(g), 1);
    put_back(&t, room);
    GZ_CHECK(&t, f->gzeof(g), 0);
    take_back(&t, room);
    take(&t, sizeof(data), 1);
    /* Only the low byte counts, but the number itself comes back. */
    GZ_CHECK(&t, f->gzungetc(0x141, g), 0x141);
    GZ_CHECK(&t, (f->gzgetc)(g), 0x41);
    put_back(&t, room);
    GZ_CHECK(&t, f->gzungetc('y', g), -1);
    GZ_CHECK(&t, (f->gzgetc)(g), -1);
    CHECK_STR(gzerror(t.file[OURS], NULL) + strlen(t.path[OURS]),
              ": out of room to push characters");
    CHECK_INT(gz_close(&t), Z_OK);
}

int main(void)
{
    static unsigned char member[sizeof(data) + 1000];

    oracle_open();
    data_fill(DATA_MIXED, 3, data, sizeof(data));
    gz_put("file", member, gz_member(data, sizeof(data), 6, member, sizeof(member)));
    gz_put("plain", data, sizeof(data));
    check_macro();
    check_unget("file", 8192);
    check_unget("file", 8);
    check_unget("file", 11);
    check_unget("plain", 8192);
    return test_result();
}
