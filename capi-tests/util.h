/*
 * Helpers of the C tests: checks, random numbers, test data, guard pages.
 *
 * A test is a program of its own. It makes its checks, which print file:line and the current
 * context when they fail and go on, and returns test_result() from main. Exit codes: 0 passed,
 * 1 failed, TEST_SKIPPED skipped (the reason stands on stdout).
 */
#ifndef UTIL_H
#define UTIL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rzlib.h"

/* The exit code that run.sh reads as "skipped". */
#define TEST_SKIPPED 77

/* The number of elements of an array. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Checks. Each gives 1 if it held, else 0, and evaluates its arguments once. */
#define CHECK(condition) check_true((condition) != 0, #condition, __FILE__, __LINE__)
#define CHECK_INT(got, want) \
    check_int((long long)(got), (long long)(want), #got, __FILE__, __LINE__)
#define CHECK_UINT(got, want) \
    check_uint((unsigned long long)(got), (unsigned long long)(want), #got, __FILE__, __LINE__)
#define CHECK_STR(got, want) check_str((got), (want), #got, __FILE__, __LINE__)
#define CHECK_MEM(got, want, len) check_mem((got), (want), (len), #got, __FILE__, __LINE__)

int check_true(int held, const char *what, const char *file, int line);
int check_int(long long got, long long want, const char *what, const char *file, int line);
int check_uint(unsigned long long got, unsigned long long want, const char *what,
               const char *file, int line);
/* Either string may be NULL; NULL equals NULL only. */
int check_str(const char *got, const char *want, const char *what, const char *file, int line);
int check_mem(const void *got, const void *want, size_t len, const char *what, const char *file,
              int line);

/* Says what is being tested; printed with each failure that follows. */
void context(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The number of checks that failed so far. */
unsigned long test_failures(void);

/* Prints how many checks were made; the value for main to return. */
int test_result(void);

/* Prints the reason and ends the program as skipped. */
void test_skip(const char *reason);

/* Ends the program as failed: the test cannot go on. */
void test_abort(const char *reason);

/* malloc that ends the program when there is no memory. */
void *must_alloc(size_t len);

/* A random number generator (xorshift64*); the same numbers for the same seed everywhere. */
struct rng {
    uint64_t state;
};
struct rng rng_seed(uint64_t seed);
uint32_t rng_next(struct rng *rng);
/* A number of 0 .. bound - 1; bound is not 0. */
uint32_t rng_below(struct rng *rng, uint32_t bound);

/* Kinds of test data, each for a different path of deflate. */
enum data_kind {
    DATA_ZEROS,    /* one byte over and over: longest matches at distance 1 */
    DATA_RANDOM,   /* incompressible: stored blocks */
    DATA_TEXT,     /* words of a small vocabulary: lazy matches, dynamic blocks, Z_TEXT */
    DATA_RECORDS,  /* 12-byte records with counters: short matches at one distance */
    DATA_RUNS,     /* runs of 1..600 bytes: Z_RLE, match lengths around 258 */
    DATA_FEW,      /* 4 random symbols: short codes, chains full of 3-byte matches */
    DATA_SKEWED,   /* Fibonacci-like frequencies: code lengths that overflow 15 bits */
    DATA_MIXED,    /* stretches of the others: block types change */
    DATA_KINDS
};
const char *data_name(enum data_kind kind);
/* Fills buf; equal arguments give equal bytes, a longer len the same beginning. */
void data_fill(enum data_kind kind, uint64_t seed, unsigned char *buf, size_t len);
/* The same in memory from malloc. */
unsigned char *data_new(enum data_kind kind, uint64_t seed, size_t len);

/* A buffer between two inaccessible pages, len rounded up to whole pages. */
struct guarded {
    unsigned char *begin; /* the page before it is inaccessible */
    unsigned char *end;   /* the page that begins here is inaccessible */
};
struct guarded guarded_new(size_t len);
/* Makes the buffer read-only (1) or writable again (0). */
void guarded_read_only(struct guarded buffer, int read_only);
void guarded_free(struct guarded buffer);

#endif
