/*
 * Property: deflate gives zlib 1.3.2's bytes for every windowBits, memLevel, strategy and level,
 * and however input and output are cut into chunks.
 *
 * Guards: windowBits 8 means 9 with a zlib header and is an error without one (zlib 1.2.9);
 * CVE-2018-25032 (small memLevel and Z_FIXED overran the pending buffer); a small window must
 * be kept (zlib-ng level 1 ignored it); level 0 depends on avail_out.
 */
#include "twin.h"

/* Output that may come for len bytes of input with flushes in between. */
static size_t room_for(size_t len)
{
    return 2 * len + 40000;
}

static void run(struct params p, const unsigned char *in, size_t len, size_t in_chunk,
                size_t out_chunk, int flush)
{
    struct twin t;

    context("level %d, windowBits %d, memLevel %d, strategy %d, %zu bytes by %zu to %zu, flush %d",
            p.level, p.window_bits, p.mem_level, p.strategy, len, in_chunk, out_chunk, flush);
    CHECK_INT(twin_init(&t, p, room_for(len)), Z_OK);
    CHECK_INT(twin_compress(&t, in, len, in_chunk, out_chunk, flush), Z_STREAM_END);
    CHECK_UINT(t.z[OURS].total_in, len);
    twin_check_round_trip(&t, in, len, NULL, 0);
    CHECK_INT(twin_end(&t), Z_OK);
}

/* All windowBits that are valid, with all memLevels, strategies and levels, on a short input
 * that is longer than the smallest windows and symbol buffers. */
static void test_matrix(void)
{
    enum { LEN = 2500 };
    static const int bits[] = {8,  9,   10,  11,  12,  13, 14, 15, -9, -10, -11, -12,
                               -13, -14, -15, 25, 26, 27, 28, 29, 30, 31};
    struct rng rng = rng_seed(1);
    struct params p;
    size_t b;

    for (b = 0; b < COUNT(bits); b++)
        for (p.mem_level = 1; p.mem_level <= MAX_MEM_LEVEL; p.mem_level++)
            for (p.strategy = Z_DEFAULT_STRATEGY; p.strategy <= Z_FIXED; p.strategy++)
                for (p.level = 0; p.level <= 9; p.level++) {
                    unsigned char in[LEN];

                    /* The full product takes long; every third cell each time it comes by. */
                    if (rng_below(&rng, 3) != 0)
                        continue;
                    p.window_bits = bits[b];
                    data_fill((enum data_kind)rng_below(&rng, DATA_KINDS), rng_next(&rng), in, LEN);
                    run(p, in, LEN, rng_below(&rng, 1200), 1 + rng_below(&rng, 3000), Z_NO_FLUSH);
                }
}

/* Input that fills windows and pending buffers many times over, all levels and kinds. */
static void test_long(void)
{
    enum { LEN = 180000 };
    static const struct {
        int window_bits, mem_level;
    } sizes[] = {{15, 8}, {31, 9}, {-9, 1}, {-12, 9}, {10, 3}};
    int kind;
    size_t s;
    struct params p;

    for (kind = 0; kind < DATA_KINDS; kind++) {
        unsigned char *in = data_new((enum data_kind)kind, 2, LEN);

        for (p.level = 0; p.level <= 9; p.level++)
            for (s = 0; s < COUNT(sizes); s++) {
                size_t len = p.level > 7 ? LEN / 3 : LEN;

                p.window_bits = sizes[s].window_bits;
                p.mem_level = sizes[s].mem_level;
                p.strategy = (int)((s + (size_t)p.level) % 6) % 5;
                run(p, in, len, s % 2 == 0 ? 0 : 7000, s % 3 == 0 ? 9000 : 500000, Z_NO_FLUSH);
            }
        free(in);
    }
}

/* Output by single bytes and input by single bytes. */
static void test_tiny_chunks(void)
{
    enum { LEN = 4000 };
    static const size_t chunks[] = {1, 2, 3, 5, 7};
    unsigned char *in = data_new(DATA_MIXED, 3, LEN);
    struct params p = {0, 15, 1, Z_DEFAULT_STRATEGY};
    size_t i;

    for (p.level = 0; p.level <= 9; p.level++) {
        for (i = 0; i < COUNT(chunks); i++) {
            p.window_bits = i % 2 == 0 ? 9 : 31;
            run(p, in, LEN, 0, chunks[i], Z_NO_FLUSH);
            run(p, in, LEN, chunks[i], 100000, Z_NO_FLUSH);
            run(p, in, LEN, chunks[i], chunks[COUNT(chunks) - 1 - i], Z_NO_FLUSH);
        }
    }
    free(in);
}

/* Lengths at the edges: nothing, around the smallest match, the window, and stored blocks. */
static void test_lengths(void)
{
    static const size_t lengths[] = {0,   1,   2,   3,    4,     257,   258,   259,   260,   261,
                                     262, 263, 505, 511,  512,   513,   65270, 65535, 65536, 66000,
                                     250, 762, 763, 1018, 32506, 32767, 32768, 32769, 33030};
    static const enum data_kind kinds[] = {DATA_RANDOM, DATA_ZEROS, DATA_FEW};
    unsigned char *in;
    size_t i, k;
    struct params p = {0, 15, 8, Z_DEFAULT_STRATEGY};

    for (k = 0; k < COUNT(kinds); k++) {
        in = data_new(kinds[k], 4, 66000);
        for (i = 0; i < COUNT(lengths); i++)
            for (p.level = 0; p.level <= 9; p.level += k == 0 ? 1 : 3) {
                p.window_bits = i % 2 == 0 ? 15 : -9;
                p.mem_level = i % 2 == 0 ? 8 : 1;
                run(p, in, lengths[i], 0, 100000, Z_NO_FLUSH);
            }
        free(in);
    }
}

/* Random chunks of input and output with a random flush at every call. */
static void test_random_calls(void)
{
    enum { RUNS = 400, LEN = 20000 };
    struct rng rng = rng_seed(5);
    unsigned char *in = must_alloc(LEN);
    int i;

    for (i = 0; i < RUNS; i++) {
        struct params p = {(int)rng_below(&rng, 10), 9 + (int)rng_below(&rng, 7),
                           1 + (int)rng_below(&rng, 9), (int)rng_below(&rng, 5)};
        struct twin t;
        size_t len = rng_below(&rng, LEN), at = 0;
        int code = Z_OK, flush = Z_NO_FLUSH;

        if (rng_below(&rng, 3) == 0)
            p.window_bits = rng_below(&rng, 2) ? -p.window_bits : p.window_bits + 16;
        context("random run %d: level %d, windowBits %d, memLevel %d, strategy %d", i, p.level,
                p.window_bits, p.mem_level, p.strategy);
        data_fill((enum data_kind)rng_below(&rng, DATA_KINDS), rng_next(&rng), in, len);
        CHECK_INT(twin_init(&t, p, 400000), Z_OK);
        /* Until the end has come by, now and then with calls that can make no progress. */
        while (code != Z_STREAM_END && code != DIVERGED) {
            size_t more = rng_below(&rng, 1 + (uint32_t)(len - at));

            if (flush != Z_FINISH && t.z[ORACLE].avail_in == 0) {
                twin_feed(&t, in + at, more);
                at += more;
            }
            if (flush != Z_FINISH || t.z[ORACLE].avail_in != 0)
                flush = at == len ? Z_FINISH : (int[]){0, 0, 0, 1, 2, 3, 5}[rng_below(&rng, 7)];
            code = twin_deflate(&t, rng_below(&rng, 3) == 0 ? rng_below(&rng, 8) : 6000, flush);
        }
        CHECK_INT(code, Z_STREAM_END);
        twin_check_round_trip(&t, in, len, NULL, 0);
        CHECK_INT(twin_end(&t), Z_OK);
    }
    free(in);
}

/* What must be refused: all other windowBits, and 8 without a zlib header. */
static void test_refused_window_bits(void)
{
    int bits;

    for (bits = -40; bits <= 64; bits++) {
        int valid = (bits >= 8 && bits <= 15) || (bits >= -15 && bits <= -9) ||
                    (bits >= 25 && bits <= 31);
        struct params p = {6, bits, 8, Z_DEFAULT_STRATEGY};
        struct twin t;

        context("windowBits %d", bits);
        CHECK_INT(twin_init(&t, p, 100), valid ? Z_OK : Z_STREAM_ERROR);
        CHECK_INT(twin_end(&t), valid ? Z_OK : Z_STREAM_ERROR);
    }
}

/* windowBits 8: the header says 9 (CINFO 1), as zlib writes since 1.2.9. */
static void test_window_bits_8(void)
{
    struct params p = {6, 8, 8, Z_DEFAULT_STRATEGY};
    struct twin t;

    context("windowBits 8");
    CHECK_INT(twin_init(&t, p, 100), Z_OK);
    CHECK_INT(twin_compress(&t, (const unsigned char *)"a", 1, 0, 100, Z_NO_FLUSH), Z_STREAM_END);
    CHECK_INT(t.out[OURS][0], 0x18);
    CHECK_INT(twin_end(&t), Z_OK);
}

int main(void)
{
    oracle_open();
    test_refused_window_bits();
    test_window_bits_8();
    test_lengths();
    test_tiny_chunks();
    test_matrix();
    test_long();
    test_random_calls();
    return test_result();
}
