/*
 * Property: streams in different threads do not touch each other.
 *
 * Guards: state shared behind the scenes: tables made on first use, CPU detection, caches. All
 * threads start at once, before any other call, so that first uses collide.
 */
#include "twin.h"

#include <pthread.h>

#define THREADS 8
#define ROUNDS 12
#define INPUT_LEN 30000
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

int main(void)
{
    static struct worker together[THREADS], alone[THREADS];
    pthread_t threads[THREADS];
    int i;

    for (i = 0; i < DATA_KINDS; i++)
        data_fill((enum data_kind)i, 1, input[i], INPUT_LEN);
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (i = 0; i < THREADS; i++) {
        together[i].number = alone[i].number = i;
        if (pthread_create(&threads[i], NULL, work_together, &together[i]) != 0)
            test_abort("no thread");
    }
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&barrier);
    for (i = 0; i < THREADS; i++) {
        context("thread %d", i);
        work(&alone[i]);
        CHECK_INT(together[i].failed, 0);
        CHECK_INT(alone[i].failed, 0);
        CHECK_UINT(together[i].check, alone[i].check);
        CHECK_UINT(together[i].adler, alone[i].adler);
    }
    return test_result();
}
