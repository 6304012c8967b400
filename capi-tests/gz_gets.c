/*
 * Property: gzgets gives the lines that zlib 1.3.2 gives: up to len - 1 bytes, to the newline and
 * with it, over the ends of buffers, with zero bytes in them, and NULL when nothing is left.
 *
 * Guards: lengths 1, 2 and beyond the buffer; a last line without newline; zero bytes; nothing
 * written behind the zero byte that ends the line; gzeof; a seek that waits. One difference: at
 * the end of every gzip file zlib 1.3.2 sets Z_BUF_ERROR, "unexpected end of file", which gzclose
 * then returns; there is no error here.
 */
#include "gz.h"

#define UNTOUCHED 0x5a

static unsigned char data[50000];

/* At the end of the file. zlib says "unexpected end of file" there if it is a gzip file. */
static void check_end(struct gz_twin *t)
{
    CHECK_INT(gztell(t->file[OURS]), api[ORACLE]->gztell(t->file[ORACLE]));
    CHECK_INT(gzeof(t->file[OURS]), api[ORACLE]->gzeof(t->file[ORACLE]));
    if (!testing_peer())
        CHECK_STR(gzerror(t->file[OURS], NULL), "");
    CHECK_INT(gzclose(t->file[OURS]), Z_OK);
    api[ORACLE]->gzclose(t->file[ORACLE]);
}

static void check_lines(const char *name, int len, unsigned size)
{
    static unsigned char line[70000];
    struct gz_twin t;
    size_t at = 0;

    context("lines of %d in %s, buffers of %u", len, name, size);
    CHECK(gz_open(&t, name, "r"));
    GZ_CHECK(&t, f->gzbuffer(g, size), 0);
    for (;;) {
        const unsigned char *newline;
        size_t want = sizeof(data) - at;
        int side;

        newline = memchr(data + at, '\n', want);
        if (newline != NULL)
            want = (size_t)(newline - (data + at)) + 1;
        if (want > (size_t)len - 1)
            want = (size_t)len - 1;
        for (side = OURS; side < SIDES; side++) {
            char *got;

            memset(line, UNTOUCHED, want + 100);
            got = api[side]->gzgets(t.file[side], (char *)line, len);
            if (want == 0) {
                CHECK(got == NULL);
                CHECK_INT(line[0], UNTOUCHED);
                continue;
            }
            CHECK(got == (char *)line);
            CHECK_MEM(line, data + at, want);
            CHECK_INT(line[want], 0);
            CHECK_INT(line[want + 1], UNTOUCHED);
        }
        if (want == 0)
            break;
        gz_compare(&t);
        at += want;
    }
    CHECK_UINT(at, len == 1 ? 0 : sizeof(data));
    CHECK_INT(gzeof(t.file[OURS]), len != 1);
    check_end(&t);
}

static void check_seek(void)
{
    struct gz_twin t;
    char line[20];

    context("after gzseek");
    CHECK(gz_open(&t, "file", "r"));
    GZ_CHECK(&t, f->gzseek(g, 30000, SEEK_SET), 30000);
    GZ_CHECK(&t, f->gzgets(g, line, 5) == line, 1);
    GZ_CHECK(&t, f->gzseek(g, 60000, SEEK_SET), 60000);
    CHECK(gzgets(t.file[OURS], line, 5) == NULL);
    CHECK(api[ORACLE]->gzgets(t.file[ORACLE], line, 5) == NULL);
    CHECK_INT(gzeof(t.file[OURS]), 1);
    check_end(&t);
}

int main(void)
{
    static const int lens[] = {1, 2, 3, 50, 8192, 16384, 16385, 69000};
    static unsigned char member[sizeof(data) + 1000];
    struct rng rng = rng_seed(1);
    size_t i;

    oracle_open();
    for (i = 0; i < sizeof(data); i++) {
        uint32_t dice = rng_below(&rng, 300);

        /* Lines become longer, up to twice the buffer; the last one has no newline. */
        data[i] = (unsigned char)(dice < 3 && i < 9000 ? '\n' : dice == 4 ? 0 : 'a' + dice % 26);
    }
    data[29999] = '\n';
    gz_put("file", member, gz_member(data, sizeof(data), 6, member, sizeof(member)));
    gz_put("plain", data, sizeof(data));
    for (i = 0; i < COUNT(lens); i++) {
        if (lens[i] == 2) {
            check_lines("file", 2, 20);
            continue;
        }
        check_lines("file", lens[i], 8192);
        check_lines("plain", lens[i], 8192);
        check_lines("file", lens[i], 9);
        check_lines("plain", lens[i], 100);
    }
    check_seek();
    return test_result();
}
