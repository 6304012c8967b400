/*
 * Property: when memory runs out, at whichever request, deflate says Z_MEM_ERROR and leaves
 * nothing behind.
 *
 * Guards: each request of deflateInit2 and deflateCopy fails in turn, alone and with all after
 * it; the code, msg, state and order of frees are zlib's (it asks for all blocks before it looks
 * whether one is missing). compress with malloc failing gives Z_MEM_ERROR and destLen 0.
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
    test_compress();
    test_default_allocator();
    return test_result();
}
