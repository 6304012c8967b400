/*
 * How fast gzwrite and gzread are, in several libraries, one beside the other.
 *
 * Build and run:
 *     cc -O2 -o gz_speed tests/gz_speed/gz_speed.c -ldl
 *     ./gz_speed [-r ROUNDS] [-m MODES] FILE LIBRARY...
 *
 * FILE is the data, which should be some 100 MB; MODES are mode strings of gzopen without w and r
 * (default "6"), several of them separated by commas: "T" has no compression, so that only what
 * the gz functions cost is measured. Each LIBRARY is opened by itself and never sees the others.
 *
 * A round writes the data to a file in memory with each library in turn, in calls of one length
 * with buffers of the same length, and then reads what the first one wrote. The best round of
 * each counts. Printed are MB/s of data, and what the first library's speed is of the others'.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MOST_LIBRARIES 8
#define NANOSECONDS 1e9

typedef void *gz_file;

struct library {
    const char *name;
    gz_file (*gzdopen)(int, const char *);
    int (*gzbuffer)(gz_file, unsigned);
    int (*gzwrite)(gz_file, const void *, unsigned);
    int (*gzread)(gz_file, void *, unsigned);
    int (*gzclose)(gz_file);
    int descriptor; /* of the file in memory that it writes */
    double best;    /* seconds */
};

/* Lengths of buffers and calls, in bytes. */
static const unsigned lengths[] = {8192, 65536, 1048576};

static unsigned char *data, *back;
static size_t data_len;

static void fail(const char *what, const char *which)
{
    fprintf(stderr, "gz_speed: %s: %s\n", what, which);
    exit(1);
}

static void find(void *handle, const char *name, void *function)
{
    void *address = dlsym(handle, name);

    if (address == NULL)
        fail("no function", name);
    memcpy(function, &address, sizeof(address));
}

static void open_library(struct library *library, const char *path)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);

    if (handle == NULL)
        fail("cannot open", dlerror());
    library->name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
    find(handle, "gzdopen", &library->gzdopen);
    find(handle, "gzbuffer", &library->gzbuffer);
    find(handle, "gzwrite", &library->gzwrite);
    find(handle, "gzread", &library->gzread);
    find(handle, "gzclose", &library->gzclose);
    library->descriptor = memfd_create(library->name, 0);
    if (library->descriptor == -1)
        fail("no file in memory", strerror(errno));
}

static void read_data(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        fail("cannot read", path);
    data_len = (size_t)ftell(file);
    rewind(file);
    data = malloc(data_len);
    back = malloc(data_len);
    if (data == NULL || back == NULL || fread(data, 1, data_len, file) != data_len)
        fail("cannot read", path);
    fclose(file);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / NANOSECONDS;
}

/* A file on a copy of the descriptor, from its beginning. */
static gz_file begin(const struct library *library, int descriptor, const char *mode,
                     unsigned length)
{
    int copy = dup(descriptor);
    gz_file file;

    if (copy == -1 || lseek(copy, 0, SEEK_SET) != 0)
        fail("no descriptor", library->name);
    file = library->gzdopen(copy, mode);
    if (file == NULL || library->gzbuffer(file, length) != 0)
        fail("cannot open a file", library->name);
    return file;
}

static void write_once(struct library *library, const char *mode, unsigned length)
{
    char full_mode[40];
    double start;
    gz_file file;
    size_t at;

    /* The file's memory is kept from round to round: it is not the library's. */
    snprintf(full_mode, sizeof(full_mode), "w%s", mode);
    file = begin(library, library->descriptor, full_mode, length);
    start = now();
    for (at = 0; at < data_len; at += length) {
        unsigned count = data_len - at < length ? (unsigned)(data_len - at) : length;

        if (library->gzwrite(file, data + at, count) != (int)count)
            fail("gzwrite failed", library->name);
    }
    if (library->gzclose(file) != 0)
        fail("gzclose failed", library->name);
    start = now() - start;
    if (start < library->best)
        library->best = start;
}

static void read_once(struct library *library, int descriptor, unsigned length)
{
    gz_file file = begin(library, descriptor, "r", length);
    double start = now();
    size_t at = 0;
    int count = 0;

    while (at < data_len) {
        size_t left = data_len - at;

        count = library->gzread(file, back + at, left < length ? (unsigned)left : length);
        if (count <= 0)
            break;
        at += (size_t)count;
    }
    start = now() - start;
    if (at != data_len || memcmp(back, data, data_len) != 0)
        fail("gzread failed", library->name);
    library->gzclose(file);
    if (start < library->best)
        library->best = start;
}

static void print(const struct library *libraries, int count, const char *what, const char *mode,
                  unsigned length)
{
    int i;

    printf("%-5s %-4s %7u", what, mode, length);
    for (i = 0; i < count; i++)
        printf(" %9.1f", (double)data_len / 1e6 / libraries[i].best);
    for (i = 1; i < count; i++)
        printf(" %6.2f", libraries[i].best / libraries[0].best);
    printf("\n");
    fflush(stdout);
}

static void forget(struct library *libraries, int count)
{
    int i;

    for (i = 0; i < count; i++)
        libraries[i].best = 1e9;
}

static void measure(struct library *libraries, int count, const char *mode, unsigned length,
                    int rounds)
{
    int round, i;

    forget(libraries, count);
    for (i = 0; i < count; i++)
        if (ftruncate(libraries[i].descriptor, 0) != 0)
            fail("cannot empty the file", libraries[i].name);
    for (round = 0; round < rounds; round++)
        for (i = 0; i < count; i++)
            write_once(&libraries[i], mode, length);
    print(libraries, count, "write", mode, length);
    forget(libraries, count);
    for (round = 0; round < rounds; round++)
        for (i = 0; i < count; i++)
            read_once(&libraries[i], libraries[0].descriptor, length);
    print(libraries, count, "read", mode, length);
}

int main(int argc, char **argv)
{
    static struct library libraries[MOST_LIBRARIES];
    char modes[200] = "6";
    char *mode;
    int rounds = 5, count = 0, option, i;
    size_t k;

    while ((option = getopt(argc, argv, "r:m:")) != -1)
        switch (option) {
        case 'r': rounds = atoi(optarg); break;
        case 'm': snprintf(modes, sizeof(modes), "%s", optarg); break;
        default: return 2;
        }
    if (argc - optind < 2 || argc - optind - 1 > MOST_LIBRARIES || rounds < 1) {
        fprintf(stderr, "usage: gz_speed [-r ROUNDS] [-m MODES] FILE LIBRARY...\n");
        return 2;
    }
    read_data(argv[optind]);
    for (i = optind + 1; i < argc; i++)
        open_library(&libraries[count++], argv[i]);
    printf("      mode  buffer");
    for (i = 0; i < count; i++)
        printf(" %9.9s", libraries[i].name);
    printf("  MB/s, and the first's speed of the others'\n");
    for (mode = strtok(modes, ","); mode != NULL; mode = strtok(NULL, ","))
        for (k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++)
            measure(libraries, count, mode, lengths[k], rounds);
    return 0;
}
