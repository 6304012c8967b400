/*
 * Property: inflatePrime puts its bits before the input, at any time, and takes what zlib takes.
 *
 * Guards: rows of bits and values at the edges (-1, 0, 16, 17, more than 32 in all, bits of value
 * above the count), bits that stand for the first bytes of a header or the last ones of a trailer,
 * bits given in the middle of data. Where the bits are nonsense the error is zlib's.
 */
#include "itwin.h"

#define DATA_LEN 600

static unsigned char data[DATA_LEN];
static const int window_bits[] = {-15, 15, 31, 47};

/* In the place of the first bits of the stream, in pieces. */
static void test_first_bits(void)
{
    static const int pieces[][4] = {{8},      {16},           {1, 7},   {3, 5, 8},
                                    {16, 16}, {9, 7, 15, 1}, {8, 8, 8}};
    size_t w, i, k, len;

    for (w = 0; w < COUNT(window_bits); w++) {
        unsigned char *in = sample_new((struct params){6, window_bits[w] > 31 ? 15 : window_bits[w],
                                                       8, 0}, data, DATA_LEN, 0, 0, &len);

        for (i = 0; i < COUNT(pieces); i++) {
            uint32_t first = in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 |
                             (uint32_t)in[3] << 24;
            size_t bits = 0;
            struct twin t;
            int code;

            context("first bits, windowBits %d, pieces %zu", window_bits[w], i);
            CHECK_INT(itwin_init(&t, window_bits[w], 1000), Z_OK);
            for (k = 0; k < 4 && pieces[i][k] != 0; k++) {
                /* What stands above the bits does not count. */
                CHECK_INT(twin_prime(&t, pieces[i][k], (int)(first >> bits)), Z_OK);
                bits += (size_t)pieces[i][k];
            }
            code = itwin_run(&t, in + bits / 8, len - bits / 8, i % 2 ? 1 : len, 1000, Z_NO_FLUSH);
            /* A header takes exactly its two bytes; more bits at once make zlib misread it. */
            if (bits <= 16 || window_bits[w] < 0) {
                CHECK_INT(code, Z_STREAM_END);
                CHECK_UINT(t.used[OURS], DATA_LEN);
            }
            CHECK_INT(twin_end(&t), Z_OK);
        }
        free(in);
    }
}

/* All counts after all counts: what is refused and what fits. */
static void test_counts(void)
{
    static const int counts[] = {-1000, -2, -1, 0, 1, 7, 8, 15, 16, 17, 18, 32, 33, 2147483647,
                                 -2147483647 - 1};
    static const int values[] = {0, 1, -1, 0x55aa55aa};
    size_t i, j, k;

    for (i = 0; i < COUNT(counts); i++)
        for (j = 0; j < COUNT(counts); j++)
            for (k = 0; k < COUNT(values); k++) {
                struct twin t;

                context("prime %d, then %d, value 0x%x", counts[i], counts[j],
                        (unsigned)values[k]);
                CHECK_INT(itwin_init(&t, k % 2 ? -15 : 15, 1000), Z_OK);
                CHECK_INT(twin_prime(&t, counts[i], values[k]),
                          counts[i] > 16 ? Z_STREAM_ERROR : Z_OK);
                twin_prime(&t, counts[j], values[k]);
                twin_prime(&t, 16, values[k]);
                twin_prime(&t, 1, 1);
                itwin_inflate(&t, 100, Z_NO_FLUSH);
                twin_prime(&t, counts[j], ~values[k]);
                itwin_inflate(&t, 100, Z_BLOCK);
                twin_feed(&t, data, 50);
                itwin_inflate(&t, 300, Z_NO_FLUSH);
                /* A negative count clears what is held, in any state. */
                CHECK_INT(twin_prime(&t, -1, 0), Z_OK);
                itwin_inflate(&t, 300, Z_NO_FLUSH);
                twin_prime(&t, 12, 0xfff);
                CHECK_INT(twin_reset(&t), Z_OK);
                itwin_inflate(&t, 300, Z_NO_FLUSH);
                twin_end(&t);
            }
}

/* Each bit of the middle of a stream through inflatePrime, the rest as bytes. */
static void test_in_the_middle(void)
{
    size_t w, at, len;

    for (w = 0; w < COUNT(window_bits); w++) {
        unsigned char *in = sample_new((struct params){6, window_bits[w] > 31 ? 15 : window_bits[w],
                                                       8, 0}, data, DATA_LEN, 150, Z_FULL_FLUSH,
                                       &len);

        for (at = 0; at < len; at++) {
            struct twin t;
            unsigned count = 8;
            int code;

            context("the byte at %zu, windowBits %d", at, window_bits[w]);
            CHECK_INT(itwin_init(&t, window_bits[w], 1000), Z_OK);
            twin_feed(&t, in, at);
            itwin_inflate(&t, 1000, Z_NO_FLUSH);
            if (at % 3 == 0) {
                CHECK_INT(twin_prime(&t, 3, in[at] & 7), Z_OK);
                itwin_inflate(&t, 1000, Z_NO_FLUSH);
                count = 5;
            }
            CHECK_INT(twin_prime(&t, (int)count, in[at] >> (8 - count)), Z_OK);
            code = itwin_run(&t, in + at + 1, len - at - 1, len, 1000, Z_NO_FLUSH);
            /* Bytes of stored data and of gzip's extra fields are copied past the bits held. */
            if (code == Z_STREAM_END)
                CHECK_UINT(t.used[OURS], DATA_LEN);
            CHECK_INT(twin_end(&t), Z_OK);
        }
        free(in);
    }
}

/* All bits of a gzip header's flags set: zlib takes that for "no header" when it goes on. */
static void test_flags_of_ones(void)
{
    static const unsigned char magic[] = {0x1f, 0x8b};
    /* A flush marker, an empty block, and bytes that could be a trailer. */
    static const unsigned char rest[] = {0, 0, 0xff, 0xff, 3, 0, 9, 9, 9, 9, 8, 8, 8, 8};
    struct twin t;

    context("flags of ones");
    CHECK_INT(itwin_init(&t, 31, 1000), Z_OK);
    CHECK_INT(itwin_run(&t, magic, sizeof(magic), 2, 1000, Z_NO_FLUSH), Z_OK);
    CHECK_INT(twin_prime(&t, 16, 0xffff), Z_OK);
    CHECK_INT(twin_prime(&t, 16, 0xffff), Z_OK);
    CHECK_INT(itwin_inflate(&t, 1000, Z_NO_FLUSH), Z_DATA_ERROR);
    twin_feed(&t, rest, sizeof(rest));
    CHECK_INT(itwin_sync(&t), Z_OK);
    CHECK_INT(itwin_inflate(&t, 1000, Z_NO_FLUSH), Z_STREAM_END);
    CHECK_INT(twin_end(&t), Z_OK);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, data, DATA_LEN);
    test_first_bits();
    test_flags_of_ones();
    test_counts();
    test_in_the_middle();
    return test_result();
}
