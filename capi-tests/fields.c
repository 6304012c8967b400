/*
 * Property: the fields of z_stream that belong to the program mean what they mean to zlib.
 *
 * Guards: git writes its own total_in and total_out before each call; the gzip trailer takes
 * total_in and the trailers take adler as they stand; data_type is guessed once, from the first
 * block; buffers may move between calls; avail_in may be as large as uInt allows; uninitialised
 * fields are legal (zlib-ng regressed once).
 */
#include "twin.h"

#include <limits.h>
#include <sys/mman.h>

#define ROOM 60000
#define INPUT_LEN 8000

static unsigned char input[INPUT_LEN];

/* Writes one of the fields of both streams. */
static void write_field(struct twin *t, int field, uLong value)
{
    int side;

    for (side = OURS; side < SIDES; side++) {
        z_streamp z = &t->z[side];

        switch (field) {
        case 0: z->total_in = value; break;
        case 1: z->total_out = value; break;
        case 2: z->adler = value; break;
        case 3: z->data_type = (int)value; break;
        case 4: z->reserved = value; break;
        default: z->msg = (void *)(uintptr_t) "the program's own"; break;
        }
    }
}

static void test_written_fields(void)
{
    static const uLong values[] = {0, 1, 2, 3, 0x89abcdef, 0xffffff00, (uLong)-1, 0xfff1fff1};
    static const int wraps[] = {-15, 15, 31};
    size_t v, w;
    int field, level, moment;

    for (v = 0; v < COUNT(values); v++)
        for (w = 0; w < COUNT(wraps); w++)
            for (field = 0; field < 6; field++)
                for (level = 0; level <= 9; level += 3)
                    for (moment = 0; moment < 4; moment++) {
                        struct twin t;

                        context("field %d set to 0x%lx at %d, windowBits %d, level %d", field,
                                values[v], moment, wraps[w], level);
                        CHECK_INT(twin_init(&t, (struct params){level, wraps[w], 8, 0}, ROOM),
                                  Z_OK);
                        if (moment == 0)
                            write_field(&t, field, values[v]);
                        twin_feed(&t, input, 3000);
                        twin_drain(&t, 4000, Z_NO_FLUSH);
                        if (moment == 1)
                            write_field(&t, field, values[v]);
                        twin_drain(&t, 4000, Z_SYNC_FLUSH);
                        twin_feed(&t, input + 3000, 3000);
                        if (moment == 2)
                            write_field(&t, field, values[v]);
                        twin_deflate(&t, 10, Z_FINISH);
                        if (moment == 3)
                            write_field(&t, field, values[v]);
                        CHECK_INT(twin_drain(&t, 4000, Z_FINISH), Z_STREAM_END);
                        CHECK_UINT(t.z[OURS].reserved, t.z[ORACLE].reserved);
                        twin_end(&t);
                    }
}

/* The guess: each single byte and byte pairs, at levels and strategies that guess or do not. */
static void test_data_type(void)
{
    static const unsigned char second[] = {0, 7, 9, 10, 13, 14, 27, 31, 32, 127, 128, 255};
    int byte, level, side;
    size_t s;

    for (byte = 0; byte < 256; byte++)
        for (s = 0; s < COUNT(second); s++)
            for (level = 0; level <= 6; level += 3) {
                unsigned char in[2] = {(unsigned char)byte, second[s]};
                z_stream z[SIDES];
                unsigned char out[100];

                context("data type of %d, %d at level %d", byte, second[s], level);
                memset(z, 0, sizeof(z));
                for (side = OURS; side < SIDES; side++) {
                    init2((enum side)side, &z[side], level, -9, 1, (int)s % 5);
                    z[side].next_in = in;
                    z[side].avail_in = 2;
                    z[side].next_out = out;
                    z[side].avail_out = sizeof(out);
                    api[side]->deflate(&z[side], Z_FINISH);
                    api[side]->deflateEnd(&z[side]);
                }
                CHECK_INT(z[OURS].data_type, z[ORACLE].data_type);
            }
}

/* Only the first block decides, an empty one included. */
static void test_data_type_once(void)
{
    static const unsigned char binary[] = {0, 1, 2, 3};
    int first;

    for (first = 0; first < 3; first++) {
        struct twin t;

        context("first block %d", first);
        CHECK_INT(twin_init(&t, (struct params){6, 15, 8, 0}, ROOM), Z_OK);
        if (first == 1)
            twin_feed(&t, input, 100);
        if (first == 2)
            twin_feed(&t, binary, 4);
        twin_deflate(&t, 1000, Z_FULL_FLUSH);
        CHECK_INT(t.z[OURS].data_type, first == 0   ? Z_UNKNOWN
                                       : first == 1 ? Z_TEXT
                                                    : Z_BINARY);
        twin_feed(&t, first == 1 ? binary : input, first == 1 ? 4 : 100);
        twin_deflate(&t, 1000, Z_FULL_FLUSH);
        twin_drain(&t, 1000, Z_FINISH);
        twin_end(&t);
    }
}

/* Each call gets its input at another place and the old place is overwritten at once. */
static void test_moving_buffers(void)
{
    enum { CHUNK = 333 };
    static unsigned char places[3][CHUNK];
    int level;

    for (level = 0; level <= 9; level++) {
        struct twin t;
        size_t at;

        context("moving buffers, level %d", level);
        CHECK_INT(twin_init(&t, (struct params){level, 15, 8, 0}, ROOM), Z_OK);
        for (at = 0; at + CHUNK <= INPUT_LEN; at += CHUNK) {
            unsigned char *place = places[at / CHUNK % 3];

            memcpy(place, input + at, CHUNK);
            twin_feed(&t, place, CHUNK);
            twin_drain(&t, 1000, Z_NO_FLUSH);
            memset(place, 0xee, CHUNK);
            twin_feed(&t, NULL, 0);
        }
        CHECK_INT(twin_drain(&t, 1000, Z_FINISH), Z_STREAM_END);
        twin_check_round_trip(&t, input, at, NULL, 0);
        twin_end(&t);
    }
}

/* avail_in of almost 4 GiB and avail_out of UINT_MAX (as far as it is needed). */
static void test_large_avail(void)
{
    unsigned char *source = mmap(NULL, UINT_MAX, PROT_READ,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int level;

    if (source == MAP_FAILED)
        return;
    for (level = 0; level <= 9; level++) {
        struct twin t;

        context("large avail_in, level %d", level);
        CHECK_INT(twin_init(&t, (struct params){level, 31, 8, 0}, ROOM), Z_OK);
        twin_feed(&t, source, UINT_MAX);
        twin_deflate(&t, 100, Z_NO_FLUSH);
        twin_deflate(&t, 30, Z_FINISH);
        twin_deflate(&t, 500, Z_FINISH);
        CHECK_INT(twin_end(&t), Z_DATA_ERROR);
    }
    munmap(source, UINT_MAX);
    context("large avail_out");
    for (level = 0; level <= 9; level++) {
        unsigned char out[SIDES][3000];
        z_stream z[SIDES];
        int side;

        memset(z, 0, sizeof(z));
        for (side = OURS; side < SIDES; side++) {
            init2((enum side)side, &z[side], level, 15, 8, 0);
            z[side].next_in = input;
            z[side].avail_in = 2000;
            z[side].next_out = out[side];
            z[side].avail_out = UINT_MAX;
            CHECK_INT(api[side]->deflate(&z[side], Z_FINISH), Z_STREAM_END);
            api[side]->deflateEnd(&z[side]);
        }
        if (CHECK_UINT(z[OURS].total_out, z[ORACLE].total_out))
            CHECK_MEM(out[OURS], out[ORACLE], z[OURS].total_out);
    }
}

/* All fields but the three documented ones hold rubbish on entry to init. */
static void test_poisoned(void)
{
    unsigned char out[SIDES][200];
    z_stream z[SIDES];
    int side;

    context("poisoned");
    memset(z, 0xaa, sizeof(z));
    for (side = OURS; side < SIDES; side++) {
        z[side].zalloc = Z_NULL;
        z[side].zfree = Z_NULL;
        z[side].opaque = Z_NULL;
        CHECK_INT(init2((enum side)side, &z[side], 6, 15, 8, 0), Z_OK);
        CHECK_UINT(z[side].total_in, 0);
        CHECK_UINT(z[side].total_out, 0);
        CHECK_STR(z[side].msg, NULL);
        CHECK_INT(z[side].data_type, Z_UNKNOWN);
        CHECK_UINT(z[side].adler, 1);
        CHECK_UINT(z[side].avail_in, 0xaaaaaaaau);
        CHECK_UINT(z[side].avail_out, 0xaaaaaaaau);
        z[side].next_in = input;
        z[side].avail_in = 100;
        z[side].next_out = out[side];
        z[side].avail_out = sizeof(out[side]);
        CHECK_INT(api[side]->deflate(&z[side], Z_FINISH), Z_STREAM_END);
        CHECK_INT(api[side]->deflateEnd(&z[side]), Z_OK);
    }
    if (CHECK_UINT(z[OURS].total_out, z[ORACLE].total_out))
        CHECK_MEM(out[OURS], out[ORACLE], z[OURS].total_out);
    CHECK_UINT(z[OURS].reserved, z[ORACLE].reserved);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, input, INPUT_LEN);
    test_written_fields();
    test_data_type();
    test_data_type_once();
    test_moving_buffers();
    test_large_avail();
    test_poisoned();
    return test_result();
}
