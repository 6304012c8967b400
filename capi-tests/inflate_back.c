/*
 * Property: inflateBack asks for input and gives output as zlib's does, and stays inside the
 * window that the program gave it.
 *
 * Guards: zlib-ng's worst memory errors were here, because the window is the program's and has no
 * byte to spare: ours ends or begins at an inaccessible page, and each piece of input is gone when
 * the next one is asked for. in() giving nothing, out() failing, input left over, a stream used
 * again: codes, next_in and the order of the calls are compared.
 *
 * Deliberate difference: a distance that reaches before the first byte of output, or farther than
 * the window, is always "invalid distance too far back" with us. zlib's inflate_fast, which runs
 * when there are 6 bytes of input, accepts some of them and copies what is left in the window; so
 * damaged streams are compared with zlib by pieces of 5 bytes and less, and longer pieces with
 * what we do by short ones.
 */
#include "bits.h"
#include "itwin.h"

#define DATA_LEN 70000
#define EVENTS 300000
#define FAST_INPUT 6

static unsigned char data[DATA_LEN];

/* A run of inflateBack, and what happened in it. */
struct back {
    enum side side;
    z_stream z;
    const unsigned char *in;
    size_t len;         /* bytes at in */
    size_t at;          /* of these, given to inflateBack */
    size_t chunk;       /* bytes that in() gives */
    size_t in_limit;    /* calls of in() that give something */
    size_t out_limit;   /* calls of out() that succeed */
    size_t in_calls, out_calls;
    unsigned char *window;
    size_t window_len;
    struct guarded window_guard, in_guard;
    unsigned char *got; /* output */
    size_t got_len;
    uLong log;          /* check value over the calls and their arguments */
    int code;
    const char *msg;
    size_t left;        /* avail_in at the end */
    int starved;        /* next_in is NULL at the end */
};

static void record(struct back *b, size_t kind, size_t value)
{
    size_t event[2];

    event[0] = kind;
    event[1] = value;
    b->log = crc32(b->log, (const unsigned char *)event, sizeof(event));
}

static unsigned give_input(void *descriptor, z_const unsigned char **buffer)
{
    struct back *b = descriptor;
    size_t part = b->len - b->at < b->chunk ? b->len - b->at : b->chunk;

    if (b->in_calls++ >= b->in_limit)
        part = 0;
    record(b, 1, part);
    /* Over the last piece: nobody may look there again. */
    if (part != 0)
        memcpy(b->in_guard.end - part, b->in + b->at, part);
    *buffer = b->in_guard.end - part;
    b->at += part;
    return (unsigned)part;
}

static int take_output(void *descriptor, unsigned char *buffer, unsigned len)
{
    struct back *b = descriptor;

    CHECK(buffer == b->window);
    CHECK(len <= b->window_len && len != 0);
    record(b, 2, len);
    if (b->got_len + len <= 2 * DATA_LEN)
        memcpy(b->got + b->got_len, buffer, len);
    b->got_len += len;
    return b->out_calls++ >= b->out_limit;
}

static void back_new(struct back *b, enum side side, int window_bits, int at_end)
{
    memset(b, 0, sizeof(*b));
    b->side = side;
    b->window_len = (size_t)1 << window_bits;
    b->window_guard = guarded_new(b->window_len);
    b->window = at_end ? b->window_guard.end - b->window_len : b->window_guard.begin;
    b->in_guard = guarded_new(DATA_LEN);
    b->got = must_alloc(2 * DATA_LEN);
    memset(b->window, 0x5a, b->window_len);
    CHECK_INT(api[side]->inflateBackInit_(&b->z, window_bits, b->window, ZLIB_VERSION,
                                          (int)sizeof(z_stream)), Z_OK);
}

static void back_free(struct back *b)
{
    CHECK_INT(api[b->side]->inflateBackEnd(&b->z), Z_OK);
    CHECK(b->z.state == NULL);
    CHECK_INT(api[b->side]->inflateBackEnd(&b->z), Z_STREAM_ERROR);
    guarded_free(b->window_guard);
    guarded_free(b->in_guard);
    free(b->got);
}

/* How input comes and which calls fail. */
struct conditions {
    size_t first; /* bytes that are at next_in at the start */
    size_t chunk;
    size_t in_limit;
    size_t out_limit;
};

static void back_run(struct back *b, const unsigned char *in, size_t len, struct conditions c)
{
    static const unsigned char nothing[] = "";
    size_t first = c.first < len ? c.first : len;

    b->in = in;
    b->len = len;
    b->at = first;
    b->chunk = c.chunk;
    b->in_limit = c.in_limit;
    b->out_limit = c.out_limit;
    b->in_calls = b->out_calls = b->got_len = 0;
    b->log = 0;
    b->z.next_in = first == 0 ? NULL : (void *)(uintptr_t)in;
    /* Without next_in this number means nothing. */
    b->z.avail_in = first == 0 ? 77 : (uInt)first;
    b->z.msg = (void *)(uintptr_t)nothing;
    b->code = api[b->side]->inflateBack(&b->z, give_input, b, take_output, b);
    b->msg = b->z.msg;
    b->left = b->z.avail_in;
    b->starved = b->z.next_in == NULL;
    /* Where the rest lies: in what was given last. */
    if (!b->starved && b->in_calls != 0)
        CHECK(b->z.next_in == b->in_guard.end - b->left);
    else if (!b->starved)
        CHECK(b->z.next_in == in + first - b->left);
    CHECK_UINT(b->z.total_in, 0);
    CHECK_UINT(b->z.total_out, 0);
    CHECK_UINT(b->z.adler, 0);
    CHECK_INT(b->z.data_type, 0);
}

static void compare(const struct back *a, const struct back *b, int all)
{
    CHECK_INT(a->code, b->code);
    CHECK_STR(a->msg, b->msg);
    if (CHECK_UINT(a->got_len, b->got_len) && a->got_len <= 2 * DATA_LEN)
        CHECK_MEM(a->got, b->got, a->got_len);
    CHECK_UINT(a->at - a->left, b->at - b->left);
    if (all) {
        CHECK_UINT(a->left, b->left);
        CHECK_INT(a->starved, b->starved);
        CHECK_UINT(a->log, b->log);
    }
}

/* A stream that deflate made for a window of this size; 256 bytes only without far matches. */
static unsigned char *stream_for(int window_bits, int kind, size_t data_len, size_t *len)
{
    struct params p = {6, window_bits == 8 ? -9 : -window_bits, 8,
                       window_bits == 8 ? Z_RLE : Z_DEFAULT_STRATEGY};

    if (kind % 3 == 2)
        p.level = kind % 2 ? 0 : 1;
    data_fill((enum data_kind)kind, 1, data, data_len);
    return sample_new(p, data, data_len, 0, 0, len);
}

/* Streams that end well: by pieces of all sizes, on streams that are used again and again. */
static void test_whole(void)
{
    static const size_t chunks[] = {1, 2, 5, 6, 7, 100, 4096, DATA_LEN};
    struct back pair[SIDES];
    size_t c, len, data_len;
    int bits, kind, side;

    for (bits = 8; bits <= 15; bits++) {
        for (side = OURS; side < SIDES; side++)
            back_new(&pair[side], (enum side)side, bits, bits % 2);
        for (kind = 0; kind < DATA_KINDS; kind++)
            for (data_len = 0; data_len < DATA_LEN; data_len = data_len * 37 + 1 + (size_t)kind) {
                unsigned char *stream = stream_for(bits, kind, data_len, &len);

                /* Something behind the end. */
                memset(stream + len, 0xee, 9);
                for (c = 0; c < COUNT(chunks); c++) {
                    struct conditions how = {c % 2 ? len / 2 + c : 0, chunks[c], (size_t)-1,
                                             (size_t)-1};

                    context("whole: windowBits %d, %s, %zu bytes by %zu", bits,
                            data_name((enum data_kind)kind), data_len, chunks[c]);
                    for (side = OURS; side < SIDES; side++)
                        back_run(&pair[side], stream, len + 9, how);
                    compare(&pair[OURS], &pair[ORACLE], 1);
                    CHECK_INT(pair[OURS].code, Z_STREAM_END);
                    CHECK_UINT(pair[OURS].at - pair[OURS].left, len);
                    if (CHECK_UINT(pair[OURS].got_len, data_len))
                        CHECK_MEM(pair[OURS].got, data, data_len);
                }
                free(stream);
            }
        for (side = OURS; side < SIDES; side++)
            back_free(&pair[side]);
    }
}

/* in() gives nothing from each call on; out() fails from each call on. */
static void test_failing_calls(void)
{
    struct back pair[SIDES];
    size_t limit, len;
    int bits, kind, side, chunk;

    for (bits = 8; bits <= 12; bits += 2)
        for (kind = 1; kind < DATA_KINDS; kind += 2) {
            unsigned char *stream = stream_for(bits, kind, 2500, &len);

            for (side = OURS; side < SIDES; side++)
                back_new(&pair[side], (enum side)side, bits, 1);
            for (chunk = 1; chunk < 40; chunk += 13)
                for (limit = 0; limit <= len / (size_t)chunk + 2; limit++) {
                    struct conditions in_fails = {limit % 3, (size_t)chunk, limit, (size_t)-1};
                    struct conditions out_fails = {limit % 3, (size_t)chunk, (size_t)-1, limit};

                    context("in() fails: windowBits %d, kind %d, chunk %d, after %zu", bits, kind,
                            chunk, limit);
                    for (side = OURS; side < SIDES; side++)
                        back_run(&pair[side], stream, len, in_fails);
                    compare(&pair[OURS], &pair[ORACLE], 1);
                    CHECK_INT(pair[OURS].code == Z_BUF_ERROR, pair[OURS].starved);
                    CHECK_STR(pair[OURS].msg, NULL);
                    if (limit > 20)
                        continue;
                    context("out() fails: windowBits %d, kind %d, chunk %d, after %zu", bits, kind,
                            chunk, limit);
                    for (side = OURS; side < SIDES; side++)
                        back_run(&pair[side], stream, len, out_fails);
                    compare(&pair[OURS], &pair[ORACLE], 1);
                    CHECK_INT(pair[OURS].starved, 0);
                }
            for (side = OURS; side < SIDES; side++)
                back_free(&pair[side]);
            free(stream);
        }
}

/* Damaged streams: with zlib by short pieces, with ourselves by long ones. */
static void test_damaged(void)
{
    struct rng rng = rng_seed(1);
    struct back pair[SIDES], other;
    size_t i, len;
    int bits, kind, side;

    for (bits = 8; bits <= 15; bits++) {
        for (side = OURS; side < SIDES; side++)
            back_new(&pair[side], (enum side)side, bits, 1);
        back_new(&other, OURS, bits, 0);
        for (kind = 1; kind < DATA_KINDS; kind++) {
            unsigned char *stream = stream_for(bits, kind, 1500, &len);

            for (i = 0; i < 60; i++) {
                size_t at = rng_below(&rng, (uint32_t)len);
                unsigned char saved = stream[at];
                struct conditions how = {0, 1 + rng_below(&rng, FAST_INPUT - 1), (size_t)-1,
                                         i % 7 == 6 ? 1 : (size_t)-1};

                context("damaged: windowBits %d, kind %d, %zu", bits, kind, i);
                stream[at] ^= (unsigned char)(1 + rng_below(&rng, 255));
                for (side = OURS; side < SIDES; side++)
                    back_run(&pair[side], stream, len, how);
                compare(&pair[OURS], &pair[ORACLE], 1);
                how.chunk = i % 2 ? len : FAST_INPUT + rng_below(&rng, 300);
                how.first = i % 3 ? 0 : len;
                back_run(&other, stream, len, how);
                if (!testing_peer())
                    compare(&other, &pair[OURS], 0);
                stream[at] = saved;
            }
            free(stream);
        }
        for (side = OURS; side < SIDES; side++)
            back_free(&pair[side]);
        back_free(&other);
    }
}

/* After some bytes of output a match at the farthest distance there is, and one byte farther. */
static void far_match(int bits, size_t before, int beyond)
{
    static const size_t chunks[] = {1, FAST_INPUT - 1, FAST_INPUT, DATA_LEN};
    size_t window = (size_t)1 << bits, limit = before < window ? before : window, c;
    struct code litlen, distance;
    struct bits b;
    struct back pair[SIDES];
    int side;

    if (limit + (size_t)beyond > 32768 || limit + (size_t)beyond == 0)
        return;
    code_fixed(&litlen, &distance);
    bits_new(&b);
    data_fill(DATA_RANDOM, before, data, before);
    if (before > 65535)
        bits_stored(&b, 0, data + 65535, before - 65535);
    bits_stored(&b, 0, data, before > 65535 ? 65535 : before);
    bits_block(&b, 1, FIXED);
    bits_match(&b, &litlen, &distance, 258, (unsigned)(limit + (size_t)beyond));
    bits_symbol(&b, &litlen, 'z');
    bits_symbol(&b, &litlen, END_OF_BLOCK);
    bits_bytes(&b, "behind it", 9);
    for (side = OURS; side < SIDES; side++)
        back_new(&pair[side], (enum side)side, bits, (int)before % 2);
    for (c = 0; c < COUNT(chunks); c++) {
        /* zlib with fast input: only what it is sure to refuse, or to accept. */
        int defined = !beyond || chunks[c] < FAST_INPUT;
        struct conditions how = {0, chunks[c], (size_t)-1, (size_t)-1};

        context("windowBits %d, %zu bytes, beyond %d, by %zu", bits, before, beyond, chunks[c]);
        back_run(&pair[OURS], b.byte, b.len, how);
        CHECK_INT(pair[OURS].code, testing_peer() && !defined ? pair[OURS].code
                                   : beyond                   ? Z_DATA_ERROR
                                                              : Z_STREAM_END);
        if (beyond && (defined || !testing_peer()))
            CHECK_STR(pair[OURS].msg, "invalid distance too far back");
        if (!defined)
            continue;
        back_run(&pair[ORACLE], b.byte, b.len, how);
        compare(&pair[OURS], &pair[ORACLE], 1);
    }
    for (side = OURS; side < SIDES; side++)
        back_free(&pair[side]);
    bits_free(&b);
}

static void test_far_matches(void)
{
    int bits, beyond;
    size_t i;

    for (bits = 8; bits <= 15; bits++) {
        size_t window = (size_t)1 << bits;
        size_t before[] = {0,          1,          2,          100,        window / 2,
                           window - 1, window,     window + 1, window + 2, window + window / 2,
                           2 * window, 2 * window + 1};

        for (i = 0; i < COUNT(before); i++)
            for (beyond = 0; beyond < 2; beyond++)
                far_match(bits, before[i], beyond);
    }
}

/* inflateBack looks at state only, inflateBackEnd also at zfree: a z_stream that was moved, or
 * that has no zalloc any more, works. */
static void test_moved(void)
{
    size_t len;
    unsigned char *stream = stream_for(15, 1, 3000, &len);
    int side, without;

    for (without = 0; without < 2; without++) {
        struct back made, pair[SIDES];

        for (side = OURS; side < SIDES; side++) {
            struct back *b = &pair[side];
            free_func zfree;

            context("moved, without zalloc: %d", without);
            back_new(&made, (enum side)side, 15, 1);
            *b = made;
            zfree = b->z.zfree;
            if (without) {
                b->z.zalloc = NULL;
                b->z.zfree = NULL;
            }
            back_run(b, stream, len, (struct conditions){0, 100, (size_t)-1, (size_t)-1});
            CHECK_INT(b->code, Z_STREAM_END);
            if (without)
                CHECK_INT(api[side]->inflateBackEnd(&b->z), Z_STREAM_ERROR);
            b->z.zfree = zfree;
        }
        compare(&pair[OURS], &pair[ORACLE], 1);
        for (side = OURS; side < SIDES; side++)
            back_free(&pair[side]);
    }
    free(stream);
}

int main(void)
{
    oracle_open();
    test_whole();
    test_moved();
    test_failing_calls();
    test_damaged();
    test_far_matches();
    return test_result();
}
