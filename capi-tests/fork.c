/*
 * Property: after a fork beside threads that compress and decompress, the child's own streams and
 * those that it has inherited go on as they should, and so do the parent's.
 *
 * Guards: a thread that holds something of the library at the fork does not exist in the child,
 * so nobody puts it back there: the child must neither wait for it nor use it. Servers fork.
 */
#include "twin.h"
#include "arena.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 3
#define FORKS 24
#define INHERITED 6
#define PIECES 10
#define PIECE 20000
#define DATA_LEN (PIECES * PIECE)
#define ROOM (DATA_LEN + DATA_LEN / 2)
/* Seconds after which a child is taken to hang. */
#define PATIENCE 60
#define ARENA_LEN 300000

/*
 * Memory for one stream after the other. Not malloc's: in a child of several threads that may wait
 * for ever with AddressSanitizer, whose allocator's locks are as the other threads left them.
 */
struct memory {
    struct arena arena;
    unsigned char bytes[ARENA_LEN];
};

/* A stream that compresses piece by piece, and what has come of it. */
struct work {
    int level;
    z_stream z;
    int piece;
    struct memory memory;
    unsigned char out[ROOM];
};

static unsigned char *data;
static struct work work[INHERITED], expected[INHERITED], own;
static unsigned char back[DATA_LEN];
static struct memory reader;
static int stop;

static void attach(z_streamp z, struct memory *memory)
{
    struct arena whole = {memory->bytes, ARENA_LEN, 0};

    memory->arena = whole;
    arena_attach(z, &memory->arena);
}

static int begin(enum side side, struct work *w)
{
    attach(&w->z, &w->memory);
    w->piece = 0;
    w->z.next_out = w->out;
    w->z.avail_out = ROOM;
    return init2(side, &w->z, w->level, 15, 8, 0);
}

/* One piece more, the last one to the end; 1 if that went well. */
static int go_on(enum side side, struct work *w)
{
    int is_last = ++w->piece == PIECES;

    w->z.next_in = data + (w->piece - 1) * PIECE;
    w->z.avail_in = PIECE;
    return api[side]->deflate(&w->z, is_last ? Z_FINISH : Z_NO_FLUSH) ==
           (is_last ? Z_STREAM_END : Z_OK);
}

/* The rest of a stream; 1 if all of it is as expected. */
static int complete(struct work *w, const struct work *want)
{
    while (w->piece < PIECES)
        if (!go_on(OURS, w))
            return 0;
    return w->z.total_out == want->z.total_out && memcmp(w->out, want->out, w->z.total_out) == 0 &&
           deflateEnd(&w->z) == Z_OK;
}

/* What a stream gave back again, to `to`; 1 if it is the data. */
static int decompresses(const struct work *w, unsigned char *to, struct memory *memory)
{
    z_stream z;
    int code = Z_OK;

    attach(&z, memory);
    if (inflate_init2(OURS, &z, 15) != Z_OK)
        return 0;
    z.next_in = (void *)(uintptr_t)w->out;
    z.avail_in = (uInt)w->z.total_out;
    z.next_out = to;
    while (code == Z_OK) {
        z.avail_out = 5000;
        code = inflate(&z, Z_NO_FLUSH);
    }
    return code == Z_STREAM_END && z.total_out == DATA_LEN && memcmp(to, data, DATA_LEN) == 0 &&
           inflateEnd(&z) == Z_OK;
}

static void *run(void *argument)
{
    struct work *w = malloc(sizeof(*w));
    struct memory *memory = malloc(sizeof(*memory));
    unsigned char *to = malloc(DATA_LEN);
    int i = *(const int *)argument, works = w != NULL && memory != NULL && to != NULL;

    while (works && !__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        const struct work *want = &expected[i++ % INHERITED];

        w->level = want->level;
        works = begin(OURS, w) == Z_OK && complete(w, want) && decompresses(want, to, memory);
    }
    free(to);
    free(memory);
    free(w);
    return works ? &stop : NULL;
}

/* What the child does with what it has; its exit code, 0 if all went well. */
static int live_on(int round)
{
    int i;

    alarm(PATIENCE);
    own.level = expected[round % INHERITED].level;
    if (begin(OURS, &own) != Z_OK || !complete(&own, &expected[round % INHERITED]))
        return 1;
    if (!decompresses(&own, back, &reader))
        return 2;
    for (i = 0; i < INHERITED; i++)
        if (!complete(&work[i], &expected[i]))
            return 3 + i;
    return 0;
}

int main(void)
{
    static const int levels[INHERITED] = {1, 3, 5, 6, 8, 9};
    static int numbers[WORKERS];
    pthread_t workers[WORKERS];
    int i, round, status;
    void *result;

    oracle_open();
    data = data_new(DATA_MIXED, 6, DATA_LEN);
    for (i = 0; i < INHERITED; i++) {
        work[i].level = expected[i].level = levels[i];
        CHECK_INT(begin(ORACLE, &expected[i]), Z_OK);
        while (expected[i].piece < PIECES)
            CHECK(go_on(ORACLE, &expected[i]));
        CHECK_INT(api[ORACLE]->deflateEnd(&expected[i].z), Z_OK);
        CHECK_INT(begin(OURS, &work[i]), Z_OK);
    }
    for (i = 0; i < WORKERS; i++) {
        numbers[i] = i;
        if (pthread_create(&workers[i], NULL, run, &numbers[i]) != 0)
            test_abort("no thread");
    }
    for (round = 0; round < FORKS && test_failures() == 0; round++) {
        pid_t child = fork();

        context("fork %d", round);
        if (child == 0)
            _exit(live_on(round));
        if (round % 3 == 0)
            for (i = 0; i < INHERITED; i++)
                CHECK(go_on(OURS, &work[i]));
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status));
        CHECK_INT(WEXITSTATUS(status), 0);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (i = 0; i < WORKERS; i++) {
        context("thread %d", i);
        CHECK(pthread_join(workers[i], &result) == 0 && result != NULL);
    }
    for (i = 0; i < INHERITED; i++) {
        context("stream %d of the parent", i);
        CHECK(complete(&work[i], &expected[i]));
    }
    free(data);
    return test_result();
}
