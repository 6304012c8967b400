/*
 * Property: with Z_BLOCK and Z_TREES inflate stops where zlib stops, and data_type, inflateMark
 * and inflatePrime let a program go on from there with another stream.
 *
 * Guards: zran, gzip indexers and rapidgzip read block borders from data_type (unused bits, 64
 * in the last block, 128 at a border, 256 behind code tables), remember the window, and later
 * begin in the middle with inflatePrime and inflateSetDictionary, at any bit of a byte.
 */
#include "bits.h"
#include "itwin.h"

#define DATA_LEN 30000
#define ROOM (DATA_LEN + 1000)
#define UNUSED_BITS 7
#define LAST_BLOCK 64
#define BLOCK_BORDER 128
#define BEHIND_TABLES 256

static unsigned char data[DATA_LEN];

static const struct {
    struct params p;
    size_t chunk;
    int flush;
} samples[] = {
    {{6, 15, 1, 0}, 0, Z_NO_FLUSH},          {{1, 31, 8, 0}, 3000, Z_PARTIAL_FLUSH},
    {{9, -15, 8, 0}, 700, Z_BLOCK},          {{6, -9, 9, 4}, 900, Z_BLOCK},
    {{0, 15, 8, 0}, 4000, Z_SYNC_FLUSH},     {{3, -12, 2, 1}, 1100, Z_FULL_FLUSH},
    {{5, 12, 1, 2}, 2500, Z_PARTIAL_FLUSH},  {{0, -15, 8, 0}, 0, Z_NO_FLUSH},
};

/* Decodes with one flush value, or several in turn, up to the end. */
static void run_flushes(int window_bits, const unsigned char *in, size_t len, size_t in_chunk,
                        size_t out_chunk, const int *flushes, size_t flush_count)
{
    struct twin t;
    size_t at = 0, round = 0;
    int code = Z_OK;

    CHECK_INT(itwin_init(&t, window_bits, ROOM), Z_OK);
    while (code == Z_OK || code == Z_BUF_ERROR) {
        if (t.z[ORACLE].avail_in == 0) {
            size_t part = len - at < in_chunk ? len - at : in_chunk;

            twin_feed(&t, in + at, part);
            at += part;
        }
        code = itwin_inflate(&t, out_chunk, flushes[round++ % flush_count]);
        if (code == Z_BUF_ERROR && at == len && t.z[ORACLE].avail_in == 0 &&
            t.z[ORACLE].avail_out != 0 && !CHECK(!"the stream does not end"))
            break;
    }
    CHECK_INT(code, Z_STREAM_END);
    CHECK_UINT(t.used[OURS], DATA_LEN);
    CHECK_MEM(t.out[OURS], data, DATA_LEN);
    twin_end(&t);
}

static void test_stops(void)
{
    static const int block[] = {Z_BLOCK}, trees[] = {Z_TREES},
                     mixed[] = {Z_TREES, Z_NO_FLUSH, Z_BLOCK, Z_FINISH, Z_TREES, Z_SYNC_FLUSH};
    static const size_t chunks[] = {ROOM, 1, 13, 300};
    size_t i, c, d, len;

    for (i = 0; i < COUNT(samples); i++) {
        struct params p = samples[i].p;
        unsigned char *in = sample_new(p, data, DATA_LEN, samples[i].chunk, samples[i].flush, &len);

        for (c = 0; c < COUNT(chunks); c++)
            for (d = 0; d < COUNT(chunks); d++) {
                context("stops: sample %zu by %zu and %zu", i, chunks[c], chunks[d]);
                run_flushes(p.window_bits, in, len, chunks[c], chunks[d], block, 1);
                run_flushes(p.window_bits, in, len, chunks[c], chunks[d], trees, 1);
                run_flushes(p.window_bits, in, len, chunks[c], chunks[d], mixed, COUNT(mixed));
            }
        free(in);
    }
}

/* One stop of a stream that was written bit by bit. */
static void check_stop(struct twin *t, int flush, const struct bits *b, size_t bits, int flags)
{
    int unused = (int)(8 * ((bits + 7) / 8) - bits);

    CHECK(bits <= bits_count(b));
    CHECK_INT(itwin_inflate(t, 100, flush), Z_OK);
    CHECK_UINT(t->z[OURS].total_in, (bits + 7) / 8);
    CHECK_INT(t->z[OURS].data_type & UNUSED_BITS, unused);
    CHECK_INT(t->z[OURS].data_type & ~UNUSED_BITS, flags);
}

/* Every kind of stop, with the values that zlib.h promises. */
static void test_values(void)
{
    unsigned char lens[257] = {0}, dist[1] = {0};
    struct code litlen, distance, lit, code;
    struct bits b;
    struct twin t;
    size_t stop[6], n = 0, i;

    context("values");
    code_fixed(&litlen, &distance);
    lens['x'] = lens[END_OF_BLOCK] = 1;
    code_make(&lit, lens, 257);
    code_make(&code, dist, 1);
    bits_new(&b);
    bits_zlib(&b, 15);
    stop[n++] = bits_count(&b); /* the header */
    bits_block(&b, 0, FIXED);
    stop[n++] = bits_count(&b); /* a fixed block has no tables: behind BTYPE */
    bits_symbol(&b, &litlen, 'a');
    bits_symbol(&b, &litlen, END_OF_BLOCK);
    stop[n++] = bits_count(&b);
    bits_tables(&b, 1, &lit, &code);
    stop[n++] = bits_count(&b);
    bits_symbol(&b, &lit, 'x');
    bits_symbol(&b, &lit, END_OF_BLOCK);
    stop[n++] = bits_count(&b);
    bits_zlib_trailer(&b, "ax", 2);
    CHECK_INT(itwin_init(&t, 15, 200), Z_OK);
    for (i = 0; i < 2; i++) {
        int flush = i == 0 ? Z_BLOCK : Z_TREES;

        context("values, flush %d", flush);
        twin_feed(&t, b.byte, b.len);
        check_stop(&t, flush, &b, stop[0], BLOCK_BORDER);
        if (flush == Z_TREES)
            check_stop(&t, flush, &b, stop[1], BEHIND_TABLES);
        check_stop(&t, flush, &b, stop[2], BLOCK_BORDER);
        CHECK_UINT(t.z[OURS].total_out, 1);
        if (flush == Z_TREES)
            check_stop(&t, flush, &b, stop[3], LAST_BLOCK | BEHIND_TABLES);
        check_stop(&t, flush, &b, stop[4], LAST_BLOCK | BLOCK_BORDER);
        CHECK_INT(inflateMark(&t.z[OURS]), -65536);
        CHECK_INT(itwin_inflate(&t, 100, flush), Z_STREAM_END);
        CHECK_INT(t.z[OURS].data_type, LAST_BLOCK);
        CHECK_INT(twin_reset(&t), Z_OK);
        twin_rewind(&t);
    }
    twin_end(&t);
    /* A stored block: Z_TREES stops behind LEN and NLEN. */
    bits_free(&b);
    bits_new(&b);
    bits_stored(&b, 1, "abc", 3);
    CHECK_INT(itwin_init(&t, -15, 200), Z_OK);
    twin_feed(&t, b.byte, b.len);
    check_stop(&t, Z_TREES, &b, 40, LAST_BLOCK | BEHIND_TABLES);
    CHECK_INT(itwin_inflate(&t, 1, Z_TREES), Z_OK);
    CHECK_INT(inflateMark(&t.z[OURS]), -65536 + 2); /* two bytes to copy */
    check_stop(&t, Z_TREES, &b, bits_count(&b), LAST_BLOCK | BLOCK_BORDER);
    CHECK_INT(itwin_inflate(&t, 10, Z_TREES), Z_STREAM_END);
    twin_end(&t);
    bits_free(&b);
}

/* A border between blocks, as zran remembers it. */
struct point {
    size_t in;
    size_t out;
    int bits; /* of the byte before, that belong to what follows */
};

/* Goes on at a point with a raw stream, which may have been in use. */
static void resume(struct twin *t, const struct point *point, const unsigned char *in, size_t len,
                   size_t chunk)
{
    size_t have = point->out < 32768 ? point->out : 32768;

    twin_rewind(t);
    if (point->bits != 0)
        CHECK_INT(twin_prime(t, point->bits, in[point->in - 1] >> (8 - point->bits)), Z_OK);
    CHECK_INT(twin_set_dictionary(t, data + point->out - have, have), Z_OK);
    CHECK_INT(itwin_run(t, in + point->in, len - point->in, chunk, chunk * 3, Z_NO_FLUSH),
              Z_STREAM_END);
    CHECK_UINT(t->used[OURS], DATA_LEN - point->out);
    CHECK_MEM(t->out[OURS], data + point->out, t->used[OURS]);
}

static void test_resume(void)
{
    static const size_t chunks[] = {ROOM, 5, 100};
    unsigned offsets = 0;
    size_t i, n, len;

    for (i = 0; i < COUNT(samples); i++) {
        struct params p = samples[i].p;
        unsigned char *in = sample_new(p, data, DATA_LEN, samples[i].chunk, samples[i].flush, &len);
        struct point point;
        struct twin t, fresh, used;

        CHECK_INT(itwin_init(&t, p.window_bits, ROOM), Z_OK);
        CHECK_INT(itwin_init(&used, 15, ROOM), Z_OK);
        twin_feed(&t, in, len);
        for (n = 0; itwin_inflate(&t, ROOM, Z_BLOCK) == Z_OK; n++) {
            context("resume: sample %zu, point %zu", i, n);
            if ((t.z[OURS].data_type & (BLOCK_BORDER | LAST_BLOCK)) != BLOCK_BORDER)
                continue;
            point.in = t.z[OURS].total_in;
            point.out = t.z[OURS].total_out;
            point.bits = t.z[OURS].data_type & UNUSED_BITS;
            offsets |= 1u << point.bits;
            CHECK_INT(itwin_init(&fresh, -15, ROOM), Z_OK);
            resume(&fresh, &point, in, len, chunks[n % COUNT(chunks)]);
            CHECK_INT(twin_end(&fresh), Z_OK);
            CHECK_INT(itwin_reset2(&used, -15), Z_OK);
            resume(&used, &point, in, len, chunks[(n + 1) % COUNT(chunks)]);
        }
        twin_end(&t);
        twin_end(&used);
        free(in);
    }
    context("resume");
    CHECK_UINT(offsets, 0xff);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, data, DATA_LEN / 2);
    data_fill(DATA_MIXED, 2, data + DATA_LEN / 2, DATA_LEN / 2);
    test_values();
    test_stops();
    test_resume();
    return test_result();
}
