/*
 * Property: deflatePrime puts bits in front of what follows, as zlib does, and never overruns.
 *
 * Guards: bits outside 0..16 and a pending buffer that was drained past its first quarter are
 * Z_BUF_ERROR; bits of value above the count do not matter; whole bytes move to the pending
 * buffer at once. zlib itself overruns its pending buffer when deflatePrime is called without
 * end and deflate never; we must not.
 */
#include "heap.h"
#include "twin.h"

#define ROOM 60000
#define INPUT_LEN 3000

static unsigned char input[INPUT_LEN];

/* An empty fixed block that is not the last: BFINAL 0, BTYPE 01, seven zeros of end of block. */
#define EMPTY_BLOCK 2
#define EMPTY_BLOCK_BITS 10

static void finish(struct twin *t)
{
    size_t at = t->z[ORACLE].total_in;

    twin_feed(t, input + at, INPUT_LEN - at);
    CHECK_INT(twin_drain(t, 700, Z_FINISH), Z_STREAM_END);
    CHECK_INT(twin_end(t), Z_OK);
}

/* Every number of bits with several values, before the first call, for each wrap and level. */
static void test_values(void)
{
    static const int values[] = {0, 1, 2, 0x5555, 0xaaaa, 0xffff, -1, 0x7fffffff, 0x12345678};
    static const int wraps[] = {-15, -9, 15, 31};
    size_t v, w;
    int bits, level;

    for (w = 0; w < COUNT(wraps); w++)
        for (v = 0; v < COUNT(values); v++)
            for (bits = 0; bits <= 16; bits++) {
                struct twin t;

                level = (bits + (int)v) % 10;
                context("%d bits of 0x%x, windowBits %d, level %d", bits, (unsigned)values[v],
                        wraps[w], level);
                CHECK_INT(twin_init(&t, (struct params){level, wraps[w], 1 + (int)v, 0}, ROOM),
                          Z_OK);
                CHECK_INT(twin_prime(&t, bits, values[v]), Z_OK);
                CHECK_INT((int)t.pending * 8 + t.pending_bits, bits);
                CHECK_INT(twin_prime(&t, 16 - bits, values[v]), Z_OK);
                CHECK_INT(twin_prime(&t, 3, values[v]), Z_OK);
                finish(&t);
            }
}

/* Blocks written by hand in front and between: the stream still decodes. */
static void test_round_trip(void)
{
    int level, before, after;

    for (level = 0; level <= 9; level++)
        for (before = 0; before < 9; before++)
            for (after = 0; after < 9; after++) {
                struct twin t;
                int i;

                context("%d and %d empty blocks, level %d", before, after, level);
                CHECK_INT(twin_init(&t, (struct params){level, -15, 8, 0}, ROOM), Z_OK);
                for (i = 0; i < before; i++)
                    CHECK_INT(twin_prime(&t, EMPTY_BLOCK_BITS, EMPTY_BLOCK), Z_OK);
                twin_feed(&t, input, 1000);
                twin_drain(&t, 5000, Z_BLOCK);
                for (i = 0; i < after; i++)
                    CHECK_INT(twin_prime(&t, EMPTY_BLOCK_BITS, EMPTY_BLOCK), Z_OK);
                twin_feed(&t, input + 1000, INPUT_LEN - 1000);
                CHECK_INT(twin_drain(&t, 5000, Z_FINISH), Z_STREAM_END);
                twin_check_round_trip(&t, input, INPUT_LEN, NULL, 0);
                CHECK_INT(twin_end(&t), Z_OK);
            }
}

static void test_refused(void)
{
    static const int bits[] = {-1, 17, 32, -17, 1000, 2147483647, -2147483647 - 1};
    struct twin t;
    size_t i;

    context("refused");
    CHECK_INT(twin_init(&t, (struct params){6, -15, 8, 0}, ROOM), Z_OK);
    for (i = 0; i < COUNT(bits); i++)
        CHECK_INT(twin_prime(&t, bits[i], 5), Z_BUF_ERROR);
    CHECK_STR(t.z[OURS].msg, NULL);
    finish(&t);
}

/* As many bits as fit in front of memLevel 1's symbols: 126 bytes. */
static void test_many(void)
{
    int level, bits, done;

    for (level = 0; level <= 9; level++)
        for (bits = 1; bits <= 16; bits += 3) {
            struct twin t;

            context("many primes: level %d by %d bits", level, bits);
            CHECK_INT(twin_init(&t, (struct params){level, -9, 1, 0}, ROOM), Z_OK);
            for (done = 0; done + bits <= 126 * 8; done += bits)
                CHECK_INT(twin_prime(&t, bits, 0x2a5a5), Z_OK);
            finish(&t);
        }
}

/* In the middle of a block, after the end, and after each flush. */
static void test_in_the_middle(void)
{
    static const int flushes[] = {Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH,
                                  Z_FULL_FLUSH, Z_FINISH,      Z_BLOCK};
    size_t f;
    int level, bits;

    for (f = 0; f < COUNT(flushes); f++)
        for (level = 0; level <= 9; level++)
            for (bits = 0; bits <= 16; bits++) {
                struct twin t;

                context("middle: %d bits after flush %d, level %d", bits, flushes[f], level);
                CHECK_INT(twin_init(&t, (struct params){level, -15, 8, 0}, ROOM), Z_OK);
                twin_feed(&t, input, 500);
                twin_deflate(&t, 5000, flushes[f]);
                CHECK_INT(twin_prime(&t, bits, 0x5a5a), Z_OK);
                twin_feed(&t, input + 500, flushes[f] == Z_FINISH ? 0 : 500);
                CHECK_INT(twin_drain(&t, 5000, Z_FINISH), Z_STREAM_END);
                twin_end(&t);
            }
}

/* 127 literals of 9 bits make about 140 bytes at memLevel 1; once 127 of them are out, no more
 * bits are accepted until the rest is. */
static void test_pending_full(void)
{
    enum { LITERALS = 127 };
    static const size_t taken[] = {1, 100, 126, 127, 130, 200};
    unsigned char literals[LITERALS];
    size_t i;

    data_fill(DATA_RANDOM, 5, literals, LITERALS);
    for (i = 0; i < LITERALS; i++)
        literals[i] |= 0x90; /* bytes from 144 on have codes of 9 bits */
    for (i = 0; i < COUNT(taken); i++) {
        int full = taken[i] >= 127 && taken[i] <= 130;
        int code[SIDES];
        struct twin t;

        context("%zu bytes taken", taken[i]);
        CHECK_INT(twin_init(&t, (struct params){6, -15, 1, Z_FIXED}, ROOM), Z_OK);
        twin_feed(&t, literals, LITERALS);
        CHECK_INT(twin_deflate(&t, taken[i], Z_BLOCK), Z_OK);
        code[OURS] = deflatePrime(&t.z[OURS], 5, 1);
        code[ORACLE] = api[ORACLE]->deflatePrime(&t.z[ORACLE], 5, 1);
        CHECK_INT(code[ORACLE], full ? Z_BUF_ERROR : Z_OK);
        CHECK_INT(code[OURS], code[ORACLE]);
        /* If zlib takes bits while some bytes are out and some are not, it mixes them up. */
        t.diverged = taken[i] < 127;
        twin_drain(&t, 700, Z_FINISH);
        twin_end(&t);
    }
}

/* No end of bits: ours must say so or take them, and stay inside its memory. */
static void test_no_overrun(void)
{
    int mem_level, bits;

    if (testing_peer())
        return;
    for (mem_level = 1; mem_level <= 9; mem_level += 4)
        for (bits = 1; bits <= 16; bits += 5) {
            struct heap heap;
            z_stream z;
            long call;
            int code = Z_OK;

            context("no end of bits: memLevel %d by %d", mem_level, bits);
            heap_init(&heap);
            memset(&z, 0, sizeof(z));
            heap_attach(&heap, &z);
            CHECK_INT(init2(OURS, &z, 6, -15, mem_level, 0), Z_OK);
            for (call = 0; call < 300000 && code == Z_OK; call++)
                code = deflatePrime(&z, bits, 0x5555);
            CHECK(code == Z_OK || code == Z_BUF_ERROR);
            heap_check_canaries(&heap);
            CHECK_INT(deflateEnd(&z), Z_OK);
            heap_check_empty(&heap);
        }
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, input, INPUT_LEN / 2);
    data_fill(DATA_MIXED, 2, input + INPUT_LEN / 2, INPUT_LEN / 2);
    test_refused();
    test_values();
    test_round_trip();
    test_many();
    test_in_the_middle();
    test_pending_full();
    test_no_overrun();
    return test_result();
}
