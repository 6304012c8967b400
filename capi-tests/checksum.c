/*
 * Property: the checksum functions give zlib's numbers for every length, alignment and start.
 *
 * Guards: bits above 31 of the start value (1.2.12 let them through); an Adler-32 start that is
 * not reduced; a NULL buffer gives the initial value whatever the length; negative lengths in
 * combine (CVE-2026-27171: an endless loop) give 0 or 0xffffffff; lengths beyond 2^32; vector
 * code around its block sizes (zlib-ng's Chorba was wrong from 256 KiB on); reads past the end.
 */
#include "twin.h"

#define LONGEST 1100
#define ALIGNMENTS 64
#define BIG ((size_t)3 << 20)

/* The definitions, bit by bit and byte by byte. */
static uLong plain_crc32(uLong crc, const unsigned char *buf, size_t len)
{
    uint32_t c = (uint32_t)crc ^ 0xffffffffu;
    int bit;

    while (len-- > 0) {
        c ^= *buf++;
        for (bit = 0; bit < 8; bit++)
            c = c & 1 ? (c >> 1) ^ 0xedb88320u : c >> 1;
    }
    return c ^ 0xffffffffu;
}

static uLong plain_adler32(uLong adler, const unsigned char *buf, size_t len)
{
    uLong a = adler & 0xffff, b = (adler >> 16) & 0xffff;

    while (len-- > 0) {
        a = (a + *buf++) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

/* The buffer ends at a guard page: reading one byte more is a crash. */
static void test_lengths_and_alignments(void)
{
    struct guarded buffer = guarded_new(LONGEST + ALIGNMENTS);
    size_t len, align;

    data_fill(DATA_RANDOM, 1, buffer.begin, (size_t)(buffer.end - buffer.begin));
    for (len = 0; len <= LONGEST; len++) {
        uLong crc = plain_crc32(0x1234, buffer.end - len, len);
        uLong adler = plain_adler32(0x1234, buffer.end - len, len);

        context("length %zu at the end of memory", len);
        CHECK_UINT(crc32(0x1234, buffer.end - len, (uInt)len), crc);
        CHECK_UINT(adler32(0x1234, buffer.end - len, (uInt)len), adler);
        CHECK_UINT(crc32_z(0x1234, buffer.end - len, len), crc);
        CHECK_UINT(adler32_z(0x1234, buffer.end - len, len), adler);
    }
    for (align = 0; align < ALIGNMENTS; align++)
        for (len = 0; len <= LONGEST; len++) {
            const unsigned char *at = buffer.begin + align;

            context("length %zu, alignment %zu", len, align);
            CHECK_UINT(crc32(0, at, (uInt)len), api[ORACLE]->crc32(0, at, (uInt)len));
            CHECK_UINT(adler32(1, at, (uInt)len), api[ORACLE]->adler32(1, at, (uInt)len));
        }
    guarded_free(buffer);
}

static void test_long(void)
{
    static const size_t lengths[] = {5551,    5552,    5553,    11104,   16656,   65535,   65536,
                                     131072,  262143,  262144,  262145,  266240,  5552 * 64,
                                     1 << 20, 1048577, 2000003, BIG - 64};
    unsigned char *buf = must_alloc(BIG);
    size_t i, offset;
    int kind;

    for (kind = 0; kind < 3; kind++) {
        if (kind == 2)
            memset(buf, 0xff, BIG); /* the largest sums before each reduction */
        else
            data_fill(kind == 0 ? DATA_RANDOM : DATA_ZEROS, 2, buf, BIG);
        for (i = 0; i < COUNT(lengths); i++)
            for (offset = 0; offset < 64; offset += 21) {
                size_t len = lengths[i];
                const unsigned char *at = buf + offset;

                context("length %zu, offset %zu, kind %d", len, offset, kind);
                CHECK_UINT(crc32(7, at, (uInt)len), api[ORACLE]->crc32(7, at, (uInt)len));
                CHECK_UINT(adler32_z(0xfff0fff0, at, len),
                           api[ORACLE]->adler32_z(0xfff0fff0, at, len));
            }
    }
    free(buf);
}

/* Start values of every shape, with lengths that take each branch of zlib's adler32. */
static void test_start_values(void)
{
    static const uLong starts[] = {0,          1,          0xffff,     0x10000,    65520,
                                   65521,      65522,      0xfff0fff0, 0xfff1fff1, 0xffffffff,
                                   0x80000000, 0x7fffffff, 0xfff00001, 0x0001fff1};
    static const size_t lengths[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 100, 5552, 6000};
    unsigned char *buf = data_new(DATA_RANDOM, 3, 6000);
    size_t s, l;
    int high;

    for (s = 0; s < COUNT(starts); s++)
        for (l = 0; l < COUNT(lengths); l++)
            for (high = 0; high < 2; high++) {
                uLong start = starts[s];
                size_t len = lengths[l];

                if (high && sizeof(uLong) > 4)
                    start |= ((uLong)0xdeadbeef << 16) << 16;
                context("start 0x%lx, length %zu", start, len);
                CHECK_UINT(crc32(start, buf, (uInt)len),
                           api[ORACLE]->crc32(start, buf, (uInt)len));
                CHECK_UINT(crc32_z(start, buf, len), plain_crc32(start, buf, len));
                CHECK_UINT(adler32(start, buf, (uInt)len),
                           api[ORACLE]->adler32(start, buf, (uInt)len));
                CHECK_UINT(adler32_z(start, buf, len), api[ORACLE]->adler32_z(start, buf, len));
                CHECK_UINT(crc32(start, NULL, (uInt)len), 0);
                CHECK_UINT(crc32_z(start, NULL, len), 0);
                if (len == 1 && testing_peer())
                    continue; /* zlib reads the byte before it looks at the pointer */
                CHECK_UINT(adler32(start, NULL, (uInt)len), 1);
                CHECK_UINT(adler32_z(start, NULL, len), 1);
            }
    free(buf);
}

/* A checksum taken in pieces is that of the whole, and the pieces combine to it. */
static void test_pieces(void)
{
    enum { LEN = 20000, CUTS = 500 };
    unsigned char *buf = data_new(DATA_MIXED, 4, LEN);
    uLong crc = crc32(0, buf, LEN), adler = adler32(1, buf, LEN);
    struct rng rng = rng_seed(4);
    int i;

    context("pieces");
    CHECK_UINT(crc, plain_crc32(0, buf, LEN));
    CHECK_UINT(adler, plain_adler32(1, buf, LEN));
    for (i = 0; i < CUTS; i++) {
        uInt cut = i == 0 ? 0 : i == 1 ? LEN : rng_below(&rng, LEN), rest = LEN - cut;
        uLong crc2 = crc32(0, buf + cut, rest), adler2 = adler32(1, buf + cut, rest);

        CHECK_UINT(crc32(crc32(0, buf, cut), buf + cut, rest), crc);
        CHECK_UINT(adler32(adler32(1, buf, cut), buf + cut, rest), adler);
        CHECK_UINT(crc32_combine(crc32(0, buf, cut), crc2, (z_off_t)rest), crc);
        CHECK_UINT(crc32_combine_op(crc32(0, buf, cut), crc2, crc32_combine_gen((z_off_t)rest)),
                   crc);
        CHECK_UINT(adler32_combine(adler32(1, buf, cut), adler2, (z_off_t)rest), adler);
    }
    free(buf);
}

static void compare_combine(uLong first, uLong second, int64_t len)
{
    const struct api *oracle = api[ORACLE];
    z_off64_t len64 = (z_off64_t)len;
    z_off_t len_off = (z_off_t)len;

    context("combine 0x%lx, 0x%lx, %lld", first, second, (long long)len);
    CHECK_UINT(api[OURS]->crc32_combine64(first, second, len64),
               oracle->crc32_combine64(first, second, len64));
    CHECK_UINT(api[OURS]->crc32_combine_gen64(len64), oracle->crc32_combine_gen64(len64));
    CHECK_UINT(api[OURS]->adler32_combine64(first, second, len64),
               oracle->adler32_combine64(first, second, len64));
    CHECK_UINT(crc32_combine(first, second, len_off),
               oracle->crc32_combine(first, second, len_off));
    CHECK_UINT(crc32_combine_gen(len_off), oracle->crc32_combine_gen(len_off));
    CHECK_UINT(adler32_combine(first, second, len_off),
               oracle->adler32_combine(first, second, len_off));
    if (len < 0) {
        CHECK_UINT(api[OURS]->crc32_combine64(first, second, len64), 0);
        CHECK_UINT(api[OURS]->crc32_combine_gen64(len64), 0);
        CHECK_UINT(api[OURS]->adler32_combine64(first, second, len64), 0xffffffff);
    }
}

static void test_combine(void)
{
    static const int64_t lengths[] = {0,         1,         2,         15,        65520,
                                      65521,     65522,     1000000,   INT32_MAX, (int64_t)1 << 31,
                                      (int64_t)1 << 32,     ((int64_t)1 << 32) + 12345,
                                      (int64_t)1 << 40,     (int64_t)1 << 62,     INT64_MAX,
                                      INT64_MAX - 65521,    -1,        -5,        INT32_MIN,
                                      INT64_MIN, INT64_MIN + 1};
    static const uLong sums[] = {0, 1, 0xffffffff, 0x12345678, 0x80000000, 0xfff0fff0, 0xfff1fff1};
    size_t l, a, b;

    for (l = 0; l < COUNT(lengths); l++)
        for (a = 0; a < COUNT(sums); a++)
            for (b = 0; b < COUNT(sums); b++) {
                compare_combine(sums[a], sums[b], lengths[l]);
                if (sizeof(uLong) > 4)
                    compare_combine(sums[a] | ((uLong)0xabcd << 16) << 16,
                                    sums[b] | ((uLong)0x1111 << 16) << 24, lengths[l]);
            }
}

/* crc32_combine_op: operators from gen, any others with a bit in the low 32, and 0. */
static void test_combine_op(void)
{
    struct rng rng = rng_seed(6);
    int i;

    for (i = 0; i < 2000; i++) {
        uLong first = rng_next(&rng), second = rng_next(&rng), op = rng_next(&rng) | 1;

        if (i % 3 == 0 && sizeof(uLong) > 4) {
            first |= ((uLong)rng_next(&rng) << 16) << 16;
            second |= ((uLong)rng_next(&rng) << 16) << 16;
        }
        context("op 0x%lx on 0x%lx, 0x%lx", op, first, second);
        CHECK_UINT(crc32_combine_op(first, second, op),
                   api[ORACLE]->crc32_combine_op(first, second, op));
        CHECK_UINT(crc32_combine_op(first, second, 0), 0);
    }
    /* zlib never returns from an operator without low bits; we must. */
    if (!testing_peer() && sizeof(uLong) > 4)
        (void)crc32_combine_op(1, 2, ((uLong)1 << 16) << 16);
}

static void test_table(void)
{
    const z_crc_t *got = get_crc_table(), *want = api[ORACLE]->get_crc_table();
    int i;

    context("table");
    CHECK_MEM(got, want, 256 * sizeof(z_crc_t));
    CHECK(got == get_crc_table());
    for (i = 0; i < 256; i++) {
        unsigned char byte = (unsigned char)i;

        CHECK_UINT(got[i], plain_crc32(0xffffffff, &byte, 1) ^ 0xffffffff);
    }
}

int main(void)
{
    oracle_open();
    test_lengths_and_alignments();
    test_long();
    test_start_values();
    test_pieces();
    test_combine();
    test_combine_op();
    test_table();
    return test_result();
}
