/*
 * Random access to a packed file by zlib's example zran.c, with which this is linked.
 *
 *     random_access PACKED ORIGINAL SPAN
 *
 * Builds an index with a point every SPAN bytes, reads at many offsets, and compares with the
 * original. zran.c stops inflate at ends of blocks, and goes on from there with inflatePrime,
 * inflateSetDictionary and raw data.
 */
#include <stdio.h>
#include <sys/types.h>

#include "zran.h"

#include <stdlib.h>
#include <string.h>

#define READS 400
#define READ_LEN 20000

static void fail(const char *what)
{
    printf("%s\n", what);
    exit(1);
}

static FILE *open_file(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        fail(path);
    return file;
}

/* Reads len bytes at the offset, or fewer at the end, and compares them. */
static void compare(FILE *packed, struct deflate_index *index, FILE *original, long offset, int len)
{
    static unsigned char got[READ_LEN], want[READ_LEN];
    long got_len = (long)deflate_index_extract(packed, index, (off_t)offset, got, len);
    long want_len;

    fseek(original, offset, SEEK_SET);
    want_len = (long)fread(want, 1, (size_t)len, original);
    if (got_len != want_len || memcmp(got, want, (size_t)want_len) != 0) {
        printf("offset %ld, %d bytes: got %ld, not %ld, or others\n", offset, len, got_len,
               want_len);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct deflate_index *index = NULL;
    FILE *packed, *original;
    unsigned long random = 1;
    long length;
    int i;

    if (argc != 4)
        fail("usage: random_access PACKED ORIGINAL SPAN");
    packed = open_file(argv[1]);
    original = open_file(argv[2]);
    fseek(original, 0, SEEK_END);
    length = ftell(original);
    if (deflate_index_build(packed, (off_t)atol(argv[3]), &index) < 1)
        fail("no index");
    if ((long)index->length != length)
        fail("a wrong length");
    for (i = 0; i < READS; i++) {
        random = (random * 1103515245UL + 12345UL) & 0x7fffffffUL;
        compare(packed, index, original, (long)(random % (unsigned long)(length + 1)),
                1 + (int)(random / 7 % READ_LEN));
    }
    compare(packed, index, original, 0, READ_LEN);
    compare(packed, index, original, length, READ_LEN);
    printf("%d points, %d reads\n", index->have, READS + 2);
    deflate_index_free(index);
    fclose(packed);
    fclose(original);
    return 0;
}
