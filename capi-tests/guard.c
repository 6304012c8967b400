/*
 * Property: deflate touches nothing outside next_in[0..avail_in), the output it reports, and
 * its own blocks from zalloc.
 *
 * Guards: vector reads past the end of the input; writes behind next_out + produced even where
 * avail_out would allow them (zlib-ng#1767 broke libgit2); reads past the window. Input is
 * read-only and, like output and our blocks, ends or begins at an inaccessible page.
 */
#include "heap.h"
#include "twin.h"

#define LONGEST 66000
#define ROOM (2 * LONGEST)
#define UNTOUCHED 0x5a

static struct guarded in, out;
static unsigned char *want;

static const struct params rows[] = {{0, 15, 8, 0},  {0, -9, 1, 1},  {0, 31, 9, 0}, {0, 9, 2, 4},
                                     {0, -15, 8, 2}, {0, 12, 8, 3},  {0, 9, 9, 0},  {0, -10, 1, 4},
                                     {0, 15, 1, 0}};

struct pair {
    z_stream z[SIDES];
    struct heap heap; /* ours; its blocks end at guard pages */
};

static void start(struct pair *pair, struct params p)
{
    memset(pair->z, 0, sizeof(pair->z));
    heap_init(&pair->heap);
    pair->heap.guard_pages = 1;
    heap_attach(&pair->heap, &pair->z[OURS]);
    CHECK_INT(init2(OURS, &pair->z[OURS], p.level, p.window_bits, p.mem_level, p.strategy), Z_OK);
    CHECK_INT(init2(ORACLE, &pair->z[ORACLE], p.level, p.window_bits, p.mem_level, p.strategy),
              Z_OK);
}

static void stop(struct pair *pair)
{
    deflateEnd(&pair->z[OURS]);
    api[ORACLE]->deflateEnd(&pair->z[ORACLE]);
    heap_check_empty(&pair->heap);
}

static void feed(z_streamp z, const unsigned char *from, size_t len, unsigned char *to, size_t room)
{
    z->next_in = (void *)(uintptr_t)from;
    z->avail_in = (uInt)len;
    z->next_out = to;
    z->avail_out = (uInt)room;
}

/* len bytes in one call to room bytes at to, which is inside out. */
static void one_call(struct pair *pair, const unsigned char *from, size_t len, unsigned char *to,
                     size_t room)
{
    size_t i, produced, touched = 0;
    int code[SIDES];

    memset(to, UNTOUCHED, room);
    feed(&pair->z[OURS], from, len, to, room);
    feed(&pair->z[ORACLE], from, len, want, room);
    code[OURS] = deflate(&pair->z[OURS], Z_FINISH);
    code[ORACLE] = api[ORACLE]->deflate(&pair->z[ORACLE], Z_FINISH);
    CHECK_INT(code[OURS], code[ORACLE]);
    produced = pair->z[ORACLE].total_out;
    if (CHECK_UINT(pair->z[OURS].total_out, produced))
        CHECK_MEM(to, want, produced);
    for (i = produced; i < room; i++)
        touched += to[i] != UNTOUCHED;
    CHECK_UINT(touched, 0);
    CHECK_INT(deflateReset(&pair->z[OURS]), Z_OK);
    CHECK_INT(api[ORACLE]->deflateReset(&pair->z[ORACLE]), Z_OK);
}

/* All four ways in which input and output can lie against a page, and exactly enough room. */
static void all_sides(struct pair *pair, size_t len)
{
    size_t room = deflateBound(&pair->z[OURS], len), exact;

    one_call(pair, in.end - len, len, out.end - room, room);
    exact = (size_t)(pair->z[ORACLE].next_out - want);
    one_call(pair, in.begin, len, out.begin, room);
    one_call(pair, in.end - len, len, out.end - exact, exact);
    one_call(pair, in.begin, len, out.end - exact / 2 - 1, exact / 2 + 1);
}

static void test_short(void)
{
    static struct pair pair;
    struct params p;
    size_t r, len;

    for (r = 0; r < COUNT(rows); r++)
        for (p = rows[r]; p.level <= 9; p.level++) {
            start(&pair, p);
            for (len = (r + (size_t)p.level) % 3; len <= 600; len += len < 64 ? 1 : 3) {
                context("level %d, windowBits %d, memLevel %d, strategy %d, %zu bytes", p.level,
                        p.window_bits, p.mem_level, p.strategy, len);
                all_sides(&pair, len);
            }
            stop(&pair);
        }
}

/* Around the window, twice the window and the longest stored block. */
static void test_long(void)
{
    static const size_t lengths[] = {4095,  4096,  4097,  16383, 32505, 32506,
                                     32767, 32768, 32769, 33030, 65273, 65535,
                                     65536, 65537, LONGEST};
    static struct pair pair;
    struct params p;
    size_t r, i;

    for (r = 0; r < COUNT(rows); r++)
        for (p = rows[r]; p.level <= 9; p.level++) {
            start(&pair, p);
            for (i = (r + (size_t)p.level) % 4; i < COUNT(lengths); i += 4) {
                context("level %d, windowBits %d, memLevel %d, strategy %d, %zu bytes", p.level,
                        p.window_bits, p.mem_level, p.strategy, lengths[i]);
                all_sides(&pair, lengths[i]);
            }
            stop(&pair);
        }
}

/* Chunks of input that each end at the page, output that each time ends at the page. */
static void test_chunks(struct params p, int kind, uint32_t most, struct rng *rng)
{
    enum { LEN = 9000 };
    static struct pair pair;
    struct guarded chunk_in = guarded_new(most), chunk_out = guarded_new(most);
    unsigned char *data = data_new((enum data_kind)kind, most, LEN), *collected = must_alloc(ROOM);
    size_t at = 0, got = 0;
    z_streamp z = &pair.z[OURS];
    int code = Z_OK;

    start(&pair, p);
    while (code == Z_OK) {
        size_t room = 1 + rng_below(rng, most), produced, i, touched = 0;

        if (z->avail_in == 0) {
            size_t len = rng_below(rng, most + 1);

            len = len > LEN - at ? LEN - at : len;
            memcpy(chunk_in.end - len, data + at, len);
            z->next_in = chunk_in.end - len;
            z->avail_in = (uInt)len;
            at += len;
        }
        memset(chunk_out.begin, UNTOUCHED, (size_t)(chunk_out.end - chunk_out.begin));
        z->next_out = chunk_out.end - room;
        z->avail_out = (uInt)room;
        code = deflate(z, at == LEN ? Z_FINISH : Z_NO_FLUSH);
        produced = room - z->avail_out;
        memcpy(collected + got, chunk_out.end - room, produced);
        for (i = produced; i < room; i++)
            touched += chunk_out.end[(ptrdiff_t)i - (ptrdiff_t)room] != UNTOUCHED;
        CHECK_UINT(touched, 0);
        got += produced;
        if (code == Z_BUF_ERROR)
            code = Z_OK; /* an empty chunk */
    }
    CHECK_INT(code, Z_STREAM_END);
    check_inflates(collected, got, p.window_bits, data, LEN, NULL, 0);
    stop(&pair);
    guarded_free(chunk_in);
    guarded_free(chunk_out);
    free(data);
    free(collected);
}

static void test_all_chunks(void)
{
    static const uint32_t sizes[] = {1, 2, 17, 64, 300, 2000};
    struct rng rng = rng_seed(1);
    struct params p;
    size_t r, s;

    for (r = 0; r < COUNT(rows); r++)
        for (p = rows[r]; p.level <= 9; p.level++)
            for (s = 0; s < COUNT(sizes); s++) {
                int kind = (int)(r + s + (size_t)p.level) % DATA_KINDS;

                context("chunks up to %u: level %d, windowBits %d, memLevel %d, strategy %d, %s",
                        (unsigned)sizes[s], p.level, p.window_bits, p.mem_level, p.strategy,
                        data_name((enum data_kind)kind));
                test_chunks(p, kind, sizes[s], &rng);
            }
}

int main(void)
{
    oracle_open();
    in = guarded_new(LONGEST);
    out = guarded_new(ROOM);
    want = must_alloc(ROOM);
    data_fill(DATA_MIXED, 1, in.begin, (size_t)(in.end - in.begin));
    /* The short tests read the first and the last 600 bytes: make them different in kind. */
    data_fill(DATA_TEXT, 2, in.begin, 700);
    data_fill(DATA_RUNS, 3, in.end - 300, 300);
    guarded_read_only(in, 1);
    test_short();
    test_long();
    test_all_chunks();
    guarded_free(in);
    guarded_free(out);
    free(want);
    return test_result();
}
