/*
 * Property: each flush mode does what zlib does, in every state of the stream.
 *
 * Guards: the rank rule (a repeated or lower flush without input is Z_BUF_ERROR and adds
 * nothing; an accelerator that ignored it grew a stream by 6 bytes a call); a flush that just
 * filled the output counts as unfinished and may write a second marker; Z_FINISH repeats give
 * Z_STREAM_END; input after Z_FINISH is Z_BUF_ERROR, another flush after it Z_STREAM_ERROR.
 */
#include "twin.h"

/* Room for any run here: inputs are a few KB, flushes at most a few hundred. */
#define ROOM 60000
#define INPUT_LEN 3000

static const int flushes[] = {Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH,
                              Z_FULL_FLUSH, Z_FINISH,      Z_BLOCK};

/* Rows of level and strategy that reach every compress function. */
static const struct {
    int level, strategy;
} ways[] = {{0, Z_DEFAULT_STRATEGY}, {1, Z_DEFAULT_STRATEGY}, {6, Z_DEFAULT_STRATEGY},
            {9, Z_FILTERED},         {6, Z_HUFFMAN_ONLY},     {6, Z_RLE},
            {4, Z_FIXED},            {0, Z_FIXED}};

static const int wraps[] = {-15, 15, 31, 9};

static unsigned char input[INPUT_LEN];

static struct params way(size_t index, size_t wrap)
{
    struct params p = {ways[index].level, wraps[wrap], 1 + (int)(index % 9), ways[index].strategy};

    return p;
}

static void start(struct twin *t, struct params p)
{
    CHECK_INT(twin_init(t, p, ROOM), Z_OK);
}

/* Finishes and checks the whole stream against what was fed: total_in bytes of input. */
static void finish(struct twin *t)
{
    int code = twin_drain(t, 4000, Z_FINISH);

    CHECK_INT(code, Z_STREAM_END);
    twin_check_round_trip(t, input, t->z[OURS].total_in, NULL, 0);
    CHECK_INT(twin_end(t), Z_OK);
}

/* Two flushes in a row in five states; then the same again, then the end. */
static void test_pairs(void)
{
    /* Input before the first flush, between the flushes, and output room for each flush. */
    static const struct {
        const char *name;
        size_t before, between, room;
    } states[] = {{"empty", 0, 0, 3000},
                  {"after input", 1500, 0, 3000},
                  {"input before both", 700, 800, 3000},
                  {"little room", 900, 0, 7},
                  {"input pending", 600, 500, 90}};
    size_t w, r, s, i, j;
    struct twin t;

    for (w = 0; w < COUNT(ways); w++)
        for (r = 0; r < COUNT(wraps); r++)
            for (s = 0; s < COUNT(states); s++)
                for (i = 0; i < COUNT(flushes); i++)
                    for (j = 0; j < COUNT(flushes); j++) {
                        context("%s: level %d, strategy %d, windowBits %d, flush %d then %d",
                                states[s].name, ways[w].level, ways[w].strategy, wraps[r],
                                flushes[i], flushes[j]);
                        start(&t, way(w, r));
                        twin_feed(&t, input, states[s].before);
                        twin_deflate(&t, states[s].room, flushes[i]);
                        if (states[s].between != 0 && t.z[ORACLE].avail_in == 0)
                            twin_feed(&t, input + states[s].before, states[s].between);
                        twin_deflate(&t, states[s].room, flushes[j]);
                        twin_deflate(&t, states[s].room, flushes[j]);
                        if (t.z[ORACLE].avail_in != 0 && t.z[ORACLE].total_in > states[s].before)
                            twin_drain(&t, 3000, Z_NO_FLUSH);
                        /* After Z_FINISH with input between, the input can never be taken. */
                        twin_feed(&t, input + t.z[ORACLE].total_in, 0);
                        finish(&t);
                    }
}

/* Every flush with every small avail_out, again and again; repeated markers included. */
static void test_small_output(void)
{
    enum { CALLS = 60 };
    size_t w, i, room;
    struct twin t;

    for (w = 0; w < COUNT(ways); w++)
        for (i = 0; i < COUNT(flushes); i++)
            for (room = 1; room <= 20; room++) {
                int call;

                context("level %d, strategy %d, flush %d, avail_out %zu", ways[w].level,
                        ways[w].strategy, flushes[i], room);
                start(&t, way(w, (w + i + room) % COUNT(wraps)));
                twin_feed(&t, input, 40 + 13 * room);
                for (call = 0; call < CALLS; call++)
                    twin_deflate(&t, room, flushes[i]);
                twin_feed(&t, input + t.z[ORACLE].total_in, 0);
                finish(&t);
            }
}

/* The codes and bytes that the manual promises, said outright and not only by comparison. */
static void test_rank_rule(void)
{
    size_t i, j;
    struct twin t;

    for (i = 0; i < COUNT(flushes); i++)
        for (j = 0; j < COUNT(flushes); j++) {
            /* zlib's order: none < block < partial < sync < full < finish. */
            static const int rank[] = {0, 2, 3, 4, 5, 1};
            size_t used;
            int code;

            if (flushes[i] == Z_FINISH || flushes[j] == Z_FINISH)
                continue;
            context("rank of %d after %d", flushes[j], flushes[i]);
            start(&t, way(2, 1));
            twin_feed(&t, input, 500);
            CHECK_INT(twin_deflate(&t, 3000, flushes[i]), Z_OK);
            used = t.used[OURS];
            code = twin_deflate(&t, 3000, flushes[j]);
            CHECK_INT(code, rank[flushes[j]] > rank[flushes[i]] ? Z_OK : Z_BUF_ERROR);
            if (code == Z_BUF_ERROR) {
                CHECK_STR(t.z[OURS].msg, "buffer error");
                CHECK_UINT(t.used[OURS], used);
            }
            finish(&t);
        }
}

static void test_after_finish(void)
{
    size_t r, i;
    struct twin t;

    for (r = 0; r < COUNT(wraps); r++) {
        context("after Z_FINISH, windowBits %d", wraps[r]);
        start(&t, way(2, r));
        twin_feed(&t, input, 100);
        CHECK_INT(twin_deflate(&t, 3000, Z_FINISH), Z_STREAM_END);
        for (i = 0; i < 3; i++)
            CHECK_INT(twin_deflate(&t, 3000, Z_FINISH), Z_STREAM_END);
        for (i = 0; i < COUNT(flushes); i++)
            if (flushes[i] != Z_FINISH) {
                CHECK_INT(twin_deflate(&t, 3000, flushes[i]), Z_STREAM_ERROR);
                CHECK_STR(t.z[OURS].msg, "stream error");
            }
        twin_feed(&t, input + 100, 10);
        CHECK_INT(twin_deflate(&t, 3000, Z_FINISH), Z_BUF_ERROR);
        CHECK_UINT(t.z[OURS].avail_in, 10);
        twin_feed(&t, input + 100, 0);
        CHECK_INT(twin_deflate(&t, 0, Z_FINISH), Z_BUF_ERROR);
        finish(&t);
    }
}

/* Z_FINISH that needs many calls: Z_OK until the end is out, the trailer split as well. */
static void test_finish_in_pieces(void)
{
    size_t w, r, room;
    struct twin t;

    for (w = 0; w < COUNT(ways); w++)
        for (r = 0; r < COUNT(wraps); r++)
            for (room = 1; room <= 20; room += 1 + room / 6) {
                context("finish by %zu: level %d, strategy %d, windowBits %d", room,
                        ways[w].level, ways[w].strategy, wraps[r]);
                start(&t, way(w, r));
                twin_feed(&t, input, 700);
                CHECK_INT(twin_drain(&t, room, Z_FINISH), Z_STREAM_END);
                finish(&t);
            }
}

/* Empty input: each flush's first bytes, then the end. */
static void test_empty(void)
{
    static const unsigned char empty_zlib[] = {0x78, 0x9c, 0x03, 0, 0, 0, 0, 1};
    size_t w, r, i;
    struct twin t;

    for (w = 0; w < COUNT(ways); w++)
        for (r = 0; r < COUNT(wraps); r++)
            for (i = 0; i < COUNT(flushes); i++) {
                context("empty: level %d, strategy %d, windowBits %d, flush %d", ways[w].level,
                        ways[w].strategy, wraps[r], flushes[i]);
                start(&t, way(w, r));
                twin_deflate(&t, 100, flushes[i]);
                finish(&t);
            }
    context("empty, default settings");
    start(&t, (struct params){Z_DEFAULT_COMPRESSION, 15, 8, Z_DEFAULT_STRATEGY});
    CHECK_INT(twin_deflate(&t, 100, Z_FINISH), Z_STREAM_END);
    if (CHECK_UINT(t.used[OURS], sizeof(empty_zlib)))
        CHECK_MEM(t.out[OURS], empty_zlib, sizeof(empty_zlib));
    finish(&t);
}

/* Z_FULL_FLUSH forgets: the same text again is compressed as if it were the first. */
static void test_full_flush_forgets(void)
{
    struct twin t;
    size_t first, second;

    context("full flush");
    start(&t, (struct params){6, -15, 8, Z_DEFAULT_STRATEGY});
    twin_feed(&t, input, 1500);
    twin_deflate(&t, 5000, Z_FULL_FLUSH);
    first = t.used[OURS];
    twin_feed(&t, input, 1500);
    twin_deflate(&t, 5000, Z_FULL_FLUSH);
    second = t.used[OURS] - first;
    if (CHECK_UINT(second, first))
        CHECK_MEM(t.out[OURS] + first, t.out[OURS], first);
    CHECK_INT(twin_end(&t), Z_DATA_ERROR);
}

/* Long runs of flushes with a little input each, so that blocks start at every bit position. */
static void test_many(void)
{
    enum { CALLS = 300 };
    struct rng rng = rng_seed(7);
    size_t w;
    struct twin t;

    for (w = 0; w < COUNT(ways); w++) {
        int call;

        context("many flushes: level %d, strategy %d", ways[w].level, ways[w].strategy);
        start(&t, way(w, w % COUNT(wraps)));
        for (call = 0; call < CALLS && t.z[ORACLE].total_in + 10 < INPUT_LEN; call++) {
            int flush = flushes[rng_below(&rng, (uint32_t)COUNT(flushes))];

            if (t.z[ORACLE].avail_in == 0)
                twin_feed(&t, input + t.z[ORACLE].total_in, rng_below(&rng, 10));
            twin_deflate(&t, rng_below(&rng, 40), flush == Z_FINISH ? Z_BLOCK : flush);
        }
        finish(&t);
    }
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, input, INPUT_LEN / 2);
    data_fill(DATA_MIXED, 2, input + INPUT_LEN / 2, INPUT_LEN / 2);
    test_rank_rule();
    test_after_finish();
    test_empty();
    test_full_flush_forgets();
    test_finish_in_pieces();
    test_small_output();
    test_pairs();
    test_many();
    return test_result();
}
