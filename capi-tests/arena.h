/*
 * An arena: memory of the program's for its streams, which is given up as a whole, and is nothing
 * that the library could know of. Included after rzlib.h or zlib.h.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>
#include <string.h>

struct arena {
    unsigned char *memory;
    size_t len, used;
};

static inline voidpf arena_alloc(voidpf opaque, uInt items, uInt size)
{
    struct arena *arena = opaque;
    size_t len = ((size_t)items * size + 15) / 16 * 16;

    if (arena->used + len > arena->len)
        return NULL;
    arena->used += len;
    return arena->memory + arena->used - len;
}

static inline void arena_free(voidpf opaque, voidpf address)
{
    (void)opaque;
    (void)address;
}

/* A stream that is not initialised yet, in an arena that may have others already. */
static inline void arena_attach(z_streamp z, struct arena *arena)
{
    memset(z, 0, sizeof(*z));
    z->zalloc = arena_alloc;
    z->zfree = arena_free;
    z->opaque = arena;
}

#endif
