/*
 * Property: deflateBound and compressBound give zlib's numbers, and our output keeps them.
 *
 * Guards: programs allocate exactly the bound and call deflate once (git, .NET); a bound that
 * is too small broke repositories (zlib-ng 2.0.6) and one that differs breaks fixed buffers;
 * near the top of the range zlib 1.3.2 saturates instead of wrapping round; gzip header fields,
 * a dictionary and a finished stream count.
 */
#include "twin.h"

#include <limits.h>

static const size_t lengths[] = {0,     1,     2,     63,    64,    127,        128,
                                 255,   256,   257,   511,   512,   4095,       4096,
                                 16383, 16384, 32768, 65535, 65536, 1000000,    33554431,
                                 33554432,     2147483647,   4294967295u};

static void check_bounds(z_streamp a, z_streamp b)
{
    size_t i, top;

    for (i = 0; i < COUNT(lengths); i++) {
        CHECK_UINT(deflateBound(a, lengths[i]), api[ORACLE]->deflateBound(b, lengths[i]));
        CHECK_UINT(deflateBound_z(a, lengths[i]), api[ORACLE]->deflateBound_z(b, lengths[i]));
    }
    /* From far above what fits down to where it just does. */
    for (top = 0; top < SIZE_MAX / 2; top = top * 2 + 1) {
        CHECK_UINT(deflateBound(a, ULONG_MAX - top), api[ORACLE]->deflateBound(b, ULONG_MAX - top));
        CHECK_UINT(deflateBound_z(a, SIZE_MAX - top),
                   api[ORACLE]->deflateBound_z(b, SIZE_MAX - top));
    }
    CHECK_UINT(deflateBound_z(a, SIZE_MAX), SIZE_MAX);
    CHECK_UINT(deflateBound(a, ULONG_MAX), ULONG_MAX);
}

static void test_formula(void)
{
    static const int bits[] = {8,  9,   10,  11,  12,  13,  14, 15, -9, -10, -11, -12,
                               -13, -14, -15, 25, 26, 27, 28, 29, 30, 31};
    struct params p;
    size_t b;

    p.strategy = Z_DEFAULT_STRATEGY;
    for (b = 0; b < COUNT(bits); b++)
        for (p.mem_level = 1; p.mem_level <= 9; p.mem_level++)
            for (p.level = 0; p.level <= 9; p.level += 3) {
                struct twin t;

                p.window_bits = bits[b];
                context("windowBits %d, memLevel %d, level %d", bits[b], p.mem_level, p.level);
                CHECK_INT(twin_init(&t, p, 10), Z_OK);
                check_bounds(&t.z[OURS], &t.z[ORACLE]);
                twin_end(&t);
            }
}

static void test_invalid_stream(void)
{
    z_stream zero;

    memset(&zero, 0, sizeof(zero));
    context("no stream");
    check_bounds(NULL, NULL);
    check_bounds(&zero, &zero);
}

/* A dictionary, gzip header fields, input so far and the end of the stream. */
static void test_states(void)
{
    static const unsigned char text[] = "a dictionary, a dictionary";
    static const int bits[] = {15, 31, -15, 9};
    gz_header header;
    size_t b;

    memset(&header, 0, sizeof(header));
    header.extra = (Bytef *)(uintptr_t)text;
    header.name = (Bytef *)(uintptr_t) "a name";
    for (b = 0; b < COUNT(bits); b++) {
        struct twin t;

        context("states, windowBits %d", bits[b]);
        CHECK_INT(twin_init(&t, (struct params){6, bits[b], 8, 0}, 2000), Z_OK);
        if (bits[b] < 16)
            twin_set_dictionary(&t, text, sizeof(text));
        check_bounds(&t.z[OURS], &t.z[ORACLE]);
        if (bits[b] == 31)
            for (header.hcrc = 0; header.hcrc < 2; header.hcrc++)
                for (header.extra_len = 0; header.extra_len <= 70000; header.extra_len += 70000) {
                    twin_set_header(&t, &header);
                    check_bounds(&t.z[OURS], &t.z[ORACLE]);
                    header.comment = header.name;
                }
        header.extra_len = 5;
        twin_feed(&t, text, sizeof(text));
        twin_deflate(&t, 1000, Z_NO_FLUSH);
        check_bounds(&t.z[OURS], &t.z[ORACLE]);
        twin_deflate(&t, 1000, Z_FINISH);
        check_bounds(&t.z[OURS], &t.z[ORACLE]);
        twin_reset(&t);
        check_bounds(&t.z[OURS], &t.z[ORACLE]);
        twin_params(&t, 0, 0, 100);
        check_bounds(&t.z[OURS], &t.z[ORACLE]);
        twin_end(&t);
    }
}

/* One call with exactly the bound must reach the end; the buffer ends at a guard page. */
static void keeps_bound(z_streamp z, const unsigned char *in, size_t len, struct guarded out)
{
    size_t bound = deflateBound(z, len);

    z->next_in = (void *)(uintptr_t)in;
    z->avail_in = (uInt)len;
    z->next_out = out.end - bound;
    z->avail_out = (uInt)bound;
    CHECK_INT(deflate(z, Z_FINISH), Z_STREAM_END);
    CHECK_INT(deflateReset(z), Z_OK);
}

static void test_output(void)
{
    enum { LONGEST = 70000 };
    static const size_t more[] = {511, 512, 4096, 16383, 16384, 16389, 32768, 65535, LONGEST};
    static const int bits[] = {9, 15, 31, -9, -12, -15};
    static const int mem_levels[] = {1, 2, 8, 9};
    struct guarded out = guarded_new(2 * LONGEST);
    unsigned char *in = data_new(DATA_RANDOM, 1, LONGEST);
    unsigned char *skewed = data_new(DATA_SKEWED, 1, LONGEST);
    size_t b, m, len, i;
    int level;

    for (b = 0; b < COUNT(bits); b++)
        for (m = 0; m < COUNT(mem_levels); m++)
            for (level = 0; level <= 9; level++) {
                z_stream z;

                context("output: windowBits %d, memLevel %d, level %d", bits[b], mem_levels[m],
                        level);
                memset(&z, 0, sizeof(z));
                CHECK_INT(init2(OURS, &z, level, bits[b], mem_levels[m], (level + (int)b) % 5),
                          Z_OK);
                for (len = 0; len <= 300; len += b == 0 ? 1 : 7)
                    keeps_bound(&z, in + len, len, out);
                for (i = 0; i < COUNT(more); i++)
                    if (more[i] < 20000 || (m == 2 && level % 3 == 0)) {
                        keeps_bound(&z, in, more[i], out);
                        keeps_bound(&z, skewed, more[i], out);
                    }
                deflateEnd(&z);
            }
    free(in);
    free(skewed);
    guarded_free(out);
}

static void test_compress_bound(void)
{
    enum { LONGEST = 66000 };
    struct guarded out = guarded_new(2 * LONGEST);
    unsigned char *in = data_new(DATA_RANDOM, 2, LONGEST);
    size_t i, len, top;
    int level;

    context("compressBound");
    for (i = 0; i < COUNT(lengths); i++) {
        CHECK_UINT(compressBound(lengths[i]), api[ORACLE]->compressBound(lengths[i]));
        CHECK_UINT(compressBound_z(lengths[i]), api[ORACLE]->compressBound_z(lengths[i]));
    }
    for (top = 0; top < SIZE_MAX / 2; top = top * 2 + 1) {
        CHECK_UINT(compressBound(ULONG_MAX - top), api[ORACLE]->compressBound(ULONG_MAX - top));
        CHECK_UINT(compressBound_z(SIZE_MAX - top), api[ORACLE]->compressBound_z(SIZE_MAX - top));
    }
    CHECK_UINT(compressBound(0), 13);
    CHECK_UINT(compressBound(ULONG_MAX), ULONG_MAX);
    for (len = 0; len <= LONGEST; len += len < 100 ? 1 : len)
        for (level = -1; level <= 9; level++) {
            uLong got = compressBound((uLong)len);

            CHECK_INT(compress2(out.end - got, &got, in, (uLong)len, level), Z_OK);
        }
    free(in);
    guarded_free(out);
}

int main(void)
{
    oracle_open();
    test_formula();
    test_invalid_stream();
    test_states();
    test_output();
    test_compress_bound();
    return test_result();
}
