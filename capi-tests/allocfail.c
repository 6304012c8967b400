/*
 * Property: when memory runs out, at whichever request, deflate and inflate say Z_MEM_ERROR and
 * leave nothing behind.
 *
 * Guards: each request of deflateInit2 and deflateCopy fails in turn, alone and with all after
 * it; the code, msg, state and order of frees are zlib's (it asks for all blocks before it looks
 * whether one is missing). inflate's window is asked for in the middle of data; without it the
 * stream is lost until a reset. compress and uncompress with malloc failing give Z_MEM_ERROR.
 * (inflateCopy: inflate_copy.c.)
 */
#include "heap.h"
#include "twin.h"

#include <stddef.h>

/* More requests than any init or copy makes. */
#define MOST_REQUESTS 12

static unsigned char input[4000];

/* malloc of the whole program fails from this call on (0: none fails), counted from 1. */
static size_t malloc_fails_from;
static size_t malloc_calls;
static long malloc_in_use;
static int malloc_counting;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define OWN_MALLOC 1
/* glibc's own functions, which the ones below stand before. */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void __libc_free(void *);

static int malloc_fails(void)
{
    if (!malloc_counting)
        return 0;
    malloc_calls++;
    return malloc_fails_from != 0 && malloc_calls >= malloc_fails_from;
}

static void *counted(void *memory)
{
    malloc_in_use += malloc_counting && memory != NULL;
    return memory;
}

void *malloc(size_t len)
{
    return malloc_fails() ? NULL : counted(__libc_malloc(len));
}

void *calloc(size_t items, size_t size)
{
    return malloc_fails() ? NULL : counted(__libc_calloc(items, size));
}

void *realloc(void *old, size_t len)
{
    if (malloc_fails())
        return NULL;
    if (old != NULL)
        return __libc_realloc(old, len);
    return counted(__libc_realloc(old, len));
}

void free(void *memory)
{
    malloc_in_use -= malloc_counting && memory != NULL;
    __libc_free(memory);
}
#else
#define OWN_MALLOC 0
#endif

/* deflateInit2 on one side with requests failing; gives what a program sees. */
static int failing_init(enum side side, struct params p, struct heap *heap, z_streamp z)
{
    int code;

    memset(z, 0xaa, sizeof(*z));
    heap_attach(heap, z);
    code = init2(side, z, p.level, p.window_bits, p.mem_level, p.strategy);
    if (code == Z_OK)
        CHECK_INT(api[side]->deflateEnd(z), Z_OK);
    return code;
}

static void compare_streams(const z_stream *a, const z_stream *b, const void *poison)
{
    CHECK_STR(a->msg, b->msg);
    CHECK_INT(a->state == NULL, b->state == NULL);
    CHECK_INT((void *)a->state == poison, (void *)b->state == poison);
    CHECK_INT(a->zalloc == heap_alloc, b->zalloc == heap_alloc);
    CHECK_INT(a->zfree == heap_free, b->zfree == heap_free);
}

static void test_init(struct params p)
{
    static struct heap heap[SIDES];
    z_stream z[SIDES];
    void *poison;
    size_t from, count;
    int code[SIDES], side;

    memset(&poison, 0xaa, sizeof(poison));
    for (count = 1; count <= 2; count++)
        for (from = 1; from <= MOST_REQUESTS; from++) {
            context("init fails at request %zu, %s, windowBits %d, memLevel %d", from,
                    count == 1 ? "once" : "and after it", p.window_bits, p.mem_level);
            for (side = OURS; side < SIDES; side++) {
                heap_init(&heap[side]);
                heap[side].fail_from = from;
                heap[side].fail_count = count == 1 ? 1 : HEAP_BLOCKS;
                code[side] = failing_init((enum side)side, p, &heap[side], &z[side]);
                heap_check_empty(&heap[side]);
            }
            CHECK_INT(code[OURS], code[ORACLE]);
            CHECK_INT(code[OURS], from <= 5 ? Z_MEM_ERROR : Z_OK);
            compare_streams(&z[OURS], &z[ORACLE], poison);
            heap_check_same(&heap[OURS], &heap[ORACLE]);
            /* An ended or never begun stream stays one: nothing is freed twice. (After the very
             * first request failed zlib leaves state as it was: not ours to touch.) */
            if (z[OURS].state == NULL)
                CHECK_INT(deflateEnd(&z[OURS]), Z_STREAM_ERROR);
        }
}

/* deflateCopy: the source goes on, whatever happens to the copy. */
static int failing_copy(enum side side, struct params p, struct heap *heap, z_streamp copy)
{
    static unsigned char out[10000];
    struct heap source_heap;
    z_stream source;
    int code;

    heap_init(&source_heap);
    memset(&source, 0, sizeof(source));
    heap_attach(&source_heap, &source);
    CHECK_INT(init2(side, &source, p.level, p.window_bits, p.mem_level, p.strategy), Z_OK);
    source.next_in = input;
    source.avail_in = 2000;
    source.next_out = out;
    source.avail_out = sizeof(out);
    CHECK_INT(api[side]->deflate(&source, Z_NO_FLUSH), Z_OK);
    source.opaque = heap;
    memset(copy, 0xaa, sizeof(*copy));
    code = api[side]->deflateCopy(copy, &source);
    source.opaque = &source_heap;
    if (code == Z_OK)
        CHECK_INT(api[side]->deflateEnd(copy), Z_DATA_ERROR);
    else
        CHECK_INT(api[side]->deflateEnd(copy), Z_STREAM_ERROR);
    /* zlib leaves the source's state pointer in a copy whose first request failed. */
    if (copy->state == source.state)
        copy->state = (void *)copy;
    CHECK_INT(api[side]->deflate(&source, Z_FINISH), Z_STREAM_END);
    check_inflates(out, source.total_out, p.window_bits, input, 2000, NULL, 0);
    CHECK_INT(api[side]->deflateEnd(&source), Z_OK);
    heap_check_empty(&source_heap);
    return code;
}

static void test_copy(struct params p)
{
    static struct heap heap[SIDES];
    z_stream copy[SIDES];
    size_t from, count;
    int code[SIDES], side;

    for (count = 1; count <= 2; count++)
        for (from = 1; from <= MOST_REQUESTS; from++) {
            context("copy fails at request %zu, %s, windowBits %d, memLevel %d", from,
                    count == 1 ? "once" : "and after it", p.window_bits, p.mem_level);
            for (side = OURS; side < SIDES; side++) {
                heap_init(&heap[side]);
                heap[side].fail_from = from;
                heap[side].fail_count = count == 1 ? 1 : HEAP_BLOCKS;
                code[side] = failing_copy((enum side)side, p, &heap[side], &copy[side]);
                heap_check_empty(&heap[side]);
            }
            CHECK_INT(code[OURS], code[ORACLE]);
            CHECK_INT(code[OURS], from <= 5 ? Z_MEM_ERROR : Z_OK);
            CHECK_STR(copy[OURS].msg, copy[ORACLE].msg);
            CHECK_INT(copy[OURS].state == NULL, copy[ORACLE].state == NULL);
            CHECK_INT((void *)copy[OURS].state == (void *)&copy[OURS],
                      (void *)copy[ORACLE].state == (void *)&copy[ORACLE]);
            heap_check_same(&heap[OURS], &heap[ORACLE]);
        }
}

/* inflateInit2 and inflateBackInit make one request, for the state. */
static void test_inflate_init(void)
{
    static unsigned char window[32768];
    static struct heap heap[SIDES];
    z_stream z[SIDES];
    void *poison;
    int code[SIDES], side, bits;

    memset(&poison, 0xaa, sizeof(poison));
    for (bits = -15; bits <= 48; bits++) {
        int back = bits <= 15 && bits >= 8 && bits % 2 != 0;

        if (bits > -8 && bits < 0)
            continue;
        context("init fails, windowBits %d, back %d", bits, back);
        for (side = OURS; side < SIDES; side++) {
            heap_init(&heap[side]);
            heap[side].fail_from = 1;
            memset(&z[side], 0xaa, sizeof(z[side]));
            heap_attach(&heap[side], &z[side]);
            code[side] = back ? api[side]->inflateBackInit_(&z[side], bits, window, ZLIB_VERSION,
                                                            (int)sizeof(z_stream))
                              : inflate_init2((enum side)side, &z[side], bits);
            heap_check_empty(&heap[side]);
        }
        CHECK_INT(code[OURS], Z_MEM_ERROR);
        CHECK_INT(code[ORACLE], Z_MEM_ERROR);
        compare_streams(&z[OURS], &z[ORACLE], poison);
        heap_check_same(&heap[OURS], &heap[ORACLE]);
    }
}

/* What inflate is called with after its window was refused. */
static int after_refusal(enum side side, z_streamp z, int what)
{
    const struct api *f = api[side];
    unsigned char history[32768];
    uInt len = 77;

    switch (what) {
    case 0: return f->inflate(z, Z_NO_FLUSH);
    case 1: return f->inflateSync(z) + 10 * f->inflate(z, Z_NO_FLUSH);
    case 2: return f->inflateSetDictionary(z, input, 100);
    case 3: return f->inflateGetDictionary(z, history, &len) + 100 * (int)len;
    case 4: return (int)f->inflateMark(z);
    case 5: return f->inflateReset(z) + 10 * f->inflate(z, Z_NO_FLUSH);
    default: return f->inflateReset2(z, 15) + 10 * f->inflate(z, Z_NO_FLUSH);
    }
}

/* The window refused: by inflate at some point of the stream, or by inflateSetDictionary. */
static void test_inflate_window(void)
{
    static unsigned char in[2 * sizeof(input)], out[SIDES][sizeof(input)];
    static struct heap heap[SIDES];
    uLong len = sizeof(in);
    z_stream z[SIDES];
    int code[SIDES], side, cut, what, dictionary;

    CHECK_INT(api[ORACLE]->compress2(in, &len, input, sizeof(input), 6), Z_OK);
    for (dictionary = 0; dictionary < 2; dictionary++)
        for (cut = 3; cut < (int)len; cut += 19 + cut / 3)
            for (what = 0; what < 7; what++) {
                context("window refused, cut at %d, then call %d, dictionary %d", cut, what,
                        dictionary);
                for (side = OURS; side < SIDES; side++) {
                    const struct api *f = api[side];

                    heap_init(&heap[side]);
                    heap[side].fail_from = 2;
                    heap[side].fail_count = 1;
                    memset(&z[side], 0, sizeof(z[side]));
                    memset(out[side], 0, sizeof(out[side]));
                    heap_attach(&heap[side], &z[side]);
                    inflate_init2((enum side)side, &z[side], dictionary ? -15 : 15);
                    z[side].next_in = in + (dictionary ? 2 : 0);
                    z[side].avail_in = (uInt)cut;
                    z[side].next_out = out[side];
                    z[side].avail_out = sizeof(out[side]);
                    code[side] = dictionary ? f->inflateSetDictionary(&z[side], input, 50)
                                            : f->inflate(&z[side], Z_NO_FLUSH);
                    code[side] = 1000 * code[side] + after_refusal((enum side)side, &z[side], what);
                }
                CHECK_INT(code[OURS], code[ORACLE]);
                heap_compare_streams(&heap[OURS], &z[OURS], out[OURS], &heap[ORACLE], &z[ORACLE],
                                     out[ORACLE]);
                CHECK_MEM(out[OURS], out[ORACLE], sizeof(out[OURS]));
                for (side = OURS; side < SIDES; side++) {
                    CHECK_INT(api[side]->inflateEnd(&z[side]), Z_OK);
                    heap_check_empty(&heap[side]);
                }
                heap_check_same(&heap[OURS], &heap[ORACLE]);
            }
}

/* uncompress needs one block, the state, and no window. */
static void test_uncompress(void)
{
    static unsigned char in[2 * sizeof(input)], out[sizeof(input)];
    uLong in_len = sizeof(in);
    size_t from;

    if (!OWN_MALLOC)
        return;
    CHECK_INT(api[ORACLE]->compress2(in, &in_len, input, sizeof(input), 6), Z_OK);
    for (from = 0; from <= 3; from++) {
        uLong len = sizeof(out), used = in_len;
        int code;

        context("uncompress2, malloc fails from call %zu", from);
        malloc_calls = 0;
        malloc_in_use = 0;
        malloc_fails_from = from;
        malloc_counting = 1;
        code = uncompress2(out, &len, in, &used);
        malloc_counting = 0;
        CHECK_INT(malloc_in_use, 0);
        CHECK(malloc_calls <= 1);
        CHECK_INT(code, malloc_calls >= from && from != 0 ? Z_MEM_ERROR : Z_OK);
        if (code == Z_OK)
            CHECK_MEM(out, input, sizeof(input));
        /* zlib returns before it sets the lengths. */
        CHECK_UINT(len, sizeof(out));
        CHECK_UINT(used, in_len);
    }
}

/* compress2 with the default allocator: Z_MEM_ERROR and destLen 0, or, where a request was not
 * vital, the same bytes; all memory goes back either way. */
static void test_compress(void)
{
    static unsigned char want[5000], got[5000];
    size_t from;
    int level, good;

    if (!OWN_MALLOC)
        return;
    for (level = 0; level <= 9; level++) {
        uLong want_len = sizeof(want);

        CHECK_INT(api[ORACLE]->compress2(want, &want_len, input, sizeof(input), level), Z_OK);
        for (from = 1, good = 0; from <= 40 && good < 3; from++) {
            uLong len = sizeof(got);
            int code;

            context("compress2, malloc fails from call %zu, level %d", from, level);
            malloc_calls = 0;
            malloc_in_use = 0;
            malloc_fails_from = from;
            malloc_counting = 1;
            code = compress2(got, &len, input, sizeof(input), level);
            malloc_counting = 0;
            CHECK_INT(malloc_in_use, 0);
            /* Behind the last request nothing fails any more. */
            good += malloc_calls < from;
            CHECK(code == Z_MEM_ERROR || code == Z_OK);
            if (from == 1)
                CHECK_INT(code, Z_MEM_ERROR);
            if (malloc_calls < from)
                CHECK_INT(code, Z_OK);
            if (code == Z_MEM_ERROR)
                CHECK_UINT(len, 0);
            else if (CHECK_UINT(len, want_len))
                CHECK_MEM(got, want, want_len);
        }
        CHECK_INT(good, 3);
    }
}

/* The same for a stream of its own: whatever init says, End gives everything back. */
static void test_default_allocator(void)
{
    size_t from;

    if (!OWN_MALLOC)
        return;
    for (from = 1; from <= MOST_REQUESTS; from++) {
        z_stream z;
        int code;

        context("deflateInit, malloc fails from call %zu", from);
        memset(&z, 0, sizeof(z));
        malloc_calls = 0;
        malloc_in_use = 0;
        malloc_fails_from = from;
        malloc_counting = 1;
        code = deflateInit(&z, 6);
        if (code == Z_OK)
            code = deflateEnd(&z);
        malloc_counting = 0;
        CHECK_INT(malloc_in_use, 0);
        /* Five requests are vital. We may make more, which then may fail without harm. */
        CHECK(code == Z_OK || code == Z_MEM_ERROR);
        if (from <= 5 || malloc_calls < from)
            CHECK_INT(code, from <= 5 ? Z_MEM_ERROR : Z_OK);
        CHECK_STR(z.msg, code == Z_MEM_ERROR && from > 1 ? "insufficient memory" : NULL);
    }
}

int main(void)
{
    static const struct params rows[] = {{6, 15, 8, 0}, {1, -9, 1, 0}, {9, 31, 9, 0},
                                         {0, 12, 5, 0}, {3, 8, 2, 3}};
    size_t i;

    oracle_open();
    data_fill(DATA_MIXED, 1, input, sizeof(input));
    for (i = 0; i < COUNT(rows); i++) {
        test_init(rows[i]);
        test_copy(rows[i]);
    }
    test_inflate_init();
    test_inflate_window();
    test_compress();
    test_uncompress();
    test_default_allocator();
    return test_result();
}
