/*
 * Compresses or inflates a file with the C interface, once for each line it reads.
 *
 *     demo compress|inflate FILE FOLDER
 *
 * A line is NAME LEVEL WBITS MEMLEVEL STRATEGY DICTIONARY, the last in bytes. compress writes
 * the stream to FOLDER/NAME and prints the seconds of CPU time that it took; inflate reads it
 * and prints the seconds, and "same" if it gives FILE. First the program prints zlib's
 * version. The same as streams.py does in Python.
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

static void write_file(const char *path, struct buffer data)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(data.bytes, 1, data.len, file) != data.len || fclose(file) != 0)
        fail(path);
}

static const Bytef *dictionary_of(const struct settings *wanted, struct buffer data)
{
    return data.bytes + data.len - (size_t)wanted->dictionary_len;
}

static void begin_deflate(z_streamp strm, const struct settings *wanted, struct buffer data)
{
    memset(strm, 0, sizeof(*strm));
    if (deflateInit2(strm, wanted->level, Z_DEFLATED, wanted->window_bits, wanted->mem_level,
                     wanted->strategy) != Z_OK)
        fail("deflateInit2");
    if (wanted->dictionary_len > 0 &&
        deflateSetDictionary(strm, dictionary_of(wanted, data), (uInt)wanted->dictionary_len) !=
            Z_OK)
        fail("deflateSetDictionary");
}

/* Gives the stream its next piece when it has none; returns what was given so far. */
static size_t next_piece(z_streamp strm, struct buffer data, size_t given)
{
    size_t left = data.len - given;

    if (strm->avail_in > 0 || left == 0)
        return given;
    strm->next_in = data.bytes + given;
    strm->avail_in = (uInt)(left < PIECE_LEN ? left : PIECE_LEN);
    return given + strm->avail_in;
}

/* The stream; the caller frees it. */
static struct buffer compress_in_pieces(const struct settings *wanted, struct buffer data)
{
    struct buffer packed = {NULL, 0};
    size_t given = 0;
    z_stream strm;
    int code;

    begin_deflate(&strm, wanted, data);
    packed.len = deflateBound(&strm, (uLong)data.len) + PIECE_LEN;
    packed.bytes = malloc(packed.len);
    if (packed.bytes == NULL)
        fail("malloc");
    strm.next_out = packed.bytes;
    do {
        given = next_piece(&strm, data, given);
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

/* What the stream gives, which is to be data; the caller frees it. */
static struct buffer inflate_in_pieces(const struct settings *wanted, struct buffer data,
                                       struct buffer packed)
{
    struct buffer unpacked = {malloc(data.len + PIECE_LEN), 0};
    size_t given = 0;
    z_stream strm;
    int code = Z_OK;

    if (unpacked.bytes == NULL)
        fail("malloc");
    memset(&strm, 0, sizeof(strm));
    if (inflateInit2(&strm, wanted->window_bits) != Z_OK)
        fail("inflateInit2");
    strm.next_out = unpacked.bytes;
    if (wanted->dictionary_len > 0 && wanted->window_bits < 0)
        code = Z_NEED_DICT;
    while (code == Z_OK || code == Z_NEED_DICT) {
        if (code == Z_NEED_DICT &&
            inflateSetDictionary(&strm, dictionary_of(wanted, data),
                                 (uInt)wanted->dictionary_len) != Z_OK)
            fail("inflateSetDictionary");
        if (strm.total_out > data.len)
            fail("inflate gives too much; it");
        given = next_piece(&strm, packed, given);
        strm.avail_out = PIECE_LEN;
        code = inflate(&strm, Z_NO_FLUSH);
    }
    if (code != Z_STREAM_END)
        fail("inflate");
    unpacked.len = strm.total_out;
    if (inflateEnd(&strm) != Z_OK)
        fail("inflateEnd");
    return unpacked;
}

static void compress_file(const struct settings *wanted, struct buffer data, const char *path)
{
    double begin = cpu_seconds();
    struct buffer packed = compress_in_pieces(wanted, data);

    printf("%.6f\n", cpu_seconds() - begin);
    write_file(path, packed);
    free(packed.bytes);
}

static void inflate_file(const struct settings *wanted, struct buffer data, const char *path)
{
    struct buffer packed = read_file(path);
    double begin = cpu_seconds();
    struct buffer unpacked = inflate_in_pieces(wanted, data, packed);
    double seconds = cpu_seconds() - begin;
    int same = unpacked.len == data.len && memcmp(unpacked.bytes, data.bytes, data.len) == 0;

    printf("%.6f %s\n", seconds, same ? "same" : "different");
    free(unpacked.bytes);
    free(packed.bytes);
}

int main(int argc, char **argv)
{
    struct settings wanted;
    struct buffer data;
    char path[4096];
    int inflating;

    if (argc != 4)
        fail("usage: demo compress|inflate FILE FOLDER; this");
    inflating = strcmp(argv[1], "inflate") == 0;
    data = read_file(argv[2]);
    printf("%s\n", zlibVersion());
    fflush(stdout);
    while (scanf("%99s %d %d %d %d %d", wanted.name, &wanted.level, &wanted.window_bits,
                 &wanted.mem_level, &wanted.strategy, &wanted.dictionary_len) == 6) {
        snprintf(path, sizeof(path), "%s/%s", argv[3], wanted.name);
        if (inflating)
            inflate_file(&wanted, data, path);
        else
            compress_file(&wanted, data, path);
        fflush(stdout);
    }
    free(data.bytes);
    return 0;
}
