/*
 * Property: inflate touches nothing outside next_in[0..avail_in), the output it reports, and its
 * own blocks from zalloc, whether the stream is whole, cut short or damaged.
 *
 * Guards: vector reads past the input; copies of matches that write a few bytes too many, even
 * where avail_out would allow it (zlib-ng#1767 broke libgit2); reads past the window. Input is
 * read-only and, like output and our blocks, ends or begins at an inaccessible page. What earlier
 * calls wrote is gone: only the window may be looked at.
 */
#include "heap.h"
#include "itwin.h"

#include <limits.h>

#define LONGEST 70000
#define UNTOUCHED 0x5a

static struct guarded in, out;
static unsigned char *want;

/* Ours with guarded blocks, and the oracle. */
struct pair {
    z_stream z[SIDES];
    struct heap heap;
};

static void start(struct pair *pair, int window_bits)
{
    memset(pair->z, 0, sizeof(pair->z));
    heap_init(&pair->heap);
    pair->heap.guard_pages = 1;
    heap_attach(&pair->heap, &pair->z[OURS]);
    CHECK_INT(inflate_init2(OURS, &pair->z[OURS], window_bits), Z_OK);
    CHECK_INT(inflate_init2(ORACLE, &pair->z[ORACLE], window_bits), Z_OK);
}

static void stop(struct pair *pair)
{
    CHECK_INT(inflateEnd(&pair->z[OURS]), Z_OK);
    api[ORACLE]->inflateEnd(&pair->z[ORACLE]);
    heap_check_empty(&pair->heap);
}

/* One call: ours reads from and writes to, the oracle writes to want. */
static int step(struct pair *pair, const unsigned char *from, size_t len, unsigned char *to,
                size_t room, int flush)
{
    size_t i, produced, touched = 0;
    int code[SIDES], side;

    memset(to, UNTOUCHED, room);
    for (side = OURS; side < SIDES; side++) {
        z_streamp z = &pair->z[side];

        z->next_in = (void *)(uintptr_t)from;
        z->avail_in = (uInt)len;
        z->next_out = side == OURS ? to : want;
        z->avail_out = (uInt)room;
        code[side] = api[side]->inflate(z, flush);
    }
    CHECK_INT(code[OURS], code[ORACLE]);
    CHECK_STR(pair->z[OURS].msg, pair->z[ORACLE].msg);
    CHECK_UINT(pair->z[OURS].avail_in, pair->z[ORACLE].avail_in);
    CHECK_UINT(pair->z[OURS].avail_out, pair->z[ORACLE].avail_out);
    produced = room - pair->z[ORACLE].avail_out;
    CHECK_MEM(to, want, produced);
    for (i = produced; i < room; i++)
        touched += to[i] != UNTOUCHED;
    CHECK_UINT(touched, 0);
    return code[OURS];
}

/* A stream at the end of in. */
static const unsigned char *place(const unsigned char *stream, size_t len)
{
    unsigned char *at = in.end - len;

    guarded_read_only(in, 0);
    memcpy(at, stream, len);
    guarded_read_only(in, 1);
    return at;
}

/* The whole stream in one call, at both borders, with room to spare, exact, and too little. */
static void whole(const unsigned char *stream, size_t len, int window_bits, size_t data_len)
{
    static struct pair pair;
    size_t rooms[] = {data_len, data_len + 1, data_len + 300, data_len / 2, data_len * 3 / 4, 0};
    const unsigned char *at = place(stream, len);
    size_t i;

    for (i = 0; i < COUNT(rooms); i++) {
        start(&pair, window_bits);
        step(&pair, at, len, i % 2 ? out.begin : out.end - rooms[i], rooms[i], Z_NO_FLUSH);
        step(&pair, at + len, 0, out.end - 20, 20, Z_FINISH);
        stop(&pair);
    }
    guarded_read_only(in, 0);
    memcpy(in.begin, stream, len);
    guarded_read_only(in, 1);
    start(&pair, window_bits);
    step(&pair, in.begin, len, out.begin, data_len + 300, Z_FINISH);
    stop(&pair);
}

/* Pieces that each begin anew at the border, of fixed or random sizes. */
static void pieces(const unsigned char *stream, size_t len, int window_bits, size_t in_chunk,
                   size_t out_chunk, struct rng *rng)
{
    static struct pair pair;
    size_t at = 0, idle = 0;
    int code = Z_OK;

    start(&pair, window_bits);
    while ((code == Z_OK || code == Z_BUF_ERROR) && idle < 3) {
        size_t part = in_chunk, room = out_chunk;
        const unsigned char *from;

        if (rng != NULL) {
            part = rng_below(rng, (uint32_t)in_chunk + 1);
            room = rng_below(rng, (uint32_t)out_chunk + 1);
        }
        part = part < len - at ? part : len - at;
        from = at % 2 ? in.begin : in.end - part;
        guarded_read_only(in, 0);
        memcpy((void *)(uintptr_t)from, stream + at, part);
        guarded_read_only(in, 1);
        code = step(&pair, from, part, at % 3 ? out.begin : out.end - room, room, Z_NO_FLUSH);
        at += part - pair.z[ORACLE].avail_in;
        idle = code == Z_BUF_ERROR && at == len ? idle + 1 : 0;
    }
    stop(&pair);
}

static const struct {
    struct params p;
    int window_bits;
    enum data_kind kind;
} rows[] = {
    {{6, 15, 8, 0}, 15, DATA_MIXED},   {{9, -15, 8, 0}, -15, DATA_TEXT},
    {{1, 31, 8, 0}, 47, DATA_RUNS},    {{6, -9, 8, 4}, -9, DATA_RECORDS},
    {{0, 15, 8, 0}, 0, DATA_RANDOM},   {{6, 9, 9, 0}, 9, DATA_ZEROS},
    {{9, 31, 9, 2}, 31, DATA_SKEWED},  {{6, -12, 8, 0}, -12, DATA_FEW},
};

static void test_whole(void)
{
    static const size_t more[] = {1024, 4095, 4096, 4097, 32767, 32768, 32769, 65535, 65536, 65537};
    size_t r, i, len;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *data = data_new(rows[r].kind, 1, LONGEST);

        for (i = r % 3; i < 600 + COUNT(more); i += i < 300 ? 3 : i < 600 ? 7 : 1) {
            size_t data_len = i < 600 ? i : more[i - 600];
            unsigned char *stream = sample_new(rows[r].p, data, data_len, 0, 0, &len);

            context("whole: row %zu, %zu bytes", r, data_len);
            whole(stream, len, rows[r].window_bits, data_len);
            free(stream);
        }
        free(data);
    }
}

static void test_pieces(void)
{
    static const size_t borders[] = {1024, 4096, 32768, 65536};
    struct rng rng = rng_seed(1);
    size_t r, i, len, short_len, data_len = LONGEST;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *data = data_new(rows[r].kind, 2, LONGEST);
        unsigned char *stream = sample_new(rows[r].p, data, data_len, 0, 0, &len);
        unsigned char *short_stream = sample_new(rows[r].p, data, 3000, 0, 0, &short_len);

        for (i = 1; i <= 600; i += i < 40 ? 1 : 9) {
            context("pieces: row %zu, %zu", r, i);
            pieces(short_stream, short_len, rows[r].window_bits, i, 4096, NULL);
            pieces(short_stream, short_len, rows[r].window_bits, 4096, i, NULL);
            pieces(short_stream, short_len, rows[r].window_bits, i, i, &rng);
        }
        for (i = 0; i < 3 * COUNT(borders); i++) {
            size_t chunk = borders[i / 3] - 1 + i % 3;

            context("pieces: row %zu, %zu", r, chunk);
            pieces(stream, len, rows[r].window_bits, LONGEST, chunk, NULL);
            pieces(stream, len, rows[r].window_bits, chunk, LONGEST, NULL);
            pieces(stream, len, rows[r].window_bits, chunk, chunk, &rng);
        }
        free(data);
        free(stream);
        free(short_stream);
    }
}

/* Bytes changed, and streams that end anywhere. */
static void test_damaged(void)
{
    struct rng rng = rng_seed(2);
    size_t r, i, len;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *data = data_new(rows[r].kind, 3, 2500);
        unsigned char *stream = sample_new(rows[r].p, data, 2500, 400, Z_BLOCK, &len);

        for (i = 0; i < 150; i++) {
            size_t at = rng_below(&rng, (uint32_t)len), cut = 1 + rng_below(&rng, (uint32_t)len);
            unsigned char saved = stream[at];

            context("damaged: row %zu, %zu", r, i);
            whole(stream, cut, rows[r].window_bits, 2500);
            stream[at] = (unsigned char)rng_next(&rng);
            whole(stream, len, rows[r].window_bits, 2500);
            pieces(stream, len, rows[r].window_bits, 1 + rng_below(&rng, 300),
                   1 + rng_below(&rng, 600), &rng);
            stream[at] = saved;
        }
        free(data);
        free(stream);
    }
}

/* Programs say more room than there is for "it fits anyway": a little more, a constant, INT_MAX.
 * Only output is written and nothing read. */
static void test_overstated_room(void)
{
    static const size_t more[] = {1, 37, 400, 2048, 0x10000, INT_MAX - LONGEST, UINT_MAX - LONGEST};
    static const size_t in_chunks[] = {UINT_MAX, 700, 20};
    static const size_t sizes[] = {1, 100, 1500, 1536, 1537, 1900, 5000, 40000, LONGEST};
    size_t r, i, k, len;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *data = data_new(rows[r].kind, 4, LONGEST);

        for (i = 0; i < COUNT(sizes); i++) {
            size_t data_len = sizes[i];
            unsigned char *stream = sample_new(rows[r].p, data, data_len, 0, 0, &len);
            unsigned char *to = out.end - data_len;

            context("overstated: row %zu, %zu bytes", r, data_len);
            for (k = 0; k < 2 * COUNT(more) * COUNT(in_chunks); k++) {
                static struct heap heap;
                size_t chunk = in_chunks[k / 2 % COUNT(in_chunks)], at = 0;
                int code = Z_OK;
                z_stream z;

                /* With memory of malloc and of the program. */
                memset(&z, 0, sizeof(z));
                heap_init(&heap);
                if (k % 2)
                    heap_attach(&heap, &z);
                CHECK_INT(inflate_init2(OURS, &z, rows[r].window_bits), Z_OK);
                memset(to, UNTOUCHED, data_len);
                z.next_out = to;
                z.avail_out = (uInt)(data_len + more[k / 2 / COUNT(in_chunks)]);
                while (code == Z_OK && at < len) {
                    z.next_in = stream + at;
                    z.avail_in = (uInt)(chunk < len - at ? chunk : len - at);
                    at += z.avail_in;
                    code = inflate(&z, chunk == UINT_MAX ? Z_FINISH : Z_SYNC_FLUSH);
                }
                CHECK_INT(code, Z_STREAM_END);
                CHECK_MEM(to, data, data_len);
                CHECK_INT(inflateEnd(&z), Z_OK);
                heap_check_empty(&heap);
            }
            if (rows[r].window_bits == 15) {
                uLongf got = (uLongf)-1;

                memset(to, UNTOUCHED, data_len);
                CHECK_INT(uncompress(to, &got, stream, (uLong)len), Z_OK);
                CHECK_UINT(got, data_len);
                CHECK_MEM(to, data, data_len);
            }
            free(stream);
        }
        free(data);
    }
}

int main(void)
{
    oracle_open();
    in = guarded_new(2 * LONGEST);
    out = guarded_new(LONGEST + 300);
    want = must_alloc(LONGEST + 300);
    test_whole();
    test_pieces();
    test_damaged();
    test_overstated_room();
    guarded_free(in);
    guarded_free(out);
    free(want);
    return test_result();
}
