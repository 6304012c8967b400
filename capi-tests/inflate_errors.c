/*
 * Property: inflate finds each error of a stream where zlib finds it, with zlib's message, and
 * stays failed.
 *
 * Guards: "data error" alone is not enough: programs print msg, git and libpng look at how much
 * input was used, and an error must not depend on how input and output are cut. Each stream is
 * written bit by bit, begins at every bit of a byte, and is decoded in all pieces (itwin.h). The
 * input that counts as used ends with the byte in which the error shows.
 */
#include "bits.h"
#include "itwin.h"

#define ROOM 700
/* Bytes behind the error: enough for zlib's inflate_fast to be at work. */
#define PADDING 24

static struct code litlen, distance;

/* The error shows in the last bit written. */
static void expect(struct bits *b, int window_bits, const char *msg, int padded)
{
    static const unsigned char padding[PADDING] = {0x5a, 0xa5, 0x5a};
    struct specimen s = {NULL, 0, 0, Z_DATA_ERROR, NULL, 0, ROOM};

    s.used = b->len;
    bits_bytes(b, padding, padded ? PADDING : 0);
    s.in = b->byte;
    s.len = b->len;
    s.window_bits = window_bits;
    s.msg = msg;
    specimen_check(&s);
}

/* A fixed block with this many literals of 9 bits: moves what follows by one bit each. */
static void put_prefix(struct bits *b, int literals)
{
    bits_block(b, 0, FIXED);
    while (literals-- > 0)
        bits_symbol(b, &litlen, 200);
    bits_symbol(b, &litlen, END_OF_BLOCK);
}

typedef void (*writer)(struct bits *b);

/* A block with an error: in all wrappers, and raw behind blocks that end at each bit. */
static void block_error(const char *what, writer write, const char *msg)
{
    static const int window_bits[] = {-15, 15, 31, 47, -8};
    struct bits b;
    size_t w;
    int offset, padded;

    for (padded = 0; padded < 2; padded++) {
        for (w = 0; w < COUNT(window_bits); w++) {
            context("%s, windowBits %d, %d padded", what, window_bits[w], padded);
            bits_new(&b);
            if (window_bits[w] == 15)
                bits_zlib(&b, 15);
            if (window_bits[w] > 15)
                bits_gzip(&b);
            write(&b);
            expect(&b, window_bits[w], msg, padded);
            bits_free(&b);
        }
        for (offset = 0; offset < 8; offset++) {
            context("%s, offset %d, %d padded", what, offset, padded);
            bits_new(&b);
            put_prefix(&b, offset);
            write(&b);
            expect(&b, -15, msg, padded);
            bits_free(&b);
        }
    }
}

static void block_type(struct bits *b)
{
    bits_block(b, 1, RESERVED);
}

static void stored_lengths(struct bits *b)
{
    bits_block(b, 0, STORED);
    bits_align(b);
    bits_put(b, 0x1234, 16);
    bits_put(b, 0xedca, 16); /* the complement is 0xedcb */
}

static void too_many_lengths(struct bits *b)
{
    bits_block(b, 1, DYNAMIC);
    bits_table_sizes(b, 287, 1, 4);
}

static void too_many_distances(struct bits *b)
{
    bits_block(b, 1, DYNAMIC);
    bits_table_sizes(b, 286, 31, 19);
}

/* A dynamic block up to the code-length code; lens: the lengths of these symbols of it. */
static void begin_tables(struct bits *b, size_t litlens, size_t distances,
                         const unsigned char *lens, struct code *code)
{
    code_make(code, lens, CODE_LENGTH_SYMBOLS);
    bits_block(b, 1, DYNAMIC);
    bits_table_sizes(b, litlens, distances, CODE_LENGTH_SYMBOLS);
    bits_code_lengths(b, lens, CODE_LENGTH_SYMBOLS);
}

/* Three codes of one bit. */
static void oversubscribed_code_lengths(struct bits *b)
{
    unsigned char lens[CODE_LENGTH_SYMBOLS] = {1, 1, 1};
    struct code code;

    begin_tables(b, 257, 1, lens, &code);
}

/* A code of one bit and one of three: 11x stays unused. */
static void incomplete_code_lengths(struct bits *b)
{
    unsigned char lens[CODE_LENGTH_SYMBOLS] = {1, 3};
    struct code code;

    begin_tables(b, 257, 1, lens, &code);
}

/* One code of one bit only: fine for distances, not for code lengths. */
static void single_code_length(struct bits *b)
{
    unsigned char lens[CODE_LENGTH_SYMBOLS] = {1};
    struct code code;

    begin_tables(b, 257, 1, lens, &code);
}

/* 16 repeats the length before, and there is none. */
static void repeat_of_nothing(struct bits *b)
{
    unsigned char lens[CODE_LENGTH_SYMBOLS] = {1};
    struct code code;

    lens[16] = 1;
    begin_tables(b, 257, 1, lens, &code);
    bits_symbol(b, &code, 16);
    bits_put(b, 0, 2);
}

/* All but one of the 257 + 1 lengths, then the repeat that goes one beyond the end. */
static void put_repeat_beyond(struct bits *b, unsigned symbol, unsigned extra, unsigned bits,
                              size_t before)
{
    unsigned char lens[CODE_LENGTH_SYMBOLS] = {2, 2};
    struct code code;

    lens[18] = 2;
    if (symbol == 18)
        lens[2] = 2;
    else
        lens[symbol] = 2;
    begin_tables(b, 257, 1, lens, &code);
    bits_symbol(b, &code, 1);
    while (--before > 0)
        bits_symbol(b, &code, 0);
    bits_symbol(b, &code, symbol);
    bits_put(b, extra, bits);
}

static void repeat_16_beyond(struct bits *b)
{
    put_repeat_beyond(b, 16, 3, 2, 258 - 5); /* 6 */
}

static void repeat_17_beyond(struct bits *b)
{
    put_repeat_beyond(b, 17, 7, 3, 258 - 9); /* 10 */
}

static void repeat_18_beyond(struct bits *b)
{
    put_repeat_beyond(b, 18, 127, 7, 258 - 137); /* 138 */
}

/* 138 + 120 zeros: all 258 lengths are there, and none is 256's. */
static void missing_end_of_block(struct bits *b)
{
    unsigned char lens[CODE_LENGTH_SYMBOLS] = {1};
    struct code code;

    lens[18] = 1;
    begin_tables(b, 257, 1, lens, &code);
    bits_symbol(b, &code, 18);
    bits_put(b, 127, 7);
    bits_symbol(b, &code, 18);
    bits_put(b, 109, 7);
}

/* A code-length code without codes: each bit reads as length 0, so 256 has none either. */
static void no_code_lengths(struct bits *b)
{
    unsigned char lens[CODE_LENGTH_SYMBOLS] = {0};
    struct code code;
    int i;

    begin_tables(b, 257, 1, lens, &code);
    for (i = 0; i < 257 + 1; i++)
        bits_put(b, (uint32_t)i & 1, 1);
}

/* Literal/length lengths, by what is wrong with them; a complete distance code. */
static void put_tables(struct bits *b, const unsigned char *lit_lens, size_t litlens,
                       const unsigned char *dist_lens, size_t distances)
{
    struct code lit, dist;

    code_make(&lit, lit_lens, litlens);
    code_make(&dist, dist_lens, distances);
    bits_tables(b, 1, &lit, &dist);
}

static void oversubscribed_literals(struct bits *b)
{
    unsigned char lens[257] = {1, 1}, dist[2] = {1, 1};

    lens[END_OF_BLOCK] = 1;
    put_tables(b, lens, 257, dist, 2);
}

static void incomplete_literals(struct bits *b)
{
    unsigned char lens[257] = {1, 3}, dist[2] = {1, 1};

    lens[END_OF_BLOCK] = 3;
    put_tables(b, lens, 257, dist, 2);
}

/* A single code must have one bit. */
static void single_literal_of_two_bits(struct bits *b)
{
    unsigned char lens[257] = {0}, dist[2] = {1, 1};

    lens[END_OF_BLOCK] = 2;
    put_tables(b, lens, 257, dist, 2);
}

static void oversubscribed_distances(struct bits *b)
{
    unsigned char lens[257] = {1}, dist[3] = {1, 1, 15};

    lens[END_OF_BLOCK] = 1;
    put_tables(b, lens, 257, dist, 3);
}

static void incomplete_distances(struct bits *b)
{
    unsigned char lens[257] = {1}, dist[30] = {2, 2, 2};

    lens[END_OF_BLOCK] = 1;
    put_tables(b, lens, 257, dist, 30);
}

static void single_distance_of_two_bits(struct bits *b)
{
    unsigned char lens[257] = {1}, dist[1] = {2};

    lens[END_OF_BLOCK] = 1;
    put_tables(b, lens, 257, dist, 1);
}

/* The end of block has the only code, 0; then comes a 1. */
static void unused_literal_bit(struct bits *b)
{
    unsigned char lens[257] = {0}, dist[1] = {0};

    lens[END_OF_BLOCK] = 1;
    put_tables(b, lens, 257, dist, 1);
    bits_put(b, 1, 1);
}

/* 'a', end of block and length 3; the distance is then read with the code given. */
static void put_length_with(struct bits *b, const unsigned char *dist, size_t distances)
{
    unsigned char lens[258] = {0};
    struct code lit, code;

    lens['a'] = 1;
    lens[END_OF_BLOCK] = lens[257] = 2;
    code_make(&lit, lens, 258);
    code_make(&code, dist, distances);
    bits_tables(b, 1, &lit, &code);
    bits_symbol(b, &lit, 'a');
    bits_symbol(b, &lit, 257);
}

static void unused_distance_bit(struct bits *b)
{
    unsigned char dist[1] = {1};

    put_length_with(b, dist, 1);
    bits_put(b, 1, 1);
}

static void no_distances_0(struct bits *b)
{
    unsigned char dist[3] = {0};

    put_length_with(b, dist, 3);
    bits_put(b, 0, 1);
}

static void no_distances_1(struct bits *b)
{
    unsigned char dist[1] = {0};

    put_length_with(b, dist, 1);
    bits_put(b, 1, 1);
}

static void fixed_286(struct bits *b)
{
    bits_block(b, 1, FIXED);
    bits_symbol(b, &litlen, 'a');
    bits_symbol(b, &litlen, 286);
}

static void fixed_287(struct bits *b)
{
    bits_block(b, 0, FIXED);
    bits_symbol(b, &litlen, 287);
}

/* A length with and without extra bits before the distance that does not exist. */
static void fixed_distance_30(struct bits *b)
{
    bits_block(b, 1, FIXED);
    bits_symbol(b, &litlen, 'a');
    bits_symbol(b, &litlen, 257);
    bits_symbol(b, &distance, 30);
}

static void fixed_distance_31(struct bits *b)
{
    bits_block(b, 0, FIXED);
    bits_symbol(b, &litlen, 'a');
    bits_symbol(b, &litlen, 284);
    bits_put(b, 7, 5);
    bits_symbol(b, &distance, 31);
}

static void too_far_at_start(struct bits *b)
{
    bits_block(b, 1, FIXED);
    bits_match(b, &litlen, &distance, 3, 32768);
}

static void test_blocks(void)
{
    static const struct {
        const char *what;
        writer write;
        const char *msg;
    } rows[] = {
        {"block type", block_type, "invalid block type"},
        {"stored lengths", stored_lengths, "invalid stored block lengths"},
        {"HLIT 287", too_many_lengths, "too many length or distance symbols"},
        {"HDIST 31", too_many_distances, "too many length or distance symbols"},
        {"oversubscribed", oversubscribed_code_lengths, "invalid code lengths set"},
        {"incomplete", incomplete_code_lengths, "invalid code lengths set"},
        {"single code length", single_code_length, "invalid code lengths set"},
        {"repeat of nothing", repeat_of_nothing, "invalid bit length repeat"},
        {"16 beyond", repeat_16_beyond, "invalid bit length repeat"},
        {"17 beyond", repeat_17_beyond, "invalid bit length repeat"},
        {"18 beyond", repeat_18_beyond, "invalid bit length repeat"},
        {"no end of block", missing_end_of_block, "invalid code -- missing end-of-block"},
        {"no code lengths", no_code_lengths, "invalid code -- missing end-of-block"},
        {"oversubscribed", oversubscribed_literals, "invalid literal/lengths set"},
        {"incomplete", incomplete_literals, "invalid literal/lengths set"},
        {"single of 2 bits", single_literal_of_two_bits, "invalid literal/lengths set"},
        {"oversubscribed", oversubscribed_distances, "invalid distances set"},
        {"incomplete", incomplete_distances, "invalid distances set"},
        {"single of 2 bits", single_distance_of_two_bits, "invalid distances set"},
        {"unused bit", unused_literal_bit, "invalid literal/length code"},
        {"fixed 286", fixed_286, "invalid literal/length code"},
        {"fixed 287", fixed_287, "invalid literal/length code"},
        {"unused bit", unused_distance_bit, "invalid distance code"},
        {"no distances, bit 0", no_distances_0, "invalid distance code"},
        {"no distances, bit 1", no_distances_1, "invalid distance code"},
        {"fixed distance 30", fixed_distance_30, "invalid distance code"},
        {"fixed distance 31", fixed_distance_31, "invalid distance code"},
        {"too far", too_far_at_start, "invalid distance too far back"},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        block_error(rows[i].what, rows[i].write, rows[i].msg);
}

/* Bytes of a header and the message that they bring, at the last of them. */
static void test_headers(void)
{
    static const struct {
        int window_bits;
        const char *msg;
        size_t len;
        const char *bytes;
    } rows[] = {
        {15, "incorrect header check", 2, "\x78\x9d"},
        {15, "incorrect header check", 2, "\x1f\x8b"},
        {15, "incorrect header check", 2, "\x00\x01"},
        {15, "unknown compression method", 2, "\x77\x09"},
        {15, "unknown compression method", 2, "\x00\x00"},
        {47, "unknown compression method", 2, "\x7f\x07"},
        {15, "invalid window size", 2, "\x88\x1c"}, /* CINFO 8: 64 KiB */
        {0, "invalid window size", 2, "\xf8\x1f"},
        {14, "invalid window size", 2, "\x78\x9c"},
        {8, "invalid window size", 2, "\x18\x19"},
        {47, "invalid window size", 2, "\x98\x18"},
        {31, "incorrect header check", 2, "\x78\x9c"},
        {31, "incorrect header check", 2, "\x8b\x1f"},
        {31, "incorrect header check", 2, "\x1f\x9d"},
        {31, "unknown compression method", 4, "\x1f\x8b\x07\x00"},
        {47, "unknown compression method", 4, "\x1f\x8b\x09\xff"},
        {31, "unknown header flags set", 4, "\x1f\x8b\x08\x20"},
        {47, "unknown header flags set", 4, "\x1f\x8b\x08\x40"},
        {31, "unknown header flags set", 4, "\x1f\x8b\x08\x9f"},
        /* FHCRC alone, and behind an extra field and a comment. */
        {31, "header crc mismatch", 12, "\x1f\x8b\x08\x02\0\0\0\0\0\x03\0\0"},
        {31, "header crc mismatch", 17, "\x1f\x8b\x08\x16\1\2\3\4\0\x03\2\0xy\0\0\0"},
    };
    struct bits b;
    size_t i;
    int padded;

    for (i = 0; i < COUNT(rows); i++)
        for (padded = 0; padded < 2; padded++) {
            context("header %zu, %d padded", i, padded);
            bits_new(&b);
            bits_bytes(&b, rows[i].bytes, rows[i].len);
            expect(&b, rows[i].window_bits, rows[i].msg, padded);
            bits_free(&b);
        }
}

/* The trailers: each bit of them wrong. */
static void test_trailers(void)
{
    static const char data[] = "trailer";
    static const int window_bits[] = {15, 31, 0, 47};
    size_t w, at, trailer, len = sizeof(data) - 1;
    struct bits b;
    int bit, padded;

    for (w = 0; w < COUNT(window_bits); w++)
        for (bit = 0; bit < (w & 1 ? 64 : 32); bit += 5)
            for (padded = 0; padded < 2; padded++) {
                context("trailer, windowBits %d, bit %d", window_bits[w], bit);
                bits_new(&b);
                if (w & 1)
                    bits_gzip(&b);
                else
                    bits_zlib(&b, 15);
                bits_stored(&b, 1, data, len);
                trailer = b.len;
                if (w & 1)
                    bits_gzip_trailer(&b, data, len);
                else
                    bits_zlib_trailer(&b, data, len);
                b.byte[trailer + (size_t)bit / 8] ^= (unsigned char)(1 << bit % 8);
                at = bit < 32 ? trailer + 4 : trailer + 8;
                if (w & 1 && bit < 32)
                    b.len = at;
                expect(&b, window_bits[w],
                       bit < 32 ? "incorrect data check" : "incorrect length check", padded);
                bits_free(&b);
            }
}

int main(void)
{
    oracle_open();
    code_fixed(&litlen, &distance);
    test_blocks();
    test_headers();
    test_trailers();
    return test_result();
}
