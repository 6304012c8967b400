/*
 * Property: each level's search limits hold to the very number: good_length, max_lazy,
 * nice_length and max_chain.
 *
 * Guards: a faster search that looks at one candidate more or less than zlib finds other matches
 * and gives other bytes. Ordinary data rarely touches a limit exactly; this data does: strings
 * repeated with a counted number of candidates in between, and matches of every length.
 */
#include "twin.h"

#define INPUT_MOST 200000

/* zlib's limits by level (its configuration_table); levels 1 to 3 search without lazy matching. */
static const struct {
    size_t good, lazy, nice, chain;
} limits[10] = {{0, 0, 0, 0},      {4, 4, 8, 4},        {4, 5, 16, 8},     {4, 6, 32, 32},
                {4, 4, 16, 16},    {8, 16, 32, 32},     {8, 16, 128, 128}, {8, 32, 128, 256},
                {32, 128, 258, 1024}, {32, 258, 258, 4096}};

static unsigned char input[INPUT_MOST];
static size_t input_len;
static struct rng rng;

/* Bytes that occur nowhere in the repeated strings, so that no match crosses them. */
static void put_noise(size_t len)
{
    while (len-- > 0)
        input[input_len++] = (unsigned char)(128 + rng_below(&rng, 128));
}

static void put(const unsigned char *bytes, size_t len)
{
    memcpy(input + input_len, bytes, len);
    input_len += len;
}

/* A string of bytes below 128 that was not there before. */
static void new_string(unsigned char *bytes, size_t len)
{
    while (len-- > 0)
        bytes[len] = (unsigned char)rng_below(&rng, 128);
}

/* Candidates that share the first three bytes only. */
static void put_decoys(const unsigned char *string, size_t count)
{
    while (count-- > 0) {
        put(string, 3);
        put_noise(2);
    }
}

/* Begins a new input. Nothing can match the very first byte of a stream: it is position 0. */
static void begin(void)
{
    input_len = 0;
    put_noise(4);
}

static void run(int level, int strategy)
{
    struct params p = {level, 15, 9, strategy};
    struct twin t;

    CHECK_INT(twin_init(&t, p, 2 * INPUT_MOST), Z_OK);
    CHECK_INT(twin_compress(&t, input, input_len, 0, 2 * INPUT_MOST, Z_NO_FLUSH), Z_STREAM_END);
    twin_check_round_trip(&t, input, input_len, NULL, 0);
    CHECK_INT(twin_end(&t), Z_OK);
}

/* The only long match lies behind a number of candidates around max_chain and its quarter. Other
 * strings may share the hash and count as candidates too, a dozen at most: hence FEWER. */
static void test_chain(void)
{
    enum { FEWER = -24, MORE = 3 };
    int level, off, quarter;

    for (level = 1; level <= 9; level++)
        for (quarter = 0; quarter < 2; quarter++)
            for (off = FEWER; off <= MORE; off++) {
                size_t chain = quarter ? limits[level].chain / 4 : limits[level].chain;
                unsigned char string[24];

                context("chain: level %d, %s, off by %d", level, quarter ? "quarter" : "whole",
                        off);
                if ((int)chain + off < 0)
                    continue;
                begin();
                new_string(string, sizeof(string));
                put(string, sizeof(string));
                put_noise(3);
                put_decoys(string, (size_t)((int)chain + off));
                put(string, sizeof(string));
                put_noise(20);
                run(level, Z_DEFAULT_STRATEGY);
            }
}

/* A match of each length with a longer one at the next byte, which lazy matching may find; a
 * number of candidates before it tell whether the chain was cut to a quarter (good_length). */
static void test_lazy_and_good(void)
{
    size_t len, decoys;
    int level, strategy;

    for (level = 1; level <= 9; level++)
        for (strategy = Z_DEFAULT_STRATEGY; strategy <= Z_FILTERED; strategy++)
            for (len = 3; len <= 257; len++) {
                unsigned char string[300];
                int near = len + 3 >= limits[level].good && len <= limits[level].good + 3;

                /* With many candidates only around good_length: it would take too long. */
                decoys = near ? limits[level].chain / 4 + 4 : 0;
                if (len > 40 && (len + (size_t)level) % 3 != 0 && len + 3 < limits[level].lazy)
                    continue;
                context("lazy: level %d, strategy %d, length %zu", level, strategy, len);
                begin();
                new_string(string, sizeof(string));
                put(string, len);
                put_noise(3);
                put(string + 1, len + 2);
                put_noise(3);
                put_decoys(string + 1, decoys);
                put(string, len + 3);
                put_noise(20);
                put(string, len);
                run(level, strategy);
            }
}

/* A near match of each length and an older, longer one: nice_length decides which is taken. */
static void test_nice(void)
{
    size_t len;
    int level;

    for (level = 1; level <= 9; level++) {
        context("nice: level %d", level);
        begin();
        for (len = 3; len <= 258; len++) {
            unsigned char string[300];

            new_string(string, sizeof(string));
            put(string, len + 5);
            put_noise(2);
            put(string, len);
            put_noise(2);
            put(string, len + 5);
            put_noise(2);
        }
        CHECK(input_len < INPUT_MOST);
        run(level, Z_DEFAULT_STRATEGY);
    }
}

/* Distances around the largest a window allows, and 3-byte matches around TOO_FAR (4096). */
static void test_distances(void)
{
    static const size_t distances[] = {4094, 4095, 4096, 4097, 4098, 32500, 32505, 32506, 32507,
                                       32510, 32767, 32768, 32769, 65000, 65535, 65536, 65537};
    size_t i, len;
    int level;

    for (level = 1; level <= 9; level++)
        for (i = 0; i < COUNT(distances); i++)
            for (len = 3; len <= 5; len++) {
                unsigned char string[8];

                context("distance %zu, length %zu, level %d", distances[i], len, level);
                input_len = 0;
                put_noise(i % 2 == 0 ? 0 : 700);
                new_string(string, sizeof(string));
                put(string, len);
                put_noise(distances[i] - len);
                put(string, len);
                put_noise(300);
                run(level, Z_DEFAULT_STRATEGY);
            }
}

/* Short inputs of every length: where stored, fixed and dynamic blocks cost nearly the same. */
static void test_block_choice(void)
{
    static const int kinds[] = {DATA_TEXT, DATA_FEW, DATA_SKEWED, DATA_RUNS, DATA_RECORDS};
    size_t k;
    int level;

    for (k = 0; k < COUNT(kinds); k++)
        for (level = 1; level <= 6; level += 5)
            for (input_len = 0; input_len <= 900; input_len++) {
                context("block choice: %s, %zu bytes, level %d",
                        data_name((enum data_kind)kinds[k]), input_len, level);
                data_fill((enum data_kind)kinds[k], input_len, input, input_len);
                run(level, Z_DEFAULT_STRATEGY);
            }
}

int main(void)
{
    oracle_open();
    rng = rng_seed(1);
    test_chain();
    test_lazy_and_good();
    test_nice();
    test_distances();
    test_block_choice();
    return test_result();
}
