/*
 * Compresses a file with the C interface, once for each line it reads.
 *
 *     demo FILE FOLDER
 *
 * A line is NAME LEVEL WBITS MEMLEVEL STRATEGY DICTIONARY, the last in bytes. The stream goes
 * to FOLDER/NAME; printed are the seconds of CPU time that it took. First the program prints
 * zlib's version. The same as streams.py does in Python.
 *
 * Compiled with USE_RZLIB_H it includes rzlib.h; nothing else differs.
 */
#define _POSIX_C_SOURCE 200809L

#ifdef USE_RZLIB_H
#include "rzlib.h"
#else
#include <zlib.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Bytes given to zlib, and taken from it, in one call. */
#define PIECE_LEN 65536

struct buffer {
    Bytef *bytes;
    size_t len;
};

struct settings {
    char name[100];
    int level, window_bits, mem_level, strategy, dictionary_len;
};

static void fail(const char *what)
{
    fprintf(stderr, "demo: %s failed\n", what);
    exit(1);
}

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct buffer read_file(const char *path)
{
    struct buffer data = {NULL, 0};
    FILE *file = fopen(path, "rb");
    long len;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (len = ftell(file)) < 0)
        fail(path);
    rewind(file);
    data.len = (size_t)len;
    data.bytes = malloc(data.len + 1);
    if (data.bytes == NULL || fread(data.bytes, 1, data.len, file) != data.len)
        fail(path);
    fclose(file);
    return data;
}

static void write_file(const char *folder, const char *name, struct buffer data)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(data.bytes, 1, data.len, file) != data.len || fclose(file) != 0)
        fail(path);
}

static void begin_stream(z_streamp strm, const struct settings *wanted, struct buffer data)
{
    memset(strm, 0, sizeof(*strm));
    if (deflateInit2(strm, wanted->level, Z_DEFLATED, wanted->window_bits, wanted->mem_level,
                     wanted->strategy) != Z_OK)
        fail("deflateInit2");
    if (wanted->dictionary_len > 0 &&
        deflateSetDictionary(strm, data.bytes + data.len - (size_t)wanted->dictionary_len,
                             (uInt)wanted->dictionary_len) != Z_OK)
        fail("deflateSetDictionary");
}

/* The stream; the caller frees it. */
static struct buffer compress_in_pieces(const struct settings *wanted, struct buffer data)
{
    struct buffer packed = {NULL, 0};
    size_t given = 0;
    z_stream strm;
    int code;

    begin_stream(&strm, wanted, data);
    packed.len = deflateBound(&strm, (uLong)data.len) + PIECE_LEN;
    packed.bytes = malloc(packed.len);
    if (packed.bytes == NULL)
        fail("malloc");
    strm.next_out = packed.bytes;
    do {
        if (strm.avail_in == 0 && given < data.len) {
            size_t left = data.len - given;

            strm.next_in = data.bytes + given;
            strm.avail_in = (uInt)(left < PIECE_LEN ? left : PIECE_LEN);
            given += strm.avail_in;
        }
        strm.avail_out = PIECE_LEN;
        code = deflate(&strm, given == data.len ? Z_FINISH : Z_NO_FLUSH);
    } while (code == Z_OK);
    if (code != Z_STREAM_END)
        fail("deflate");
    packed.len = strm.total_out;
    if (deflateEnd(&strm) != Z_OK)
        fail("deflateEnd");
    return packed;
}

int main(int argc, char **argv)
{
    struct settings wanted;
    struct buffer data;

    if (argc != 3)
        fail("usage: demo FILE FOLDER; this");
    data = read_file(argv[1]);
    printf("%s\n", zlibVersion());
    fflush(stdout);
    while (scanf("%99s %d %d %d %d %d", wanted.name, &wanted.level, &wanted.window_bits,
                 &wanted.mem_level, &wanted.strategy, &wanted.dictionary_len) == 6) {
        double begin = cpu_seconds();
        struct buffer packed = compress_in_pieces(&wanted, data);
        double seconds = cpu_seconds() - begin;

        write_file(argv[2], wanted.name, packed);
        free(packed.bytes);
        printf("%.6f\n", seconds);
        fflush(stdout);
    }
    free(data.bytes);
    return 0;
}
