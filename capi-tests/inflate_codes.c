/*
 * Property: inflate reads every code and block that the format allows, also those that no
 * compressor writes.
 *
 * Guards: a distance code of one symbol or of none, codes of 15 bits, decoding tables as large as
 * zlib's can get (852 and 592 entries; fast inflates of other sizes overran theirs), length 258
 * under two names, repeats that cross from literal/length to distance lengths, empty blocks,
 * copies that overlap themselves or wrap around the window. All in all pieces (itwin.h).
 */
#include "bits.h"
#include "itwin.h"

#define WINDOW 32768

static struct code litlen, distance;

/* The stream as it stands is whole and gives fewer bytes than room. */
static void expect_valid(struct bits *b, int window_bits, size_t room)
{
    struct specimen s = {NULL, 0, 0, Z_STREAM_END, NULL, 0, 0};

    s.used = b->len;
    bits_bytes(b, "behind the end", 14);
    s.in = b->byte;
    s.len = b->len;
    s.window_bits = window_bits;
    s.room = room;
    specimen_check(&s);
    bits_free(b);
}

/* A fixed block of zeros, len or a little more, in few bits. */
static void put_zeros(struct bits *b, size_t len)
{
    size_t done;

    bits_block(b, 0, FIXED);
    bits_symbol(b, &litlen, 0);
    for (done = 1; done < len; done += 258)
        bits_match(b, &litlen, &distance, 258, 1);
    bits_symbol(b, &litlen, END_OF_BLOCK);
}

/* A distance code of one symbol: its one bit is 0 (1 is an error, see inflate_errors.c). */
static void test_single_distance(void)
{
    unsigned char lens[286] = {1}, dist[30];
    struct code lit, code;
    struct bits b;
    size_t symbol;

    lens[END_OF_BLOCK] = 2;
    lens[257] = lens[285] = 3;
    code_make(&lit, lens, 286);
    for (symbol = 0; symbol < 30; symbol++) {
        unsigned extra_bits = symbol < 4 ? 0 : (unsigned)symbol / 2 - 1;

        context("single distance symbol %zu", symbol);
        memset(dist, 0, sizeof(dist));
        dist[symbol] = 1;
        code_make(&code, dist, symbol + 1);
        bits_new(&b);
        put_zeros(&b, symbol < 14 ? 200 : WINDOW);
        bits_tables(&b, 1, &lit, &code);
        bits_symbol(&b, &lit, 0);
        bits_symbol(&b, &lit, 285);
        bits_symbol(&b, &code, symbol);
        bits_put(&b, 0, extra_bits);
        bits_symbol(&b, &lit, 257);
        bits_symbol(&b, &code, symbol);
        bits_put(&b, 0xffff, extra_bits);
        bits_symbol(&b, &lit, END_OF_BLOCK);
        expect_valid(&b, -15, symbol < 14 ? 1000 : WINDOW + 1000);
    }
}

/* Blocks without matches need no distance code; a block of nothing needs one literal code. */
static void test_no_distances(void)
{
    static const size_t distances[] = {1, 2, 30};
    unsigned char lens[257] = {0}, dist[30] = {0};
    struct code lit, code;
    struct bits b;
    size_t i;

    for (i = 0; i < COUNT(distances); i++) {
        context("no distances, HDIST %zu", distances[i]);
        code_make(&code, dist, distances[i]);
        bits_new(&b);
        memset(lens, 0, sizeof(lens));
        lens[END_OF_BLOCK] = 1;
        code_make(&lit, lens, 257);
        bits_tables(&b, 0, &lit, &code);
        bits_symbol(&b, &lit, END_OF_BLOCK);
        lens['x'] = 1;
        code_make(&lit, lens, 257);
        bits_tables(&b, 1, &lit, &code);
        bits_symbol(&b, &lit, 'x');
        bits_symbol(&b, &lit, 'x');
        bits_symbol(&b, &lit, END_OF_BLOCK);
        expect_valid(&b, -15, 300);
    }
}

/* Length 258 as 285 and as 284 with 31, every other length once, distance 32768 and its like. */
static void test_extremes(void)
{
    static const unsigned distances[] = {32768, 32767, 24577, 24576, 16385, 16384, 1};
    unsigned char all[LITLEN_SYMBOLS];
    struct code lit, code;
    struct bits b;
    size_t i;
    unsigned len;
    int dynamic;

    memset(all, 9, 286);
    memset(all, 8, 226); /* 226 * 2 + 60 = 512 */
    code_make(&lit, all, 286);
    memset(all, 5, 30);
    all[0] = all[29] = 4; /* 28 + 2 * 2 = 32 */
    code_make(&code, all, 30);
    for (dynamic = 0; dynamic < 2; dynamic++) {
        const struct code *l = dynamic ? &lit : &litlen, *d = dynamic ? &code : &distance;

        context("extremes, %d dynamic", dynamic);
        bits_new(&b);
        put_zeros(&b, WINDOW);
        if (dynamic)
            bits_tables(&b, 1, l, d);
        else
            bits_block(&b, 1, FIXED);
        for (len = 1; len < 100; len++)
            bits_symbol(&b, l, len);
        bits_symbol(&b, l, 284);
        bits_put(&b, 31, 5);
        bits_symbol(&b, d, 9); /* 25 + 7 */
        bits_put(&b, 7, 3);
        bits_symbol(&b, l, 285);
        bits_symbol(&b, d, 0);
        for (len = 3; len <= 258; len++)
            bits_match(&b, l, d, len, 1 + len * 97);
        for (i = 0; i < COUNT(distances); i++)
            bits_match(&b, l, d, i % 2 ? 258 : 3, distances[i]);
        bits_symbol(&b, l, END_OF_BLOCK);
        expect_valid(&b, -15, 80000);
    }
}

/* Lengths in order: counts[k] codes of k bits. */
static size_t spread(unsigned char *lens, const unsigned char *counts)
{
    size_t symbol = 0;
    unsigned char len, i;

    for (len = 1; len <= 15; len++)
        for (i = 0; i < counts[len]; i++)
            lens[symbol++] = len;
    return symbol;
}

/* Codes for which zlib's tables are largest: 852 entries for 286 symbols with a first table of
 * 9 bits, 592 for 30 symbols with 6 bits. The counts were found by a search over all codes. */
static void test_largest_tables(void)
{
    static const unsigned char lit_counts[16] = {0, 0, 3,  0, 0, 0, 0, 0,
                                                  0, 0, 233, 45, 1, 1, 1, 2};
    static const unsigned char dist_counts[16] = {0, 0, 3, 1, 0, 0, 0, 13, 5, 1, 1, 1, 1, 1, 1, 2};
    unsigned char lens[LITLEN_SYMBOLS], dist[DISTANCE_SYMBOLS];
    struct code lit, code;
    int reversed;

    for (reversed = 0; reversed < 2; reversed++) {
        struct bits b;
        struct twin t;
        size_t i, n = spread(lens, lit_counts), m = spread(dist, dist_counts);

        context("largest tables, %d reversed", reversed);
        if (!CHECK_UINT(n, 286) || !CHECK_UINT(m, 30))
            return;
        for (i = 0; i < n / 2 && reversed; i++) {
            unsigned char swap = lens[i];

            lens[i] = lens[n - 1 - i];
            lens[n - 1 - i] = swap;
        }
        code_make(&lit, lens, n);
        code_make(&code, dist, m);
        bits_new(&b);
        put_zeros(&b, WINDOW);
        bits_tables(&b, 1, &lit, &code);
        for (i = 0; i < 256; i++)
            bits_symbol(&b, &lit, i);
        for (i = 0; i < 29 * 30; i++) {
            bits_symbol(&b, &lit, 257 + i % 29);
            bits_put(&b, (uint32_t)i, i % 29 < 8 || i % 29 == 28 ? 0 : (unsigned)(i % 29) / 4 - 1);
            bits_symbol(&b, &code, i % 30);
            bits_put(&b, (uint32_t)i * 77, i % 30 < 4 ? 0 : (unsigned)(i % 30) / 2 - 1);
        }
        bits_symbol(&b, &lit, END_OF_BLOCK);
        CHECK_INT(itwin_init(&t, -15, 200000), Z_OK);
        CHECK_INT(itwin_run(&t, b.byte, b.len, b.len, 200000, Z_NO_FLUSH), Z_STREAM_END);
        CHECK_UINT(inflateCodesUsed(&t.z[OURS]), 852 + 592);
        twin_end(&t);
        expect_valid(&b, -15, 200000);
    }
}

/* Combs: one code of each length, to the left or to the right, so that most have 15 bits. */
static void test_long_codes(void)
{
    unsigned char lens[286], dist[30];
    struct code lit, code;
    struct bits b;
    int round;
    size_t i;

    for (round = 0; round < 3; round++) {
        context("long codes, round %d", round);
        memset(lens, 0, sizeof(lens));
        memset(dist, 0, sizeof(dist));
        for (i = 0; i < 16; i++) {
            size_t len = i < 15 ? i + 1 : 15;

            lens[round == 0 ? 271 - i : round == 1 ? 256 + i : 17 * i + 1] = (unsigned char)len;
            dist[round == 0 ? i : 15 - i] = (unsigned char)len;
        }
        if (round == 2) /* two codes of 15 bits in place of one of 14: a length is needed */
            lens[222] = lens[257] = 15;
        code_make(&lit, lens, 286);
        code_make(&code, dist, 16);
        bits_new(&b);
        put_zeros(&b, 600);
        bits_tables(&b, 1, &lit, &code);
        for (i = 0; i < 286; i++) {
            unsigned extra = i < 265 || i == 285 ? 0 : (unsigned)(i - 257) / 4 - 1;

            if (lens[i] == 0 || i == END_OF_BLOCK)
                continue;
            bits_symbol(&b, &lit, i);
            if (i < END_OF_BLOCK)
                continue;
            bits_put(&b, 1, extra);
            bits_symbol(&b, &code, i % 16);
            bits_put(&b, 0, i % 16 < 4 ? 0 : (unsigned)(i % 16) / 2 - 1);
        }
        bits_symbol(&b, &lit, END_OF_BLOCK);
        expect_valid(&b, -15, 4000);
    }
}

/* Repeats of zeros that begin among the literal/length lengths and end among the distance lengths:
 * only 'a' and the end of block have a code. */
static void test_zeros_across(void)
{
    static const struct {
        size_t distances;
        size_t before; /* zeros spelled out behind the end of block's length */
        unsigned symbol;
        unsigned repeat;
    } rows[] = {{30, 0, 18, 31},
              {30, 0, 18, 59},
              {1, 19, 18, 11},
              {30, 26, 17, 10},
              {1, 27, 17, 3}};
    unsigned char lens[CODE_LENGTH_SYMBOLS] = {1, 2}, lit_lens[286] = {0};
    struct code code, lit;
    size_t i, n;

    lens[17] = lens[18] = 3;
    code_make(&code, lens, CODE_LENGTH_SYMBOLS);
    lit_lens['a'] = lit_lens[END_OF_BLOCK] = 1;
    code_make(&lit, lit_lens, 286);
    for (i = 0; i < COUNT(rows); i++) {
        struct bits b;

        context("zeros across, row %zu", i);
        bits_new(&b);
        bits_block(&b, 1, DYNAMIC);
        bits_table_sizes(&b, 286, rows[i].distances, CODE_LENGTH_SYMBOLS);
        bits_code_lengths(&b, lens, CODE_LENGTH_SYMBOLS);
        for (n = 0; n < 257 + rows[i].before; n++)
            bits_symbol(&b, &code, lit_lens[n]);
        bits_symbol(&b, &code, rows[i].symbol);
        if (rows[i].symbol == 17)
            bits_put(&b, rows[i].repeat - 3, 3);
        else
            bits_put(&b, rows[i].repeat - 11, 7);
        for (n += rows[i].repeat; n < 286 + rows[i].distances; n++)
            bits_symbol(&b, &code, 0);
        bits_symbol(&b, &lit, 'a');
        bits_symbol(&b, &lit, END_OF_BLOCK);
        expect_valid(&b, -15, 300);
    }
}

/* Repeats of 8 that cross: all lengths from 32 on, and those of the first four distances. */
static void test_repeat_16_across(void)
{
    unsigned char lens[CODE_LENGTH_SYMBOLS] = {0}, lit_lens[286], dist_lens[30];
    struct code code, lit, dist;
    struct bits b;
    size_t n, litlens = 272, distances = 30;

    context("16 across");
    /* 240 codes of 8 bits and 32 of 9: 240 / 256 + 32 / 512 = 1. */
    memset(lit_lens, 9, 32);
    memset(lit_lens + 32, 8, 240);
    /* 4 / 256 + 1 / 64 + 1 / 32 + .. + 1 / 2 = 1. */
    memset(dist_lens, 0, sizeof(dist_lens));
    memset(dist_lens, 8, 4);
    for (n = 1; n <= 6; n++)
        dist_lens[10 + n] = (unsigned char)n;
    memset(lens, 4, 7);
    lens[8] = lens[9] = 4;
    lens[16] = 2; /* 9 / 16 + 1 / 4 + 3 / 16 = 1 */
    lens[7] = lens[17] = lens[18] = 4;
    code_make(&code, lens, CODE_LENGTH_SYMBOLS);
    bits_new(&b);
    bits_block(&b, 1, DYNAMIC);
    bits_table_sizes(&b, litlens, distances, CODE_LENGTH_SYMBOLS);
    bits_code_lengths(&b, lens, CODE_LENGTH_SYMBOLS);
    for (n = 0; n < 32; n++)
        bits_symbol(&b, &code, 9);
    bits_symbol(&b, &code, 8);
    /* 239 + 4 more: 40 times 6, then 3. */
    for (n = 0; n < 40; n++) {
        bits_symbol(&b, &code, 16);
        bits_put(&b, 3, 2);
    }
    bits_symbol(&b, &code, 16);
    bits_put(&b, 0, 2);
    for (n = 4; n < distances; n++)
        bits_symbol(&b, &code, dist_lens[n]);
    code_make(&lit, lit_lens, litlens);
    code_make(&dist, dist_lens, distances);
    for (n = 0; n < 256; n++)
        bits_symbol(&b, &lit, n);
    bits_match(&b, &lit, &dist, 20, 1);
    bits_match(&b, &lit, &dist, 5, 4);
    bits_match(&b, &lit, &dist, 30, 100);
    bits_symbol(&b, &lit, END_OF_BLOCK);
    expect_valid(&b, -15, 1000);
}

static void test_stored(void)
{
    static const size_t lengths[] = {0, 1, 2, 65534, 65535};
    unsigned char *data = data_new(DATA_RANDOM, 1, 65535);
    struct bits b;
    size_t i, j;

    for (i = 0; i < COUNT(lengths); i++) {
        context("stored block of %zu", lengths[i]);
        bits_new(&b);
        bits_stored(&b, 0, data, 0);
        bits_stored(&b, 0, data, lengths[i]);
        bits_stored(&b, 1, data, 0);
        expect_valid(&b, -15, 70000);
    }
    context("stored blocks after fixed blocks");
    bits_new(&b);
    for (i = 0; i < 8; i++)
        for (j = 0; j < 4; j++) {
            size_t n;

            bits_block(&b, 0, FIXED);
            for (n = 0; n < i; n++)
                bits_symbol(&b, &litlen, 200);
            bits_symbol(&b, &litlen, END_OF_BLOCK);
            bits_stored(&b, i == 7 && j == 3, data, j);
        }
    expect_valid(&b, -15, 1000);
    free(data);
}

/* Many blocks: dynamic ones of two literals each, and empty ones of all types. */
static void test_tiny_blocks(void)
{
    struct bits b;
    int i;

    context("tiny blocks");
    bits_new(&b);
    for (i = 0; i < 60; i++) {
        unsigned char lens[258] = {0}, dist[2] = {1, 1};
        struct code lit, code;

        lens[i] = lens[i + 100] = 2;
        lens[END_OF_BLOCK] = lens[257] = 2;
        code_make(&lit, lens, 258);
        code_make(&code, dist, 1 + (size_t)i % 2);
        bits_tables(&b, 0, &lit, &code);
        bits_symbol(&b, &lit, (size_t)i);
        bits_symbol(&b, &lit, (size_t)i + 100);
        if (i % 3 == 0)
            bits_match(&b, &lit, &code, 3, 1);
        bits_symbol(&b, &lit, END_OF_BLOCK);
        bits_block(&b, 0, FIXED);
        bits_symbol(&b, &litlen, END_OF_BLOCK);
        if (i % 5 == 0)
            bits_stored(&b, 0, "", 0);
    }
    bits_block(&b, 1, FIXED);
    bits_symbol(&b, &litlen, END_OF_BLOCK);
    expect_valid(&b, -15, 1000);
}

/* Copies that overlap themselves, with windows from 256 bytes on that wrap around. */
static void test_overlaps(void)
{
    static const size_t chunks[] = {1, 7, 100, 255, 256, 257, 300, 511, 4096, 200000};
    static const unsigned far[] = {100, 127, 128, 129, 254, 255, 256, 257, 510, 511, 512};
    int window_bits;
    unsigned dist, len;
    size_t i, d;

    for (window_bits = 8; window_bits <= 15; window_bits += 1 + (window_bits > 8) * 3)
        for (d = 0; d < 40 + COUNT(far); d++) {
            struct bits b;

            dist = d < 40 ? (unsigned)d + 1 : far[d - 40];
            if (dist > 1u << window_bits)
                continue;
            bits_new(&b);
            bits_block(&b, 1, FIXED);
            for (len = 0; len < dist; len++)
                bits_symbol(&b, &litlen, (len * 7 + dist) & 0xff);
            for (len = 3; len <= 258; len += len < 40 ? 1 : 9) {
                bits_symbol(&b, &litlen, len & 0xff);
                bits_match(&b, &litlen, &distance, len, dist);
            }
            bits_symbol(&b, &litlen, END_OF_BLOCK);
            bits_bytes(&b, "behind", 6);
            for (i = 0; i < COUNT(chunks); i++) {
                struct twin t;

                context("overlap: distance %u, windowBits %d by %zu", dist, window_bits, chunks[i]);
                CHECK_INT(itwin_init(&t, -window_bits, 200000), Z_OK);
                CHECK_INT(itwin_run(&t, b.byte, b.len, 100, chunks[i], Z_NO_FLUSH), Z_STREAM_END);
                CHECK_INT(twin_end(&t), Z_OK);
            }
            bits_free(&b);
        }
}

int main(void)
{
    oracle_open();
    code_fixed(&litlen, &distance);
    test_single_distance();
    test_no_distances();
    test_extremes();
    test_largest_tables();
    test_long_codes();
    test_zeros_across();
    test_repeat_16_across();
    test_stored();
    test_tiny_blocks();
    test_overlaps();
    return test_result();
}
