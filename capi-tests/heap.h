/*
 * An allocator for zalloc and zfree that records what a library asks for.
 *
 * It notes each request (items, size) and the order of the frees, counts bytes, can fail or
 * limit requests, and can place blocks at odd addresses or right before an inaccessible page.
 * Memory is handed out filled with 0xaa and stands between canaries; wrong frees and touched
 * canaries are failed checks.
 */
#ifndef HEAP_H
#define HEAP_H

#include "util.h"

/* Requests that one heap can record. */
#define HEAP_BLOCKS 64

/* nginx's arena: smaller requests that are no multiple of the unit are charged the whole. */
#define ARENA_UNIT 512
#define ARENA_STATE 8192

struct heap_block {
    uInt items;           /* as asked */
    uInt size;            /* as asked */
    size_t len;           /* items * size */
    unsigned char *user;  /* what zalloc returned, NULL if the request failed */
    unsigned char *base;  /* what malloc returned */
    struct guarded guard; /* used instead of base if guard_pages is set */
    int freed;            /* times it was freed */
};

struct heap {
    /* Set by the test after heap_init. */
    size_t fail_from;  /* the first request that fails, counted from 1; 0: none does */
    size_t fail_count; /* how many requests fail from there on */
    size_t limit;      /* bytes that may be handed out; 0: no limit */
    int arena;         /* charge as nginx's arena does; frees give nothing back */
    size_t skew;       /* returned addresses are this modulo 16 */
    int guard_pages;   /* blocks end at an inaccessible page (rounded up to 16 bytes) */

    /* Recorded. */
    size_t request_count;
    size_t free_count;
    size_t in_use; /* bytes, without canaries */
    size_t peak;
    size_t charged; /* bytes, by the arena's rule */
    struct heap_block block[HEAP_BLOCKS];
    size_t free_order[HEAP_BLOCKS]; /* indexes into block */
};

void heap_init(struct heap *heap);

/* Makes the stream use the heap; for before an init function. */
void heap_attach(struct heap *heap, z_streamp strm);

voidpf heap_alloc(voidpf heap, uInt items, uInt size);
void heap_free(voidpf heap, voidpf address);

/* Checks the canaries of all blocks in use. */
void heap_check_canaries(const struct heap *heap);

/* Checks that all was freed once. Gives 1 if so. */
int heap_check_empty(const struct heap *heap);

/* Checks that two heaps saw the same requests; the state (the first block of each init or copy,
 * items 1) may be smaller in got than in want. Free order is compared too. */
void heap_check_same(const struct heap *got, const struct heap *want);

/* The byte that a test may fill a z_stream with before an init or copy. */
#define POISON 0xaa

/* 0: NULL, 1: what is there after a fill with POISON, 2: some address. */
int pointer_class(const void *pointer);

/* Compares all fields of two streams, even such that were never initialised. out: where the
 * output of each begins. */
void heap_compare_streams(const struct heap *got_heap, const z_stream *got,
                          const unsigned char *got_out, const struct heap *want_heap,
                          const z_stream *want, const unsigned char *want_out);

/* Frees what the library left behind, after the test has reported it. */
void heap_release(struct heap *heap);

#endif
