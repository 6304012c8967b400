/*
 * Property: whatever is wrong with a stream, inflate does with it what zlib does, however it is
 * cut, and so do the calls after it.
 *
 * Guards: inflate_errors.c has each error once; here bytes are changed, lost, doubled or swapped
 * at random, so that errors lie deep in the data and behind changes between long and short pieces,
 * where a fast loop takes over from a careful one and back.
 */
#include "itwin.h"

#define DATA_LEN 6000
/* Damaged streams may well give more than the data: lengths are up to 258. */
#define ROOM 120000

static const struct params rows[] = {{6, 15, 8, 0},  {1, 31, 8, 0}, {9, -15, 8, 0}, {6, -9, 8, 4},
                                     {0, 31, 8, 0},  {6, 9, 1, 2},  {4, -12, 2, 3}, {7, 25, 8, 1}};

/* Changes a copy of the stream in up to three places; its new length. */
static size_t damage(struct rng *rng, unsigned char *in, size_t len)
{
    uint32_t places = 1 + rng_below(rng, 3);

    while (places-- > 0) {
        size_t at = rng_below(rng, (uint32_t)len), other = rng_below(rng, (uint32_t)len);

        switch (rng_below(rng, 6)) {
        case 0: in[at] ^= (unsigned char)(1u << rng_below(rng, 8)); break;
        case 1: in[at] = (unsigned char)rng_next(rng); break;
        case 2: /* lost */
            memmove(in + at, in + at + 1, len - at - 1);
            len -= len > 1;
            break;
        case 3: { /* swapped */
            unsigned char byte = in[at];

            in[at] = in[other];
            in[other] = byte;
            break;
        }
        case 4: /* part of it again, in another place */
            memmove(in + at, in + other, len - (at > other ? at : other));
            break;
        default: in[at] = rng_below(rng, 2) ? 0xff : 0; break;
        }
    }
    return len;
}

/* Pieces: long, short and none in turn. */
static size_t piece(struct rng *rng, size_t most)
{
    static const uint32_t sizes[] = {2, 7, 30, 270, 700, ROOM};
    size_t len = rng_below(rng, sizes[rng_below(rng, COUNT(sizes))]);

    return len < most ? len : most;
}

/* A call that has nothing to do with decoding, or that gets a failed stream going again. */
static void other_call(struct twin *t, struct rng *rng, int window_bits)
{
    switch (rng_below(rng, 8)) {
    case 0: itwin_validate(t, (int)rng_below(rng, 2)); break;
    case 1: twin_prime(t, (int)rng_below(rng, 18) - 1, (int)rng_next(rng)); break;
    case 2: twin_get_dictionary(t, NULL); break;
    case 3: twin_reset(t); break;
    case 4: twin_reset_keep(t); break;
    case 5: itwin_reset2(t, window_bits); break;
    default: itwin_sync(t); break;
    }
}

static void run(struct rng *rng, const unsigned char *in, size_t len, int window_bits)
{
    size_t at = 0, calls = 0;
    struct twin t;
    int code = Z_OK, others = 0;

    CHECK_INT(itwin_init(&t, window_bits, ROOM), Z_OK);
    while (calls++ < 400 && code != DIVERGED && t.used[ORACLE] < ROOM && others < 6) {
        if (t.z[ORACLE].avail_in == 0) {
            size_t part = piece(rng, len - at);

            twin_feed(&t, in + at, part);
            at += part;
        }
        code = itwin_inflate(&t, piece(rng, ROOM - t.used[ORACLE]),
                             (int)rng_below(rng, rng_below(rng, 2) ? 7 : 1));
        if (code < 0 || code == Z_STREAM_END) {
            if (code != Z_BUF_ERROR || (at == len && t.z[ORACLE].avail_in == 0)) {
                other_call(&t, rng, window_bits);
                others++;
            }
        }
    }
    CHECK_INT(twin_end(&t), Z_OK);
}

int main(void)
{
    enum { ROUNDS = 700 };
    unsigned char *data = must_alloc(DATA_LEN);
    struct rng rng;
    size_t r, len;
    int round;

    oracle_open();
    for (r = 0; r < COUNT(rows); r++)
        for (round = 0; round < ROUNDS; round++) {
            int window_bits = rows[r].window_bits;
            unsigned char *in;

            rng = rng_seed(r * ROUNDS + (size_t)round);
            data_fill((enum data_kind)(round % DATA_KINDS), r, data, DATA_LEN);
            in = sample_new(rows[r], data, 200 + rng_below(&rng, DATA_LEN - 200),
                            rng_below(&rng, 2) ? 0 : 1 + rng_below(&rng, 3000),
                            1 + (int)rng_below(&rng, 3), &len);
            context("row %zu, round %d", r, round);
            len = damage(&rng, in, len);
            if (round % 5 == 0 && window_bits > 15)
                window_bits += 16;
            if (round % 5 == 1 && window_bits > 0 && window_bits < 16)
                window_bits = 0;
            run(&rng, in, len, window_bits);
            free(in);
        }
    free(data);
    return test_result();
}
