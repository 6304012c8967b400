/*
 * Deflate streams written bit by bit, for what no compressor writes.
 *
 * Bits go into bytes from the lowest on (RFC 1951 3.1.1): numbers with their lowest bit first,
 * codes with their highest bit first. Names are the RFC's.
 */
#ifndef BITS_H
#define BITS_H

#include "util.h"

#define LITLEN_SYMBOLS 288
#define DISTANCE_SYMBOLS 32
#define CODE_LENGTH_SYMBOLS 19
#define END_OF_BLOCK 256

enum block_type { STORED, FIXED, DYNAMIC, RESERVED };

struct bits {
    unsigned char *byte; /* from malloc; the last one may be begun only */
    size_t len;          /* bytes, the begun one included */
    size_t room;
    unsigned free;       /* bits that are free in the last byte */
};

/* A Huffman code: the length and the code of each symbol; length 0: the symbol has none. */
struct code {
    size_t count;
    unsigned char len[LITLEN_SYMBOLS];
    unsigned short code[LITLEN_SYMBOLS];
};

/* Begins an empty stream; bits_free ends it. */
void bits_new(struct bits *b);
void bits_free(struct bits *b);

/* count bits (0..32) of value, the lowest first. */
void bits_put(struct bits *b, uint32_t value, unsigned count);
/* The count bits of a code, the highest first. */
void bits_code(struct bits *b, uint32_t code, unsigned count);
/* Zero bits up to the next byte. */
void bits_align(struct bits *b);
/* Bytes; the stream stands at a byte's border. */
void bits_bytes(struct bits *b, const void *bytes, size_t len);
/* The number of bits so far. */
size_t bits_count(const struct bits *b);

/* The canonical code of these lengths (RFC 1951 3.2.2), whether complete or not. */
void code_make(struct code *code, const unsigned char *lens, size_t count);
/* The fixed codes (RFC 1951 3.2.6). */
void code_fixed(struct code *litlen, struct code *distance);

/* BFINAL and BTYPE. */
void bits_block(struct bits *b, int final, enum block_type type);
/* A whole stored block. */
void bits_stored(struct bits *b, int final, const void *bytes, size_t len);
/* HLIT, HDIST and HCLEN as counts of symbols: what they stand for, not what is written. */
void bits_table_sizes(struct bits *b, size_t litlens, size_t distances, size_t code_lengths);
/* The lengths of the code-length code, given by symbol, the first count in their odd order. */
void bits_code_lengths(struct bits *b, const unsigned char *lens, size_t count);
/* A dynamic block's header with these two codes, each length spelled out: the code-length code
 * has 4 bits for each of 0..15. */
void bits_tables(struct bits *b, int final, const struct code *litlen,
                 const struct code *distance);

void bits_symbol(struct bits *b, const struct code *code, size_t symbol);
/* A length of 3..258 and a distance of 1..32768; 258 by symbol 285. */
void bits_match(struct bits *b, const struct code *litlen, const struct code *distance,
                unsigned len, unsigned dist);
/* The symbol of a length or distance, and what its extra bits are. */
size_t length_symbol(unsigned len, unsigned *extra, unsigned *extra_bits);
size_t distance_symbol(unsigned dist, unsigned *extra, unsigned *extra_bits);

/* A zlib header for this window, a plain gzip header; and their trailers. */
void bits_zlib(struct bits *b, int window_bits);
void bits_gzip(struct bits *b);
void bits_zlib_trailer(struct bits *b, const void *data, size_t len);
void bits_gzip_trailer(struct bits *b, const void *data, size_t len);

#endif
