/*
 * Loads and unloads the drop-in again and again, uses it from threads, before main and after
 * fork: lifecycle LIBRARY ROUNDS.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define DATA_LEN 100000

static const char *path;
static unsigned char data[DATA_LEN];
static int worked_before_main;

static void fail(const char *what)
{
    const char *why = dlerror();

    fprintf(stderr, "%s: %s\n", what, why == NULL ? "" : why);
    exit(1);
}

/* Compresses and decompresses with a library; 1 if the data came back. */
static int works(void *library)
{
    int (*pack)(unsigned char *, unsigned long *, const unsigned char *, unsigned long);
    int (*unpack)(unsigned char *, unsigned long *, const unsigned char *, unsigned long);
    void *(*open_gz)(const char *, const char *);
    int (*close_gz)(void *);
    unsigned long packed_len = DATA_LEN + 1000, got_len = DATA_LEN;
    unsigned char *packed = malloc(packed_len), *got = malloc(got_len);
    int worked;

    *(void **)&pack = dlsym(library, "compress");
    *(void **)&unpack = dlsym(library, "uncompress");
    *(void **)&open_gz = dlsym(library, "gzopen");
    *(void **)&close_gz = dlsym(library, "gzclose");
    if (packed == NULL || got == NULL || pack == NULL || unpack == NULL || open_gz == NULL ||
        close_gz == NULL)
        fail("dlsym");
    worked = pack(packed, &packed_len, data, DATA_LEN) == 0 &&
             unpack(got, &got_len, packed, packed_len) == 0 && got_len == DATA_LEN &&
             memcmp(got, data, DATA_LEN) == 0 && close_gz(open_gz("/dev/null", "w")) == 0;
    free(packed);
    free(got);
    return worked;
}

static void *load(void)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL)
        fail("dlopen");
    return library;
}

static void unload(void *library)
{
    if (dlclose(library) != 0)
        fail("dlclose");
}

/* A constructor has the program's arguments on Linux. */
__attribute__((constructor)) static void before_main(int argc, char **argv)
{
    void *library;
    size_t i;

    for (i = 0; i < DATA_LEN; i++)
        data[i] = (unsigned char)(i * i >> 7 ^ i / 100);
    if (argc < 2)
        return;
    path = argv[1];
    library = load();
    worked_before_main = works(library);
    unload(library);
}

static void *thread(void *library)
{
    int i;

    for (i = 0; i < 20; i++)
        if (!works(library))
            return NULL;
    return library;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    void *library;
    int rounds, i, status;
    pid_t child;

    if (argc != 3)
        return 2;
    if (!worked_before_main)
        fail("before main");
    rounds = atoi(argv[2]);
    for (i = 0; i < rounds; i++) {
        library = load();
        if (i % 50 == 0 && !works(library))
            fail("after a reload");
        unload(library);
    }
    /* Gone for real: the next load is a first one. */
    if (dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL)
        fail("is still loaded");

    library = load();
    for (i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, thread, library) != 0)
            fail("pthread_create");
    for (i = 0; i < THREADS; i++) {
        void *result;

        if (pthread_join(threads[i], &result) != 0 || result == NULL)
            fail("in a thread");
    }
    child = fork();
    if (child == 0)
        _exit(works(library) ? 0 : 1);
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail("after fork");
    if (!works(library))
        fail("after fork, in the parent");
    unload(library);
    return 0;
}
