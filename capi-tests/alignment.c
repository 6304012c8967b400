/*
 * Property: zalloc may return any address; the bytes are the same.
 *
 * Guards: allocators of programs align to 8, 4 or nothing; aligned vector moves on such memory
 * crashed (zlib-ng with node and with AVX). Only our side gets odd addresses: zlib itself works
 * with them on x86 only.
 */
#include "heap.h"
#include "itwin.h"

#define INPUT_LEN 60000

static unsigned char input[INPUT_LEN];
static unsigned char out[SIDES][2 * INPUT_LEN];

/* Compresses on one side with memory at this skew, through reset, copy and params. */
static size_t compress_at(enum side side, struct params p, size_t skew)
{
    static struct heap heap;
    z_stream z, copy;
    size_t len;

    heap_init(&heap);
    heap.skew = skew;
    memset(&z, 0, sizeof(z));
    heap_attach(&heap, &z);
    CHECK_INT(init2(side, &z, p.level, p.window_bits, p.mem_level, p.strategy), Z_OK);
    z.next_in = input;
    z.avail_in = INPUT_LEN / 2;
    z.next_out = out[side];
    z.avail_out = sizeof(out[side]);
    CHECK_INT(api[side]->deflate(&z, Z_SYNC_FLUSH), Z_OK);
    CHECK_INT(api[side]->deflateParams(&z, 9 - p.level, Z_DEFAULT_STRATEGY), Z_OK);
    z.avail_in = INPUT_LEN / 2;
    CHECK_INT(api[side]->deflate(&z, Z_NO_FLUSH), Z_OK);
    CHECK_INT(api[side]->deflateCopy(&copy, &z), Z_OK);
    CHECK_INT(api[side]->deflateEnd(&z), Z_DATA_ERROR);
    CHECK_INT(api[side]->deflate(&copy, Z_FINISH), Z_STREAM_END);
    len = (size_t)(copy.next_out - out[side]);
    CHECK_INT(api[side]->deflateEnd(&copy), Z_OK);
    heap_check_empty(&heap);
    return len;
}

/* Decompresses on one side with memory at this skew, through a copy, in pieces and with reset. */
static void decompress_at(enum side side, size_t skew, const unsigned char *in, size_t len)
{
    static struct heap heap;
    z_stream z, copy;

    heap_init(&heap);
    heap.skew = skew;
    memset(&z, 0, sizeof(z));
    heap_attach(&heap, &z);
    CHECK_INT(inflate_init2(side, &z, 47), Z_OK);
    z.next_in = (void *)(uintptr_t)in;
    z.avail_in = (uInt)len;
    z.next_out = out[side];
    z.avail_out = INPUT_LEN / 2;
    CHECK_INT(api[side]->inflate(&z, Z_NO_FLUSH), Z_OK);
    z.avail_out = 700;
    CHECK_INT(api[side]->inflate(&z, Z_NO_FLUSH), Z_OK);
    CHECK_INT(api[side]->inflateCopy(&copy, &z), Z_OK);
    CHECK_INT(api[side]->inflateReset(&z), Z_OK);
    CHECK_INT(api[side]->inflateEnd(&z), Z_OK);
    copy.avail_out = INPUT_LEN;
    CHECK_INT(api[side]->inflate(&copy, Z_NO_FLUSH), Z_STREAM_END);
    CHECK_INT(api[side]->inflateEnd(&copy), Z_OK);
    CHECK_MEM(out[side], input, INPUT_LEN);
    heap_check_empty(&heap);
}

int main(void)
{
    static const size_t skews[] = {1, 2, 3, 4, 5, 7, 8, 9, 12, 15};
    static const int bits[] = {15, -9, 28};
    struct params p;
    size_t s, b, want, got;
    unsigned char *stream;

    oracle_open();
    data_fill(DATA_MIXED, 1, input, INPUT_LEN / 2);
    data_fill(DATA_TEXT, 2, input + INPUT_LEN / 2, INPUT_LEN / 2);
    for (b = 0; b < COUNT(bits); b++)
        for (p.level = 0; p.level <= 9; p.level += 1 + (b != 0)) {
            p.window_bits = bits[b];
            p.mem_level = 9 - 4 * (int)b;
            p.strategy = p.level % 5;
            want = compress_at(ORACLE, p, 0);
            for (s = 0; s < COUNT(skews); s++) {
                context("addresses %zu modulo 16, level %d, windowBits %d", skews[s], p.level,
                        p.window_bits);
                got = compress_at(OURS, p, skews[s]);
                if (CHECK_UINT(got, want))
                    CHECK_MEM(out[OURS], out[ORACLE], want);
            }
            stream = sample_new((struct params){p.level, 15 + (int)b / 2 * 16, 8, 0}, input,
                                INPUT_LEN, 0, 0, &want);
            for (s = 0; s < COUNT(skews); s++) {
                context("inflate, addresses %zu modulo 16, level %d", skews[s], p.level);
                decompress_at(OURS, skews[s], stream, want);
            }
            free(stream);
        }
    return test_result();
}
