/*
 * Where rzlib differs from zlib on purpose: the cases of docs/compatibility.md in which zlib
 * crashes, hangs or writes wrong data, and which therefore cannot be compared with it.
 */
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

/* A stream for inflate that reads from in and writes to out. */
/* Once some of a long header has been taken, another header, whose field ends before what was
 * taken of it, or none. */
static void header_changed_while_it_is_written(int to_none)
{
    enum { LONG = 2000, SHORT = 5, TAKEN = 700, FIXED = 12, TRAILER = 10 };
    static Bytef extra[LONG], out[2 * LONG];
    gz_header first, second;
    z_stream strm;

    memset(&first, 0, sizeof(first));
    first.extra = extra;
    first.extra_len = LONG;
    second = first;
    second.extra_len = SHORT;
    memset(&strm, 0, sizeof(strm));
    expect(deflateInit2(&strm, 6, Z_DEFLATED, 31, 1, Z_DEFAULT_STRATEGY), Z_OK, "deflateInit2");
    expect(deflateSetHeader(&strm, &first), Z_OK, "deflateSetHeader");
    strm.next_out = out;
    strm.avail_out = TAKEN;
    expect(deflate(&strm, Z_NO_FLUSH), Z_OK, "deflate in the middle of the header");
    expect(deflateSetHeader(&strm, to_none ? NULL : &second), Z_OK, "deflateSetHeader again");
    strm.avail_out = (uInt)sizeof(out) - TAKEN;
    expect(deflate(&strm, Z_FINISH), Z_STREAM_END, "deflate to the end");
    /* What was pending comes, and nothing of the field after it. */
    expect(strm.total_out <= FIXED + 2 * BUFFER_LEN + TRAILER, 1, "the field ends");
    expect(deflateEnd(&strm), Z_OK, "deflateEnd");
}

static void begin_inflate(z_streamp strm, int window_bits, const Bytef *in, uInt in_len, Bytef *out,
                          uInt room)
{
    memset(strm, 0, sizeof(*strm));
    expect(inflateInit2(strm, window_bits), Z_OK, "inflateInit2");
    strm->next_in = (Bytef *)in;
    strm->avail_in = in_len;
    strm->next_out = out;
    strm->avail_out = room;
}

static void null_arguments_of_inflate(void)
{
    static const Bytef packed[] = {0x78, 0x9c, 3, 0, 0, 0, 0, 1};
    uLongf len = 10;
    uLong packed_len = sizeof(packed);
    Bytef out[10];
    z_stream strm;

    expect(uncompress(out, NULL, packed, sizeof(packed)), Z_STREAM_ERROR, "uncompress, no destLen");
    expect(uncompress2(out, NULL, packed, &packed_len), Z_STREAM_ERROR, "uncompress2, no destLen");
    expect(uncompress2(out, &len, packed, NULL), Z_STREAM_ERROR, "uncompress2, no sourceLen");
    expect(len == 10 && packed_len == sizeof(packed), 1, "lengths left alone");

    begin_inflate(&strm, 31, packed, 0, out, sizeof(out));
    expect(inflateGetHeader(&strm, NULL), Z_STREAM_ERROR, "inflateGetHeader, NULL head");
    expect(inflateEnd(&strm), Z_OK, "inflateEnd");

    begin_inflate(&strm, -15, packed + 2, 2, out, sizeof(out));
    expect(inflateSetDictionary(&strm, NULL, 5), Z_STREAM_ERROR, "inflateSetDictionary, NULL");
    strm.next_in = NULL;
    expect(inflateSync(&strm) < 0, 1, "inflateSync, NULL next_in with bytes");
    strm.next_in = (Bytef *)packed + 2;
    expect(inflate(&strm, Z_FINISH), Z_STREAM_END, "inflate after that");
    expect(inflateEnd(&strm), Z_OK, "inflateEnd");
}

/* What inflateBack reads, once, and what it writes. */
struct back {
    const Bytef *in;
    uInt in_len;
    Bytef out[100000];
    uLong out_len;
};

static unsigned give(void *desc, z_const unsigned char **in)
{
    struct back *back = desc;
    unsigned len = back->in_len;

    *in = (z_const unsigned char *)back->in;
    back->in_len = 0;
    return len;
}

static int take(void *desc, unsigned char *out, unsigned len)
{
    struct back *back = desc;

    if (len > sizeof(back->out) - back->out_len)
        return 1;
    memcpy(back->out + back->out_len, out, len);
    back->out_len += len;
    return 0;
}

static struct back back;

static int run_back(z_streamp strm, const Bytef *in, uInt in_len)
{
    back.in = in;
    back.in_len = in_len;
    back.out_len = 0;
    strm->next_in = NULL;
    strm->avail_in = 0;
    return inflateBack(strm, give, &back, take, &back);
}

/* A stream of one kind given to the functions of another. */
static void streams_of_other_kinds(void)
{
    static const Bytef packed[] = {3, 0};
    static Bytef window[32768];
    Bytef out[100];
    z_stream strm;

    begin_inflate(&strm, -15, packed, sizeof(packed), out, sizeof(out));
    expect(inflateBack(&strm, give, &back, take, &back), Z_STREAM_ERROR, "inflateBack of inflate");
    expect(inflateBackEnd(&strm), Z_STREAM_ERROR, "inflateBackEnd of inflate");
    expect(inflate(&strm, Z_FINISH), Z_STREAM_END, "inflate after that");
    expect(inflateEnd(&strm), Z_OK, "inflateEnd");

    begin(&strm, Z_DEFAULT_STRATEGY, out, sizeof(out));
    expect(inflateBack(&strm, give, &back, take, &back), Z_STREAM_ERROR, "inflateBack of deflate");
    expect(inflateBackEnd(&strm), Z_STREAM_ERROR, "inflateBackEnd of deflate");
    expect(deflate(&strm, Z_FINISH), Z_STREAM_END, "deflate after that");
    expect(deflateEnd(&strm), Z_OK, "deflateEnd");

    memset(&strm, 0, sizeof(strm));
    expect(inflateBackInit(&strm, 15, window), Z_OK, "inflateBackInit");
    strm.next_out = out;
    strm.avail_out = sizeof(out);
    expect(inflate(&strm, Z_FINISH), Z_STREAM_ERROR, "inflate of inflateBack");
    expect(inflateReset(&strm), Z_STREAM_ERROR, "inflateReset of inflateBack");
    expect(inflateEnd(&strm), Z_STREAM_ERROR, "inflateEnd of inflateBack");
    expect(inflateBack(&strm, NULL, NULL, take, &back), Z_STREAM_ERROR, "inflateBack, NULL in");
    expect(inflateBack(&strm, give, &back, NULL, NULL), Z_STREAM_ERROR, "inflateBack, NULL out");
    expect(run_back(&strm, packed, sizeof(packed)), Z_STREAM_END, "inflateBack after that");
    expect(inflateBackEnd(&strm), Z_OK, "inflateBackEnd");
}

/* Bits of a stream that a test makes itself. */
struct bits {
    Bytef bytes[1000];
    uLong count;
};

static void put(struct bits *bits, unsigned long value, unsigned count)
{
    for (; count > 0; count--, value >>= 1, bits->count++) {
        if (bits->count % 8 == 0)
            bits->bytes[bits->count / 8] = 0;
        bits->bytes[bits->count / 8] |= (Bytef)((value & 1) << bits->count % 8);
    }
}

/* A Huffman code, of which the highest bit comes first. */
static void put_code(struct bits *bits, unsigned long code, unsigned count)
{
    while (count-- > 0)
        put(bits, code >> count & 1, 1);
}

#define FIXED_BLOCK 2 /* BFINAL 0, BTYPE 01; the last one has BFINAL 1 */
#define BLOCK_BITS 3

/* Of a block with fixed codes. */
static void put_literal(struct bits *bits, unsigned literal)
{
    put_code(bits, 0x30 + literal, 8); /* for literals up to 143 */
}

static void put_length_258(struct bits *bits)
{
    put_code(bits, 0xc0 + 285 - 280, 8);
}

static void put_end_of_block(struct bits *bits)
{
    put_code(bits, 0, 7);
}

static void put_last_block(struct bits *bits)
{
    put(bits, FIXED_BLOCK | 1, BLOCK_BITS);
    put_end_of_block(bits);
}

static void expect_too_far_back(z_streamp strm, const Bytef *in, uInt in_len)
{
    expect(run_back(strm, in, in_len), Z_DATA_ERROR, "inflateBack with a distance too far back");
    expect(strm->msg != NULL && strcmp(strm->msg, "invalid distance too far back") == 0, 1,
           "its words");
}

/*
 * inflateBack where the fast loop of zlib decodes: it has six bytes of input and room for the
 * longest match. There zlib takes a distance up to twice what was written before this block for
 * good, and reads what the caller's window happens to hold.
 */
static void distance_beyond_what_was_written(void)
{
    enum { WRITTEN = 10 };
    static Bytef window[32768];
    struct bits bits = {{0}, 0};
    z_stream strm;
    unsigned i;

    put(&bits, FIXED_BLOCK, BLOCK_BITS);
    for (i = 0; i < WRITTEN; i++)
        put_literal(&bits, 'a' + i);
    put_end_of_block(&bits);
    put(&bits, FIXED_BLOCK, BLOCK_BITS);
    put_length_258(&bits);
    put_code(&bits, 7, 5); /* distance 13 to 16 */
    put(&bits, 0, 2);      /* 13 */
    for (i = 0; i < 20; i++)
        put_literal(&bits, 'z');
    put_end_of_block(&bits);
    put_last_block(&bits);

    memset(window, 'w', sizeof(window));
    memset(&strm, 0, sizeof(strm));
    expect(inflateBackInit(&strm, 15, window), Z_OK, "inflateBackInit");
    expect_too_far_back(&strm, bits.bytes, sizeof(bits.bytes));
    expect(back.out_len, WRITTEN, "bytes before it");
    expect(memcmp(back.out, "abcdefghij", WRITTEN), 0, "what came before it");
    expect(inflateBackEnd(&strm), Z_OK, "inflateBackEnd");
}

/* The same once the window is full: zlib reads what it has just written over. */
static void distance_beyond_the_window(void)
{
    enum { WINDOW_BITS = 10, LITERALS = 1100 };
    static Bytef window[1 << WINDOW_BITS];
    static Bytef packed[2000];
    struct bits bits = {{0}, 0};
    z_stream strm;
    uInt i, len = 0;

    /* A stored block, of which the last 76 bytes begin the window anew. */
    packed[len++] = 0;
    packed[len++] = LITERALS & 0xff;
    packed[len++] = LITERALS >> 8;
    packed[len++] = (Bytef)(~LITERALS & 0xff);
    packed[len++] = (Bytef)(~LITERALS >> 8 & 0xff);
    for (i = 0; i < LITERALS; i++)
        packed[len++] = (Bytef)(i * 7);
    put(&bits, FIXED_BLOCK, BLOCK_BITS);
    put_length_258(&bits);
    put_code(&bits, 20, 5); /* distance 1025 to 1536 */
    put(&bits, 4, 9);       /* 1029 */
    for (i = 0; i < 20; i++)
        put_literal(&bits, 'z');
    put_end_of_block(&bits);
    put_last_block(&bits);
    memcpy(packed + len, bits.bytes, sizeof(bits.bytes) / 2);
    len += sizeof(bits.bytes) / 2;

    memset(&strm, 0, sizeof(strm));
    expect(inflateBackInit(&strm, WINDOW_BITS, window), Z_OK, "inflateBackInit");
    expect_too_far_back(&strm, packed, len);
    expect(back.out_len, LITERALS, "bytes before it");
    expect(memcmp(back.out, packed + 5, LITERALS), 0, "what came before it");
    expect(inflateBackEnd(&strm), Z_OK, "inflateBackEnd");
}

/*
 * The first 32 bits of a stream by inflatePrime. zlib gives whole bytes that it did not use
 * back to next_in, even those that never came from there: it goes on before the input.
 */
static void prime_whole_bytes(unsigned prime_bits)
{
    enum { BEFORE = 8, TEXT = 50 };
    struct bits bits = {{0}, 0};
    Bytef input[BEFORE + 1000], out[1000], text[TEXT];
    z_stream strm;
    uInt i, len;

    put(&bits, FIXED_BLOCK, BLOCK_BITS);
    put_end_of_block(&bits);
    put(&bits, FIXED_BLOCK, BLOCK_BITS);
    for (i = 0; i < TEXT; i++) {
        text[i] = (Bytef)(i * 2);
        put_literal(&bits, text[i]);
    }
    put_end_of_block(&bits);
    put_last_block(&bits);
    len = (uInt)(bits.count + 7) / 8 - prime_bits / 8;
    /* What stands before the input is no block. */
    memset(input, 0xff, sizeof(input));
    memcpy(input + BEFORE, bits.bytes + prime_bits / 8, len);

    begin_inflate(&strm, -15, input + BEFORE, len + 20, out, sizeof(out));
    for (i = 0; i < prime_bits / 8; i++)
        expect(inflatePrime(&strm, 8, bits.bytes[i]), Z_OK, "inflatePrime");
    inflate(&strm, Z_BLOCK);
    expect(strm.next_in >= input + BEFORE, 1, "next_in where the input is, after one block");
    expect(inflate(&strm, Z_NO_FLUSH), Z_STREAM_END, "inflate to the end");
    expect(strm.next_in - input, BEFORE + (long)len, "next_in at the end");
    expect((long)strm.total_in, len, "total_in");
    expect((long)strm.avail_in, 20, "avail_in");
    expect((long)strm.total_out, TEXT, "total_out");
    expect(memcmp(out, text, TEXT), 0, "what was inflated");
    expect(inflateEnd(&strm), Z_OK, "inflateEnd");
}

int main(void)
{
    unsigned bits;

    expect(strcmp(zlibVersion(), "1.3.2") == 0 && strlen(rz_version()) > 0, 1, "rzlib is there");
    null_arguments();
    prime_while_output_waits();
    prime_without_end();
    header_changed_while_it_is_written(0);
    header_changed_while_it_is_written(1);
    null_arguments_of_inflate();
    streams_of_other_kinds();
    distance_beyond_what_was_written();
    distance_beyond_the_window();
    for (bits = 8; bits <= 32; bits += 8)
        prime_whole_bytes(bits);
    return failures == 0 ? 0 : 1;
}
