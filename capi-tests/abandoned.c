/*
 * Property: streams that are never ended, and whose memory is unmapped or used for something else,
 * do no harm to later streams, and the library's memory does not grow with their number.
 *
 * Guards: servers with pools of memory, such as nginx and Apache, drop a request's whole pool, the
 * streams in it and all. The library never hears of it.
 */
#include "twin.h"
#include "arena.h"

#include <sys/mman.h>

#pragma weak rz_table_memory

#define STREAMS 1500
#define ARENA_LEN 300000
#define DATA_LEN 50000
#define ROOM 60000

static unsigned char *data;
static unsigned char expected[10][ROOM], out[ROOM], back[DATA_LEN];
static uLong expected_len[10];

static void new_arena(struct arena *arena)
{
    arena->len = ARENA_LEN;
    arena->used = 0;
    arena->memory =
        mmap(NULL, ARENA_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (arena->memory == MAP_FAILED)
        test_abort("no memory");
}

/* A stream that compresses all but the end, and is left alone then. */
static void compress_and_leave(struct arena *arena, int level)
{
    z_stream z;

    arena_attach(&z, arena);
    CHECK_INT(init2(OURS, &z, level, 15, 8, 0), Z_OK);
    z.next_in = data;
    z.avail_in = DATA_LEN;
    z.next_out = out;
    z.avail_out = ROOM;
    CHECK_INT(deflate(&z, Z_SYNC_FLUSH), Z_OK);
    if (CHECK_UINT(z.total_out, expected_len[level]))
        CHECK_MEM(out, expected[level], z.total_out);
}

static void decompress_and_leave(struct arena *arena, int level)
{
    z_stream z;

    arena_attach(&z, arena);
    CHECK_INT(inflate_init2(OURS, &z, 15), Z_OK);
    z.next_in = expected[level];
    z.avail_in = (uInt)expected_len[level];
    z.next_out = back;
    while (z.total_out < DATA_LEN && test_failures() == 0) {
        z.avail_out = DATA_LEN - z.total_out < 7000 ? (uInt)(DATA_LEN - z.total_out) : 7000;
        CHECK_INT(inflate(&z, Z_NO_FLUSH), Z_OK);
    }
    CHECK_MEM(back, data, DATA_LEN);
}

static void expect_all(void)
{
    z_stream z;
    int level;

    for (level = 0; level <= 9; level++) {
        memset(&z, 0, sizeof(z));
        CHECK_INT(init2(ORACLE, &z, level, 15, 8, 0), Z_OK);
        z.next_in = data;
        z.avail_in = DATA_LEN;
        z.next_out = expected[level];
        z.avail_out = ROOM;
        CHECK_INT(api[ORACLE]->deflate(&z, Z_SYNC_FLUSH), Z_OK);
        expected_len[level] = z.total_out;
        api[ORACLE]->deflateEnd(&z);
    }
}

int main(void)
{
    static struct arena kept;
    size_t at_half = 0;
    int i;

    oracle_open();
    if (rz_table_memory == NULL)
        test_skip("the library is another one");
    data = data_new(DATA_TEXT, 5, DATA_LEN);
    expect_all();
    new_arena(&kept);
    for (i = 0; i < STREAMS && test_failures() == 0; i++) {
        struct arena own, *arena = i % 2 == 0 ? &own : &kept;

        context("stream %d", i);
        if (i % 2 == 0)
            new_arena(&own);
        if (i % 5 == 4)
            decompress_and_leave(arena, i % 10);
        else
            compress_and_leave(arena, i * 7 % 10);
        if (i % 2 == 0)
            munmap(own.memory, ARENA_LEN);
        memset(kept.memory, i, ARENA_LEN);
        kept.used = 0;
        if (i == STREAMS / 2)
            at_half = rz_table_memory();
    }
    CHECK(at_half > 0);
    CHECK_UINT(rz_table_memory(), at_half);
    munmap(kept.memory, ARENA_LEN);
    free(data);
    return test_result();
}
