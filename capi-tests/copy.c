/*
 * Property: deflateCopy makes an independent stream in every state, and both go on the same.
 *
 * Guards: pending bytes, half-written headers, unfinished blocks, hash chains and the gzip
 * header pointer are part of the copy (zlib-rs and zlib-ng lost padding and chains); ending or
 * resetting either stream leaves the other alone.
 */
#include "twin.h"

#define ROOM 100000
#define INPUT_LEN 12000

static unsigned char input[INPUT_LEN];

/* States in which to copy; each brings a fresh twin there. */
enum state {
    FRESH,
    WITH_DICTIONARY,
    PRIMED,
    HEADER_BEGUN,
    AFTER_LITTLE,
    AFTER_MUCH,
    INPUT_WAITING,
    AFTER_FLUSH,
    AFTER_FULL_FLUSH,
    OUTPUT_PENDING,
    FINISHING,
    TRAILER_PENDING,
    FINISHED,
    AFTER_ERROR,
    CHANGED,
    STATES
};

static unsigned char header_text[2000];
static gz_header header;

static void bring_to(struct twin *t, enum state state)
{
    size_t len = state >= AFTER_MUCH ? 9000 : 200;

    if (state == WITH_DICTIONARY)
        twin_set_dictionary(t, input, 3000);
    if (state == PRIMED)
        twin_prime(t, 5, 0x15);
    if (state == HEADER_BEGUN) {
        twin_set_header(t, &header);
        twin_deflate(t, 700, Z_NO_FLUSH);
    }
    if (state < AFTER_LITTLE)
        return;
    twin_feed(t, input, len);
    if (state == INPUT_WAITING || state == OUTPUT_PENDING) {
        twin_deflate(t, 30, state == INPUT_WAITING ? Z_NO_FLUSH : Z_SYNC_FLUSH);
        return;
    }
    if (state == FINISHING || state == TRAILER_PENDING) {
        while (twin_deflate(t, 11, Z_FINISH) == Z_OK && state == TRAILER_PENDING &&
               t->pending > 6) {
        }
        return;
    }
    twin_drain(t, 20000, state == AFTER_FLUSH        ? Z_SYNC_FLUSH
                         : state == AFTER_FULL_FLUSH ? Z_FULL_FLUSH
                         : state == FINISHED         ? Z_FINISH
                                                     : Z_NO_FLUSH);
    if (state == AFTER_ERROR)
        twin_deflate(t, 0, Z_SYNC_FLUSH);
    if (state == CHANGED) {
        twin_params(t, 3, Z_FILTERED, 20000);
        twin_tune(t, 3, 5, 40, 7);
    }
}

/* The rest of a stream that was brought to some state. */
static void go_on(struct twin *t)
{
    size_t at = t->z[ORACLE].total_in;

    if (t->z[ORACLE].avail_in != 0)
        twin_drain(t, 900, Z_NO_FLUSH);
    at = t->z[ORACLE].total_in;
    twin_feed(t, input + at, at < INPUT_LEN - 2500 ? 2500 : 0);
    twin_drain(t, 900, Z_NO_FLUSH);
    twin_drain(t, 900, Z_FINISH);
}

static void run(struct params p, enum state state, int copy_first, int end_first)
{
    struct twin t, copy;

    context("state %d, level %d, windowBits %d, memLevel %d, strategy %d, copy first %d, end %d",
            (int)state, p.level, p.window_bits, p.mem_level, p.strategy, copy_first, end_first);
    CHECK_INT(twin_init(&t, p, ROOM), Z_OK);
    bring_to(&t, state);
    CHECK_INT(twin_copy(&copy, &t), Z_OK);
    if (end_first) {
        twin_end(copy_first ? &t : &copy);
        go_on(copy_first ? &copy : &t);
        twin_end(copy_first ? &copy : &t);
        return;
    }
    go_on(copy_first ? &copy : &t);
    go_on(copy_first ? &t : &copy);
    if (CHECK_UINT(copy.used[OURS], t.used[OURS]))
        CHECK_MEM(copy.out[OURS], t.out[OURS], t.used[OURS]);
    twin_end(&t);
    twin_end(&copy);
}

static void test_states(void)
{
    static const struct params rows[] = {{6, 15, 8, 0},  {0, -15, 8, 0}, {0, 9, 1, 0},
                                         {1, 31, 1, 0},  {9, -9, 9, 1},  {3, 15, 9, 2},
                                         {5, -12, 4, 3}, {7, 31, 8, 4}};
    size_t i;
    int state, order;

    for (i = 0; i < COUNT(rows); i++)
        for (state = FRESH; state < STATES; state++)
            for (order = 0; order < 4; order++)
                run(rows[i], (enum state)state, order & 1, order >> 1);
}

/* Copies of copies, and the two streams going different ways. */
static void test_diverging(void)
{
    struct twin t, copy, second;

    context("diverging");
    CHECK_INT(twin_init(&t, (struct params){6, 15, 8, 0}, ROOM), Z_OK);
    twin_feed(&t, input, 5000);
    twin_drain(&t, 5000, Z_NO_FLUSH);
    CHECK_INT(twin_copy(&copy, &t), Z_OK);
    CHECK_INT(twin_copy(&second, &copy), Z_OK);
    CHECK_INT(twin_reset(&copy), Z_OK);
    twin_rewind(&copy);
    twin_params(&copy, 1, Z_RLE, 5000);
    go_on(&copy);
    twin_check_round_trip(&copy, input, 2500, NULL, 0);
    go_on(&second);
    twin_check_round_trip(&second, input, 7500, NULL, 0);
    go_on(&t);
    twin_check_round_trip(&t, input, 7500, NULL, 0);
    twin_end(&second);
    twin_end(&t);
    twin_end(&copy);
}

/* The destination may be the memory of an ended stream; its source may move on at once. */
static void test_into_old_stream(void)
{
    z_stream from, to;
    unsigned char out[200];

    context("into an ended stream");
    memset(&from, 0, sizeof(from));
    memset(&to, 0, sizeof(to));
    CHECK_INT(init2(OURS, &to, 9, 31, 9, 0), Z_OK);
    CHECK_INT(deflateEnd(&to), Z_OK);
    CHECK_INT(init2(OURS, &from, 6, 15, 8, 0), Z_OK);
    CHECK_INT(deflateCopy(&to, &from), Z_OK);
    CHECK_INT(deflateEnd(&from), Z_OK);
    to.next_out = out;
    to.avail_out = sizeof(out);
    to.next_in = input;
    to.avail_in = 50;
    CHECK_INT(deflate(&to, Z_FINISH), Z_STREAM_END);
    check_inflates(out, sizeof(out) - to.avail_out, 15, input, 50, NULL, 0);
    CHECK_INT(deflateEnd(&to), Z_OK);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, input, INPUT_LEN / 2);
    data_fill(DATA_MIXED, 2, input + INPUT_LEN / 2, INPUT_LEN / 2);
    memset(header_text, 'h', sizeof(header_text) - 1);
    header.name = header_text;
    header.comment = header_text + 500;
    header.extra = header_text;
    header.extra_len = sizeof(header_text);
    header.hcrc = 1;
    test_states();
    test_diverging();
    test_into_old_stream();
    return test_result();
}
