/*
 * malloc of the whole program, which fails on demand and counts; for one source file of a test.
 *
 * OWN_MALLOC is 0 where it cannot stand before the C library's: then nothing fails.
 */
#ifndef OWN_MALLOC_H
#define OWN_MALLOC_H

#include <stddef.h>

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

#endif
