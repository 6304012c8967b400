/*
 * Property: deflateSetDictionary and deflateGetDictionary do what zlib's do, at every length.
 *
 * Guards: only the last window of a long dictionary counts, but the check value covers all of
 * it; a gzip stream, a zlib stream that has begun and unfinished input refuse a dictionary; a
 * raw stream takes one at any block boundary (RocksDB's preset dictionaries); FDICT follows
 * from a dictionary that is not empty; NULL out-arguments are allowed.
 */
#include "twin.h"

#define ROOM 300000
/* More than twice the largest window. */
#define DICTIONARY_LEN 70000
#define INPUT_LEN 6000

static unsigned char dictionary[DICTIONARY_LEN];
static unsigned char input[INPUT_LEN];

static void finish(struct twin *t, size_t from, const unsigned char *dict, size_t dict_len)
{
    twin_feed(t, input + from, INPUT_LEN - from);
    CHECK_INT(twin_drain(t, 5000, Z_FINISH), Z_STREAM_END);
    twin_get_dictionary(t, NULL);
    twin_check_round_trip(t, input, INPUT_LEN, dict, dict_len);
    CHECK_INT(twin_end(t), Z_OK);
}

/* A dictionary before the first call, all lengths around the window, all ways to compress. */
static void test_at_start(void)
{
    static const int bits[] = {9, -9, 12, 15, -15};
    struct params p;
    size_t b, i;

    for (b = 0; b < COUNT(bits); b++) {
        size_t w_size = (size_t)1 << (bits[b] < 0 ? -bits[b] : bits[b]);
        size_t lengths[] = {0,          1,      2,          3,          4,         100,
                            257,        262,    263,        w_size - 263, w_size - 262, w_size - 1,
                            w_size,     w_size + 1, w_size + 262, 2 * w_size, 2 * w_size + 77};

        for (i = 0; i < COUNT(lengths); i++)
            for (p.level = 0; p.level <= 9; p.level++) {
                struct twin t;
                const unsigned char *dict = dictionary + DICTIONARY_LEN - lengths[i];
                uInt got;

                p.window_bits = bits[b];
                p.mem_level = 1 + (int)(i % 9);
                p.strategy = (int)((i + (size_t)p.level) % 5);
                context("level %d, strategy %d, windowBits %d, dictionary of %zu", p.level,
                        p.strategy, bits[b], lengths[i]);
                CHECK_INT(twin_init(&t, p, ROOM), Z_OK);
                CHECK_INT(twin_set_dictionary(&t, dict, lengths[i]), Z_OK);
                CHECK_INT(twin_get_dictionary(&t, &got), Z_OK);
                CHECK_UINT(got, lengths[i] > w_size ? w_size : lengths[i]);
                if (bits[b] > 0)
                    CHECK_UINT(t.z[OURS].adler, adler32(1, dict, (uInt)lengths[i]));
                finish(&t, 0, dict, lengths[i]);
            }
    }
}

/* FDICT stands in the header exactly if the dictionary was not empty, and DICTID after it. */
static void test_header(void)
{
    static const size_t lengths[] = {0, 1, 500};
    size_t i;

    for (i = 0; i < COUNT(lengths); i++) {
        struct twin t;
        uLong id = adler32(1, dictionary, (uInt)lengths[i]);

        context("header with a dictionary of %zu", lengths[i]);
        CHECK_INT(twin_init(&t, (struct params){6, 15, 8, 0}, ROOM), Z_OK);
        CHECK_INT(twin_set_dictionary(&t, dictionary, lengths[i]), Z_OK);
        twin_deflate(&t, 1, Z_SYNC_FLUSH);
        twin_deflate(&t, 100, Z_SYNC_FLUSH);
        CHECK_INT((t.out[OURS][1] & 0x20) != 0, lengths[i] != 0);
        if (lengths[i] != 0) {
            CHECK_UINT(t.out[OURS][2], id >> 24);
            CHECK_UINT(t.out[OURS][5], id & 0xff);
        }
        finish(&t, 0, dictionary, lengths[i]);
    }
}

/* Several dictionaries before the first call. */
static void test_twice(void)
{
    static const int bits[] = {-9, 9, -15, 15};
    static const size_t lengths[] = {0, 2, 300, 511, 512, 40000};
    size_t b, i, j;

    for (b = 0; b < COUNT(bits); b++)
        for (i = 0; i < COUNT(lengths); i++)
            for (j = 0; j < COUNT(lengths); j++) {
                struct twin t;

                context("windowBits %d, dictionaries of %zu and %zu", bits[b], lengths[i],
                        lengths[j]);
                CHECK_INT(twin_init(&t, (struct params){6, bits[b], 8, 0}, ROOM), Z_OK);
                CHECK_INT(twin_set_dictionary(&t, dictionary, lengths[i]), Z_OK);
                CHECK_INT(twin_set_dictionary(&t, dictionary + 25000, lengths[j]), Z_OK);
                twin_get_dictionary(&t, NULL);
                twin_feed(&t, input, INPUT_LEN);
                CHECK_INT(twin_drain(&t, 5000, Z_FINISH), Z_STREAM_END);
                CHECK_INT(twin_end(&t), Z_OK);
            }
}

/* In the middle of a raw stream: fine at a boundary, refused while input is unfinished. */
static void test_in_the_middle(void)
{
    static const int flushes[] = {Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_BLOCK};
    static const size_t lengths[] = {0, 1, 3, 200, 511, 512, 513, 33000};
    size_t f, i;
    int level, window_bits;

    for (window_bits = -9; window_bits >= -15; window_bits -= 6)
        for (level = 0; level <= 9; level++)
            for (f = 0; f < COUNT(flushes); f++)
                for (i = 0; i < COUNT(lengths); i++) {
                    struct params p = {level, window_bits, 8, (level + (int)i) % 5};
                    struct twin t;

                    context("middle: level %d, windowBits %d, flush %d, dictionary of %zu",
                            level, window_bits, flushes[f], lengths[i]);
                    CHECK_INT(twin_init(&t, p, ROOM), Z_OK);
                    twin_feed(&t, input, 1300);
                    twin_deflate(&t, 5000, flushes[f]);
                    twin_set_dictionary(&t, dictionary, lengths[i]);
                    twin_get_dictionary(&t, NULL);
                    twin_feed(&t, input + 1300, 200);
                    twin_deflate(&t, 5000, flushes[f]);
                    twin_set_dictionary(&t, dictionary + 20000, lengths[i]);
                    twin_feed(&t, input + 1500, INPUT_LEN - 1500);
                    CHECK_INT(twin_drain(&t, 5000, Z_FINISH), Z_STREAM_END);
                    CHECK_INT(twin_end(&t), Z_OK);
                }
}

static void test_refused(void)
{
    struct twin t;

    context("gzip");
    CHECK_INT(twin_init(&t, (struct params){6, 31, 8, 0}, ROOM), Z_OK);
    CHECK_INT(twin_set_dictionary(&t, dictionary, 100), Z_STREAM_ERROR);
    finish(&t, 0, NULL, 0);

    context("zlib after the start");
    CHECK_INT(twin_init(&t, (struct params){6, 15, 8, 0}, ROOM), Z_OK);
    CHECK_INT(twin_deflate(&t, 100, Z_NO_FLUSH), Z_OK);
    CHECK_INT(twin_set_dictionary(&t, dictionary, 100), Z_STREAM_ERROR);
    finish(&t, 0, NULL, 0);

    context("raw with unfinished input");
    CHECK_INT(twin_init(&t, (struct params){6, -15, 8, 0}, ROOM), Z_OK);
    twin_feed(&t, input, 10);
    CHECK_INT(twin_deflate(&t, 100, Z_NO_FLUSH), Z_OK);
    CHECK_INT(twin_set_dictionary(&t, dictionary, 100), Z_STREAM_ERROR);
    finish(&t, 10, NULL, 0);

    context("NULL");
    CHECK_INT(twin_init(&t, (struct params){6, -15, 8, 0}, ROOM), Z_OK);
    CHECK_INT(twin_set_dictionary(&t, NULL, 0), Z_STREAM_ERROR);
    CHECK_INT(twin_set_dictionary(&t, NULL, 5), Z_STREAM_ERROR);
    CHECK_INT(deflateGetDictionary(&t.z[OURS], NULL, NULL), Z_OK);
    finish(&t, 0, NULL, 0);
}

/* The dictionary as it grows with the input: what Get gives after every chunk. */
static void test_get_while_compressing(void)
{
    static const size_t chunks[] = {1, 100, 262, 512, 1000};
    size_t c;
    int level;

    for (level = 0; level <= 9; level++)
        for (c = 0; c < COUNT(chunks); c++) {
            struct twin t;
            size_t at;

            context("get: level %d by %zu", level, chunks[c]);
            CHECK_INT(twin_init(&t, (struct params){level, c % 2 ? 9 : -12, 1, 0}, ROOM), Z_OK);
            for (at = 0; at + chunks[c] < INPUT_LEN && at < 300 * chunks[c]; at += chunks[c]) {
                twin_feed(&t, input + at, chunks[c]);
                twin_drain(&t, 5000, at % 5 == 4 ? Z_SYNC_FLUSH : Z_NO_FLUSH);
                twin_get_dictionary(&t, NULL);
            }
            finish(&t, at, NULL, 0);
        }
}

/* The dictionary is read from exactly its bytes, and Get writes exactly its length. */
static void test_borders(void)
{
    static const size_t lengths[] = {1, 2, 3, 511, 512, 4096};
    struct guarded from = guarded_new(DICTIONARY_LEN), to = guarded_new(4096);
    size_t i;

    memcpy(from.begin, dictionary, DICTIONARY_LEN);
    memcpy(from.end - 4096, dictionary, 4096);
    guarded_read_only(from, 1);
    for (i = 0; i < COUNT(lengths); i++) {
        struct twin t;
        uInt len = 0;

        context("borders: dictionary of %zu", lengths[i]);
        CHECK_INT(twin_init(&t, (struct params){6, -12, 8, 0}, ROOM), Z_OK);
        CHECK_INT(twin_set_dictionary(&t, from.begin, lengths[i]), Z_OK);
        CHECK_INT(twin_reset(&t), Z_OK);
        CHECK_INT(twin_set_dictionary(&t, from.end - lengths[i], lengths[i]), Z_OK);
        CHECK_INT(deflateGetDictionary(&t.z[OURS], to.end - lengths[i], &len), Z_OK);
        CHECK_MEM(to.end - lengths[i], from.end - lengths[i], lengths[i]);
        CHECK_INT(deflateGetDictionary(&t.z[OURS], to.begin, NULL), Z_OK);
        CHECK_MEM(to.begin, from.end - lengths[i], lengths[i]);
        twin_end(&t);
    }
    guarded_free(from);
    guarded_free(to);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, dictionary, DICTIONARY_LEN);
    data_fill(DATA_TEXT, 1, input, INPUT_LEN / 2);
    data_fill(DATA_MIXED, 2, input + INPUT_LEN / 2, INPUT_LEN / 2);
    test_header();
    test_refused();
    test_at_start();
    test_twice();
    test_in_the_middle();
    test_get_while_compressing();
    test_borders();
    return test_result();
}
