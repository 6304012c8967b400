/*
 * Loads and unloads a library with streams in between, ended or not: nothing of it stays mapped.
 *
 *     unload LIBRARY ROUNDS
 */
#define _GNU_SOURCE
#include "rzlib.h"
#include "../../capi-tests/arena.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA_LEN 100000
#define ROOM 150000
/* Rounds after which the program itself maps nothing new any more. */
#define FIRST_ROUNDS 10

static unsigned char data[DATA_LEN], packed[ROOM], back[DATA_LEN];
/* All streams' memory, which is the program's and not malloc's. */
static unsigned char memory[800000];
static struct arena arena = {memory, sizeof(memory), 0};

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void *find(void *library, const char *name)
{
    void *address = dlsym(library, name);

    if (address == NULL)
        fail(name);
    return address;
}

/* One life of the library, whose streams are ended or not. */
static void live(const char *path, int ends)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    int (*deflate_init)(z_streamp, int, int, int, int, int, const char *, int);
    int (*inflate_init)(z_streamp, int, const char *, int);
    int (*deflates)(z_streamp, int), (*inflates)(z_streamp, int);
    int (*deflate_end)(z_streamp), (*inflate_end)(z_streamp);
    size_t (*table_memory)(void);
    z_stream to, from;
    int code = Z_OK;

    if (library == NULL)
        fail(dlerror());
    *(void **)&deflate_init = find(library, "deflateInit2_");
    *(void **)&deflates = find(library, "deflate");
    *(void **)&deflate_end = find(library, "deflateEnd");
    *(void **)&inflate_init = find(library, "inflateInit2_");
    *(void **)&inflates = find(library, "inflate");
    *(void **)&inflate_end = find(library, "inflateEnd");
    *(void **)&table_memory = find(library, "rz_table_memory");
    arena.used = 0;
    arena_attach(&to, &arena);
    arena_attach(&from, &arena);
    if (deflate_init(&to, 6, Z_DEFLATED, 15, 8, 0, ZLIB_VERSION, (int)sizeof(to)) != Z_OK ||
        inflate_init(&from, 15, ZLIB_VERSION, (int)sizeof(from)) != Z_OK)
        fail("init");
    to.next_in = data;
    to.avail_in = DATA_LEN;
    to.next_out = packed;
    to.avail_out = ROOM;
    if (deflates(&to, Z_SYNC_FLUSH) != Z_OK)
        fail("deflate");
    from.next_in = packed;
    from.avail_in = (uInt)to.total_out;
    from.next_out = back;
    while (from.total_out < DATA_LEN && code == Z_OK) {
        from.avail_out = 10000;
        code = inflates(&from, Z_NO_FLUSH);
    }
    if (code != Z_OK || memcmp(back, data, DATA_LEN) != 0)
        fail("inflate");
    if (table_memory() == 0)
        fail("the streams needed no memory of the library: this shows nothing");
    if (ends && (deflate_end(&to) != Z_DATA_ERROR || inflate_end(&from) != Z_OK))
        fail("end");
    if (dlclose(library) != 0 || dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL)
        fail("is still loaded");
}

/* Mapped bytes, but for the program's heap and stack. */
static size_t mapped(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long begin, end;
    char line[5000];
    size_t sum = 0;

    if (maps == NULL)
        fail("/proc/self/maps");
    while (fgets(line, sizeof(line), maps) != NULL)
        if (strstr(line, "[heap]") == NULL && strstr(line, "[stack]") == NULL &&
            sscanf(line, "%lx-%lx", &begin, &end) == 2)
            sum += end - begin;
    fclose(maps);
    return sum;
}

int main(int argc, char **argv)
{
    size_t before = 0, after;
    int rounds, i;

    if (argc != 3)
        return 2;
    rounds = atoi(argv[2]);
    for (i = 0; i < DATA_LEN; i++)
        data[i] = (unsigned char)((unsigned)i * (unsigned)i >> 9 ^ (unsigned)i / 100);
    for (i = 0; i < FIRST_ROUNDS + rounds; i++) {
        if (i == FIRST_ROUNDS)
            before = mapped();
        live(argv[1], i % 2);
    }
    after = mapped();
    if (after != before) {
        fprintf(stderr, "%zu bytes are mapped, and were %zu\n", after, before);
        return 1;
    }
    return 0;
}
