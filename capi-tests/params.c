/*
 * Property: deflateParams changes level and strategy at exactly zlib's moment.
 *
 * Guards: a change of the compress function or strategy first flushes with Z_BLOCK, unless
 * deflate was not called yet; Z_BUF_ERROR and nothing changed if the output is full (1.2.9 to
 * 1.2.11 differed and broke the JDK); hash chains after level 0 (one slide is made up for, two
 * clear them); the stale next_in of an empty input is never read; match history survives a
 * change (zlib-ng lost it, pigz wrote broken streams).
 */
#include "twin.h"

#define ROOM 300000
#define INPUT_LEN 100000

static unsigned char input[INPUT_LEN];

static void finish(struct twin *t)
{
    size_t at = t->z[ORACLE].total_in;

    twin_feed(t, input + at, 1500);
    CHECK_INT(twin_drain(t, 3000, Z_FINISH), Z_STREAM_END);
    twin_check_round_trip(t, input, at + 1500, NULL, 0);
    CHECK_INT(twin_end(t), Z_OK);
}

/* The moments at which parameters are changed in test_changes. */
enum moment { FRESH, AFTER_INPUT, AFTER_SYNC, OUTPUT_FULL, INPUT_WAITING, NO_ROOM, MOMENTS };

static void change(struct params from, int level, int strategy, enum moment moment)
{
    struct twin t;
    size_t room = 9000;

    context("level %d, strategy %d to %d, %d at moment %d, windowBits %d", from.level,
            from.strategy, level, strategy, (int)moment, from.window_bits);
    CHECK_INT(twin_init(&t, from, ROOM), Z_OK);
    twin_feed(&t, input, moment == FRESH ? 0 : 2500);
    if (moment == AFTER_INPUT || moment == NO_ROOM)
        twin_deflate(&t, room, Z_NO_FLUSH);
    if (moment == AFTER_SYNC)
        twin_deflate(&t, room, Z_SYNC_FLUSH);
    if (moment == OUTPUT_FULL)
        twin_deflate(&t, 20, Z_SYNC_FLUSH);
    if (moment == INPUT_WAITING) {
        twin_deflate(&t, room, Z_NO_FLUSH);
        twin_feed(&t, input + 2500, 800);
    }
    twin_params(&t, level, strategy, moment == NO_ROOM ? 0 : moment == OUTPUT_FULL ? 11 : room);
    if (moment == OUTPUT_FULL || moment == NO_ROOM) {
        /* As the manual says: drain, then ask again. */
        twin_deflate(&t, 9, Z_NO_FLUSH);
        twin_params(&t, level, strategy, 5);
        twin_drain(&t, room, Z_BLOCK);
        twin_params(&t, level, strategy, room);
    }
    if (t.z[ORACLE].avail_in != 0)
        twin_drain(&t, room, Z_NO_FLUSH);
    finish(&t);
}

static void test_changes(void)
{
    int from, to;
    enum moment moment;

    for (moment = FRESH; moment < MOMENTS; moment++) {
        for (from = 0; from <= 9; from++)
            for (to = -1; to <= 9; to++)
                change((struct params){from, 15, 8, Z_DEFAULT_STRATEGY}, to, Z_DEFAULT_STRATEGY,
                       moment);
        for (from = Z_DEFAULT_STRATEGY; from <= Z_FIXED; from++)
            for (to = Z_DEFAULT_STRATEGY; to <= Z_FIXED; to++) {
                change((struct params){6, -9, 1, from}, 6, to, moment);
                change((struct params){1, 31, 9, from}, 8, to, moment);
                change((struct params){0, 9, 2, from}, 3, to, moment);
                change((struct params){4, 9, 2, from}, 0, to, moment);
            }
    }
}

/* From level 0 to others after inputs that slide a 512-byte window 0, 1, 2 and more times. */
static void test_from_stored(void)
{
    static const size_t lengths[] = {1,    200,  511,  512,  513,  700,  1023, 1024,
                                     1025, 1300, 1536, 2047, 2100, 3000, 9000};
    static const size_t chunks[] = {0, 37, 400};
    size_t i, c;
    int level, back;

    for (i = 0; i < COUNT(lengths); i++)
        for (c = 0; c < COUNT(chunks); c++)
            for (level = 1; level <= 9; level++)
                for (back = 0; back < 2; back++) {
                    struct twin t;
                    size_t at = 0;

                    context("level 0, %zu bytes by %zu, level %d, back %d", lengths[i], chunks[c],
                            level, back);
                    CHECK_INT(twin_init(&t, (struct params){0, 9, 1 + (int)c, 0}, ROOM), Z_OK);
                    while (at < lengths[i]) {
                        size_t chunk = chunks[c] == 0 ? lengths[i] : chunks[c];

                        chunk = chunk > lengths[i] - at ? lengths[i] - at : chunk;
                        twin_feed(&t, input + at, chunk);
                        twin_drain(&t, chunks[c] == 37 ? 50 : 20000, Z_NO_FLUSH);
                        at += chunk;
                    }
                    twin_params(&t, level, Z_DEFAULT_STRATEGY, 20000);
                    if (back) {
                        twin_feed(&t, input + at, 600);
                        twin_drain(&t, 5000, Z_NO_FLUSH);
                        twin_params(&t, 0, Z_DEFAULT_STRATEGY, 5000);
                        twin_feed(&t, input + at + 600, 300);
                        twin_drain(&t, 5000, Z_NO_FLUSH);
                        twin_params(&t, level, Z_RLE, 5000);
                    }
                    finish(&t);
                }
}

/* The levels of one function: nothing is flushed, the new limits apply from here on. */
static void test_same_function(void)
{
    static const struct {
        int from, to, flushes;
    } rows[] = {{1, 1, 0}, {1, 2, 0}, {3, 1, 0}, {4, 9, 0}, {9, 4, 0}, {6, 6, 0},
                {0, 0, 0}, {3, 4, 1}, {4, 3, 1}, {0, 1, 1}, {6, 0, 1}};
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct twin t;
        size_t used;

        context("same function: level %d to %d", rows[i].from, rows[i].to);
        CHECK_INT(twin_init(&t, (struct params){rows[i].from, -15, 8, 0}, ROOM), Z_OK);
        twin_feed(&t, input, 2000);
        twin_deflate(&t, 9000, Z_NO_FLUSH);
        used = t.used[OURS];
        CHECK_INT(twin_params(&t, rows[i].to, Z_DEFAULT_STRATEGY, 9000), Z_OK);
        CHECK_INT(t.used[OURS] > used, rows[i].flushes);
        finish(&t);
    }
}

/* avail_in 0 with next_in into memory that must not be read, or NULL. */
static void test_stale_input(void)
{
    struct guarded none = guarded_new(1);
    int null, level;

    for (level = 0; level <= 9; level++)
        for (null = 0; null < 2; null++) {
            struct twin t;

            context("stale input, level %d, %s", level, null ? "NULL" : "guard page");
            CHECK_INT(twin_init(&t, (struct params){level, 15, 8, 0}, ROOM), Z_OK);
            twin_feed(&t, input, 1000);
            twin_deflate(&t, 9000, Z_NO_FLUSH);
            twin_feed(&t, null ? NULL : none.end, 0);
            CHECK_INT(twin_params(&t, 9 - level, Z_FIXED, 9000), Z_OK);
            twin_feed(&t, null ? NULL : none.end, 0);
            twin_deflate(&t, 9000, Z_SYNC_FLUSH);
            finish(&t);
        }
    guarded_free(none);
}

/* After Z_FINISH a flush is refused; after a reset the new parameters hold without one. */
static void test_after_finish(void)
{
    struct twin t;

    context("after finish");
    CHECK_INT(twin_init(&t, (struct params){6, 15, 8, 0}, ROOM), Z_OK);
    twin_feed(&t, input, 1000);
    CHECK_INT(twin_deflate(&t, 9000, Z_FINISH), Z_STREAM_END);
    CHECK_INT(twin_params(&t, 9, Z_DEFAULT_STRATEGY, 9000), Z_OK);
    CHECK_INT(twin_params(&t, 1, Z_DEFAULT_STRATEGY, 9000), Z_STREAM_ERROR);
    CHECK_STR(t.z[OURS].msg, "stream error");
    CHECK_INT(twin_reset(&t), Z_OK);
    CHECK_INT(twin_params(&t, 1, Z_HUFFMAN_ONLY, 0), Z_OK);
    twin_rewind(&t);
    finish(&t);
}

/* Random changes between random chunks. */
static void test_random(void)
{
    enum { RUNS = 150, CALLS = 40 };
    struct rng rng = rng_seed(11);
    int run;

    for (run = 0; run < RUNS; run++) {
        struct params p = {(int)rng_below(&rng, 10), 9 + (int)rng_below(&rng, 7),
                           1 + (int)rng_below(&rng, 9), (int)rng_below(&rng, 5)};
        struct twin t;
        int call;

        context("random run %d", run);
        CHECK_INT(twin_init(&t, p, ROOM), Z_OK);
        for (call = 0; call < CALLS; call++) {
            size_t room = rng_below(&rng, 4) == 0 ? rng_below(&rng, 30) : 6000;

            if (t.z[ORACLE].avail_in == 0)
                twin_feed(&t, input + t.z[ORACLE].total_in, rng_below(&rng, 2400));
            if (rng_below(&rng, 2) == 0)
                twin_deflate(&t, room, (int[]){0, 0, 1, 2, 3, 5}[rng_below(&rng, 6)]);
            else
                twin_params(&t, (int)rng_below(&rng, 10), (int)rng_below(&rng, 5), room);
        }
        twin_drain(&t, 6000, Z_NO_FLUSH);
        finish(&t);
    }
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, input, INPUT_LEN / 8);
    data_fill(DATA_MIXED, 2, input + INPUT_LEN / 8, INPUT_LEN - INPUT_LEN / 8);
    test_same_function();
    test_stale_input();
    test_after_finish();
    test_changes();
    test_from_stored();
    test_random();
    return test_result();
}
