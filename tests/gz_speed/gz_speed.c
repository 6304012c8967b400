/*
 * Times gzwrite and gzread of several libraries, taking turns.
 *
 *     cc -O2 -o gz_speed gz_speed.c -ldl
 *     ./gz_speed [-r ROUNDS] [-m MODE] NAME=LIBRARY.so ... -- FILE...
 *
 * The files' bytes, one behind the other, are written to a gz file in pieces of 8 KiB, 64 KiB and
 * 1 MiB with gzbuffer of the same size, and read back so. MODE is gzopen's for writing (default
 * w6). A library's time is that of its fastest round; the last library is compared with the
 * others. Each is opened by itself (RTLD_LOCAL, RTLD_DEEPBIND), so that none calls another.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LIBRARIES_MAX 8
/* Bytes of data at most. */
#define DATA_MAX ((size_t)100 << 20)

typedef void *gz_file;

static struct library {
    const char *name;
    gz_file (*open)(const char *, const char *);
    int (*buffer)(gz_file, unsigned);
    int (*write)(gz_file, const void *, unsigned);
    int (*read)(gz_file, void *, unsigned);
    int (*close)(gz_file);
    double write_time, read_time;
} libraries[LIBRARIES_MAX];

static unsigned char *data, *got;
static size_t len;
static char path[64];

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void *function(void *object, const char *name)
{
    void *address = dlsym(object, name);

    if (address == NULL)
        fail(name);
    return address;
}

static void load(struct library *library, char *text)
{
    char *file = strchr(text, '=');
    void *object;

    if (file == NULL)
        fail("NAME=LIBRARY.so is missing");
    *file++ = '\0';
    library->name = text;
    object = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (object == NULL)
        fail(dlerror());
    *(void **)&library->open = function(object, "gzopen");
    *(void **)&library->buffer = function(object, "gzbuffer");
    *(void **)&library->write = function(object, "gzwrite");
    *(void **)&library->read = function(object, "gzread");
    *(void **)&library->close = function(object, "gzclose");
}

static double timed_write(struct library *library, const char *mode, unsigned piece)
{
    double begin = now();
    gz_file file = library->open(path, mode);
    size_t at;

    if (file == NULL || library->buffer(file, piece) != 0)
        fail("gzopen");
    for (at = 0; at < len; at += piece) {
        unsigned count = len - at < piece ? (unsigned)(len - at) : piece;

        if (library->write(file, data + at, count) != (int)count)
            fail("gzwrite");
    }
    if (library->close(file) != 0)
        fail("gzclose");
    return now() - begin;
}

static double timed_read(struct library *library, unsigned piece)
{
    double begin = now();
    gz_file file = library->open(path, "r");
    size_t at = 0;
    int count;

    if (file == NULL || library->buffer(file, piece) != 0)
        fail("gzopen");
    while ((count = library->read(file, got + at % piece, piece)) > 0)
        at += (size_t)count;
    if (library->close(file) != 0 || at != len)
        fail("gzread");
    return now() - begin;
}

static void keep_least(double *least, double time)
{
    if (*least == 0 || time < *least)
        *least = time;
}

static void print(const char *what, size_t offset, int count)
{
    double last = *(double *)((char *)&libraries[count - 1] + offset);
    int i;

    printf("  %s", what);
    for (i = 0; i < count; i++) {
        double time = *(double *)((char *)&libraries[i] + offset);

        printf("  %s %.1f MB/s", libraries[i].name, (double)len / time / 1e6);
        if (i < count - 1)
            printf(" (%.2f)", time / last);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    static const unsigned pieces[] = {8192, 65536, 1 << 20};
    const char *mode = "w6";
    int count = 0, rounds = 3, i, round;
    size_t p;

    for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "-r") == 0 && i + 1 < argc)
            rounds = atoi(argv[++i]);
        else if (strcmp(argv[i], "-m") == 0 && i + 1 < argc)
            mode = argv[++i];
        else if (count < LIBRARIES_MAX)
            load(&libraries[count++], argv[i]);
    }
    data = malloc(DATA_MAX);
    got = malloc(2 << 20);
    if (data == NULL || got == NULL || count == 0)
        fail("usage: gz_speed [-r ROUNDS] [-m MODE] NAME=LIBRARY.so ... -- FILE...");
    for (i++; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");

        if (file == NULL)
            fail(argv[i]);
        len += fread(data + len, 1, DATA_MAX - len, file);
        fclose(file);
    }
    snprintf(path, sizeof(path), "/dev/shm/gz_speed_%ld", (long)getpid());
    printf("%.1f MB, mode %s, fastest of %d rounds; in brackets: how much faster %s is\n",
           (double)len / 1e6, mode, rounds, libraries[count - 1].name);
    for (p = 0; p < sizeof(pieces) / sizeof(pieces[0]); p++) {
        for (i = 0; i < count; i++)
            libraries[i].write_time = libraries[i].read_time = 0;
        for (round = 0; round < rounds; round++)
            for (i = 0; i < count; i++)
                keep_least(&libraries[i].write_time, timed_write(&libraries[i], mode, pieces[p]));
        /* All read the same file: the last library's. */
        for (round = 0; round < rounds; round++)
            for (i = 0; i < count; i++)
                keep_least(&libraries[i].read_time, timed_read(&libraries[i], pieces[p]));
        printf("pieces of %u\n", pieces[p]);
        print("gzwrite", (size_t)((char *)&libraries[0].write_time - (char *)&libraries[0]), count);
        print("gzread ", (size_t)((char *)&libraries[0].read_time - (char *)&libraries[0]), count);
    }
    unlink(path);
    return 0;
}
