/*
 * Property: a stream with a zalloc of its own asks malloc for nothing, in its whole life; one
 * without asks for as many blocks as zlib does, in the same calls.
 *
 * Guards: what the library needs beyond zlib's blocks must not come from malloc, which is not to
 * be called in a signal handler, may be the very thing that a program's zalloc replaces, and is
 * what it may have run out of.
 */
#include "twin.h"
#include "arena.h"

#if defined(WANT_SANITIZERS) || !defined(__GLIBC__)
int main(void)
{
    test_skip("needs malloc for itself, and glibc's names for the real one");
    return 0;
}
#else

#define DATA_LEN 200000
#define ROOM (DATA_LEN + 10000)

extern void *__libc_malloc(size_t len);
extern void *__libc_calloc(size_t count, size_t len);
extern void *__libc_realloc(void *memory, size_t len);
extern void *__libc_memalign(size_t align, size_t len);

/* Requests since it was set to 0. */
static unsigned long requests;

void *malloc(size_t len)
{
    requests++;
    return __libc_malloc(len);
}

void *calloc(size_t count, size_t len)
{
    requests++;
    return __libc_calloc(count, len);
}

void *realloc(void *memory, size_t len)
{
    requests++;
    return __libc_realloc(memory, len);
}

int posix_memalign(void **memory, size_t align, size_t len)
{
    requests++;
    *memory = __libc_memalign(align, len);
    return *memory == NULL ? 12 : 0;
}

void *aligned_alloc(size_t align, size_t len)
{
    requests++;
    return __libc_memalign(align, len);
}

static unsigned char data[DATA_LEN], packed[ROOM], back[DATA_LEN];
static unsigned char memory[700000];
/* For one stream after the other. */
static struct arena arena = {memory, sizeof(memory), 0};

static void attach(z_streamp z, int has_arena)
{
    arena.used = 0;
    arena_attach(z, &arena);
    if (!has_arena)
        memset(z, 0, sizeof(*z));
}

/* Both ways; the requests of each function's calls are added to counts. */
enum { DEFLATE_INIT, DEFLATE, DEFLATE_COPY, INFLATE_INIT, INFLATE, CALLS };

static void count(unsigned long counts[CALLS], int call)
{
    counts[call] += requests;
    requests = 0;
}

static void there_and_back(int level, int has_arena, unsigned long counts[CALLS])
{
    z_stream z, copy;
    int code;

    attach(&z, has_arena);
    requests = 0;
    code = init2(OURS, &z, level, 15, 8, 0);
    count(counts, DEFLATE_INIT);
    CHECK_INT(code, Z_OK);
    z.next_in = data;
    z.avail_in = DATA_LEN / 2;
    z.next_out = packed;
    z.avail_out = ROOM;
    requests = 0;
    code = deflate(&z, Z_SYNC_FLUSH);
    count(counts, DEFLATE);
    CHECK_INT(code, Z_OK);
    requests = 0;
    code = deflateCopy(&copy, &z);
    count(counts, DEFLATE_COPY);
    CHECK_INT(code, Z_OK);
    deflateEnd(&z);
    copy.avail_in = DATA_LEN / 2;
    requests = 0;
    code = deflate(&copy, Z_FINISH);
    count(counts, DEFLATE);
    CHECK_INT(code, Z_STREAM_END);
    deflateEnd(&copy);

    attach(&z, has_arena);
    requests = 0;
    code = inflate_init2(OURS, &z, 15);
    count(counts, INFLATE_INIT);
    CHECK_INT(code, Z_OK);
    z.next_in = packed;
    z.avail_in = (uInt)copy.total_out;
    z.next_out = back;
    requests = 0;
    for (code = Z_OK; code == Z_OK;) {
        z.avail_out = DATA_LEN / 20;
        code = inflate(&z, Z_NO_FLUSH);
    }
    count(counts, INFLATE);
    CHECK_INT(code, Z_STREAM_END);
    CHECK_MEM(back, data, DATA_LEN);
    inflateEnd(&z);
}

int main(void)
{
    /* zlib's: state, window, prev, head, pending; the same for a copy; state; and its window. */
    static const unsigned long zlibs[CALLS] = {5, 0, 5, 1, 1};
    void *(*volatile asks)(size_t) = malloc;
    int level, call;

    free(asks(1));
    if (requests == 0)
        test_skip("malloc is replaced by somebody else's, such as valgrind's");
    data_fill(DATA_TEXT, 9, data, DATA_LEN);
    for (level = 0; level <= 9; level++) {
        unsigned long own[CALLS] = {0}, from_malloc[CALLS] = {0};

        there_and_back(level, 1, own);
        there_and_back(level, 0, from_malloc);
        for (call = 0; call < CALLS; call++) {
            context("level %d, call %d", level, call);
            CHECK_UINT(own[call], 0);
            CHECK_UINT(from_malloc[call], zlibs[call]);
        }
    }
    return test_result();
}
#endif
