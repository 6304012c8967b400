/* An allocator for zalloc and zfree that records what a library asks for (see heap.h). */
#include "heap.h"

/* Bytes before and after each block that the library must not touch. */
#define CANARY_LEN 32
#define CANARY_BYTE 0xc5
/* What memory holds when it is handed out: zalloc promises nothing. */
#define FRESH_BYTE 0xaa
/* What freed memory is filled with before it goes back. */
#define FREED_BYTE 0x55
/* malloc's alignment, to which skew refers. */
#define MALLOC_ALIGN 16

void heap_init(struct heap *heap)
{
    memset(heap, 0, sizeof(*heap));
    heap->fail_count = HEAP_BLOCKS;
}

void heap_attach(struct heap *heap, z_streamp strm)
{
    strm->zalloc = heap_alloc;
    strm->zfree = heap_free;
    strm->opaque = heap;
}

static size_t charge(const struct heap *heap, size_t len)
{
    if (heap->arena && len % ARENA_UNIT != 0 && len < ARENA_STATE)
        return ARENA_STATE;
    return len;
}

static int must_fail(const struct heap *heap, size_t len)
{
    size_t number = heap->request_count; /* this request's, counted from 1 */

    if (heap->fail_from != 0 && number >= heap->fail_from &&
        number - heap->fail_from < heap->fail_count)
        return 1;
    return heap->limit != 0 && heap->charged + charge(heap, len) > heap->limit;
}

static void place(const struct heap *heap, struct heap_block *block)
{
    if (heap->guard_pages) {
        block->guard = guarded_new(block->len);
        block->user = block->guard.end - (block->len + 15) / 16 * 16;
        memset(block->user, FRESH_BYTE, block->len);
        return;
    }
    block->base = must_alloc(2 * CANARY_LEN + MALLOC_ALIGN + block->len);
    block->user = block->base + CANARY_LEN;
    block->user += (heap->skew + MALLOC_ALIGN - (uintptr_t)block->user % MALLOC_ALIGN) %
                   MALLOC_ALIGN;
    memset(block->user - CANARY_LEN, CANARY_BYTE, CANARY_LEN);
    memset(block->user, FRESH_BYTE, block->len);
    memset(block->user + block->len, CANARY_BYTE, CANARY_LEN);
}

voidpf heap_alloc(voidpf opaque, uInt items, uInt size)
{
    struct heap *heap = opaque;
    struct heap_block *block;

    if (heap->request_count == HEAP_BLOCKS)
        test_abort("more requests to zalloc than expected");
    block = &heap->block[heap->request_count++];
    memset(block, 0, sizeof(*block));
    block->items = items;
    block->size = size;
    block->len = (size_t)items * size;
    if (must_fail(heap, block->len))
        return NULL;
    place(heap, block);
    heap->charged += charge(heap, block->len);
    heap->in_use += block->len;
    if (heap->in_use > heap->peak)
        heap->peak = heap->in_use;
    return block->user;
}

static void check_canary(const struct heap *heap, const struct heap_block *block)
{
    size_t i, wrong = 0;

    if (heap->guard_pages)
        return;
    for (i = 0; i < CANARY_LEN; i++) {
        wrong += block->user[block->len + i] != CANARY_BYTE;
        wrong += block->user[(ptrdiff_t)i - CANARY_LEN] != CANARY_BYTE;
    }
    CHECK_UINT(wrong, 0);
}

static void discard(const struct heap *heap, struct heap_block *block)
{
    if (heap->guard_pages) {
        guarded_free(block->guard);
    } else {
        memset(block->user, FREED_BYTE, block->len);
        free(block->base);
    }
}

void heap_free(voidpf opaque, voidpf address)
{
    struct heap *heap = opaque;
    struct heap_block *block = NULL;
    size_t i;

    /* From the newest on: an address may have been used before. */
    for (i = heap->request_count; i-- > 0 && block == NULL;)
        if (address != NULL && heap->block[i].user == address && heap->block[i].freed == 0)
            block = &heap->block[i];
    if (!CHECK(block != NULL))
        return;
    check_canary(heap, block);
    heap->free_order[heap->free_count++] = (size_t)(block - heap->block);
    block->freed++;
    heap->in_use -= block->len;
    discard(heap, block);
}

void heap_check_canaries(const struct heap *heap)
{
    size_t i;

    for (i = 0; i < heap->request_count; i++)
        if (heap->block[i].user != NULL && heap->block[i].freed == 0)
            check_canary(heap, &heap->block[i]);
}

int heap_check_empty(const struct heap *heap)
{
    size_t i, leaked = 0;

    for (i = 0; i < heap->request_count; i++)
        leaked += heap->block[i].user != NULL && heap->block[i].freed != 1;
    return CHECK_UINT(leaked, 0) & CHECK_UINT(heap->in_use, 0);
}

void heap_check_same(const struct heap *got, const struct heap *want)
{
    size_t i;

    if (!CHECK_UINT(got->request_count, want->request_count))
        return;
    for (i = 0; i < want->request_count; i++) {
        const struct heap_block *a = &got->block[i], *b = &want->block[i];

        CHECK_UINT(a->items, b->items);
        if (b->items == 1)
            CHECK(a->size <= b->size);
        else
            CHECK_UINT(a->size, b->size);
        CHECK_INT(a->user == NULL, b->user == NULL);
    }
    if (CHECK_UINT(got->free_count, want->free_count))
        for (i = 0; i < want->free_count; i++)
            CHECK_UINT(got->free_order[i], want->free_order[i]);
}

int pointer_class(const void *pointer)
{
    void *poison;

    memset(&poison, POISON, sizeof(poison));
    return pointer == NULL ? 0 : pointer == poison ? 1 : 2;
}

void heap_compare_streams(const struct heap *got_heap, const z_stream *got,
                          const unsigned char *got_out, const struct heap *want_heap,
                          const z_stream *want, const unsigned char *want_out)
{
    if (CHECK_INT(pointer_class(got->next_out), pointer_class(want->next_out)) &&
        pointer_class(got->next_out) == 2)
        CHECK_INT(got->next_out - got_out, want->next_out - want_out);
    if (CHECK_INT(pointer_class(got->msg), pointer_class(want->msg)) &&
        pointer_class(got->msg) == 2)
        CHECK_STR(got->msg, want->msg);
    CHECK(got->next_in == want->next_in);
    CHECK_UINT(got->avail_in, want->avail_in);
    CHECK_UINT(got->total_in, want->total_in);
    CHECK_UINT(got->avail_out, want->avail_out);
    CHECK_UINT(got->total_out, want->total_out);
    CHECK_INT(pointer_class(got->state), pointer_class(want->state));
    CHECK_INT(got->zalloc == heap_alloc, want->zalloc == heap_alloc);
    CHECK_INT(got->zalloc == Z_NULL, want->zalloc == Z_NULL);
    CHECK_INT(got->zfree == heap_free, want->zfree == heap_free);
    CHECK_INT(got->zfree == Z_NULL, want->zfree == Z_NULL);
    CHECK_INT(got->opaque == got_heap, want->opaque == want_heap);
    CHECK_INT(pointer_class(got->opaque), pointer_class(want->opaque));
    CHECK_INT(got->data_type, want->data_type);
    CHECK_UINT(got->adler, want->adler);
    CHECK_UINT(got->reserved, want->reserved);
}

void heap_release(struct heap *heap)
{
    size_t i;

    for (i = 0; i < heap->request_count; i++)
        if (heap->block[i].user != NULL && heap->block[i].freed == 0) {
            heap->block[i].freed = 1;
            discard(heap, &heap->block[i]);
        }
    heap->in_use = 0;
}
