/*
 * Property: uncompress, uncompress2 and their _z forms give zlib 1.3.2's bytes, lengths and codes.
 *
 * Guards: destLen and sourceLen say how far it came, whatever the code; a stream that ends too
 * early is Z_DATA_ERROR and no room Z_BUF_ERROR (the rule of 1.3.2 when both are so); trailing
 * bytes are left over; a needed dictionary is Z_DATA_ERROR; NULL buffers with length 0 are fine;
 * lengths above 4 GiB are not cut off. A NULL destLen or sourceLen, with which zlib's uncompress
 * and uncompress2 crash, is Z_STREAM_ERROR with us.
 */
#include "itwin.h"

#include <sys/mman.h>

#define LONGEST 40000
#define SPARE 64
#define UNTOUCHED 0x5a

static unsigned char out[SIDES][LONGEST + SPARE];
static unsigned char data[LONGEST];

enum form { UNCOMPRESS, UNCOMPRESS2, UNCOMPRESS_Z, UNCOMPRESS2_Z, FORMS };

/* One call of the given form; *len as destLen and *used as sourceLen in and out. */
static int call(enum side side, enum form form, unsigned char *dest, size_t *len,
                const unsigned char *source, size_t *used)
{
    uLong ulen = (uLong)*len, uused = (uLong)*used;
    z_size_t zlen = *len, zused = *used;
    int code;

    switch (form) {
    case UNCOMPRESS: code = api[side]->uncompress(dest, &ulen, source, uused); break;
    case UNCOMPRESS2: code = api[side]->uncompress2(dest, &ulen, source, &uused); break;
    case UNCOMPRESS_Z: code = api[side]->uncompress_z(dest, &zlen, source, zused); break;
    default: code = api[side]->uncompress2_z(dest, &zlen, source, &zused); break;
    }
    *len = form <= UNCOMPRESS2 ? (size_t)ulen : zlen;
    *used = form <= UNCOMPRESS2 ? (size_t)uused : zused;
    return code;
}

/* Both libraries with room bytes at dest; compares all. */
static int both(enum form form, size_t room, const unsigned char *source, size_t source_len,
                size_t *len, size_t *used)
{
    size_t got[SIDES], taken[SIDES], i, touched = 0;
    int code[SIDES], side;

    for (side = OURS; side < SIDES; side++) {
        got[side] = room;
        taken[side] = source_len;
        memset(out[side], UNTOUCHED, room < LONGEST ? room + SPARE : sizeof(out[side]));
        code[side] = call((enum side)side, form, out[side], &got[side], source, &taken[side]);
    }
    CHECK_INT(code[OURS], code[ORACLE]);
    CHECK_UINT(got[OURS], got[ORACLE]);
    CHECK_UINT(taken[OURS], taken[ORACLE]);
    for (i = got[ORACLE]; i < room + SPARE && i < sizeof(out[0]); i++)
        touched += out[OURS][i] != UNTOUCHED;
    CHECK_UINT(touched, 0);
    CHECK_MEM(out[OURS], out[ORACLE], got[ORACLE] < LONGEST ? got[ORACLE] : LONGEST);
    *len = got[ORACLE];
    *used = taken[ORACLE];
    return code[ORACLE];
}

static void test_results(void)
{
    static const size_t lengths[] = {0, 1, 2, 3, 10, 257, 258, 300, 1000, 32768, LONGEST - 1};
    int kind, form;
    size_t i, stream_len, len, used;

    for (kind = 0; kind < DATA_KINDS; kind++)
        for (i = 0; i < COUNT(lengths); i++) {
            struct params p = {(int)i % 10, 15 - kind % 7, 8, 0};
            size_t room[] = {lengths[i], lengths[i] + 1, lengths[i] - 1, lengths[i] / 2, 0}, r;
            unsigned char *stream;

            data_fill((enum data_kind)kind, 1, data, LONGEST);
            stream = sample_new(p, data, lengths[i], 0, 0, &stream_len);
            memset(stream + stream_len, 0xee, 3);
            for (form = 0; form < FORMS; form++)
                for (r = 0; r < (lengths[i] == 0 ? 2 : COUNT(room)); r++) {
                    int code, fits = room[r] >= lengths[i];

                    context("%s, %zu bytes, room %zu, form %d", data_name((enum data_kind)kind),
                            lengths[i], room[r], form);
                    code = both((enum form)form, room[r], stream, stream_len + 3, &len, &used);
                    CHECK_INT(code, fits ? Z_OK : Z_BUF_ERROR);
                    CHECK_UINT(len, fits ? lengths[i] : room[r]);
                    CHECK_MEM(out[OURS], data, len);
                    if (fits && form % 2)
                        CHECK_UINT(used, stream_len);
                }
            free(stream);
        }
}

/* Cut at every byte, with room to spare, exact, too little and none. */
static void test_truncated(void)
{
    size_t at, r, stream_len, len, used;
    unsigned char *stream;
    int form, level;

    data_fill(DATA_TEXT, 1, data, 400);
    for (level = 0; level < 7; level += 3) {
        static const size_t rooms[] = {500, 401, 400, 399, 300, 1, 0};

        stream = sample_new((struct params){level, 15, 8, 0}, data, 400, 0, 0, &stream_len);
        for (at = 0; at <= stream_len; at++)
            for (r = 0; r < COUNT(rooms); r++)
                for (form = 0; form < FORMS; form++) {
                    int code;

                    context("level %d, cut at %zu of %zu, room %zu, form %d", level, at, stream_len,
                            rooms[r], form);
                    code = both((enum form)form, rooms[r], stream, at, &len, &used);
                    if (rooms[r] > 400)
                        CHECK_INT(code, at == stream_len ? Z_OK : Z_DATA_ERROR);
                    if (at == stream_len)
                        CHECK_INT(code, rooms[r] >= 400 ? Z_OK : Z_BUF_ERROR);
                }
        free(stream);
    }
}

/* Each byte damaged; and streams of other kinds. */
static void test_damaged(void)
{
    size_t at, stream_len, len, used, i;
    unsigned char *stream;
    int form;

    stream = sample_new((struct params){6, 15, 8, 0}, data, 400, 0, 0, &stream_len);
    for (at = 0; at < stream_len; at++)
        for (form = 0; form < FORMS; form++) {
            context("damaged at %zu, form %d", at, form);
            stream[at] ^= (unsigned char)(1 << at % 8);
            both((enum form)form, 300 + at, stream, stream_len, &len, &used);
            stream[at] ^= (unsigned char)(1 << at % 8);
        }
    free(stream);
    for (i = 0; i < 2; i++)
        for (form = 0; form < FORMS; form++) {
            context("a %s stream, form %d", i ? "gzip" : "raw", form);
            stream = sample_new((struct params){6, i ? 31 : -15, 8, 0}, data, 400, 0, 0,
                                &stream_len);
            CHECK_INT(both((enum form)form, 500, stream, stream_len, &len, &used), Z_DATA_ERROR);
            free(stream);
        }
    for (form = 0; form < FORMS; form++)
        for (at = 6; at < 30; at += 7) {
            static const unsigned char needs[30] = {0x78, 0xbb, 1, 2, 3, 4, 3};

            context("a dictionary is needed, %zu bytes, form %d", at, form);
            CHECK_INT(both((enum form)form, 20, needs, at, &len, &used), Z_DATA_ERROR);
        }
}

/* NULL for each buffer, with and without a length; and NULL lengths. */
static void test_null(void)
{
    static const unsigned char in[] = "\x78\x9c\x03\x00\x00\x00\x00\x01";
    int form, source_null, dest_null, side;
    size_t source_len, room;
    uLong ulen = 5;
    z_size_t zlen = 5;

    for (form = 0; form < FORMS; form++)
        for (source_null = 0; source_null < 2; source_null++)
            for (dest_null = 0; dest_null < 2; dest_null++)
                for (source_len = 0; source_len < 9; source_len += 8)
                    for (room = 0; room < 40; room += 8) {
                        size_t got[SIDES], used[SIDES];
                        int code[SIDES];

                        context("form %d, source %s of %zu, dest %s of %zu", form,
                                source_null ? "NULL" : "given", source_len,
                                dest_null ? "NULL" : "given", room);
                        for (side = OURS; side < SIDES; side++) {
                            got[side] = room;
                            used[side] = source_len;
                            code[side] = call((enum side)side, (enum form)form,
                                              dest_null ? NULL : out[side], &got[side],
                                              source_null ? NULL : in, &used[side]);
                        }
                        CHECK_INT(code[OURS], code[ORACLE]);
                        CHECK_UINT(got[OURS], got[ORACLE]);
                        CHECK_UINT(used[OURS], used[ORACLE]);
                    }
    context("NULL lengths");
    CHECK_INT(uncompress_z(out[OURS], NULL, in, 8), Z_STREAM_ERROR);
    CHECK_INT(uncompress2_z(out[OURS], NULL, in, &zlen), Z_STREAM_ERROR);
    CHECK_INT(uncompress2_z(out[OURS], &zlen, in, NULL), Z_STREAM_ERROR);
    CHECK_INT(uncompress2_z(NULL, NULL, NULL, NULL), Z_STREAM_ERROR);
    if (!testing_peer()) {
        CHECK_INT(uncompress(out[OURS], NULL, in, 8), Z_STREAM_ERROR);
        CHECK_INT(uncompress2(out[OURS], NULL, in, &ulen), Z_STREAM_ERROR);
        CHECK_INT(uncompress2(out[OURS], &ulen, in, NULL), Z_STREAM_ERROR);
        CHECK_INT(uncompress2(NULL, NULL, NULL, NULL), Z_STREAM_ERROR);
    }
    CHECK_UINT(ulen, 5);
    CHECK_UINT(zlen, 5);
}

/* Rooms and sources of more than 4 GiB: only what is needed is used. */
static void test_huge_lengths(void)
{
#if SIZE_MAX > 0xffffffff
    size_t huge = ((size_t)1 << 32) + 5, stream_len, len, used;
    unsigned char *source = mmap(NULL, huge, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    unsigned char *stream;
    int form;

    if (source == MAP_FAILED)
        return;
    stream = sample_new((struct params){6, 15, 8, 0}, data, 400, 0, 0, &stream_len);
    memcpy(source, stream, stream_len);
    for (form = 0; form < FORMS; form++) {
        context("4 GiB + 5, form %d", form);
        CHECK_INT(both((enum form)form, 500, source, huge, &len, &used), Z_OK);
        CHECK_UINT(len, 400);
        CHECK_UINT(used, form % 2 ? stream_len : huge);
        CHECK_INT(both((enum form)form, 399, source, huge, &len, &used), Z_BUF_ERROR);
        /* destLen may name more than there is. */
        len = huge;
        used = stream_len;
        CHECK_INT(call(OURS, (enum form)form, out[OURS], &len, stream, &used), Z_OK);
        CHECK_UINT(len, 400);
        len = SIZE_MAX;
        CHECK_INT(call(OURS, (enum form)form, out[OURS], &len, stream, &used), Z_OK);
        CHECK_UINT(len, 400);
    }
    free(stream);
    munmap(source, huge);
#endif
}

/* Source and room that end at inaccessible pages. */
static void test_borders(void)
{
    struct guarded from = guarded_new(2 * LONGEST), to = guarded_new(LONGEST);
    size_t data_len, stream_len;

    data_fill(DATA_MIXED, 1, data, LONGEST);
    for (data_len = 0; data_len < LONGEST; data_len += 1 + data_len / 3) {
        unsigned char *stream = sample_new((struct params){6, 15, 8, 0}, data, data_len, 0, 0,
                                           &stream_len);
        size_t room;

        memcpy(from.end - stream_len, stream, stream_len);
        for (room = data_len / 2; room <= data_len; room += data_len - data_len / 2 + !data_len) {
            size_t len = room, used = stream_len;

            context("borders: %zu bytes, room %zu", data_len, room);
            CHECK_INT(call(OURS, UNCOMPRESS2_Z, to.end - room, &len, from.end - stream_len, &used),
                      room == data_len ? Z_OK : Z_BUF_ERROR);
            CHECK_UINT(len, room);
            CHECK_MEM(to.end - room, data, room);
        }
        free(stream);
    }
    guarded_free(from);
    guarded_free(to);
}

int main(void)
{
    oracle_open();
    test_results();
    test_truncated();
    test_damaged();
    test_null();
    test_huge_lengths();
    test_borders();
    return test_result();
}
