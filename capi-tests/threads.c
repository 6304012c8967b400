/*
 * Property: streams in different threads do not touch each other, be the library's tables few or
 * many.
 *
 * Guards: state shared behind the scenes: tables made on first use, CPU detection, caches. All
 * threads start at once, at first before any other call, so that first uses collide.
 */
#include "twin.h"

#include <pthread.h>
#include <unistd.h>

#pragma weak rz_table_memory
#pragma weak rz_set_table_memory

#define THREADS 16
#if defined(__SANITIZE_THREAD__)
#define ROUNDS 2 /* takes 20 times as long */
#else
#define ROUNDS 8
#endif
/* Of the bound, and the microseconds between two. */
#define CHANGES 200
#define PAUSE 500
#define INPUT_LEN 100000
#define ROOM (2 * INPUT_LEN)

struct worker {
    int number;
    uLong check; /* CRC-32 over all output, in order */
    uLong adler; /* the checksum functions' own results */
    int failed;
};

static unsigned char input[DATA_KINDS][INPUT_LEN];
static pthread_barrier_t barrier;

static const int window_bits[] = {15, 31, -9, 12};

/* One stream's work; the same for the same number and round. The length of the output. */
static uLong compress_round(struct worker *worker, int round, unsigned char *out)
{
    int number = worker->number; /* no two threads do the same at the same time */
    int level = (number + round) % 10, kind = (number + 3 * round) % DATA_KINDS;
    size_t at;
    z_stream z;

    memset(&z, 0, sizeof(z));
    worker->failed |= init2(OURS, &z, level, window_bits[(number + round) % 4],
                            1 + (2 * number + round) % 9, (number + round) % 5) != Z_OK;
    z.next_out = out;
    z.avail_out = ROOM;
    for (at = 0; at < INPUT_LEN; at += INPUT_LEN / 10) {
        z.next_in = input[kind] + at;
        z.avail_in = INPUT_LEN / 10;
        worker->failed |= deflate(&z, round % 2 ? Z_SYNC_FLUSH : Z_NO_FLUSH) != Z_OK;
    }
    worker->failed |= deflate(&z, Z_FINISH) != Z_STREAM_END;
    worker->check = crc32(worker->check, out, (uInt)z.total_out);
    worker->adler = adler32(worker->adler, out, (uInt)z.total_out);
    worker->adler ^= crc32_combine(worker->check, worker->adler, 12345 + round);
    worker->failed |= deflateEnd(&z) != Z_OK;
    return z.total_out;
}

/* The round's stream back again, in pieces, and once in one call. */
static void decompress_round(struct worker *worker, int round, const unsigned char *in, uLong len,
                             unsigned char *back)
{
    int bits = window_bits[(worker->number + round) % 4], code = Z_OK;
    uLong back_len = INPUT_LEN;
    z_stream z;

    memset(&z, 0, sizeof(z));
    worker->failed |= inflate_init2(OURS, &z, bits == 31 ? 47 : bits) != Z_OK;
    z.next_in = (void *)(uintptr_t)in;
    z.avail_in = (uInt)len;
    z.next_out = back;
    while (code == Z_OK) {
        z.avail_out = 1000 + 77 * (uInt)worker->number;
        code = inflate(&z, Z_NO_FLUSH);
    }
    worker->failed |= code != Z_STREAM_END || z.total_out != INPUT_LEN;
    worker->check = crc32(worker->check, back, INPUT_LEN);
    worker->failed |= inflateEnd(&z) != Z_OK;
    if (bits == 15 || bits == 12)
        worker->failed |= uncompress(back, &back_len, in, len) != Z_OK || back_len != INPUT_LEN;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    unsigned char *out = malloc(ROOM), *back = malloc(ROOM);
    int round;

    worker->failed = out == NULL || back == NULL;
    for (round = 0; round < ROUNDS && !worker->failed; round++) {
        uLong len = compress_round(worker, round, out);

        decompress_round(worker, round, out, len, back);
    }
    free(out);
    free(back);
    return NULL;
}

static void *work_together(void *argument)
{
    pthread_barrier_wait(&barrier);
    return work(argument);
}

/* All threads at the same time; the bound on the library's tables changes if these have a size. */
static void run_together(struct worker together[THREADS], size_t table)
{
    pthread_t threads[THREADS];
    int i;

    memset(together, 0, THREADS * sizeof(*together));
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (i = 0; i < THREADS; i++) {
        together[i].number = i;
        if (pthread_create(&threads[i], NULL, work_together, &together[i]) != 0)
            test_abort("no thread");
    }
    for (i = 0; table != 0 && i < CHANGES; i++) {
        rz_set_table_memory((size_t)(i % 5) * table);
        CHECK(rz_table_memory() <= THREADS * table);
        usleep(PAUSE);
    }
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&barrier);
}

static void compare(const struct worker together[THREADS], const struct worker alone[THREADS])
{
    int i;

    for (i = 0; i < THREADS; i++) {
        CHECK_INT(together[i].failed, 0);
        CHECK_UINT(together[i].check, alone[i].check);
        CHECK_UINT(together[i].adler, alone[i].adler);
    }
}

/* Bytes of a table for deflate: what one stream makes the library take. */
static size_t table_size(void)
{
    unsigned char *out = must_alloc(ROOM);
    z_stream z;

    rz_set_table_memory(0);
    rz_set_table_memory((size_t)-1);
    memset(&z, 0, sizeof(z));
    CHECK_INT(init2(OURS, &z, 9, 15, 8, 0), Z_OK);
    z.next_in = input[DATA_TEXT];
    z.avail_in = INPUT_LEN;
    z.next_out = out;
    z.avail_out = ROOM;
    CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
    CHECK_INT(deflateEnd(&z), Z_OK);
    free(out);
    return rz_table_memory();
}

int main(void)
{
    static const size_t counts[] = {2, 3, 64, 0};
    static struct worker together[THREADS], alone[THREADS];
    size_t i, table;

    for (i = 0; i < DATA_KINDS; i++)
        data_fill((enum data_kind)i, 1, input[i], INPUT_LEN);
    run_together(together, 0);
    for (i = 0; i < THREADS; i++) {
        context("thread %d alone", (int)i);
        alone[i].number = (int)i;
        work(&alone[i]);
        CHECK_INT(alone[i].failed, 0);
    }
    context("threads that come first");
    compare(together, alone);
    if (rz_table_memory == NULL)
        return test_result();
    table = table_size();
    CHECK(table > 0);
    for (i = 0; i < COUNT(counts); i++) {
        context("threads with memory for %d tables", (int)counts[i]);
        rz_set_table_memory(counts[i] * table);
        run_together(together, 0);
        compare(together, alone);
        CHECK(rz_table_memory() <= counts[i] * table);
    }
    context("threads with memory that comes and goes");
    run_together(together, table);
    compare(together, alone);
    rz_set_table_memory(0);
    CHECK_UINT(rz_table_memory(), 0);
    return test_result();
}
