/*
 * Property: inflate asks zalloc for zlib's blocks, at zlib's moments, and never for more bytes.
 *
 * Guards: the state is one block of less than zlib's 7,160 bytes and no multiple of 512 (nginx
 * tells blocks apart by that), the window one of 2^windowBits bytes that comes only when a call
 * leaves history behind: streams that end within one call have none, and servers with many
 * streams count on it (zlib-ng and zlib-rs take 42,112 and 47,561 bytes at once).
 */
#include "heap.h"
#include "itwin.h"

#define DATA_LEN 3000
#define ROOM (DATA_LEN + 100)
#define ZLIB_STATE 7160

static unsigned char data[DATA_LEN];

/* Both libraries' streams with heaps, decoding one stream. */
struct pair {
    z_stream z[SIDES];
    struct heap heap[SIDES];
    unsigned char out[SIDES][ROOM];
};

static int both(struct pair *pair, int ours, int oracle)
{
    CHECK_INT(ours, oracle);
    heap_check_same(&pair->heap[OURS], &pair->heap[ORACLE]);
    heap_compare_streams(&pair->heap[OURS], &pair->z[OURS], pair->out[OURS],
                         &pair->heap[ORACLE], &pair->z[ORACLE], pair->out[ORACLE]);
    return ours;
}

static void begin(struct pair *pair, int window_bits)
{
    int code[SIDES], side;

    memset(pair->z, 0, sizeof(pair->z));
    for (side = OURS; side < SIDES; side++) {
        heap_init(&pair->heap[side]);
        heap_attach(&pair->heap[side], &pair->z[side]);
        code[side] = inflate_init2((enum side)side, &pair->z[side], window_bits);
        pair->z[side].next_out = pair->out[side];
    }
    CHECK_INT(both(pair, code[OURS], code[ORACLE]), Z_OK);
    CHECK_UINT(pair->heap[OURS].block[0].items, 1);
    CHECK(pair->heap[OURS].block[0].size <= ZLIB_STATE || sizeof(void *) != 8);
    CHECK(pair->heap[OURS].block[0].size % ARENA_UNIT != 0);
}

static int step(struct pair *pair, const unsigned char *in, size_t len, size_t room, int flush)
{
    int code[SIDES], side;

    for (side = OURS; side < SIDES; side++) {
        z_streamp z = &pair->z[side];

        if (in != NULL) {
            z->next_in = (void *)(uintptr_t)in;
            z->avail_in = (uInt)len;
        }
        z->avail_out = (uInt)room;
        code[side] = api[side]->inflate(z, flush);
    }
    return both(pair, code[OURS], code[ORACLE]);
}

static void rewind_pair(struct pair *pair)
{
    int side;

    for (side = OURS; side < SIDES; side++)
        pair->z[side].next_out = pair->out[side];
}

static void finish(struct pair *pair)
{
    int side;

    both(pair, inflateEnd(&pair->z[OURS]), api[ORACLE]->inflateEnd(&pair->z[ORACLE]));
    for (side = OURS; side < SIDES; side++)
        heap_check_empty(&pair->heap[side]);
    CHECK(pair->heap[OURS].peak <= pair->heap[ORACLE].peak);
}

static size_t windows(const struct pair *pair)
{
    return pair->heap[OURS].request_count - 1;
}

static const struct {
    struct params p;
    int window_bits;
} rows[] = {{{6, 15, 8, 0}, 15}, {{6, 9, 8, 0}, 0},    {{1, 31, 8, 0}, 31}, {{9, 31, 8, 0}, 47},
            {{6, -9, 8, 4}, -9}, {{0, -15, 8, 0}, -15}, {{0, 12, 8, 0}, 12}, {{5, -9, 1, 0}, -14},
            {{3, 9, 8, 0}, 11},  {{3, 15, 8, 0}, 32}};

/* Whole streams in one call, with every flush and with room to spare or not. */
static void test_one_call(void)
{
    static struct pair pair;
    size_t r, len;
    int flush, spare;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *in = sample_new(rows[r].p, data, DATA_LEN, 700, Z_SYNC_FLUSH, &len);

        for (flush = Z_NO_FLUSH; flush <= Z_FINISH; flush++)
            for (spare = 0; spare < 2; spare++) {
                context("one call: row %zu, flush %d, spare %d", r, flush, spare);
                begin(&pair, rows[r].window_bits);
                CHECK_INT(step(&pair, in, len, DATA_LEN + (size_t)spare, flush), Z_STREAM_END);
                if (flush == Z_FINISH)
                    CHECK_UINT(windows(&pair), 0);
                finish(&pair);
            }
        free(in);
    }
}

/* Cut at each place, in input and output: when does the window come? */
static void test_two_calls(void)
{
    static const int flushes[] = {Z_NO_FLUSH, Z_FINISH, Z_BLOCK};
    static struct pair pair;
    size_t r, f, at, len;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *in = sample_new(rows[r].p, data, DATA_LEN, 0, 0, &len);

        for (f = 0; f < COUNT(flushes); f++)
            for (at = 0; at <= len; at += at < 30 || len - at < 30 ? 1 : 97) {
                size_t i;

                context("two calls: row %zu, flush %d, cut at %zu of %zu", r, flushes[f], at, len);
                begin(&pair, rows[r].window_bits);
                step(&pair, in, at, DATA_LEN, flushes[f]);
                for (i = 0; i < 20; i++)
                    if (step(&pair, i == 0 ? in + at - pair.z[OURS].avail_in : NULL,
                             len - at + pair.z[OURS].avail_in, DATA_LEN - pair.z[OURS].total_out,
                             i > 10 ? Z_NO_FLUSH : flushes[f]) == Z_STREAM_END)
                        break;
                CHECK_UINT(pair.z[OURS].total_out, DATA_LEN);
                CHECK(windows(&pair) <= 1);
                finish(&pair);
                begin(&pair, rows[r].window_bits);
                step(&pair, in, len, at, flushes[f]);
                step(&pair, NULL, 0, DATA_LEN - at, flushes[f]);
                step(&pair, NULL, 0, 10, flushes[f]);
                finish(&pair);
            }
        free(in);
    }
}

/* The window stays over a reset, goes when windowBits change, and comes for a dictionary. */
static void test_resets(void)
{
    static struct pair pair;
    int bits, other, side;
    size_t len;
    unsigned char *in = sample_new((struct params){6, -9, 8, 0}, data, DATA_LEN, 0, 0, &len);

    for (bits = 9; bits <= 15; bits++)
        for (other = 9; other <= 15; other += 2) {
            context("windowBits %d, then %d", bits, other);
            begin(&pair, -bits);
            both(&pair, inflateSetDictionary(&pair.z[OURS], data, 10),
                 api[ORACLE]->inflateSetDictionary(&pair.z[ORACLE], data, 10));
            CHECK_UINT(windows(&pair), 1);
            CHECK_UINT(pair.heap[OURS].block[1].items, 1u << bits);
            CHECK_UINT(pair.heap[OURS].block[1].size, 1);
            both(&pair, inflateReset(&pair.z[OURS]), api[ORACLE]->inflateReset(&pair.z[ORACLE]));
            step(&pair, in, len, 100, Z_NO_FLUSH);
            both(&pair, inflateReset2(&pair.z[OURS], -other),
                 api[ORACLE]->inflateReset2(&pair.z[ORACLE], -other));
            CHECK_UINT(pair.heap[OURS].free_count, bits != other);
            rewind_pair(&pair);
            step(&pair, in, len, 100, Z_NO_FLUSH);
            step(&pair, NULL, 0, DATA_LEN - 100, Z_NO_FLUSH);
            both(&pair, inflateReset2(&pair.z[OURS], other + 16),
                 api[ORACLE]->inflateReset2(&pair.z[ORACLE], other + 16));
            both(&pair, inflateReset2(&pair.z[OURS], 0),
                 api[ORACLE]->inflateReset2(&pair.z[ORACLE], 0));
            both(&pair, inflateReset2(&pair.z[OURS], 99),
                 api[ORACLE]->inflateReset2(&pair.z[ORACLE], 99));
            for (side = OURS; side < SIDES; side++)
                api[side]->inflateSync(&pair.z[side]);
            finish(&pair);
        }
    free(in);
}

/* Damaged streams: an error gives no window, or only that of calls before it. */
static void test_damaged(void)
{
    static struct pair pair;
    size_t r, at, len;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *in = sample_new(rows[r].p, data, DATA_LEN, 0, 0, &len);

        for (at = 1; at < len; at += 37) {
            context("damaged: row %zu at %zu", r, at);
            in[at] ^= 0xff;
            begin(&pair, rows[r].window_bits);
            step(&pair, in, len, DATA_LEN, at % 2 ? Z_NO_FLUSH : Z_FINISH);
            step(&pair, NULL, 0, 0, Z_NO_FLUSH);
            finish(&pair);
            in[at] ^= 0xff;
        }
        free(in);
    }
}

/* inflateBack has a state of the same size and no window of its own. */
static void test_back(void)
{
    static unsigned char window[32768];
    static struct heap heap[SIDES];
    int bits, side;

    for (bits = 8; bits <= 15; bits++) {
        context("back, windowBits %d", bits);
        for (side = OURS; side < SIDES; side++) {
            z_stream z;

            memset(&z, 0, sizeof(z));
            heap_init(&heap[side]);
            heap_attach(&heap[side], &z);
            CHECK_INT(api[side]->inflateBackInit_(&z, bits, window, ZLIB_VERSION, (int)sizeof(z)),
                      Z_OK);
            CHECK_INT(api[side]->inflateBackEnd(&z), Z_OK);
            heap_check_empty(&heap[side]);
        }
        heap_check_same(&heap[OURS], &heap[ORACLE]);
        CHECK(heap[OURS].block[0].size % ARENA_UNIT != 0);
    }
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, data, DATA_LEN);
    test_one_call();
    test_two_calls();
    test_resets();
    test_damaged();
    test_back();
    return test_result();
}
