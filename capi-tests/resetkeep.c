/*
 * deflateResetKeep in the middle of data, followed by another parse or level.
 *
 * zlib then goes on with the match, the lookahead or the hash chains of the old parse, and
 * may write data that was never there. Ours writes a stream that a decoder restores, given
 * the data before it as its dictionary: a piece of the input without a gap, up to its end.
 * (Bytes that were in symbols of the dropped block are lost with it, as the reset says.)
 *
 * docs/compatibility.md lists these as differences; so nothing is compared with zlib here.
 */
#include "twin.h"

enum { WINDOW = 512, WINDOW_BITS = -9, DICTIONARY = 512, ROOM = 200000 };

/* Decodes a raw stream behind `len` bytes of dictionary; the number of bytes, or -1. */
static long decode(const unsigned char *in, size_t in_len, const unsigned char *dictionary,
                   size_t len, unsigned char *out)
{
    z_stream z;
    int code;

    memset(&z, 0, sizeof z);
    inflate_init2(ORACLE, &z, -15);
    api[ORACLE]->inflateSetDictionary(&z, dictionary, (uInt)len);
    z.next_in = (unsigned char *)(uintptr_t)in;
    z.avail_in = (uInt)in_len;
    z.next_out = out;
    z.avail_out = ROOM;
    code = api[ORACLE]->inflate(&z, Z_FINISH);
    api[ORACLE]->inflateEnd(&z);
    return code == Z_STREAM_END ? (long)z.total_out : -1;
}

/* Checks that `in` is the end of data[0 .. len), at least the last `least` bytes of it. */
static void check_restores(const unsigned char *in, size_t in_len, const unsigned char *data,
                           size_t len, size_t least)
{
    static unsigned char out[ROOM];
    static unsigned char any[DICTIONARY];
    /* How much it is, is known once it is decoded; then the dictionary is known, too. */
    long count = decode(in, in_len, any, DICTIONARY, out);
    size_t begin;

    if (!CHECK(count >= (long)least && count <= (long)len))
        return;
    begin = len - (size_t)count;
    count = decode(in, in_len, data + (begin < DICTIONARY ? 0 : begin - DICTIONARY),
                   begin < DICTIONARY ? begin : DICTIONARY, out);
    if (CHECK_INT(count, (long)(len - begin)))
        CHECK_MEM(out, data + begin, len - begin);
}

static void run(z_stream *z, const unsigned char *in, size_t len, unsigned char *out, int flush)
{
    z->next_in = (unsigned char *)(uintptr_t)in;
    z->avail_in = (uInt)len;
    z->next_out = out;
    z->avail_out = ROOM;
    CHECK_INT(deflate(z, flush), flush == Z_FINISH ? Z_STREAM_END : Z_OK);
    CHECK_UINT(z->avail_in, 0);
}

/* One parse's data is cut off by ResetKeep; another level and strategy go on. */
static void test_other_parse(void)
{
    static const int levels[] = {0, 1, 3, 4, 9};
    enum { MORE = 700 };
    static unsigned char out[ROOM];
    size_t from, to, first;
    int strategy, kind;

    for (kind = DATA_ZEROS; kind < DATA_KINDS; kind++) {
        unsigned char *data = data_new((enum data_kind)kind, 7, 4 * WINDOW + MORE);

        for (from = 0; from < COUNT(levels); from++)
            for (to = 0; to < COUNT(levels); to++)
                for (strategy = 0; strategy <= Z_FIXED; strategy++)
                    for (first = 1; first < 4 * WINDOW; first += 97) {
                        z_stream z;

                        memset(&z, 0, sizeof z);
                        context("%s, %zu bytes, level %d, then %d with strategy %d",
                                data_name((enum data_kind)kind), first, levels[from],
                                levels[to], strategy);
                        init2(OURS, &z, levels[from], WINDOW_BITS, 1, Z_DEFAULT_STRATEGY);
                        run(&z, data, first, out, Z_NO_FLUSH);
                        CHECK_INT(deflateResetKeep(&z), Z_OK);
                        CHECK_INT(deflateParams(&z, levels[to], strategy), Z_OK);
                        run(&z, data + first, MORE, out, Z_FINISH);
                        check_restores(out, z.total_out, data, first + MORE, MORE);
                        CHECK_INT(deflateEnd(&z), Z_OK);
                    }
        free(data);
    }
}

/* Level 0 moves the window without the chains; ResetKeep or a dictionary comes in between. */
static void test_slides(void)
{
    enum { HASHED = 300, MORE = 600 };
    static unsigned char out[ROOM];
    size_t stored;
    int dictionary;

    for (stored = 100; stored < 5 * WINDOW; stored += 61)
        for (dictionary = 0; dictionary <= 1; dictionary++) {
            size_t len = HASHED + stored;
            unsigned char *data = data_new(DATA_TEXT, stored, len + 40 + MORE);
            z_stream z;

            memset(&z, 0, sizeof z);
            context("%zu bytes at level 0, %s", stored, dictionary ? "dictionary" : "ResetKeep");
            init2(OURS, &z, 6, WINDOW_BITS, 9, Z_DEFAULT_STRATEGY);
            run(&z, data, HASHED, out, Z_FULL_FLUSH);
            run(&z, data, HASHED, out, Z_SYNC_FLUSH);
            z.next_out = out;
            z.avail_out = ROOM;
            CHECK_INT(deflateParams(&z, 0, Z_DEFAULT_STRATEGY), Z_OK);
            run(&z, data + HASHED, stored, out, Z_SYNC_FLUSH);
            if (dictionary) {
                CHECK_INT(deflateSetDictionary(&z, data + len, 40), Z_OK);
                len += 40;
            }
            CHECK_INT(deflateResetKeep(&z), Z_OK);
            CHECK_INT(deflateParams(&z, 6, Z_DEFAULT_STRATEGY), Z_OK);
            run(&z, data + len, MORE, out, Z_FINISH);
            check_restores(out, z.total_out, data, len + MORE, MORE);
            CHECK_INT(deflateEnd(&z), Z_OK);
            free(data);
        }
}

int main(void)
{
    oracle_open();
    test_other_parse();
    test_slides();
    return test_result();
}
