/*
 * Property: compress, compress2 and their _z forms give zlib 1.3.2's bytes, lengths and codes.
 *
 * Guards: destLen one byte short is Z_BUF_ERROR with the part that fits written; NULL buffers
 * with length 0 are fine and with more Z_STREAM_ERROR (1.3.2); a wrong level leaves destLen 0;
 * nothing is written behind destLen; source lengths above 4 GiB are not cut off.
 */
#include "twin.h"

#include <sys/mman.h>

#define LONGEST 40000
#define UNTOUCHED 0x5a

static unsigned char out[SIDES][2 * LONGEST];

enum form { COMPRESS, COMPRESS2, COMPRESS_Z, COMPRESS2_Z, FORMS };

/* One call of the given form; *len as destLen in and out. */
static int call(enum side side, enum form form, unsigned char *dest, size_t *len,
                const unsigned char *source, size_t source_len, int level)
{
    uLong ulen = (uLong)*len;
    z_size_t zlen = *len;
    int code;

    switch (form) {
    case COMPRESS: code = api[side]->compress(dest, &ulen, source, (uLong)source_len); break;
    case COMPRESS2:
        code = api[side]->compress2(dest, &ulen, source, (uLong)source_len, level);
        break;
    case COMPRESS_Z: code = api[side]->compress_z(dest, &zlen, source, source_len); break;
    default: code = api[side]->compress2_z(dest, &zlen, source, source_len, level); break;
    }
    *len = form == COMPRESS || form == COMPRESS2 ? (size_t)ulen : zlen;
    return code;
}

/* Both libraries with room bytes at dest; compares all. The code; the length goes to *len. */
static int both(enum form form, size_t room, const unsigned char *source, size_t source_len,
                int level, size_t *len)
{
    size_t got[SIDES], i, touched = 0;
    int code[SIDES], side;

    for (side = OURS; side < SIDES; side++) {
        got[side] = room;
        memset(out[side], UNTOUCHED, sizeof(out[side]));
        code[side] = call((enum side)side, form, out[side], &got[side], source, source_len, level);
    }
    CHECK_INT(code[OURS], code[ORACLE]);
    CHECK_UINT(got[OURS], got[ORACLE]);
    for (i = room; i < room + 64 && i < sizeof(out[0]); i++)
        touched += out[OURS][i] != UNTOUCHED;
    CHECK_UINT(touched, 0);
    CHECK_MEM(out[OURS], out[ORACLE], room);
    *len = got[ORACLE];
    return code[ORACLE];
}

static void test_results(void)
{
    static const size_t lengths[] = {0, 1, 2, 3, 10, 100, 1000, 16384, LONGEST};
    static unsigned char in[LONGEST];
    int kind, level, form;
    size_t i, len, exact;

    for (kind = 0; kind < DATA_KINDS; kind++) {
        data_fill((enum data_kind)kind, 1, in, LONGEST);
        for (i = 0; i < COUNT(lengths); i++)
            for (level = -1; level <= 9; level++)
                for (form = 0; form < FORMS; form++) {
                    if ((form == COMPRESS || form == COMPRESS_Z) && level != -1)
                        continue;
                    if (lengths[i] == LONGEST && level > 0 && (level + kind) % 3 != 0)
                        continue;
                    context("%s, %zu bytes, level %d, form %d", data_name((enum data_kind)kind),
                            lengths[i], level, form);
                    CHECK_INT(both((enum form)form, compressBound((uLong)lengths[i]), in,
                                   lengths[i], level, &exact), Z_OK);
                    check_inflates(out[OURS], exact, 15, in, lengths[i], NULL, 0);
                    CHECK_INT(both((enum form)form, exact, in, lengths[i], level, &len), Z_OK);
                    CHECK_UINT(len, exact);
                    CHECK_INT(both((enum form)form, exact - 1, in, lengths[i], level, &len),
                              Z_BUF_ERROR);
                    CHECK_UINT(len, exact - 1);
                }
    }
}

/* Every room from nothing to enough. */
static void test_short_room(void)
{
    static unsigned char in[300];
    size_t room, len, exact;
    int level;

    data_fill(DATA_MIXED, 3, in, sizeof(in));
    for (level = -1; level <= 9; level++) {
        context("short room, level %d", level);
        CHECK_INT(both(COMPRESS2, 1000, in, sizeof(in), level, &exact), Z_OK);
        for (room = 0; room <= exact + 3; room++) {
            context("room %zu of %zu, level %d", room, exact, level);
            CHECK_INT(both(COMPRESS2, room, in, sizeof(in), level, &len),
                      room < exact ? Z_BUF_ERROR : Z_OK);
            both(COMPRESS2_Z, room, in, sizeof(in), level, &len);
        }
    }
}

static void test_bad_levels(void)
{
    static const int levels[] = {-2, 10, 11, 12, 100, -100, 2147483647, -2147483647 - 1};
    size_t i, len;

    for (i = 0; i < COUNT(levels); i++) {
        context("level %d", levels[i]);
        CHECK_INT(both(COMPRESS2, 100, (const unsigned char *)"abc", 3, levels[i], &len),
                  Z_STREAM_ERROR);
        CHECK_UINT(len, 0);
        CHECK_INT(both(COMPRESS2_Z, 100, (const unsigned char *)"abc", 3, levels[i], &len),
                  Z_STREAM_ERROR);
    }
}

/* NULL for each pointer, with and without a length. destLen NULL only where zlib checks it. */
static void test_null(void)
{
    static const unsigned char in[] = "abc";
    int form, source_null, dest_null, source_len, room, side;

    for (form = 0; form < FORMS; form++)
        for (source_null = 0; source_null < 2; source_null++)
            for (dest_null = 0; dest_null < 2; dest_null++)
                for (source_len = 0; source_len < 4; source_len += 3)
                    for (room = 0; room < 40; room += 8) {
                        size_t got[SIDES];
                        int code[SIDES];

                        context("form %d, source %s of %d, dest %s of %d", form,
                                source_null ? "NULL" : "given", source_len,
                                dest_null ? "NULL" : "given", room);
                        for (side = OURS; side < SIDES; side++) {
                            got[side] = (size_t)room;
                            code[side] = call((enum side)side, (enum form)form,
                                              dest_null ? NULL : out[side], &got[side],
                                              source_null ? NULL : in, (size_t)source_len, 6);
                        }
                        CHECK_INT(code[OURS], code[ORACLE]);
                        CHECK_UINT(got[OURS], got[ORACLE]);
                        if ((source_null && source_len > 0) || (dest_null && room > 0)) {
                            CHECK_INT(code[OURS], Z_STREAM_ERROR);
                            CHECK_UINT(got[OURS], room);
                        }
                    }
    context("destLen NULL");
    CHECK_INT(compress_z(out[OURS], NULL, in, 3), Z_STREAM_ERROR);
    CHECK_INT(compress2_z(out[OURS], NULL, in, 3, 6), Z_STREAM_ERROR);
    CHECK_INT(compress2_z(NULL, NULL, NULL, 0, 6), Z_STREAM_ERROR);
}

/* More than 4 GiB of source and room: room runs out long before the source does. */
static void test_huge_lengths(void)
{
#if SIZE_MAX > 0xffffffff
    size_t huge = ((size_t)1 << 32) + 5, len;
    unsigned char *source = mmap(NULL, huge, PROT_READ,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int form, level, side;

    if (source == MAP_FAILED)
        return;
    for (form = 0; form < FORMS; form++)
        for (level = 0; level <= 9; level += 3) {
            context("4 GiB + 5, form %d, level %d", form, level);
            CHECK_INT(both((enum form)form, 1000, source, huge, level, &len), Z_BUF_ERROR);
            CHECK_UINT(len, 1000);
        }
    munmap(source, huge);
    /* destLen above 4 GiB may name more than there is: only what is needed is written. */
    for (side = OURS; side < SIDES; side++) {
        context("room of 4 GiB + 7, side %d", side);
        len = ((size_t)1 << 32) + 7;
        CHECK_INT(call((enum side)side, COMPRESS2_Z, out[side], &len,
                       (const unsigned char *)"abcabcabc", 9, 6), Z_OK);
        CHECK_UINT(len, 13);
        len = SIZE_MAX;
        CHECK_INT(call((enum side)side, COMPRESS2, out[side], &len,
                       (const unsigned char *)"abcabcabc", 9, 6), Z_OK);
        CHECK_UINT(len, 13);
    }
#endif
}

int main(void)
{
    oracle_open();
    test_results();
    test_short_room();
    test_bad_levels();
    test_null();
    test_huge_lengths();
    return test_result();
}
