/* Helpers of the C tests: checks, random numbers, test data, guard pages (see util.h). */
#include "util.h"

#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

/* More failures than these are only counted, not printed. */
#define PRINTED_FAILURES 25
/* Bytes of a buffer that are shown around a difference. */
#define SHOWN_BYTES 8

static unsigned long checks;
static unsigned long failures;
static char current_context[512];

/* Counts a failure; 1 if it is to be printed (its place has been). */
static int failed(const char *file, int line)
{
    if (__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED) > PRINTED_FAILURES)
        return 0;
    printf("%s:%d: ", file, line);
    if (current_context[0] != '\0')
        printf("[%s] ", current_context);
    return 1;
}

static void count_check(void)
{
    __atomic_add_fetch(&checks, 1, __ATOMIC_RELAXED);
}

int check_true(int held, const char *what, const char *file, int line)
{
    count_check();
    if (!held && failed(file, line))
        printf("%s does not hold\n", what);
    return held;
}

int check_int(long long got, long long want, const char *what, const char *file, int line)
{
    count_check();
    if (got != want && failed(file, line))
        printf("%s is %lld, not %lld\n", what, got, want);
    return got == want;
}

int check_uint(unsigned long long got, unsigned long long want, const char *what,
               const char *file, int line)
{
    count_check();
    if (got != want && failed(file, line))
        printf("%s is %llu (0x%llx), not %llu (0x%llx)\n", what, got, got, want, want);
    return got == want;
}

int check_str(const char *got, const char *want, const char *what, const char *file, int line)
{
    int same = got == NULL || want == NULL ? got == want : strcmp(got, want) == 0;

    count_check();
    if (!same && failed(file, line))
        printf("%s is \"%s\", not \"%s\"\n", what, got == NULL ? "(NULL)" : got,
               want == NULL ? "(NULL)" : want);
    return same;
}

static void print_bytes(const unsigned char *bytes, size_t from, size_t len)
{
    size_t i;

    for (i = from; i < len && i < from + SHOWN_BYTES; i++)
        printf(" %02x", bytes[i]);
}

int check_mem(const void *got, const void *want, size_t len, const char *what, const char *file,
              int line)
{
    const unsigned char *a = got, *b = want;
    size_t at = 0;

    count_check();
    if (len == 0 || memcmp(a, b, len) == 0)
        return 1;
    while (a[at] == b[at])
        at++;
    if (failed(file, line)) {
        printf("%s differs from byte %zu of %zu on:", what, at, len);
        print_bytes(a, at, len);
        printf(", not");
        print_bytes(b, at, len);
        printf("\n");
    }
    return 0;
}

void context(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(current_context, sizeof(current_context), format, arguments);
    va_end(arguments);
}

unsigned long test_failures(void)
{
    return failures;
}

int test_result(void)
{
    printf("%lu checks, %lu failed\n", checks, failures);
    return failures == 0 ? 0 : 1;
}

void test_skip(const char *reason)
{
    printf("%s\n", reason);
    exit(TEST_SKIPPED);
}

void test_abort(const char *reason)
{
    printf("[%s] cannot go on: %s\n", current_context, reason);
    exit(1);
}

void *must_alloc(size_t len)
{
    void *memory = malloc(len == 0 ? 1 : len);

    if (memory == NULL)
        test_abort("no memory");
    return memory;
}

struct rng rng_seed(uint64_t seed)
{
    struct rng rng;

    /* The multiplier spreads small seeds; the state must not be 0. */
    rng.state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
    if (rng.state == 0)
        rng.state = 1;
    return rng;
}

uint32_t rng_next(struct rng *rng)
{
    uint64_t x = rng->state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    rng->state = x;
    return (uint32_t)((x * UINT64_C(0x2545f4914f6cdd1d)) >> 32);
}

uint32_t rng_below(struct rng *rng, uint32_t bound)
{
    return (uint32_t)(((uint64_t)rng_next(rng) * bound) >> 32);
}

const char *data_name(enum data_kind kind)
{
    static const char *const names[DATA_KINDS] = {"zeros", "random", "text",   "records",
                                                  "runs",  "few",    "skewed", "mixed"};
    return names[kind];
}

/* Words drawn from a small vocabulary. */
static void fill_text(struct rng *rng, unsigned char *buf, size_t len)
{
    static const char *const words[] = {"the",   "of",     "window", "and",  "literal", "in",
                                        "length", "to",    "a",      "block", "distance", "is",
                                        "that",  "code,",  "for",    "it",   "stream",  "was",
                                        "bit.\n", "header", "as",    "with", "be",      "by"};
    const char *word = "";
    size_t i;

    for (i = 0; i < len; i++) {
        if (*word == '\0') {
            word = words[rng_below(rng, (uint32_t)COUNT(words))];
            buf[i] = ' ';
        } else {
            buf[i] = (unsigned char)*word++;
        }
    }
}

/* A counter, a slow value, two zero bytes and a flag: what binary files are made of. */
static void fill_records(struct rng *rng, unsigned char *buf, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        size_t record = i / 12;

        switch (i % 12) {
        case 0: buf[i] = (unsigned char)record; break;
        case 1: buf[i] = (unsigned char)(record >> 8); break;
        case 4: buf[i] = (unsigned char)(record / 7); break;
        case 5: buf[i] = (unsigned char)(100 + rng_below(rng, 5)); break;
        case 9: buf[i] = (unsigned char)(rng_below(rng, 16) == 0); break;
        default: buf[i] = (unsigned char)(i % 12 == 11 ? 0xff : 0); break;
        }
    }
}

static void fill_runs(struct rng *rng, unsigned char *buf, size_t len)
{
    size_t left = 0, i;
    unsigned char byte = 0;

    for (i = 0; i < len; i++, left--) {
        if (left == 0) {
            left = 1 + rng_below(rng, rng_below(rng, 4) == 0 ? 600 : 12);
            byte = (unsigned char)rng_below(rng, 5);
        }
        buf[i] = byte;
    }
}

/* Symbol k about as often as 2^-k: the Huffman tree is a comb deeper than 15. */
static void fill_skewed(struct rng *rng, unsigned char *buf, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        uint32_t bits = rng_next(rng);
        unsigned char symbol = 0;

        while ((bits & 1) != 0 && symbol < 30) {
            bits >>= 1;
            symbol++;
        }
        buf[i] = (unsigned char)(symbol * 8);
    }
}

static void fill_mixed(struct rng *rng, unsigned char *buf, size_t len)
{
    size_t at = 0;

    while (at < len) {
        size_t part = 1 + rng_below(rng, 6000);

        if (part > len - at)
            part = len - at;
        data_fill((enum data_kind)rng_below(rng, DATA_MIXED), rng_next(rng), buf + at, part);
        at += part;
    }
}

void data_fill(enum data_kind kind, uint64_t seed, unsigned char *buf, size_t len)
{
    struct rng rng = rng_seed(seed * DATA_KINDS + (uint64_t)kind);
    size_t i;

    switch (kind) {
    case DATA_ZEROS: memset(buf, 0, len); break;
    case DATA_TEXT: fill_text(&rng, buf, len); break;
    case DATA_RECORDS: fill_records(&rng, buf, len); break;
    case DATA_RUNS: fill_runs(&rng, buf, len); break;
    case DATA_SKEWED: fill_skewed(&rng, buf, len); break;
    case DATA_MIXED: fill_mixed(&rng, buf, len); break;
    case DATA_FEW:
        for (i = 0; i < len; i++)
            buf[i] = (unsigned char)('a' + rng_below(&rng, 4));
        break;
    default:
        for (i = 0; i < len; i++)
            buf[i] = (unsigned char)rng_next(&rng);
        break;
    }
}

unsigned char *data_new(enum data_kind kind, uint64_t seed, size_t len)
{
    unsigned char *buf = must_alloc(len);

    data_fill(kind, seed, buf, len);
    return buf;
}

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

struct guarded guarded_new(size_t len)
{
    size_t page = page_size();
    size_t inside = (len + page - 1) / page * page;
    unsigned char *map = mmap(NULL, inside + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
                              -1, 0);
    struct guarded buffer;

    if (map == MAP_FAILED)
        test_abort("mmap failed");
    if (inside != 0 && mprotect(map + page, inside, PROT_READ | PROT_WRITE) != 0)
        test_abort("mprotect failed");
    buffer.begin = map + page;
    buffer.end = buffer.begin + inside;
    return buffer;
}

void guarded_read_only(struct guarded buffer, int read_only)
{
    int protection = read_only ? PROT_READ : PROT_READ | PROT_WRITE;

    if (buffer.end != buffer.begin &&
        mprotect(buffer.begin, (size_t)(buffer.end - buffer.begin), protection) != 0)
        test_abort("mprotect failed");
}

void guarded_free(struct guarded buffer)
{
    size_t page = page_size();

    munmap(buffer.begin - page, (size_t)(buffer.end - buffer.begin) + 2 * page);
}
