/* Deflate streams written bit by bit (see bits.h). */
#include "bits.h"

#define MOST_BITS 15
/* RFC 1951 3.2.7. */
static const unsigned char code_length_order[CODE_LENGTH_SYMBOLS] = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
/* RFC 1951 3.2.5: the shortest length of 257.., the shortest distance of 0... */
static const unsigned short length_base[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,
                                             15, 17, 19, 23, 27, 31, 35, 43, 51,  59,
                                             67, 83, 99, 115, 131, 163, 195, 227, 258};
static const unsigned char length_extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                             2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const unsigned short distance_base[] = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

void bits_new(struct bits *b)
{
    memset(b, 0, sizeof(*b));
    b->room = 64;
    b->byte = must_alloc(b->room);
}

void bits_free(struct bits *b)
{
    free(b->byte);
    b->byte = NULL;
}

static void add_byte(struct bits *b, unsigned char byte)
{
    if (b->len == b->room) {
        unsigned char *larger = must_alloc(2 * b->room);

        memcpy(larger, b->byte, b->len);
        free(b->byte);
        b->byte = larger;
        b->room *= 2;
    }
    b->byte[b->len++] = byte;
}

static void put_bit(struct bits *b, unsigned bit)
{
    if (b->free == 0) {
        add_byte(b, 0);
        b->free = 8;
    }
    b->byte[b->len - 1] |= (unsigned char)(bit << (8 - b->free));
    b->free--;
}

void bits_put(struct bits *b, uint32_t value, unsigned count)
{
    unsigned i;

    for (i = 0; i < count; i++)
        put_bit(b, value >> i & 1);
}

void bits_code(struct bits *b, uint32_t code, unsigned count)
{
    while (count-- > 0)
        put_bit(b, code >> count & 1);
}

void bits_align(struct bits *b)
{
    b->free = 0;
}

void bits_bytes(struct bits *b, const void *bytes, size_t len)
{
    const unsigned char *from = bytes;

    while (len-- > 0)
        add_byte(b, *from++);
}

size_t bits_count(const struct bits *b)
{
    return 8 * b->len - b->free;
}

void code_make(struct code *code, const unsigned char *lens, size_t count)
{
    unsigned next = 0, len;
    size_t symbol;

    memset(code, 0, sizeof(*code));
    code->count = count;
    memcpy(code->len, lens, count);
    for (len = 1; len <= MOST_BITS; len++, next <<= 1)
        for (symbol = 0; symbol < count; symbol++)
            if (lens[symbol] == len)
                code->code[symbol] = (unsigned short)next++;
}

void code_fixed(struct code *litlen, struct code *distance)
{
    unsigned char lens[LITLEN_SYMBOLS];

    memset(lens, 8, LITLEN_SYMBOLS);
    memset(lens + 144, 9, 256 - 144);
    memset(lens + 256, 7, 280 - 256);
    code_make(litlen, lens, LITLEN_SYMBOLS);
    memset(lens, 5, DISTANCE_SYMBOLS);
    code_make(distance, lens, DISTANCE_SYMBOLS);
}

void bits_block(struct bits *b, int final, enum block_type type)
{
    bits_put(b, final != 0, 1);
    bits_put(b, type, 2);
}

void bits_stored(struct bits *b, int final, const void *bytes, size_t len)
{
    bits_block(b, final, STORED);
    bits_align(b);
    bits_put(b, (uint32_t)len, 16);
    bits_put(b, ~(uint32_t)len, 16);
    bits_bytes(b, bytes, len);
}

void bits_table_sizes(struct bits *b, size_t litlens, size_t distances, size_t code_lengths)
{
    bits_put(b, (uint32_t)(litlens - 257), 5);
    bits_put(b, (uint32_t)(distances - 1), 5);
    bits_put(b, (uint32_t)(code_lengths - 4), 4);
}

void bits_code_lengths(struct bits *b, const unsigned char *lens, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        bits_put(b, lens[code_length_order[i]], 3);
}

void bits_tables(struct bits *b, int final, const struct code *litlen,
                 const struct code *distance)
{
    unsigned char lens[CODE_LENGTH_SYMBOLS];
    struct code code_length;
    size_t i;

    memset(lens, 4, sizeof(lens));
    lens[16] = lens[17] = lens[18] = 0;
    code_make(&code_length, lens, sizeof(lens));
    bits_block(b, final, DYNAMIC);
    bits_table_sizes(b, litlen->count, distance->count, CODE_LENGTH_SYMBOLS);
    bits_code_lengths(b, lens, CODE_LENGTH_SYMBOLS);
    for (i = 0; i < litlen->count; i++)
        bits_symbol(b, &code_length, litlen->len[i]);
    for (i = 0; i < distance->count; i++)
        bits_symbol(b, &code_length, distance->len[i]);
}

void bits_symbol(struct bits *b, const struct code *code, size_t symbol)
{
    if (symbol >= code->count || code->len[symbol] == 0)
        test_abort("a symbol without a code");
    bits_code(b, code->code[symbol], code->len[symbol]);
}

size_t length_symbol(unsigned len, unsigned *extra, unsigned *extra_bits)
{
    size_t i = COUNT(length_base) - 1;

    while (length_base[i] > len)
        i--;
    *extra = len - length_base[i];
    *extra_bits = length_extra[i];
    return 257 + i;
}

size_t distance_symbol(unsigned dist, unsigned *extra, unsigned *extra_bits)
{
    size_t i = COUNT(distance_base) - 1;

    while (distance_base[i] > dist)
        i--;
    *extra = dist - distance_base[i];
    *extra_bits = i < 4 ? 0 : (unsigned)i / 2 - 1;
    return i;
}

void bits_match(struct bits *b, const struct code *litlen, const struct code *distance,
                unsigned len, unsigned dist)
{
    unsigned extra, extra_bits;

    bits_symbol(b, litlen, length_symbol(len, &extra, &extra_bits));
    bits_put(b, extra, extra_bits);
    bits_symbol(b, distance, distance_symbol(dist, &extra, &extra_bits));
    bits_put(b, extra, extra_bits);
}

void bits_zlib(struct bits *b, int window_bits)
{
    unsigned header = ((unsigned)(window_bits - 8) << 4 | Z_DEFLATED) << 8;

    header += 31 - header % 31;
    bits_put(b, header >> 8, 8);
    bits_put(b, header & 0xff, 8);
}

void bits_gzip(struct bits *b)
{
    bits_bytes(b, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
}

void bits_zlib_trailer(struct bits *b, const void *data, size_t len)
{
    uLong check = adler32_z(1, data, len);

    bits_align(b);
    bits_put(b, (uint32_t)(check >> 24 & 0xff), 8);
    bits_put(b, (uint32_t)(check >> 16 & 0xff), 8);
    bits_put(b, (uint32_t)(check >> 8 & 0xff), 8);
    bits_put(b, (uint32_t)(check & 0xff), 8);
}

void bits_gzip_trailer(struct bits *b, const void *data, size_t len)
{
    bits_align(b);
    bits_put(b, (uint32_t)crc32_z(0, data, len), 32);
    bits_put(b, (uint32_t)len, 32);
}
