/*
 * Property: what comes after inflate's output belongs to somebody else: inflate writes and reads
 * nothing there while it runs, not even to put back later what was there.
 *
 * Guards: programs whose threads decompress into one array, each with an avail_out that says the
 * rest of it; programs that decompress in place, with the input at the end of the output's own
 * buffer, and leave a gap that zlib can work with, stored data and check values included; programs
 * whose output is at a low address.
 */
#include "heap.h"
#include "itwin.h"

#include <pthread.h>
#include <sys/mman.h>

#define THREADS 2
#define BLOCK_LEN 2048
#define BLOCKS 64
#define RUNS 300
#define ARRAY_LEN (BLOCKS * BLOCK_LEN)

static unsigned char array[ARRAY_LEN], expected[ARRAY_LEN];
static unsigned char *block_stream[BLOCKS];
static size_t block_stream_len[BLOCKS];
static pthread_barrier_t barrier;
static int code_sum[THREADS];

/* Decompresses every other block to its place. */
static void *worker(void *arg)
{
    int number = *(int *)arg, run, i;

    for (run = 0; run < RUNS; run++) {
        pthread_barrier_wait(&barrier);
        for (i = number; i < BLOCKS; i += THREADS) {
            unsigned char *to = array + (size_t)i * BLOCK_LEN;
            z_stream z;

            memset(&z, 0, sizeof(z));
            code_sum[number] += inflate_init2(OURS, &z, 15) != Z_OK;
            z.next_in = block_stream[i];
            z.avail_in = (uInt)block_stream_len[i];
            z.next_out = to;
            z.avail_out = (uInt)(array + ARRAY_LEN - to);
            code_sum[number] += inflate(&z, Z_NO_FLUSH) != Z_STREAM_END;
            code_sum[number] += z.total_out != BLOCK_LEN;
            code_sum[number] += inflateEnd(&z) != Z_OK;
        }
        pthread_barrier_wait(&barrier);
        if (number == 0) {
            CHECK_MEM(array, expected, ARRAY_LEN);
            memset(array, 0, ARRAY_LEN);
        }
    }
    return NULL;
}

static void test_threads_in_one_array(void)
{
    static const struct params p = {6, 15, 8, 0};
    int numbers[THREADS], i;
    pthread_t threads[THREADS];

    context("threads in one array");
    for (i = 0; i < BLOCKS; i++) {
        unsigned char *data = data_new((enum data_kind)(i % DATA_KINDS), (uint64_t)i, BLOCK_LEN);

        memcpy(expected + (size_t)i * BLOCK_LEN, data, BLOCK_LEN);
        block_stream[i] = sample_new(p, data, BLOCK_LEN, 0, 0, &block_stream_len[i]);
        free(data);
    }
    CHECK_INT(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    for (i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK_INT(pthread_create(&threads[i], NULL, worker, &numbers[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK_INT(pthread_join(threads[i], NULL), 0);
        CHECK_INT(code_sum[i], 0);
    }
    for (i = 0; i < BLOCKS; i++)
        free(block_stream[i]);
}

/* Whether a stream is decoded right in one call when it lies at the end of a buffer of buf_len
 * bytes, to whose beginning the data goes. */
static int decodes_in_place(enum side side, const unsigned char *stream, size_t len,
                            int window_bits, const unsigned char *data, size_t data_len,
                            size_t buf_len)
{
    unsigned char *buf = must_alloc(buf_len);
    int right;
    z_stream z;

    memset(buf, 0, buf_len);
    memcpy(buf + buf_len - len, stream, len);
    memset(&z, 0, sizeof(z));
    CHECK_INT(inflate_init2(side, &z, window_bits), Z_OK);
    z.next_in = buf + buf_len - len;
    z.avail_in = (uInt)len;
    z.next_out = buf;
    z.avail_out = (uInt)data_len;
    right = api[side]->inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == data_len &&
            memcmp(buf, data, data_len) == 0;
    CHECK_INT(api[side]->inflateEnd(&z), Z_OK);
    free(buf);
    return right;
}

/* The shortest buffer that zlib can work with will do, and so will any that is longer. */
static void test_in_place(void)
{
    static const struct {
        struct params p;
        enum data_kind kind;
    } rows[] = {
        {{6, -15, 8, 0}, DATA_TEXT},    {{9, -15, 8, 0}, DATA_MIXED},  {{1, -15, 8, 0}, DATA_RUNS},
        {{6, -15, 8, 0}, DATA_RECORDS}, {{6, -15, 8, 2}, DATA_SKEWED}, {{6, -15, 8, 4}, DATA_FEW},
        {{0, 15, 8, 0}, DATA_RANDOM},   {{0, 31, 8, 0}, DATA_TEXT},    {{0, -15, 8, 0}, DATA_TEXT},
        {{6, 15, 8, 0}, DATA_RANDOM},   {{6, 31, 8, 0}, DATA_RANDOM},  {{6, 15, 8, 0}, DATA_MIXED},
    };
    static const size_t sizes[] = {33, 65, 300, 1000, 1024, 3000, 5000, 40000, 200000};
    size_t r, i, buf_len, len;

    for (r = 0; r < COUNT(rows); r++) {
        for (i = 0; i < COUNT(sizes); i++) {
            size_t data_len = sizes[i];
            unsigned char *data = data_new(rows[r].kind, 7, data_len);
            unsigned char *stream = sample_new(rows[r].p, data, data_len, 0, 0, &len);
            size_t low = len > data_len ? len : data_len, least = data_len + len;

            while (low < least) {
                size_t middle = low + (least - low) / 2;

                if (decodes_in_place(ORACLE, stream, len, rows[r].p.window_bits, data, data_len,
                                     middle))
                    least = middle;
                else
                    low = middle + 1;
            }
            for (buf_len = least; buf_len < least + 70; buf_len++) {
                context("in place: row %zu, %zu bytes in %zu", r, data_len, buf_len);
                CHECK(decodes_in_place(OURS, stream, len, rows[r].p.window_bits, data, data_len,
                                       buf_len));
            }
            free(stream);
            free(data);
        }
    }
}

/* A distance may reach further back than the output's address is from 0, to earlier output. */
static void test_low_address(void)
{
    static const size_t addresses[] = {0x1000, 0x4000, 0x8000};
    static const struct params p = {9, -15, 9, 0};
    size_t data_len = 100000, first = 40000, len, i, k;
    unsigned char *data = data_new(DATA_RANDOM, 1, data_len);
    unsigned char *earlier = must_alloc(first), *stream;

    for (i = 33000; i + 100 < data_len; i += 90) /* matches from afar between random bytes */
        memcpy(data + i, data + i - 32000 - i % 700, 5 + i % 60);
    stream = sample_new(p, data, data_len, 0, 0, &len);
    for (i = 0; i < COUNT(addresses); i++) {
        unsigned char *low = mmap((void *)addresses[i], data_len, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

        if (low != (void *)addresses[i])
            continue; /* the system keeps such addresses to itself */
        context("output at %zu", addresses[i]);
        for (k = 0; k < 2; k++) {
            static struct heap heap;
            z_stream z;

            memset(&z, 0, sizeof(z));
            heap_init(&heap);
            if (k == 1)
                heap_attach(&heap, &z);
            CHECK_INT(inflate_init2(OURS, &z, -15), Z_OK);
            z.next_in = stream;
            z.avail_in = (uInt)len;
            z.next_out = earlier;
            z.avail_out = (uInt)first;
            CHECK_INT(inflate(&z, Z_NO_FLUSH), Z_OK);
            z.next_out = low;
            z.avail_out = (uInt)(data_len - first);
            CHECK_INT(inflate(&z, Z_FINISH), Z_STREAM_END);
            CHECK_MEM(low, data + first, data_len - first);
            CHECK_INT(inflateEnd(&z), Z_OK);
            heap_check_empty(&heap);
        }
        munmap(low, data_len);
    }
    free(stream);
    free(earlier);
    free(data);
}

int main(void)
{
    oracle_open();
    test_threads_in_one_array();
    test_in_place();
    test_low_address();
    return test_result();
}
