/*
 * Property: deflate asks zalloc for zlib's blocks, in zlib's order, and never for more bytes.
 *
 * Guards: nginx hands zlib an arena of 8192 + (1 << (windowBits + 2)) + (1 << (memLevel + 9))
 * bytes, with no slack, and tells the state apart by its size: below 8192 and no multiple of
 * 512. zlib-ng overran it and filled nginx's error logs. Servers with many streams count bytes.
 */
#include "heap.h"
#include "twin.h"

#define INPUT_LEN 5000

static unsigned char input[INPUT_LEN];
static unsigned char output[2 * INPUT_LEN + 1000];

/* Compresses all input on one stream of one library. */
static void compress_all(enum side side, z_streamp z)
{
    z->next_in = input;
    z->avail_in = INPUT_LEN;
    z->next_out = output;
    z->avail_out = sizeof(output);
    CHECK_INT(api[side]->deflate(z, Z_FINISH), Z_STREAM_END);
}

static void check_state_request(const struct heap_block *state)
{
    CHECK_UINT(state->items, 1);
    CHECK(state->size < ARENA_STATE);
    CHECK(state->size % ARENA_UNIT != 0);
}

/* Init, everything that might want memory, copy, end; what each side asked for in between. */
static void live(enum side side, struct params p, struct heap *heap, struct heap *copy_heap)
{
    z_stream z, copy;
    int level;

    heap_init(heap);
    memset(&z, 0, sizeof(z));
    heap_attach(heap, &z);
    CHECK_INT(init2(side, &z, p.level, p.window_bits, p.mem_level, p.strategy), Z_OK);
    if (p.window_bits <= 15)
        CHECK_INT(api[side]->deflateSetDictionary(&z, input, 3000), Z_OK);
    compress_all(side, &z);
    for (level = 0; level <= 9; level++) {
        CHECK_INT(api[side]->deflateReset(&z), Z_OK);
        CHECK_INT(api[side]->deflateParams(&z, level, level % 5), Z_OK);
        compress_all(side, &z);
    }
    heap_init(copy_heap);
    z.opaque = copy_heap;
    CHECK_INT(api[side]->deflateCopy(&copy, &z), Z_OK);
    z.opaque = heap;
    CHECK_INT(api[side]->deflateReset(&copy), Z_OK);
    compress_all(side, &copy);
    CHECK_INT(api[side]->deflateEnd(&copy), Z_OK);
    CHECK_INT(api[side]->deflateEnd(&z), Z_OK);
    heap_check_empty(heap);
    heap_check_empty(copy_heap);
}

static void test_requests(void)
{
    static const int bits[] = {8,   9,   10,  11,  12,  13,  14, 15, -9, -10, -11, -12,
                               -13, -14, -15, 25,  26,  27,  28, 29, 30, 31};
    static struct heap heap[SIDES], copy_heap[SIDES];
    struct params p;
    size_t b;
    int side;

    for (b = 0; b < COUNT(bits); b++)
        for (p.mem_level = 1; p.mem_level <= MAX_MEM_LEVEL; p.mem_level++) {
            p.window_bits = bits[b];
            p.level = (int)(b + (size_t)p.mem_level) % 10;
            p.strategy = p.mem_level % 5;
            context("windowBits %d, memLevel %d, level %d", bits[b], p.mem_level, p.level);
            for (side = OURS; side < SIDES; side++)
                live((enum side)side, p, &heap[side], &copy_heap[side]);
            heap_check_same(&heap[OURS], &heap[ORACLE]);
            heap_check_same(&copy_heap[OURS], &copy_heap[ORACLE]);
            CHECK(heap[OURS].peak <= heap[ORACLE].peak);
            CHECK(copy_heap[OURS].peak <= copy_heap[ORACLE].peak);
            check_state_request(&heap[OURS].block[0]);
            check_state_request(&copy_heap[OURS].block[0]);
        }
}

/* nginx's arena is enough at every level, for all it allows: windowBits 9..15, memLevel 1..9. */
static void test_arena(void)
{
    int bits, mem_level, level;

    for (bits = 9; bits <= 15; bits++)
        for (mem_level = 1; mem_level <= MAX_MEM_LEVEL; mem_level++)
            for (level = 0; level <= 9; level++) {
                static struct heap heap;
                z_stream z;

                context("arena: windowBits %d, memLevel %d, level %d", bits, mem_level, level);
                heap_init(&heap);
                heap.arena = 1;
                heap.limit = ARENA_STATE + ((size_t)1 << (bits + 2)) +
                             ((size_t)1 << (mem_level + 9));
                memset(&z, 0, sizeof(z));
                heap_attach(&heap, &z);
                CHECK_INT(init2(OURS, &z, level, bits + 16, mem_level, Z_DEFAULT_STRATEGY), Z_OK);
                compress_all(OURS, &z);
                CHECK_INT(deflateEnd(&z), Z_OK);
                CHECK_UINT(heap.charged, heap.limit);
                heap_check_empty(&heap);
            }
}

/* The sizes zlib 1.3.2 was measured with, as a check of this test itself and of our total. */
static void test_totals(void)
{
    static const struct {
        int bits, mem_level;
        size_t total;
    } rows[] = {{15, 8, 268112}, {-9, 1, 9040}};
    size_t i;

    for (i = 0; i < COUNT(rows) && sizeof(void *) == 8; i++) {
        static struct heap heap;
        z_stream z;

        context("total: windowBits %d, memLevel %d", rows[i].bits, rows[i].mem_level);
        heap_init(&heap);
        memset(&z, 0, sizeof(z));
        heap_attach(&heap, &z);
        CHECK_INT(init2(OURS, &z, 6, rows[i].bits, rows[i].mem_level, 0), Z_OK);
        CHECK(heap.peak <= rows[i].total);
        deflateEnd(&z);
    }
}

int main(void)
{
    oracle_open();
    data_fill(DATA_MIXED, 1, input, INPUT_LEN);
    test_totals();
    test_requests();
    test_arena();
    return test_result();
}
