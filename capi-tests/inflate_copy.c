/*
 * Property: inflateCopy makes an independent stream in every state, and both go on the same.
 *
 * Guards: decoding tables, the window and its place, bits held, a match or a header half done are
 * part of the copy; ending, resetting or feeding either stream leaves the other alone; the copy
 * writes to the same gz_header. When memory runs out dest is not touched and source goes on.
 */
#include "heap.h"
#include "itwin.h"

#define DATA_LEN 3000
#define ROOM (DATA_LEN + 300)

static unsigned char data[DATA_LEN];

static const struct {
    struct params p;
    int window_bits;
} rows[] = {{{6, 15, 8, 0}, 15}, {{9, 31, 8, 0}, 47},  {{6, -9, 8, 4}, -9},
            {{0, 15, 8, 0}, 0},  {{5, -15, 1, 2}, -15}};

static void go_on(struct twin *t, const unsigned char *in, size_t len, size_t chunk)
{
    size_t at = (size_t)(t->z[ORACLE].next_in - in);

    CHECK_INT(itwin_run(t, in + at, len - at, chunk, chunk + 1, Z_NO_FLUSH), Z_STREAM_END);
    CHECK_UINT(t->used[OURS], DATA_LEN);
    CHECK_MEM(t->out[OURS], data, DATA_LEN);
}

/* A copy after at bytes of input (and all their output, or little of it). */
static void copy_at(const unsigned char *in, size_t len, int window_bits, size_t at, size_t room,
                    int order)
{
    struct twin t, copy;

    CHECK_INT(itwin_init(&t, window_bits, ROOM), Z_OK);
    twin_feed(&t, in, at);
    if (at != 0)
        itwin_inflate(&t, room, Z_NO_FLUSH);
    CHECK_INT(twin_copy(&copy, &t), Z_OK);
    if (order & 1) { /* the original ends at once */
        CHECK_INT(twin_end(&t), Z_OK);
        go_on(&copy, in, len, 100);
    } else if (order & 2) { /* the copy does */
        CHECK_INT(twin_end(&copy), Z_OK);
        go_on(&t, in, len, 7);
        CHECK_INT(twin_end(&t), Z_OK);
        return;
    } else { /* in turn: the copy first, a step each */
        twin_feed(&copy, copy.z[ORACLE].next_in, (size_t)(in + len - copy.z[ORACLE].next_in));
        itwin_inflate(&copy, 50, Z_NO_FLUSH);
        twin_feed(&t, t.z[ORACLE].next_in, (size_t)(in + len - t.z[ORACLE].next_in));
        itwin_inflate(&t, 3, Z_NO_FLUSH);
        twin_get_dictionary(&t, NULL);
        twin_get_dictionary(&copy, NULL);
        go_on(&copy, in, len, 1);
        go_on(&t, in, len, 1000);
        CHECK_INT(twin_end(&t), Z_OK);
    }
    CHECK_INT(twin_end(&copy), Z_OK);
}

static void test_everywhere(void)
{
    size_t r, at, len;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *in = sample_new(rows[r].p, data, DATA_LEN, 1000, Z_SYNC_FLUSH, &len);

        for (at = 0; at < len; at += at < 40 || len - at < 20 ? 1 : 11) {
            context("copy: row %zu at %zu of %zu", r, at, len);
            copy_at(in, len, rows[r].window_bits, at, ROOM, 0);
            copy_at(in, len, rows[r].window_bits, at, at / 3, (int)at & 3);
            copy_at(in, len, rows[r].window_bits, at, 1 + at % 300, 3 - ((int)at & 3));
        }
        free(in);
    }
}

/* States that data alone does not reach; the copy's answers are compared with zlib's copy's. */
static void test_states(void)
{
    size_t len;
    unsigned char *in = sample_new((struct params){6, 15, 8, 0}, data, DATA_LEN, 900, Z_FULL_FLUSH,
                                   &len);
    int state;

    for (state = 0; state < 9; state++) {
        struct twin t, copy, second;

        context("state %d", state);
        CHECK_INT(itwin_init(&t, state == 4 ? -15 : 15, ROOM), Z_OK);
        twin_feed(&t, in, len);
        switch (state) {
        case 0: /* ended */
            itwin_inflate(&t, ROOM, Z_NO_FLUSH);
            break;
        case 1: /* failed */
            twin_feed(&t, in + 1, 10);
            itwin_inflate(&t, ROOM, Z_NO_FLUSH);
            break;
        case 2: /* needs a dictionary */
            twin_feed(&t, (const unsigned char *)"\x78\xbb\1\2\3\4", 6);
            itwin_inflate(&t, ROOM, Z_NO_FLUSH);
            break;
        case 3: /* searching for a marker, half of it found */
            twin_feed(&t, (const unsigned char *)"ab\0\0\xff", 5);
            itwin_sync(&t);
            break;
        case 4: /* primed, with a dictionary */
            twin_prime(&t, 7, 0x33);
            twin_set_dictionary(&t, data, 1000);
            break;
        case 5: /* unvalidated */
            itwin_inflate(&t, 100, Z_NO_FLUSH);
            itwin_validate(&t, 0);
            break;
        case 6: /* stopped */
            itwin_inflate(&t, ROOM, Z_BLOCK);
            itwin_inflate(&t, ROOM, Z_TREES);
            break;
        case 7: /* reset with a window in memory */
            itwin_inflate(&t, 1000, Z_NO_FLUSH);
            twin_reset(&t);
            break;
        default: /* in the middle of a match or literal that needs room */
            itwin_inflate(&t, 777, Z_NO_FLUSH);
            itwin_inflate(&t, 0, Z_NO_FLUSH);
            break;
        }
        CHECK_INT(twin_copy(&copy, &t), Z_OK);
        CHECK_INT(twin_copy(&second, &copy), Z_OK);
        CHECK_INT(twin_reset(&copy), Z_OK);
        twin_rewind(&copy);
        twin_feed(&copy, in, len);
        itwin_inflate(&copy, ROOM, Z_NO_FLUSH);
        itwin_inflate(&second, 200, Z_NO_FLUSH);
        if (state == 3) {
            twin_feed(&second, (const unsigned char *)"\xff\1\0\0\xff\xff", 6);
            CHECK_INT(itwin_sync(&second), Z_OK);
        }
        itwin_inflate(&second, 200, Z_NO_FLUSH);
        itwin_inflate(&second, ROOM, Z_FINISH);
        itwin_inflate(&t, ROOM, Z_FINISH);
        twin_get_dictionary(&second, NULL);
        twin_get_dictionary(&t, NULL);
        CHECK_INT(twin_end(&copy), Z_OK);
        CHECK_INT(twin_end(&t), Z_OK);
        CHECK_INT(twin_end(&second), Z_OK);
    }
    free(in);
}

/* The copy of a stream with a gz_header goes on filling the same one. */
static void test_header(void)
{
    static const unsigned char in[] = "\x1f\x8b\x08\x08\1\0\0\0\0\3a long name\0\3\0";
    size_t at;

    for (at = 0; at < 18; at++) {
        unsigned char name[2][20];
        gz_header head[SIDES];
        struct twin t, copy;
        int side;

        context("header, copy at %zu", at);
        CHECK_INT(itwin_init(&t, 31, ROOM), Z_OK);
        memset(head, 0, sizeof(head));
        memset(name, 0x5a, sizeof(name));
        for (side = OURS; side < SIDES; side++) {
            head[side].name = name[side];
            head[side].name_max = 20;
            CHECK_INT(api[side]->inflateGetHeader(&t.z[side], &head[side]), Z_OK);
        }
        twin_feed(&t, in, at);
        itwin_inflate(&t, 10, Z_NO_FLUSH);
        CHECK_INT(twin_copy(&copy, &t), Z_OK);
        CHECK_INT(twin_end(&t), Z_OK);
        twin_feed(&copy, in + at, sizeof(in) - 1 - at);
        itwin_inflate(&copy, 10, Z_NO_FLUSH);
        CHECK_INT(head[OURS].done, 1);
        CHECK_MEM(name[OURS], "a long name", 12);
        CHECK_MEM(name[OURS], name[ORACLE], 20);
        CHECK_INT(twin_end(&copy), Z_OK);
    }
}

/* Nothing of the copy lies in the original's memory, which is overwritten when it is freed. */
static void test_freed_original(void)
{
    size_t r, at, len;

    for (r = 0; r < COUNT(rows); r++) {
        unsigned char *in = sample_new(rows[r].p, data, DATA_LEN, 0, 0, &len);

        for (at = 0; at < len; at += 7) {
            static struct heap heap;
            unsigned char out[ROOM];
            z_stream z, copy;

            context("freed original: row %zu at %zu", r, at);
            heap_init(&heap);
            memset(&z, 0, sizeof(z));
            heap_attach(&heap, &z);
            CHECK_INT(inflate_init2(OURS, &z, rows[r].window_bits), Z_OK);
            z.next_in = in;
            z.avail_in = (uInt)at;
            z.next_out = out;
            z.avail_out = at % 2 ? ROOM : (uInt)at;
            inflate(&z, Z_NO_FLUSH);
            CHECK_INT(inflateCopy(&copy, &z), Z_OK);
            CHECK_INT(inflateEnd(&z), Z_OK);
            memset(&z, 0x55, sizeof(z));
            copy.avail_in = (uInt)(in + len - copy.next_in);
            copy.avail_out = (uInt)(out + ROOM - copy.next_out);
            CHECK_INT(inflate(&copy, Z_NO_FLUSH), Z_STREAM_END);
            CHECK_MEM(out, data, DATA_LEN);
            CHECK_INT(inflateEnd(&copy), Z_OK);
            heap_check_empty(&heap);
        }
        free(in);
    }
}

/* The state's and the window's memory failing in turn; what each side asks for and frees. */
static void test_allocations(void)
{
    size_t len, from, moment;
    unsigned char *in = sample_new((struct params){6, -12, 8, 0}, data, DATA_LEN, 0, 0, &len);

    for (moment = 0; moment < 3; moment++)
        for (from = 0; from <= 3; from++) {
            static struct heap heap[SIDES], copy_heap[SIDES];
            unsigned char out[ROOM], poison[sizeof(z_stream)];
            z_stream z, copy;
            int code[SIDES], side;

            context("copy fails at request %zu, moment %zu", from, moment);
            memset(poison, 0xaa, sizeof(poison));
            for (side = OURS; side < SIDES; side++) {
                const struct api *f = api[side];

                heap_init(&heap[side]);
                heap_init(&copy_heap[side]);
                copy_heap[side].fail_from = from;
                memset(&z, 0, sizeof(z));
                heap_attach(&heap[side], &z);
                CHECK_INT(inflate_init2((enum side)side, &z, -12), Z_OK);
                z.next_in = in;
                z.avail_in = (uInt)len;
                z.next_out = out;
                z.avail_out = moment == 0 ? 0 : 100;
                f->inflate(&z, Z_NO_FLUSH);
                if (moment == 2) /* the window has memory and is empty */
                    CHECK_INT(f->inflateReset(&z), Z_OK);
                z.opaque = &copy_heap[side];
                memset(&copy, 0xaa, sizeof(copy));
                code[side] = f->inflateCopy(&copy, &z);
                z.opaque = &heap[side];
                if (code[side] == Z_OK) {
                    CHECK(copy.opaque == &copy_heap[side]);
                    CHECK_INT(f->inflateEnd(&copy), Z_OK);
                } else {
                    CHECK_MEM(&copy, poison, sizeof(copy));
                }
                if (moment == 2) {
                    z.next_in = in;
                    z.avail_in = (uInt)len;
                    z.next_out = out;
                }
                z.avail_out = (uInt)(ROOM - (z.next_out - out));
                CHECK_INT(f->inflate(&z, Z_FINISH), Z_STREAM_END);
                CHECK_MEM(out, data, DATA_LEN);
                CHECK_INT(f->inflateEnd(&z), Z_OK);
                heap_check_empty(&heap[side]);
                heap_check_empty(&copy_heap[side]);
            }
            CHECK_INT(code[OURS], code[ORACLE]);
            CHECK_INT(code[OURS],
                      from == 1 || (from == 2 && moment > 0) ? Z_MEM_ERROR : Z_OK);
            heap_check_same(&copy_heap[OURS], &copy_heap[ORACLE]);
            heap_check_same(&heap[OURS], &heap[ORACLE]);
        }
    free(in);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, data, DATA_LEN / 2);
    data_fill(DATA_MIXED, 2, data + DATA_LEN / 2, DATA_LEN / 2);
    test_everywhere();
    test_states();
    test_header();
    test_freed_original();
    test_allocations();
    return test_result();
}
