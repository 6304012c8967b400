/*
 * Fixed work, to be counted in instructions: workload LIBRARY WORK.
 *
 * The data is made by arithmetic, so it is the same everywhere: words, records, runs and noise.
 * Counting begins and ends with `measured`, which the tool is told by name; what prepares the work
 * lies outside.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rzlib.h"

/* Bytes of data. */
#define LEN 1000000
#define PACKED_MAX (LEN + LEN / 8 + 1000)

static unsigned char data[LEN], packed[PACKED_MAX], got[LEN];
static size_t packed_len;

static struct {
    int (*deflateInit2_)(z_streamp, int, int, int, int, int, const char *, int);
    int (*deflate)(z_streamp, int);
    int (*deflateReset)(z_streamp);
    int (*deflateEnd)(z_streamp);
    int (*inflateInit2_)(z_streamp, int, const char *, int);
    int (*inflate)(z_streamp, int);
    int (*inflateEnd)(z_streamp);
    uLong (*crc32)(uLong, const Bytef *, uInt);
    uLong (*adler32)(uLong, const Bytef *, uInt);
    gzFile (*gzopen)(const char *, const char *);
    int (*gzputc)(gzFile, int);
    int (*gzclose)(gzFile);
} lib;

static void fail(const char *what)
{
    fprintf(stderr, "workload: %s\n", what);
    exit(1);
}

/* xorshift32: the same numbers everywhere. */
static uint32_t next(void)
{
    static uint32_t state = 2463534242U;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void make_data(void)
{
    static const char *const words[] = {"window ", "length ", "of the ", "literal, ", "distance ",
                                        "and ",    "block\n", "stream ", "in a ",     "code "};
    size_t at = 0;

    while (at < LEN) {
        size_t end = at + 20000 < LEN ? at + 20000 : LEN;
        unsigned kind = (unsigned)(at / 20000) % 5;

        while (at < end) {
            const char *word = words[next() % 10 * (next() % 4 != 0)];

            if (kind < 2)
                for (; *word != '\0' && at < end; word++)
                    data[at++] = (unsigned char)*word;
            else if (kind == 2)
                data[at] = (unsigned char)(at % 16 == 0 ? next() : at / 16 >> at % 16 % 3), at++;
            else if (kind == 3)
                for (size_t run = 1 + next() % 40; run != 0 && at < end; run--)
                    data[at] = (unsigned char)(at / 97), at++;
            else
                data[at++] = (unsigned char)next();
        }
    }
}

static void deflate_all(int level, int strategy, size_t chunk)
{
    z_stream z;
    size_t at;
    int code = Z_OK;

    memset(&z, 0, sizeof(z));
    if (lib.deflateInit2_(&z, level, Z_DEFLATED, 15, 8, strategy, ZLIB_VERSION, sizeof(z)) != Z_OK)
        fail("deflateInit2");
    z.next_out = packed;
    z.avail_out = PACKED_MAX;
    for (at = 0; at < LEN; at += chunk) {
        z.next_in = data + at;
        z.avail_in = (uInt)(LEN - at < chunk ? LEN - at : chunk);
        code = lib.deflate(&z, LEN - at <= chunk ? Z_FINISH : Z_NO_FLUSH);
    }
    if (code != Z_STREAM_END)
        fail("deflate");
    packed_len = z.total_out;
    lib.deflateEnd(&z);
}

static void messages(size_t size)
{
    z_stream z;
    size_t at;

    memset(&z, 0, sizeof(z));
    if (lib.deflateInit2_(&z, 6, Z_DEFLATED, 15, 8, 0, ZLIB_VERSION, sizeof(z)) != Z_OK)
        fail("deflateInit2");
    for (at = 0; at + size <= LEN / 4; at += size) {
        z.next_in = data + at;
        z.avail_in = (uInt)size;
        z.next_out = packed;
        z.avail_out = PACKED_MAX;
        if (lib.deflate(&z, Z_FINISH) != Z_STREAM_END || lib.deflateReset(&z) != Z_OK)
            fail("deflate");
    }
    lib.deflateEnd(&z);
}

static void inflate_all(size_t in_chunk, size_t out_chunk)
{
    z_stream z;
    size_t read = 0;
    int code = Z_OK;

    memset(&z, 0, sizeof(z));
    if (lib.inflateInit2_(&z, 15, ZLIB_VERSION, sizeof(z)) != Z_OK)
        fail("inflateInit2");
    while (code != Z_STREAM_END) {
        if (z.avail_in == 0) {
            z.next_in = packed + read;
            z.avail_in = (uInt)(packed_len - read < in_chunk ? packed_len - read : in_chunk);
            read += z.avail_in;
        }
        z.next_out = got + z.total_out;
        z.avail_out = (uInt)(LEN - z.total_out < out_chunk ? LEN - z.total_out : out_chunk);
        code = lib.inflate(&z, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            fail("inflate");
    }
    lib.inflateEnd(&z);
}

static void put_characters(void)
{
    gzFile file = lib.gzopen("/dev/null", "w0");
    size_t at;

    if (file == NULL)
        fail("gzopen");
    for (at = 0; at < LEN / 2; at++)
        lib.gzputc(file, data[at]);
    lib.gzclose(file);
}

/* The work that is counted. */
__attribute__((noinline)) void measured(const char *work);

void measured(const char *work)
{
    const char *number = strpbrk(work, "0123456789");
    unsigned long value = number == NULL ? 0 : strtoul(number, NULL, 10);

    if (strncmp(work, "deflate", 7) == 0)
        deflate_all((int)value, 0, 65536);
    else if (strcmp(work, "rle") == 0)
        deflate_all(6, Z_RLE, 65536);
    else if (strncmp(work, "messages", 8) == 0)
        messages(value);
    else if (strncmp(work, "inflate", 7) == 0)
        inflate_all(value, value);
    else if (strncmp(work, "runs", 4) == 0)
        inflate_all(value, LEN);
    else if (strcmp(work, "crc32") == 0)
        lib.crc32(0, data, LEN);
    else if (strcmp(work, "adler32") == 0)
        lib.adler32(1, data, LEN);
    else if (strcmp(work, "gzputc") == 0)
        put_characters();
    else
        fail("no such work");
}

int main(int argc, char **argv)
{
    void *object = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;

    if (object == NULL)
        fail("usage: workload LIBRARY WORK");
#define FIND(name)                                              \
    if ((*(void **)&lib.name = dlsym(object, #name)) == NULL) \
    fail(#name)
    FIND(deflateInit2_);
    FIND(deflate);
    FIND(deflateReset);
    FIND(deflateEnd);
    FIND(inflateInit2_);
    FIND(inflate);
    FIND(inflateEnd);
    FIND(crc32);
    FIND(adler32);
    FIND(gzopen);
    FIND(gzputc);
    FIND(gzclose);
    make_data();
    /* One run of a byte. */
    if (strncmp(argv[2], "runs", 4) == 0)
        memset(data, 'r', LEN);
    deflate_all(6, 0, LEN);
    measured(argv[2]);
    if ((strncmp(argv[2], "inflate", 7) == 0 || strncmp(argv[2], "runs", 4) == 0) &&
        memcmp(got, data, LEN) != 0)
        fail("the data did not come back");
    return 0;
}
