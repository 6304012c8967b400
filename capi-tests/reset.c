/*
 * Property: after deflateReset a stream gives the bytes of a fresh one; deflateResetKeep keeps
 * the window, and with it zlib's bytes.
 *
 * Guards: output that depended on what the stream had compressed before (zlib-ng, fixed);
 * tuned limits go back to the level's on a reset; level and strategy stay as they were changed.
 */
#include "twin.h"

#define ROOM 200000
#define INPUT_LEN 20000

static unsigned char input[INPUT_LEN];

static const struct params rows[] = {{0, 15, 8, 0}, {1, -9, 1, 0},  {3, 31, 4, 0}, {4, 9, 9, 1},
                                     {6, 15, 8, 0}, {6, -12, 2, 2}, {7, 31, 8, 3}, {9, 15, 9, 4},
                                     {9, 15, 8, 0}, {2, -15, 8, 0}};

/* What was done with the stream before it is reset. */
enum past { NOTHING, SOME_INPUT, FLUSHED, FINISHED, TRAILER_PENDING, DICTIONARY, TUNED, PASTS };

/* len: of the input it gets; where it stops decides what the search holds at the reset. */
static void live(struct twin *t, struct params p, enum past past, size_t len)
{
    if (past == NOTHING)
        return;
    if (past == DICTIONARY && p.window_bits < 16)
        twin_set_dictionary(t, input + 9000, 4000);
    if (past == TUNED)
        twin_tune(t, 2, 3, 10, 2);
    twin_feed(t, input + 3000, len);
    if (past == SOME_INPUT || past == TUNED)
        twin_drain(t, 5000, Z_NO_FLUSH);
    if (past == FLUSHED || past == DICTIONARY)
        twin_drain(t, 5000, Z_FULL_FLUSH);
    if (past == FINISHED)
        twin_drain(t, 20000, Z_FINISH);
    if (past == TRAILER_PENDING)
        twin_deflate(t, 60, Z_FINISH);
}

/* Compresses some input on a stream that is like new and compares with what a new one gave. */
static void like_fresh(struct twin *t, const struct twin *fresh, size_t len)
{
    CHECK_UINT(t->z[OURS].total_in, 0);
    CHECK_UINT(t->z[OURS].total_out, 0);
    CHECK_INT(t->z[OURS].data_type, Z_UNKNOWN);
    twin_get_dictionary(t, NULL);
    twin_rewind(t);
    CHECK_INT(twin_compress(t, input, len, 4000, 5000, Z_SYNC_FLUSH), Z_STREAM_END);
    if (CHECK_UINT(t->used[OURS], fresh->used[OURS]))
        CHECK_MEM(t->out[OURS], fresh->out[OURS], fresh->used[OURS]);
    twin_check_round_trip(t, input, len, NULL, 0);
}

static void test_like_fresh(void)
{
    enum { STOPS = 12, LEN = 9000 };
    size_t i;
    int past, stop;

    for (i = 0; i < COUNT(rows); i++) {
        struct twin t, fresh;

        context("row %zu, fresh", i);
        CHECK_INT(twin_init(&fresh, rows[i], ROOM), Z_OK);
        CHECK_INT(twin_compress(&fresh, input, LEN, 4000, 5000, Z_SYNC_FLUSH), Z_STREAM_END);
        for (past = NOTHING; past < PASTS; past++) {
            CHECK_INT(twin_init(&t, rows[i], ROOM), Z_OK);
            for (stop = 0; stop < STOPS; stop++) {
                context("row %zu, past %d, stop %d", i, past, stop);
                CHECK_INT(twin_reset(&t), Z_OK);
                live(&t, rows[i], (enum past)past, 2000 + 500 * (size_t)stop + (size_t)stop % 7);
                CHECK_INT(twin_reset(&t), Z_OK);
                like_fresh(&t, &fresh, LEN);
            }
            twin_end(&t);
        }
        twin_end(&fresh);
    }
}

/* ResetKeep: the history stays, so the next stream may refer to it (and to unfinished input). */
static void test_keep(void)
{
    size_t i;
    int past;

    for (i = 0; i < COUNT(rows); i++)
        for (past = NOTHING; past < PASTS; past++) {
            struct twin t;

            context("keep: row %zu, past %d", i, past);
            CHECK_INT(twin_init(&t, rows[i], ROOM), Z_OK);
            live(&t, rows[i], (enum past)past, 8000);
            CHECK_INT(twin_reset_keep(&t), Z_OK);
            twin_get_dictionary(&t, NULL);
            twin_rewind(&t);
            CHECK_INT(twin_compress(&t, input, 9000, 2000, 5000, Z_SYNC_FLUSH), Z_STREAM_END);
            CHECK_INT(twin_reset_keep(&t), Z_OK);
            CHECK_INT(twin_reset(&t), Z_OK);
            twin_rewind(&t);
            CHECK_INT(twin_compress(&t, input, 9000, 2000, 5000, Z_SYNC_FLUSH), Z_STREAM_END);
            twin_check_round_trip(&t, input, 9000, NULL, 0);
            twin_end(&t);
        }
}

/* What deflateParams set survives a reset; what deflateTune set does not. */
static void test_parameters(void)
{
    struct twin t, fresh;
    int keep;

    for (keep = 0; keep < 2; keep++) {
        context("parameters, keep %d", keep);
        CHECK_INT(twin_init(&t, (struct params){1, 15, 8, Z_RLE}, ROOM), Z_OK);
        CHECK_INT(twin_params(&t, 9, Z_DEFAULT_STRATEGY, 0), Z_OK);
        CHECK_INT(twin_tune(&t, 1, 1, 3, 1), Z_OK);
        CHECK_INT(keep ? twin_reset_keep(&t) : twin_reset(&t), Z_OK);
        twin_compress(&t, input, INPUT_LEN, 0, 50000, Z_NO_FLUSH);
        CHECK_INT(twin_init(&fresh, (struct params){9, 15, 8, Z_DEFAULT_STRATEGY}, ROOM), Z_OK);
        twin_compress(&fresh, input, INPUT_LEN, 0, 50000, Z_NO_FLUSH);
        CHECK_INT(t.used[OURS] == fresh.used[OURS], !keep);
        twin_end(&t);
        twin_end(&fresh);
    }
}

/* Many short messages through one stream, as servers do. */
static void test_messages(void)
{
    enum { MESSAGES = 300 };
    struct rng rng = rng_seed(3);
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct twin t;
        int message;

        CHECK_INT(twin_init(&t, rows[i], 20000), Z_OK);
        for (message = 0; message < MESSAGES; message++) {
            size_t len = rng_below(&rng, 1500), from = rng_below(&rng, INPUT_LEN - 1500);

            context("row %zu, message %d of %zu bytes", i, message, len);
            twin_compress(&t, input + from, len, 0, 20000, Z_NO_FLUSH);
            twin_check_round_trip(&t, input + from, len, NULL, 0);
            CHECK_INT(twin_reset(&t), Z_OK);
            twin_rewind(&t);
        }
        twin_end(&t);
    }
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, input, INPUT_LEN / 2);
    data_fill(DATA_MIXED, 2, input + INPUT_LEN / 2, INPUT_LEN / 2);
    test_like_fresh();
    test_keep();
    test_parameters();
    test_messages();
    return test_result();
}
