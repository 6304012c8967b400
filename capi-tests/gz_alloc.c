/*
 * Property: gz files without memory: each allocation of opening, writing and reading a file
 * fails in turn. The call that needed it fails with Z_MEM_ERROR or NULL, nothing crashes or
 * leaks, and the descriptor is closed.
 *
 * malloc and its kind are defined here, before libc's, and fail as told.
 */
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#if defined(WANT_SANITIZERS) || !defined(__GLIBC__)
int main(void)
{
    test_skip("needs malloc for itself, and glibc's names for the real one");
    return 0;
}
#else

extern void *__libc_malloc(size_t len);
extern void *__libc_calloc(size_t count, size_t len);
extern void *__libc_realloc(void *memory, size_t len);
extern void *__libc_memalign(size_t align, size_t len);
extern void __libc_free(void *memory);

static struct {
    int active;
    unsigned made; /* asked for so far */
    unsigned at;   /* the number of the one that fails */
    long live;     /* blocks that are in use */
} heap;

static int fails(void)
{
    if (!heap.active)
        return 0;
    if (++heap.made == heap.at) {
        errno = ENOMEM;
        return 1;
    }
    heap.live++;
    return 0;
}

void *malloc(size_t len)
{
    return fails() ? NULL : __libc_malloc(len);
}

void *calloc(size_t count, size_t len)
{
    return fails() ? NULL : __libc_calloc(count, len);
}

void *realloc(void *memory, size_t len)
{
    if (fails())
        return NULL;
    heap.live -= heap.active && memory != NULL;
    return __libc_realloc(memory, len);
}

int posix_memalign(void **memory, size_t align, size_t len)
{
    if (fails())
        return ENOMEM;
    *memory = __libc_memalign(align, len);
    return *memory == NULL ? ENOMEM : 0;
}

void free(void *memory)
{
    heap.live -= heap.active && memory != NULL;
    __libc_free(memory);
}

#define DATA_LEN 30000

static unsigned char data[DATA_LEN], got[DATA_LEN + 1];
static char path[64];

/* The number that the next descriptor will have. */
static int next_descriptor(void)
{
    int fd = open("/dev/null", O_RDONLY);

    close(fd);
    return fd;
}

/* Writes or reads the file; 1 if all went well, 0 if there was no memory, as it was told. */
static int use(const char *mode)
{
    int reads = mode[0] == 'r', code, closed, count;
    gzFile file = gzopen(path, mode);

    if (file == NULL)
        return 0;
    if (reads) {
        count = gzread(file, got, DATA_LEN + 1);
        /* What was decoded before comes first. */
        CHECK(count <= DATA_LEN);
    } else {
        count = gzwrite(file, data, DATA_LEN);
        CHECK(count == DATA_LEN || count == 0);
        if (count == DATA_LEN && gzprintf(file, "%s", "text") != 4)
            count = 0;
    }
    (void)gzerror(file, &code);
    CHECK(code == Z_OK || code == Z_MEM_ERROR);
    if (count == DATA_LEN)
        CHECK_INT(code, Z_OK);
    else
        CHECK_STR(gzerror(file, NULL), "out of memory");
    closed = gzclose(file);
    CHECK(closed == Z_OK || closed == Z_MEM_ERROR);
    return count == DATA_LEN && closed == Z_OK;
}

static void fail_each(const char *mode)
{
    unsigned at = 0;
    int well;

    do {
        int before = next_descriptor();

        context("mode %s, allocation %u", mode, ++at);
        heap.made = 0;
        heap.live = 0;
        heap.at = at;
        heap.active = 1;
        well = use(mode);
        heap.active = 0;
        CHECK_INT(heap.live, 0);
        CHECK_INT(next_descriptor(), before);
    } while (heap.made >= at && at < 1000);
    CHECK_INT(well, 1);
    CHECK(at > 3);
}

int main(void)
{
    data_fill(DATA_TEXT, 1, data, DATA_LEN);
    snprintf(path, sizeof(path), "/tmp/gz_alloc_%ld", (long)getpid());
    fail_each("w");
    fail_each("wT");
    /* What was written last is whole, and so is a file of its own. */
    CHECK_INT(use("w"), 1);
    CHECK_INT(truncate(path, 0), 0);
    {
        gzFile file = gzopen(path, "w");

        CHECK_INT(gzwrite(file, data, DATA_LEN), DATA_LEN);
        CHECK_INT(gzclose(file), Z_OK);
    }
    fail_each("r");
    CHECK_MEM(got, data, DATA_LEN);
    unlink(path);
    return test_result();
}
#endif
