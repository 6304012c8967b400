/*
 * All that depends on the processor, once: compresses at all levels, decompresses, sums.
 *
 *     cc -I../../include -o processors processors.c libz.a && ./processors
 *
 * Prints a check value of all results, which are the same on every processor. It is to be run on
 * models of processors that lack something.
 */
#include <stdio.h>
#include <string.h>

#include "rzlib.h"

#define LEN 40000
#define PACKED_MAX (2 * LEN)

static unsigned char data[LEN], packed[PACKED_MAX], back[LEN];

static unsigned next(void)
{
    static unsigned state = 2463534242u;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/* Words, then records, then runs, then noise, so that all searches and both of inflate's loops have
 * something to do. */
static void make_data(void)
{
    static const char *const words[] = {"window ", "length ", "of the ", "literal, ", "distance "};
    size_t at = 0;

    while (at < LEN) {
        const char *word = words[next() % 5];

        if (at < LEN / 2)
            for (; *word != '\0'; word++)
                data[at++] = (unsigned char)*word;
        else if (at < LEN * 5 / 8)
            data[at] = (unsigned char)(at % 16 == 0 ? next() : at / 16 >> at % 16 % 3), at++;
        else if (at < LEN * 7 / 8)
            data[at] = (unsigned char)(at / 97), at++;
        else
            data[at++] = (unsigned char)next();
    }
}

static uLong packed_len(int level, int window_bits)
{
    z_stream z;

    memset(&z, 0, sizeof z);
    if (deflateInit2(&z, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    z.next_in = data;
    z.next_out = packed;
    z.avail_out = PACKED_MAX;
    /* In pieces: the first are short. */
    while (z.total_in < LEN) {
        uLong piece = 1 + z.total_in * 3, left = LEN - z.total_in;

        z.avail_in = (uInt)(piece < left ? piece : left);
        if (deflate(&z, z.total_in % 2 ? Z_SYNC_FLUSH : Z_NO_FLUSH) != Z_OK)
            return 0;
    }
    if (deflate(&z, Z_FINISH) != Z_STREAM_END || deflateEnd(&z) != Z_OK)
        return 0;
    return z.total_out;
}

static int comes_back(uLong len, int window_bits, uInt room)
{
    int code;
    z_stream z;

    memset(&z, 0, sizeof z);
    memset(back, 0, LEN);
    if (inflateInit2(&z, window_bits) != Z_OK)
        return 0;
    z.next_in = packed;
    z.avail_in = (uInt)len;
    z.next_out = back;
    do {
        z.avail_out = LEN - z.total_out < room ? (uInt)(LEN - z.total_out) : room;
        code = inflate(&z, Z_NO_FLUSH);
    } while (code == Z_OK);
    return code == Z_STREAM_END && inflateEnd(&z) == Z_OK && memcmp(back, data, LEN) == 0;
}

int main(void)
{
    static const int window_bits[] = {15, 31, -15};
    uLong all = crc32(0, Z_NULL, 0);
    size_t i, len;
    int level;

    make_data();
    for (i = 0; i < 3; i++)
        for (level = 0; level <= 9; level++) {
            uLong length = packed_len(level, window_bits[i]);

            if (length == 0 || !comes_back(length, window_bits[i], LEN) ||
                !comes_back(length, window_bits[i], 700)) {
                printf("level %d, windowBits %d: wrong\n", level, window_bits[i]);
                return 1;
            }
            all = crc32(all, packed, (uInt)length);
        }
    for (len = 0; len < 400; len++) {
        all = adler32(all, data + len, (uInt)len);
        all = crc32(all, data + len, (uInt)len);
    }
    all = adler32(all, data, LEN);
    printf("%08lx\n", crc32(all, data, LEN));
    return 0;
}
