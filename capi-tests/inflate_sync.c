/*
 * Property: inflateSync finds the marker 00 00 ff ff wherever zlib finds it, and inflate goes on
 * behind it.
 *
 * Guards: the marker in pieces over several calls, in bytes that inflate already holds as bits,
 * before any header (the rest is then taken as raw), after errors; total_in and total_out go on;
 * no check value is compared afterwards. inflateSyncPoint is compared after each call (itwin.h).
 */
#include "bits.h"
#include "itwin.h"

#define DATA_LEN 2000
#define ROOM 12000

static unsigned char data[DATA_LEN];
static const int window_bits[] = {-15, 15, 31, 47};

static unsigned char *flushed(int bits, int flush, size_t *len)
{
    return sample_new((struct params){6, bits == 47 ? 31 : bits, 8, 0}, data, DATA_LEN, 500, flush,
                      len);
}

/* inflateSync with pieces of input until it says Z_OK or input ends. The input left behind. */
static int sync_by(struct twin *t, const unsigned char *in, size_t len, size_t chunk)
{
    size_t at = 0;
    int code = Z_DATA_ERROR;

    while (at < len && code != Z_OK) {
        size_t part = len - at < chunk ? len - at : chunk;

        twin_feed(t, in + at, part);
        at += part;
        code = itwin_sync(t);
        if (code == Z_DATA_ERROR)
            CHECK_UINT(t->z[OURS].avail_in, 0);
        /* Between its calls nothing else works, and nothing is lost by trying. */
        if (code == Z_DATA_ERROR && at % 3 == 0)
            CHECK_INT(itwin_inflate(t, 10, Z_NO_FLUSH), Z_STREAM_ERROR);
    }
    return code;
}

/* From each byte of a stream on, as if what was there had been lost. */
static void test_from_each_byte(void)
{
    static const size_t chunks[] = {1, 2, 3, 10000};
    size_t w, at, c, len;
    int flush;

    for (w = 0; w < COUNT(window_bits); w++)
        for (flush = Z_SYNC_FLUSH; flush <= Z_FULL_FLUSH; flush++) {
            unsigned char *in = flushed(window_bits[w], flush, &len);

            for (at = 0; at < len; at++)
                for (c = 0; c < COUNT(chunks); c++) {
                    struct twin t;
                    size_t used;
                    int code;

                    context("from %zu of %zu, windowBits %d, flush %d, by %zu", at, len,
                            window_bits[w], flush, chunks[c]);
                    CHECK_INT(itwin_init(&t, window_bits[w], ROOM), Z_OK);
                    twin_feed(&t, in, at);
                    itwin_inflate(&t, ROOM, Z_NO_FLUSH);
                    code = sync_by(&t, in + at, len - at, chunks[c]);
                    used = t.z[ORACLE].total_in;
                    if (code == Z_OK)
                        itwin_run(&t, in + used, len - used, chunks[c], 2000, Z_NO_FLUSH);
                    else
                        itwin_inflate(&t, 100, Z_FINISH);
                    if (at % 16 == 0)
                        twin_get_dictionary(&t, NULL);
                    CHECK_INT(twin_end(&t), Z_OK);
                }
            free(in);
        }
}

/* After damage: the data of the blocks behind the next full flush comes out whole. */
static void test_after_damage(void)
{
    size_t w, i, len;

    for (w = 0; w < COUNT(window_bits); w++)
        for (i = 0; i < 3; i++) {
            unsigned char *in = flushed(window_bits[w], Z_FULL_FLUSH, &len);
            size_t start = window_bits[w] == -15 ? 0 : window_bits[w] == 15 ? 2 : 10;
            struct twin t;
            uLong out;
            int code;

            context("damage, windowBits %d, kind %zu", window_bits[w], i);
            in[start] |= 6; /* the first block's type */
            CHECK_INT(itwin_init(&t, window_bits[w], ROOM), Z_OK);
            twin_feed(&t, in, len);
            CHECK_INT(itwin_inflate(&t, ROOM, Z_NO_FLUSH), Z_DATA_ERROR);
            if (i == 1)
                twin_prime(&t, 8, 0x55);
            CHECK_INT(itwin_sync(&t), Z_OK);
            CHECK_STR(t.z[OURS].msg, NULL);
            out = t.z[OURS].total_out;
            code = itwin_inflate(&t, ROOM, i == 2 ? Z_FINISH : Z_NO_FLUSH);
            CHECK_INT(code, Z_STREAM_END);
            CHECK_UINT(t.z[OURS].total_out - out, DATA_LEN - 500);
            CHECK_MEM(t.out[OURS] + out, data + 500, DATA_LEN - 500);
            CHECK_UINT(t.z[OURS].total_in, len);
            CHECK_INT(twin_end(&t), Z_OK);
            free(in);
        }
}

/* Every order of the bytes 00, ff and 01 of this length: where zlib's search finds a marker. */
static void test_patterns(void)
{
    static const unsigned char symbols[] = {0, 0xff, 1};
    size_t pattern, i, split;
    enum { LEN = 7, PATTERNS = 2187 };

    for (pattern = 0; pattern < PATTERNS; pattern++) {
        unsigned char in[LEN];
        size_t rest = pattern;

        for (i = 0; i < LEN; i++, rest /= 3)
            in[i] = symbols[rest % 3];
        for (split = 1; split <= LEN; split += 2) {
            struct twin t;
            int found = 0;

            context("pattern %zu, split %zu", pattern, split);
            for (i = 0; i + 4 <= LEN; i++)
                found |= memcmp(in + i, "\0\0\xff\xff", 4) == 0;
            CHECK_INT(itwin_init(&t, 15, 100), Z_OK);
            twin_feed(&t, in, split);
            if (itwin_sync(&t) != Z_OK && split < LEN) {
                twin_feed(&t, in + split, LEN - split);
                itwin_sync(&t);
            }
            CHECK_INT(t.z[OURS].total_in != LEN || found, found);
            CHECK_INT(twin_end(&t), Z_OK);
        }
    }
}

/* The marker, or its beginning, in bits that inflate holds. */
static void test_held_bits(void)
{
    static const unsigned char marker[] = {0, 0, 0xff, 0xff};
    int held, offset, side;

    for (held = 0; held <= 4; held++)
        for (offset = 0; offset < 8; offset++) {
            struct twin t;
            int i;

            context("%d bytes held behind %d bits", held, offset);
            CHECK_INT(itwin_init(&t, -15, 100), Z_OK);
            if (offset != 0 && held < 4)
                CHECK_INT(twin_prime(&t, offset, 0x7f), Z_OK);
            for (i = 0; i < held; i++)
                CHECK_INT(twin_prime(&t, 8, marker[i]), Z_OK);
            if (held == 0)
                CHECK_INT(itwin_sync(&t), Z_BUF_ERROR);
            twin_feed(&t, marker + held, 4 - (size_t)held);
            CHECK_INT(itwin_sync(&t), Z_OK);
            CHECK_UINT(t.z[OURS].total_in, 4 - held);
            CHECK_INT(itwin_run(&t, (const unsigned char *)"\x01\1\0\xfe\xff!", 6, 6, 10,
                                Z_NO_FLUSH), Z_STREAM_END);
            CHECK_INT(t.out[OURS][0], '!');
            twin_end(&t);
        }
    /* Without input, and with next_in NULL. */
    for (side = 0; side < 2; side++) {
        struct twin t;

        context("nothing, bits %d", side * 9);
        CHECK_INT(itwin_init(&t, 15, 100), Z_OK);
        if (side)
            twin_prime(&t, 9, 0);
        twin_feed(&t, NULL, 0);
        CHECK_INT(itwin_sync(&t), side ? Z_DATA_ERROR : Z_BUF_ERROR);
        CHECK_INT(itwin_sync(&t), Z_BUF_ERROR);
        CHECK_INT(twin_end(&t), Z_OK);
    }
}

/* Before the header the rest is raw; after one nothing is checked, until a reset. */
static void test_wrappers(void)
{
    size_t w, len;
    int round;

    for (w = 0; w < COUNT(window_bits); w++) {
        unsigned char *raw = flushed(-15, Z_FULL_FLUSH, &len);
        struct twin t;

        CHECK_INT(itwin_init(&t, window_bits[w], ROOM), Z_OK);
        for (round = 0; round < 3; round++) {
            context("wrappers, windowBits %d, round %d", window_bits[w], round);
            if (round == 1)
                CHECK_INT(itwin_reset2(&t, window_bits[w]), Z_OK);
            if (round == 2)
                CHECK_INT(twin_reset(&t), Z_OK);
            twin_rewind(&t);
            twin_feed(&t, raw, len);
            CHECK_INT(itwin_sync(&t), Z_OK);
            itwin_validate(&t, round == 1);
            CHECK_INT(itwin_inflate(&t, ROOM, Z_NO_FLUSH), Z_STREAM_END);
            CHECK_UINT(t.used[OURS], DATA_LEN - 500);
        }
        twin_end(&t);
        free(raw);
    }
}

/* The place that PPP asks for: behind a flush whose marker's lengths are missing. */
static void test_sync_point(void)
{
    struct bits b;
    struct code litlen, distance;
    struct twin t;
    int literals;

    code_fixed(&litlen, &distance);
    for (literals = 0; literals < 8; literals++) {
        int i;

        context("sync point after %d literals", literals);
        bits_new(&b);
        bits_block(&b, 0, FIXED);
        for (i = 0; i < literals; i++)
            bits_symbol(&b, &litlen, 200);
        bits_symbol(&b, &litlen, END_OF_BLOCK);
        bits_stored(&b, 0, "", 0);
        CHECK_INT(itwin_init(&t, -15, 100), Z_OK);
        twin_feed(&t, b.byte, b.len - 4);
        CHECK_INT(itwin_inflate(&t, 50, Z_SYNC_FLUSH), Z_OK);
        CHECK_INT(inflateSyncPoint(&t.z[OURS]), 1);
        twin_feed(&t, b.byte + b.len - 4, 4);
        CHECK_INT(itwin_inflate(&t, 50, Z_SYNC_FLUSH), Z_OK);
        CHECK_INT(inflateSyncPoint(&t.z[OURS]), 0);
        twin_end(&t);
        bits_free(&b);
    }
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, data, DATA_LEN);
    test_from_each_byte();
    test_after_damage();
    test_patterns();
    test_held_bits();
    test_wrappers();
    test_sync_point();
    return test_result();
}
