/*
 * Property: inflate's return codes: Z_FINISH never gives Z_OK, calls that can do nothing give
 * Z_BUF_ERROR and do no harm, and an ended stream stays ended.
 *
 * Guards: programs call once with Z_FINISH and retry with more room; they call with no input or
 * no room at any time; after Z_STREAM_END input that follows is not touched (zlib-rs#433), and all
 * input up to there is used up as far as zlib uses it (intel/zlib#26, flate2#217).
 */
#include "itwin.h"

#define DATA_LEN 5000
#define ROOM (DATA_LEN + 600)

static unsigned char data[DATA_LEN];

static const struct params rows[] = {{6, 15, 8, 0}, {1, 31, 8, 0},  {9, -15, 8, 4},
                                     {0, 15, 8, 0}, {0, -9, 1, 0},  {5, 25, 2, 2}};

/* Calls without input, without room, without either: whatever they say, data goes on after. */
static void idle(struct twin *t)
{
    static const int flushes[] = {Z_NO_FLUSH, Z_FINISH, Z_BLOCK, Z_SYNC_FLUSH};
    const unsigned char *in = t->z[ORACLE].next_in;
    size_t len = t->z[ORACLE].avail_in, i;

    for (i = 0; i < COUNT(flushes); i++) {
        itwin_inflate(t, 0, flushes[i]);
        if (t->z[ORACLE].avail_in != len)
            return; /* header or trailer bytes: they need no room */
    }
    twin_feed(t, in, 0);
    itwin_inflate(t, 3, Z_NO_FLUSH);
    itwin_inflate(t, 0, Z_FINISH);
    twin_feed(t, NULL, 0);
    itwin_inflate(t, 1, Z_FINISH);
    itwin_inflate(t, 0, Z_NO_FLUSH);
    twin_feed(t, in, len);
}

/* Z_FINISH each time; more room and more input bit by bit. */
static void test_finish(struct params p, size_t in_chunk, size_t out_chunk, int idle_between)
{
    size_t len, at = 0;
    unsigned char *in = sample_new(p, data, DATA_LEN, 0, 0, &len);
    struct twin t;
    int code = Z_BUF_ERROR;

    CHECK_INT(itwin_init(&t, p.window_bits, ROOM), Z_OK);
    while (code == Z_BUF_ERROR) {
        if (t.z[ORACLE].avail_in == 0) {
            size_t part = len - at < in_chunk ? len - at : in_chunk;

            twin_feed(&t, in + at, part);
            at += part;
        }
        if (idle_between)
            idle(&t);
        code = itwin_inflate(&t, out_chunk, Z_FINISH);
        if (t.used[ORACLE] == DATA_LEN && at == len && t.z[ORACLE].avail_in == 0 &&
            code == Z_BUF_ERROR && t.z[ORACLE].avail_out != 0)
            break;
    }
    CHECK_INT(code, Z_STREAM_END);
    CHECK_UINT(t.used[OURS], DATA_LEN);
    CHECK_MEM(t.out[OURS], data, DATA_LEN);
    CHECK_INT(twin_end(&t), Z_OK);
    free(in);
}

static void test_all_finishes(void)
{
    static const size_t chunks[] = {1, 2, 11, 300, ROOM};
    size_t r, c, d;

    for (r = 0; r < COUNT(rows); r++)
        for (c = 0; c < COUNT(chunks); c++)
            for (d = 0; d < COUNT(chunks); d++) {
                context("finish: row %zu by %zu and %zu", r, chunks[c], chunks[d]);
                test_finish(rows[r], chunks[c], chunks[d], 0);
                test_finish(rows[r], chunks[c], chunks[d], 1);
            }
}

/* Exactly the room that is needed, one byte less, none; in one call and a second one. */
static void test_exact_room(void)
{
    static const size_t lengths[] = {0, 1, 2, 257, 258, 259, 300, 1000, DATA_LEN};
    static const int flushes[] = {Z_NO_FLUSH, Z_FINISH, Z_SYNC_FLUSH};
    size_t r, i, f, len;
    int less;

    for (r = 0; r < COUNT(rows); r++)
        for (i = 0; i < COUNT(lengths); i++) {
            unsigned char *in = sample_new(rows[r], data, lengths[i], 0, 0, &len);

            for (f = 0; f < COUNT(flushes); f++)
                for (less = 0; less <= (lengths[i] < 3 ? (int)lengths[i] : 3); less++) {
                    struct twin t;
                    int code;

                    context("exact room: row %zu, %zu bytes - %d, flush %d", r, lengths[i], less,
                            flushes[f]);
                    CHECK_INT(itwin_init(&t, rows[r].window_bits, ROOM), Z_OK);
                    twin_feed(&t, in, len);
                    code = itwin_inflate(&t, lengths[i] - (size_t)less, flushes[f]);
                    CHECK_INT(code, less == 0                 ? Z_STREAM_END
                                    : flushes[f] == Z_FINISH  ? Z_BUF_ERROR
                                    : t.z[OURS].total_in == 0 ? Z_BUF_ERROR
                                                              : Z_OK);
                    if (less != 0)
                        code = itwin_inflate(&t, (size_t)less, flushes[f]);
                    CHECK_INT(code, Z_STREAM_END);
                    CHECK_INT(twin_end(&t), Z_OK);
                }
            free(in);
        }
}

/* What follows the stream stays where it is, in every call. */
static void test_after_the_end(void)
{
    size_t r, len, chunk;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *in = sample_new(rows[r], data, 700, 0, 0, &len);
        unsigned char *more = must_alloc(len + 50);

        memcpy(more, in, len);
        memset(more + len, r % 2 ? 0 : 0xff, 50);
        for (chunk = 1; chunk <= len + 50; chunk = chunk * 2 + 1) {
            struct twin t;
            int i;

            context("after the end: row %zu by %zu", r, chunk);
            CHECK_INT(itwin_init(&t, rows[r].window_bits, ROOM), Z_OK);
            CHECK_INT(itwin_run(&t, more, len + 50, chunk, ROOM, Z_NO_FLUSH), Z_STREAM_END);
            CHECK_UINT(t.z[OURS].total_in, len);
            CHECK(t.z[OURS].next_in == more + len);
            for (i = -1; i < 9; i++) {
                CHECK_INT(itwin_inflate(&t, (size_t)(i + 1) % 3, i), Z_STREAM_END);
                CHECK_UINT(t.z[OURS].total_in, len);
                if (i == 3)
                    twin_feed(&t, more, 20);
                if (i == 5)
                    twin_feed(&t, NULL, 0);
            }
            CHECK_INT(twin_end(&t), Z_OK);
        }
        free(in);
        free(more);
    }
}

/* Cut short at every byte: the input is used up, and Z_FINISH says Z_BUF_ERROR. */
static void test_truncated(void)
{
    size_t r, len, at;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *in = sample_new(rows[r], data, 400, 0, 0, &len);

        for (at = 0; at < len; at++) {
            struct twin t;

            context("truncated: row %zu at %zu", r, at);
            CHECK_INT(itwin_init(&t, rows[r].window_bits, ROOM), Z_OK);
            twin_feed(&t, in, at);
            CHECK_INT(itwin_inflate(&t, ROOM, Z_FINISH), Z_BUF_ERROR);
            CHECK_UINT(t.z[OURS].avail_in, 0);
            CHECK_INT(itwin_inflate(&t, 10, Z_NO_FLUSH), Z_BUF_ERROR);
            CHECK_STR(t.z[OURS].msg, NULL);
            CHECK_INT(itwin_run(&t, in + at, len - at, len, ROOM, Z_NO_FLUSH), Z_STREAM_END);
            CHECK_INT(twin_end(&t), Z_OK);
        }
        free(in);
    }
}

/* Gzip members one behind the other: each needs a reset, and there the next one begins. */
static void test_members(void)
{
    size_t len[3], total = 0, i, chunk;
    unsigned char *in = must_alloc(3 * ROOM);

    for (i = 0; i < 3; i++) {
        unsigned char *member = sample_new((struct params){(int)i, 31, 8, 0}, data, i * 400, 0, 0,
                                           &len[i]);

        memcpy(in + total, member, len[i]);
        total += len[i];
        free(member);
    }
    for (chunk = 1; chunk <= total; chunk = chunk * 3) {
        struct twin t;
        size_t at = 0;

        context("members by %zu", chunk);
        CHECK_INT(itwin_init(&t, 47, ROOM), Z_OK);
        for (i = 0; i < 3; i++) {
            CHECK_INT(itwin_run(&t, in + at, total - at, chunk, 200, Z_NO_FLUSH), Z_STREAM_END);
            CHECK_UINT(t.z[OURS].total_in, len[i]);
            CHECK_UINT(t.z[OURS].total_out, i * 400);
            at += len[i];
            CHECK_INT(i % 2 ? twin_reset_keep(&t) : twin_reset(&t), Z_OK);
            twin_rewind(&t);
        }
        CHECK_INT(twin_end(&t), Z_OK);
    }
    free(in);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, data, DATA_LEN);
    test_all_finishes();
    test_exact_room();
    test_after_the_end();
    test_truncated();
    test_members();
    return test_result();
}
