/*
 * Property: windowBits means to inflateInit2 and inflateReset2 what it means to zlib.
 *
 * Guards: 0 takes the window from the header, 16 adds gzip, 32 detects it; a zlib header with a
 * larger window than windowBits is refused (zlib-ng accepted it), one with a smaller window does
 * not limit distances; a raw stream's limit is the window plus what the call itself has written
 * (zlib-rs#560); after inflateReset a window found in a header stays.
 */
#include "bits.h"
#include "itwin.h"

#include <limits.h>

#define ROOM 70000

static const unsigned char text[] = "windowBits, windowBits, windowBits, windowBits";
static struct code litlen, distance;

enum wrapper { RAW, ZLIB, GZIP, WRAPPERS };

/* A whole stream of the text; cinfo only for ZLIB. */
static unsigned char *stream_of(enum wrapper wrapper, int header_bits, size_t *len)
{
    int bits = wrapper == RAW ? -15 : wrapper == GZIP ? 31 : 15;
    unsigned char *in = sample_new((struct params){6, bits, 8, 0}, text, sizeof(text), 0, 0, len);
    struct bits header;

    if (wrapper == ZLIB) {
        bits_new(&header);
        bits_zlib(&header, header_bits);
        memcpy(in, header.byte, 2);
        bits_free(&header);
    }
    return in;
}

/* Whether a stream with these windowBits takes such a header. */
static int takes(int window_bits, enum wrapper wrapper, int header_bits)
{
    int window = window_bits < 0 ? -window_bits : window_bits % 16;

    if (window_bits < 0)
        return wrapper == RAW;
    if (wrapper == RAW || (wrapper == GZIP && window_bits < 16) ||
        (wrapper == ZLIB && window_bits >= 16 && window_bits < 32))
        return 0;
    return wrapper == GZIP || window == 0 || header_bits <= window;
}

static int is_valid(int window_bits)
{
    int window = window_bits < 0 ? -window_bits : window_bits % 16;

    if (window_bits < -15 || window_bits >= 48)
        return 0;
    return (window_bits >= 0 && window == 0) || (window >= 8 && window <= 15);
}

/* All windowBits, by init and by reset of another stream, against all headers. */
static void test_all_values(void)
{
    static const int extremes[] = {INT_MIN, INT_MIN + 1, -65536, -256, 255, 256, 4096, INT_MAX};
    size_t len;
    int bits, wrapper, header_bits, reset, chunk;

    for (bits = -34; bits <= 66 + (int)COUNT(extremes); bits++)
        for (reset = 0; reset < 4; reset++) {
            int value = bits <= 66 ? bits : extremes[bits - 67], code;
            static const int before[] = {0, 15, -8, 47};
            struct twin t;

            for (wrapper = RAW; wrapper < WRAPPERS; wrapper++)
                for (header_bits = 8; header_bits <= (wrapper == ZLIB ? 15 : 8); header_bits++)
                    for (chunk = 1; chunk < 100; chunk += 98) {
                        unsigned char *in = stream_of((enum wrapper)wrapper, header_bits, &len);

                        context("windowBits %d, reset from %d, wrapper %d, header %d", value,
                                before[reset], wrapper, header_bits);
                        if (reset == 0) {
                            code = itwin_init(&t, value, ROOM);
                        } else {
                            CHECK_INT(itwin_init(&t, before[reset], ROOM), Z_OK);
                            code = itwin_reset2(&t, value);
                        }
                        CHECK_INT(code, is_valid(value) ? Z_OK : Z_STREAM_ERROR);
                        /* A refused reset leaves the stream as it was. */
                        if (code != Z_OK)
                            value = before[reset];
                        if (code == Z_OK || reset != 0) {
                            code = itwin_run(&t, in, len, (size_t)chunk, ROOM, Z_NO_FLUSH);
                            if (takes(value, (enum wrapper)wrapper, header_bits))
                                CHECK_INT(code, Z_STREAM_END);
                            else
                                CHECK_INT(code, Z_DATA_ERROR);
                            CHECK_INT(twin_end(&t), Z_OK);
                        } else {
                            CHECK_INT(twin_end(&t), Z_STREAM_ERROR);
                        }
                        value = bits <= 66 ? bits : extremes[bits - 67];
                        free(in);
                    }
        }
}

/* Stored blocks of len random bytes in all. */
static void put_history(struct bits *b, size_t len)
{
    unsigned char *data = data_new(DATA_RANDOM, len, len);
    size_t at = 0;

    for (; len - at > 65535; at += 65535)
        bits_stored(b, 0, data + at, 65535);
    bits_stored(b, 0, data + at, len - at);
    free(data);
}

/* In one call history bytes of output, in the next a few literals and then a match: it may reach
 * back by the literals and the window, and by one byte more it may not. */
static void far_match(int window_bits, int header_bits, size_t history, unsigned literals,
                      int padded)
{
    size_t window = (size_t)1 << (window_bits == 0 ? header_bits : abs(window_bits));
    size_t limit = (history < window ? history : window) + literals;
    int beyond;

    for (beyond = 0; beyond < 2; beyond++) {
        struct bits b;
        struct twin t;
        size_t split;
        unsigned i;
        int whole, code;

        if (limit + (size_t)beyond > 32768 || limit + (size_t)beyond == 0)
            continue;
        bits_new(&b);
        if (header_bits != 0)
            bits_zlib(&b, header_bits);
        put_history(&b, history);
        split = b.len;
        bits_block(&b, 0, FIXED);
        for (i = 0; i < literals; i++)
            bits_symbol(&b, &litlen, 'a' + i % 7);
        bits_match(&b, &litlen, &distance, 5, (unsigned)(limit + (size_t)beyond));
        bits_symbol(&b, &litlen, END_OF_BLOCK);
        for (i = 0; i < 3 && padded; i++)
            bits_stored(&b, 0, "", 0);
        for (whole = 0; whole < 2; whole++) {
            context("windowBits %d, header %d, %zu bytes, %u literals, beyond %d, whole %d",
                    window_bits, header_bits, history, literals, beyond, whole);
            CHECK_INT(itwin_init(&t, window_bits, ROOM), Z_OK);
            twin_feed(&t, b.byte, whole ? b.len : split);
            code = itwin_inflate(&t, 69000, Z_NO_FLUSH);
            if (!whole) {
                CHECK_INT(code, Z_OK);
                CHECK_UINT(t.used[OURS], history);
                twin_feed(&t, b.byte + split, b.len - split);
                code = itwin_inflate(&t, padded ? 300 : 257, Z_NO_FLUSH);
                CHECK_INT(code, beyond ? Z_DATA_ERROR : Z_OK);
                CHECK_STR(t.z[OURS].msg, beyond ? "invalid distance too far back" : NULL);
            } else {
                CHECK_INT(code, beyond && history <= window ? Z_DATA_ERROR : Z_OK);
            }
            CHECK_INT(twin_end(&t), Z_OK);
        }
        bits_free(&b);
    }
}

static void test_far_matches(void)
{
    static const unsigned literals[] = {0, 1, 2, 5, 40};
    static const int offsets[] = {-300, -1, 0, 1, 77, 255, 256, 300};
    int bits;
    size_t i, o, window;

    for (bits = 8; bits <= 15; bits++)
        for (i = 0; i < COUNT(literals); i++)
            for (o = 0; o < COUNT(offsets); o++) {
                window = (size_t)1 << bits;
                if (offsets[o] < 0 && window < 300)
                    continue;
                far_match(-bits, 0, (size_t)((long)window + offsets[o]), literals[i], o % 2 == 0);
                /* The header's window is taken for 0, and does not matter else. */
                far_match(0, bits, (size_t)((long)window + offsets[o]), literals[i], o % 2);
                far_match(15, bits, (size_t)((long)window + offsets[o]), literals[i], o % 2);
            }
    for (i = 0; i < COUNT(literals); i++)
        for (o = 0; o < 4; o++) {
            far_match(-15, 0, o, literals[i], (int)o % 2);
            far_match(-8, 0, 3 * o, literals[i], (int)o % 2 == 0);
        }
}

/* inflateReset keeps the window that a header gave, inflateReset2 sets it anew. */
static void test_found_window(void)
{
    int first, second, reset;

    for (first = 8; first <= 15; first++)
        for (second = 8; second <= 15; second++)
            for (reset = 0; reset < 4; reset++) {
                size_t len, i;
                struct twin t;
                int code;

                context("header %d, then %d, reset %d", first, second, reset);
                CHECK_INT(itwin_init(&t, reset == 3 ? 32 : 0, ROOM), Z_OK);
                for (i = 0; i < 2; i++) {
                    unsigned char *in = stream_of(ZLIB, i == 0 ? first : second, &len);

                    code = itwin_run(&t, in, len, 5, 7, Z_NO_FLUSH);
                    free(in);
                    if (i == 1)
                        break;
                    CHECK_INT(code, Z_STREAM_END);
                    if (reset == 0)
                        twin_reset(&t);
                    else if (reset == 1)
                        twin_reset_keep(&t);
                    else
                        itwin_reset2(&t, 0);
                    twin_rewind(&t);
                }
                CHECK_INT(code, second <= first || reset >= 2 ? Z_STREAM_END : Z_DATA_ERROR);
                CHECK_INT(twin_end(&t), Z_OK);
            }
}

/* A stream that goes from one kind to another by inflateReset2, with a window in use. */
static void test_changing_kinds(void)
{
    static const int kinds[] = {-15, 15, 31, -8, 8, 47, 0, 9, -9, 16, 32};
    struct rng rng = rng_seed(1);
    struct twin t;
    size_t len;
    int i;

    CHECK_INT(itwin_init(&t, 15, ROOM), Z_OK);
    for (i = 0; i < 400; i++) {
        int kind = kinds[rng_below(&rng, COUNT(kinds))];
        enum wrapper wrapper = kind < 0 ? RAW : kind >= 16 && kind != 32 ? GZIP : ZLIB;
        unsigned char *in = stream_of(wrapper, kind == 8 || kind == 9 ? 8 : 15, &len);

        context("changing to %d", kind);
        CHECK_INT(itwin_reset2(&t, kind), Z_OK);
        twin_rewind(&t);
        /* Some are left in the middle. */
        CHECK_INT(itwin_run(&t, in, i % 3 ? len : len / 2, 1 + rng_below(&rng, 20),
                            1 + rng_below(&rng, 30), Z_NO_FLUSH), i % 3 ? Z_STREAM_END : Z_OK);
        twin_get_dictionary(&t, NULL);
        free(in);
    }
    CHECK_INT(twin_end(&t), Z_OK);
}

int main(void)
{
    oracle_open();
    code_fixed(&litlen, &distance);
    test_all_values();
    test_far_matches();
    test_found_window();
    test_changing_kinds();
    return test_result();
}
