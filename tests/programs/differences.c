/*
 * Where rzlib differs from zlib on purpose: the cases in README's table in which zlib crashes,
 * hangs or writes wrong data, and which therefore cannot be compared with it.
 *
 * Linked with rzlib; inflate is the system's, for reading streams back.
 */
#include <zlib.h>

#include "rzlib.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void expect(long got, long want, const char *what)
{
    if (got != want) {
        printf("%s: %ld, not %ld\n", what, got, want);
        failures++;
    }
}

static void null_arguments(void)
{
    static const Bytef text[] = "text";
    const uLong high_bits = (uLong)-1 << 16 << 16; /* 0 where uLong has no more than 32 */
    Bytef out[100];

    expect(compress(out, NULL, text, sizeof(text)), Z_STREAM_ERROR, "compress, NULL destLen");
    expect(compress2(out, NULL, text, sizeof(text), 6), Z_STREAM_ERROR, "compress2, NULL destLen");
    expect(adler32(77, NULL, 1), 1, "adler32 of NULL and 1");
    expect(crc32_combine_op(1, 2, 0), 0, "crc32_combine_op with operator 0");
    expect(crc32_combine_op(1, 2, high_bits), 0, "crc32_combine_op without low bits");
}

/* Bytes of the buffer of a stream with memLevel 1, for pending output and symbols. */
#define BUFFER_LEN 512

static void begin(z_streamp strm, int strategy, Bytef *out, uInt room)
{
    memset(strm, 0, sizeof(*strm));
    expect(deflateInit2(strm, 6, Z_DEFLATED, -15, 1, strategy), Z_OK, "deflateInit2");
    strm->next_out = out;
    strm->avail_out = room;
}

static void check_inflates(const Bytef *packed, uLong packed_len, const Bytef *text, uInt len)
{
    Bytef unpacked[1000];
    z_stream strm;

    memset(&strm, 0, sizeof(strm));
    expect(inflateInit2(&strm, -15), Z_OK, "inflateInit2");
    strm.next_in = (Bytef *)packed;
    strm.avail_in = (uInt)packed_len;
    strm.next_out = unpacked;
    strm.avail_out = (uInt)sizeof(unpacked);
    expect(inflate(&strm, Z_FINISH), Z_STREAM_END, "inflate");
    expect(strm.total_out, len, "bytes inflated");
    expect(memcmp(unpacked, text, len), 0, "what was inflated");
    inflateEnd(&strm);
}

/* An empty fixed block, 10 bits, in front of the rest, when some output was taken. */
static void prime_while_output_waits(void)
{
    enum { LITERALS = 90, TAKEN = 20, EMPTY_BLOCK = 2, EMPTY_BLOCK_BITS = 10 };
    Bytef text[LITERALS], out[1000];
    z_stream strm;
    uInt i;

    for (i = 0; i < LITERALS; i++)
        text[i] = (Bytef)(150 + i * 37 % 100);
    begin(&strm, Z_FIXED, out, TAKEN);
    strm.next_in = text;
    strm.avail_in = LITERALS;
    expect(deflate(&strm, Z_BLOCK), Z_OK, "deflate");
    expect(deflatePrime(&strm, EMPTY_BLOCK_BITS, EMPTY_BLOCK), Z_OK, "deflatePrime");
    strm.avail_out = (uInt)sizeof(out) - TAKEN;
    expect(deflate(&strm, Z_FINISH), Z_STREAM_END, "deflate to the end");
    check_inflates(out, strm.total_out, text, LITERALS);
    expect(deflateEnd(&strm), Z_OK, "deflateEnd");
}

/* Bits without end: an error before the buffer is full, and those that were taken come out. */
static void prime_without_end(void)
{
    Bytef out[2 * BUFFER_LEN], want[BUFFER_LEN];
    z_stream strm;
    uLong bits = 0;
    int code;

    begin(&strm, Z_DEFAULT_STRATEGY, out, (uInt)sizeof(out));
    do {
        code = deflatePrime(&strm, 16, 0x5555);
        bits += code == Z_OK ? 16 : 0;
    } while (code == Z_OK && bits < 100000);
    expect(code, Z_BUF_ERROR, "deflatePrime in the end");
    expect(bits / 8 > BUFFER_LEN / 5 && bits / 8 <= BUFFER_LEN, 1, "no more than the buffer holds");
    expect(deflate(&strm, Z_FINISH), Z_STREAM_END, "deflate after all");
    memset(want, 0x55, sizeof(want));
    expect(memcmp(out, want, bits / 8), 0, "the bits");
    expect(deflateEnd(&strm), Z_OK, "deflateEnd");
}

int main(void)
{
    expect(strcmp(zlibVersion(), "1.3.2") == 0 && strlen(rz_version()) > 0, 1, "rzlib is there");
    null_arguments();
    prime_while_output_waits();
    prime_without_end();
    return failures == 0 ? 0 : 1;
}
