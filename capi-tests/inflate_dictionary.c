/*
 * Property: inflateSetDictionary and inflateGetDictionary do what zlib's do, at every moment.
 *
 * Guards: Z_NEED_DICT comes with the dictionary's check value in adler and, unlike any other
 * return, without counting total_in (git relies on it), and comes again until there is one; a
 * wrong one is Z_DATA_ERROR and may be tried again; raw streams take one at any time, and only
 * its last window counts; what Get gives is the history in order, also after the window wrapped.
 */
#include "bits.h"
#include "itwin.h"

#define ROOM 200000
#define DICTIONARY_LEN 70000
#define INPUT_LEN 5000

/* The most that a dictionary begins behind the first byte. */
#define MOST_OFFSET 100

static unsigned char dictionary[DICTIONARY_LEN + MOST_OFFSET];
static unsigned char input[INPUT_LEN];

/* The input compressed with the last len bytes of the dictionary. */
static unsigned char *compressed(int window_bits, size_t len, size_t *stream_len)
{
    unsigned char *out = must_alloc(2 * INPUT_LEN);
    z_stream z;

    memset(&z, 0, sizeof(z));
    CHECK_INT(init2(ORACLE, &z, 6, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    CHECK_INT(api[ORACLE]->deflateSetDictionary(&z, dictionary + DICTIONARY_LEN - len, (uInt)len),
              Z_OK);
    z.next_in = input;
    z.avail_in = INPUT_LEN;
    z.next_out = out;
    z.avail_out = 2 * INPUT_LEN;
    CHECK_INT(api[ORACLE]->deflate(&z, Z_FINISH), Z_STREAM_END);
    *stream_len = z.total_out;
    CHECK_INT(api[ORACLE]->deflateEnd(&z), Z_OK);
    return out;
}

/* A zlib stream: asked for, given, for all lengths and ways to cut. */
static void test_needed(void)
{
    static const size_t lengths[] = {1, 2, 300, 32767, 32768, 32769, DICTIONARY_LEN};
    static const size_t chunks[] = {1, 2, 5, 6, 7, 100, 100000};
    static const int bits[] = {15, 0, 47, 32};
    size_t i, c, b, len;

    for (i = 0; i < COUNT(lengths); i++)
        for (c = 0; c < COUNT(chunks); c++)
            for (b = 0; b < COUNT(bits); b++) {
                const unsigned char *dict = dictionary + DICTIONARY_LEN - lengths[i];
                unsigned char *in = compressed(15, lengths[i], &len);
                uLong id = adler32(1, dict, (uInt)lengths[i]), total_in;
                struct twin t;
                uInt got;

                context("dictionary of %zu by %zu, windowBits %d", lengths[i], chunks[c], bits[b]);
                CHECK_INT(itwin_init(&t, bits[b], ROOM), Z_OK);
                CHECK_INT(twin_set_dictionary(&t, dict, lengths[i]), Z_STREAM_ERROR);
                CHECK_INT(itwin_run(&t, in, len, chunks[c], 1000, Z_NO_FLUSH), Z_NEED_DICT);
                CHECK_UINT(t.z[OURS].adler, id);
                CHECK(t.z[OURS].next_in <= in + 6 + chunks[c]);
                total_in = t.z[OURS].total_in;
                CHECK_INT(itwin_inflate(&t, 0, Z_FINISH), Z_NEED_DICT);
                CHECK_INT(itwin_inflate(&t, 10, Z_NO_FLUSH), Z_NEED_DICT);
                CHECK_UINT(t.z[OURS].total_in, total_in);
                CHECK_INT(twin_get_dictionary(&t, &got), Z_OK);
                CHECK_UINT(got, 0);
                CHECK_INT(twin_set_dictionary(&t, dict, lengths[i] - 1), Z_DATA_ERROR);
                CHECK_INT(twin_set_dictionary(&t, dictionary, 1000), Z_DATA_ERROR);
                CHECK_INT(itwin_inflate(&t, 10, Z_NO_FLUSH), Z_NEED_DICT);
                CHECK_INT(twin_set_dictionary(&t, dict, lengths[i]), Z_OK);
                CHECK_INT(twin_get_dictionary(&t, &got), Z_OK);
                CHECK_UINT(got, lengths[i] < 32768 ? lengths[i] : 32768);
                /* Not yet decoding again: it may be given twice. */
                if (c % 2)
                    CHECK_INT(twin_set_dictionary(&t, dict, lengths[i]), Z_OK);
                CHECK_INT(itwin_run(&t, t.z[ORACLE].next_in, (size_t)(in + len -
                                    t.z[ORACLE].next_in), chunks[c], 999, Z_NO_FLUSH),
                          Z_STREAM_END);
                CHECK_UINT(t.used[OURS], INPUT_LEN);
                CHECK_MEM(t.out[OURS], input, INPUT_LEN);
                CHECK_INT(twin_set_dictionary(&t, dict, lengths[i]), Z_STREAM_ERROR);
                CHECK_INT(twin_get_dictionary(&t, NULL), Z_OK);
                CHECK_INT(twin_end(&t), Z_OK);
                free(in);
            }
}

/* inflateReset forgets that a dictionary was given; zlib's inflateResetKeep keeps the window. */
static void test_reset(void)
{
    size_t len;
    unsigned char *in = compressed(15, 500, &len);
    int reset;

    for (reset = 0; reset < 3; reset++) {
        struct twin t;
        int round;

        CHECK_INT(itwin_init(&t, 15, ROOM), Z_OK);
        for (round = 0; round < 2; round++) {
            context("reset %d, round %d", reset, round);
            CHECK_INT(itwin_run(&t, in, len, len, 1000, Z_NO_FLUSH), Z_NEED_DICT);
            twin_set_dictionary(&t, dictionary + DICTIONARY_LEN - 500, 500);
            CHECK_INT(itwin_run(&t, t.z[ORACLE].next_in, t.z[ORACLE].avail_in, 100, 1000,
                                round ? Z_NO_FLUSH : Z_FINISH), Z_STREAM_END);
            if (reset == 0)
                twin_reset(&t);
            else if (reset == 1)
                twin_reset_keep(&t);
            else
                itwin_reset2(&t, 14 + round);
            twin_get_dictionary(&t, NULL);
            twin_rewind(&t);
            if (reset == 2)
                itwin_reset2(&t, 15);
        }
        twin_end(&t);
    }
    free(in);
}

/* Raw: several dictionaries before and within the stream, of all lengths around the window. */
static void test_raw(void)
{
    static const int bits[] = {-8, -9, -12, -15};
    size_t b, i, j, len;

    for (b = 0; b < COUNT(bits); b++) {
        size_t window = (size_t)1 << -bits[b];
        size_t lengths[] = {0,      1,          window / 2, window - 1,
                            window, window + 1, 2 * window, DICTIONARY_LEN};

        for (i = 0; i < COUNT(lengths); i++)
            for (j = 0; j < COUNT(lengths); j++) {
                struct twin t;
                unsigned char *in = compressed(-15, 0, &len);
                int step;

                context("raw, windowBits %d, dictionaries of %zu and %zu", bits[b], lengths[i],
                        lengths[j]);
                CHECK_INT(itwin_init(&t, bits[b], ROOM), Z_OK);
                CHECK_INT(twin_set_dictionary(&t, dictionary, lengths[i]), Z_OK);
                CHECK_INT(twin_get_dictionary(&t, NULL), Z_OK);
                CHECK_INT(twin_set_dictionary(&t, dictionary + MOST_OFFSET, lengths[j]), Z_OK);
                CHECK_INT(twin_get_dictionary(&t, NULL), Z_OK);
                /* In the middle of codes; data after it may become another, or wrong. */
                for (step = 0; step < 8; step++) {
                    twin_feed(&t, in + (size_t)step * len / 16, len / 16);
                    itwin_inflate(&t, j % 2 ? 50 : 3000, Z_NO_FLUSH);
                    if (step % 3 == 1)
                        twin_set_dictionary(&t, dictionary + step, lengths[j]);
                    CHECK_INT(twin_get_dictionary(&t, NULL), Z_OK);
                }
                twin_end(&t);
                free(in);
            }
    }
}

/* A raw stream that needs its dictionary, given in two pieces. */
static void test_raw_halves(void)
{
    static const size_t halves[] = {0, 1, 150, 299, 300};
    size_t i, len;

    for (i = 0; i < COUNT(halves); i++) {
        unsigned char *in = compressed(-15, 300, &len);
        const unsigned char *dict = dictionary + DICTIONARY_LEN - 300;
        struct twin t;

        context("raw, halves %zu", halves[i]);
        CHECK_INT(itwin_init(&t, -15, ROOM), Z_OK);
        CHECK_INT(twin_set_dictionary(&t, dict, halves[i]), Z_OK);
        CHECK_INT(twin_set_dictionary(&t, dict + halves[i], 300 - halves[i]), Z_OK);
        CHECK_INT(itwin_run(&t, in, len, 77, 88, Z_NO_FLUSH), Z_STREAM_END);
        CHECK_MEM(t.out[OURS], input, INPUT_LEN);
        twin_end(&t);
        free(in);
    }
}

/* What Get gives after every step of decoding, while the window fills and wraps. */
static void test_get(void)
{
    static const int bits[] = {-8, -9, 15, 31};
    static const size_t chunks[] = {1, 100, 255, 256, 257, 300, 512, 1000, 4000};
    size_t b, c, len;

    for (b = 0; b < COUNT(bits); b++)
        for (c = 0; c < COUNT(chunks); c++) {
            struct params p = {bits[b] == 31 ? 0 : 6, bits[b] == -8 ? -9 : bits[b], 8, Z_FIXED};
            unsigned char *in = sample_new(p, input, INPUT_LEN, 0, 0, &len);
            struct twin t;
            int steps = 0, code;

            context("get, windowBits %d by %zu", bits[b], chunks[c]);
            CHECK_INT(itwin_init(&t, bits[b], ROOM), Z_OK);
            twin_get_dictionary(&t, NULL);
            twin_feed(&t, in, len);
            do {
                code = itwin_inflate(&t, chunks[c], steps % 7 == 6 ? Z_FINISH : Z_NO_FLUSH);
                if (code == Z_BUF_ERROR)
                    code = Z_OK;
                if (++steps < 600)
                    CHECK_INT(twin_get_dictionary(&t, NULL), Z_OK);
            } while (code == Z_OK);
            twin_get_dictionary(&t, NULL);
            twin_end(&t);
            free(in);
        }
}

/* NULL: zlib crashes on a NULL dictionary of some bytes, so only ours is asked. */
static void test_null(void)
{
    size_t len;
    unsigned char *in = compressed(15, 300, &len);
    struct twin t;
    uInt got = 7;

    context("NULL");
    CHECK_INT(itwin_init(&t, -15, ROOM), Z_OK);
    CHECK_INT(twin_set_dictionary(&t, NULL, 0), Z_OK);
    CHECK_INT(twin_set_dictionary(&t, dictionary, 10), Z_OK);
    CHECK_INT(twin_set_dictionary(&t, NULL, 0), Z_OK);
    CHECK_INT(inflateGetDictionary(&t.z[OURS], NULL, &got), Z_OK);
    CHECK_UINT(got, 10);
    CHECK_INT(inflateGetDictionary(&t.z[OURS], NULL, NULL), Z_OK);
    if (!testing_peer())
        CHECK_INT(inflateSetDictionary(&t.z[OURS], NULL, 5), Z_STREAM_ERROR);
    CHECK_INT(twin_get_dictionary(&t, NULL), Z_OK);
    twin_end(&t);
    context("NULL when one is needed");
    CHECK_INT(itwin_init(&t, 15, ROOM), Z_OK);
    CHECK_INT(itwin_run(&t, in, len, len, 100, Z_NO_FLUSH), Z_NEED_DICT);
    CHECK_INT(twin_set_dictionary(&t, NULL, 0), Z_DATA_ERROR);
    CHECK_INT(twin_set_dictionary(&t, dictionary + DICTIONARY_LEN - 300, 300), Z_OK);
    twin_end(&t);
    free(in);
    /* The check value of nothing is 1: such a stream wants an empty dictionary. */
    context("empty");
    CHECK_INT(itwin_init(&t, 15, ROOM), Z_OK);
    CHECK_INT(itwin_run(&t, (const unsigned char *)"\x78\x20\0\0\0\1\x03\0\0\0\0\1", 12, 12, 100,
                        Z_NO_FLUSH), Z_NEED_DICT);
    CHECK_INT(twin_set_dictionary(&t, dictionary, 0), Z_OK);
    CHECK_INT(itwin_inflate(&t, 10, Z_NO_FLUSH), Z_STREAM_END);
    twin_end(&t);
}

/* The dictionary is read from exactly its bytes, and Get writes exactly its length. */
static void test_borders(void)
{
    static const size_t lengths[] = {1, 2, 15, 16, 17, 255, 256, 4095, 4096};
    struct guarded from = guarded_new(DICTIONARY_LEN), to = guarded_new(4096);
    size_t i;

    memcpy(from.end - DICTIONARY_LEN, dictionary, DICTIONARY_LEN);
    guarded_read_only(from, 1);
    for (i = 0; i < COUNT(lengths); i++) {
        struct twin t;
        uInt len = 0;

        context("borders: dictionary of %zu", lengths[i]);
        CHECK_INT(itwin_init(&t, -12, ROOM), Z_OK);
        CHECK_INT(twin_set_dictionary(&t, from.begin, lengths[i]), Z_OK);
        CHECK_INT(twin_reset(&t), Z_OK);
        CHECK_INT(twin_set_dictionary(&t, from.end - lengths[i], lengths[i]), Z_OK);
        CHECK_INT(inflateGetDictionary(&t.z[OURS], to.end - lengths[i], &len), Z_OK);
        CHECK_UINT(len, lengths[i]);
        CHECK_MEM(to.end - lengths[i], from.end - lengths[i], lengths[i]);
        CHECK_INT(inflateGetDictionary(&t.z[OURS], to.begin, NULL), Z_OK);
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
    test_needed();
    test_reset();
    test_raw();
    test_raw_halves();
    test_get();
    test_null();
    test_borders();
    return test_result();
}
