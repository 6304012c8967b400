/*
 * Property: deflateTune takes any four numbers and searches as zlib does with them.
 *
 * Guards: max_chain 0 means no limit (it is decremented first), a negative nice_length means
 * "as long as there is input", max_lazy is the insert limit of the fast levels; tuning lasts
 * until deflateReset or a change of level, and a change to the same level keeps it.
 */
#include "twin.h"

#include <limits.h>

#define ROOM 60000
#define INPUT_LEN 12000

static unsigned char input[DATA_KINDS][INPUT_LEN];

struct tune {
    int good, lazy, nice, chain;
};

static void run(struct params p, struct tune tune, int kind)
{
    struct twin t;

    context("level %d, strategy %d, windowBits %d, tune %d %d %d %d, %s", p.level, p.strategy,
            p.window_bits, tune.good, tune.lazy, tune.nice, tune.chain,
            data_name((enum data_kind)kind));
    CHECK_INT(twin_init(&t, p, ROOM), Z_OK);
    CHECK_INT(twin_tune(&t, tune.good, tune.lazy, tune.nice, tune.chain), Z_OK);
    CHECK_INT(twin_compress(&t, input[kind], INPUT_LEN, 0, 60000, Z_NO_FLUSH), Z_STREAM_END);
    twin_check_round_trip(&t, input[kind], INPUT_LEN, NULL, 0);
    CHECK_INT(twin_end(&t), Z_OK);
}

static void test_values(void)
{
    static const struct tune tunes[] = {
        {0, 0, 0, 0},         {1, 1, 1, 1},     {0, 0, 0, 1},        {258, 258, 258, 4096},
        {3, 2, 3, 2},         {4, 3, 4, 3},     {4, 4, 5, 4},        {1000, 1000, 1000, 1000},
        {-1, -1, -1, -1},     {8, 258, -5, 50}, {INT_MAX, 4, 16, 5}, {INT_MIN, INT_MIN, INT_MIN, 9},
        {2, INT_MAX, 20, 16}, {32, 5, 259, 3},  {5, -2, 2, 0},
        {INT_MAX, INT_MAX, INT_MAX, 8}};
    static const int kinds[] = {DATA_TEXT, DATA_RUNS, DATA_FEW, DATA_MIXED};
    size_t i, k;
    struct params p;

    for (i = 0; i < COUNT(tunes); i++)
        for (k = 0; k < COUNT(kinds); k++)
            for (p.level = 0; p.level <= 9; p.level++) {
                p.window_bits = k % 2 == 0 ? 15 : -10;
                p.mem_level = 1 + (int)((i + k) % 9);
                p.strategy = k == 3 ? (int)(i % 5) : Z_DEFAULT_STRATEGY;
                run(p, tunes[i], kinds[k]);
            }
}

/* Values drawn at random around the lengths that matter. */
static void test_random_values(void)
{
    enum { RUNS = 400 };
    struct rng rng = rng_seed(9);
    int i;

    for (i = 0; i < RUNS; i++) {
        struct params p = {(int)rng_below(&rng, 10), 9 + (int)rng_below(&rng, 7),
                           1 + (int)rng_below(&rng, 9), (int)rng_below(&rng, 2)};
        struct tune tune = {(int)rng_below(&rng, 20), (int)rng_below(&rng, 300),
                            (int)rng_below(&rng, 270), (int)rng_below(&rng, 40)};

        run(p, tune, (int)rng_below(&rng, DATA_KINDS));
    }
}

/* Tuning in the middle, and what ends it. */
static void test_lifetime(void)
{
    int what, level;

    for (level = 1; level <= 9; level++)
        for (what = 0; what < 4; what++) {
            struct twin t;

            context("lifetime: level %d, then %d", level, what);
            CHECK_INT(twin_init(&t, (struct params){level, 15, 8, 0}, ROOM), Z_OK);
            twin_feed(&t, input[DATA_TEXT], 3000);
            twin_drain(&t, 5000, Z_NO_FLUSH);
            twin_tune(&t, 1, 2, 4, 1);
            twin_feed(&t, input[DATA_TEXT] + 3000, 3000);
            twin_drain(&t, 5000, Z_NO_FLUSH);
            if (what == 0)
                twin_params(&t, level, Z_DEFAULT_STRATEGY, 5000);
            if (what == 1)
                twin_params(&t, level == 9 ? 8 : level + 1, Z_DEFAULT_STRATEGY, 5000);
            if (what == 2)
                twin_params(&t, level, Z_FILTERED, 5000);
            if (what == 3) {
                twin_reset(&t);
                twin_rewind(&t);
            }
            twin_feed(&t, input[DATA_TEXT] + 6000, 6000);
            twin_drain(&t, 5000, Z_FINISH);
            twin_end(&t);
        }
}

int main(void)
{
    int kind;

    oracle_open();
    for (kind = 0; kind < DATA_KINDS; kind++)
        data_fill((enum data_kind)kind, 1, input[kind], INPUT_LEN);
    test_values();
    test_random_values();
    test_lifetime();
    return test_result();
}
