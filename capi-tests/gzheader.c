/*
 * Property: deflateSetHeader writes zlib's gzip header, whatever the fields and the room.
 *
 * Guards: fields longer than the pending buffer are written in several steps; only the low 16
 * bits of extra_len count; the header CRC covers what was flushed in between; flags follow from
 * the pointers, not the lengths (zlib-rs had FTEXT wrong); the header stays set over a reset.
 */
#include "twin.h"

#define ROOM 400000
#define EXTRA_ROOM 66000
#define LONG_NAME 5000

static const unsigned char input[] = "gzip header, gzip header, gzip header\n";
static unsigned char extra[EXTRA_ROOM];
static unsigned char long_name[LONG_NAME + 1];

static gz_header plain_header(void)
{
    gz_header header;

    memset(&header, 0, sizeof(header));
    header.os = 3;
    header.time = 0x12345678;
    return header;
}

/* Reads our stream with the oracle and compares the fields; extra_len as it must arrive. */
static void check_reads_back(const struct twin *t, const gz_header *want, size_t extra_len)
{
    static unsigned char got_extra[EXTRA_ROOM], got_name[LONG_NAME + 1], got_comment[LONG_NAME + 1];
    unsigned char out[sizeof(input)];
    gz_header got;
    z_stream z;

    memset(&z, 0, sizeof(z));
    memset(&got, 0, sizeof(got));
    z.next_in = t->out[OURS];
    z.avail_in = (uInt)t->used[OURS];
    z.next_out = out;
    z.avail_out = sizeof(out);
    got.extra = got_extra;
    got.extra_max = sizeof(got_extra);
    got.name = got_name;
    got.name_max = sizeof(got_name);
    got.comment = got_comment;
    got.comm_max = sizeof(got_comment);
    CHECK_INT(inflate_init2(ORACLE, &z, 31), Z_OK);
    CHECK_INT(api[ORACLE]->inflateGetHeader(&z, &got), Z_OK);
    CHECK_INT(api[ORACLE]->inflate(&z, Z_FINISH), Z_STREAM_END);
    CHECK_INT(got.done, 1);
    CHECK_INT(got.text, want->text != 0);
    CHECK_INT(got.hcrc, want->hcrc != 0);
    CHECK_INT(got.os, want->os & 0xff);
    CHECK_UINT(got.time, want->time & 0xffffffff);
    CHECK_INT(got.extra == NULL, want->extra == NULL);
    if (want->extra != NULL && CHECK_UINT(got.extra_len, extra_len))
        CHECK_MEM(got.extra, want->extra, extra_len);
    CHECK_STR((const char *)got.name, (const char *)want->name);
    CHECK_STR((const char *)got.comment, (const char *)want->comment);
    api[ORACLE]->inflateEnd(&z);
}

/* A whole stream with this header. */
static void run(gz_header *header, int mem_level, size_t out_chunk)
{
    struct twin t;
    struct params p = {6, 31, mem_level, Z_DEFAULT_STRATEGY};

    CHECK_INT(twin_init(&t, p, ROOM), Z_OK);
    CHECK_INT(twin_set_header(&t, header), Z_OK);
    twin_feed(&t, input, sizeof(input));
    CHECK_INT(twin_drain(&t, out_chunk, Z_FINISH), Z_STREAM_END);
    if (header != NULL)
        check_reads_back(&t, header, header->extra_len & 0xffff);
    twin_check_round_trip(&t, input, sizeof(input), NULL, 0);
    CHECK_INT(twin_end(&t), Z_OK);
}

/* All fields absent, empty, short and long, with and without header CRC. */
static void test_fields(void)
{
    static const int extra_lens[] = {-1, 0, 1, 10, 500, 511, 512, 513, 2000};
    /* 502 bytes of header before the name fill memLevel 1's pending buffer of 512 to the brim. */
    static const size_t name_lens[] = {0, 1, 30, 490, 501, 502, 503, LONG_NAME};
    size_t e, n;
    int variant;

    for (e = 0; e < COUNT(extra_lens); e++)
        for (n = 0; n < COUNT(name_lens); n++)
            for (variant = 0; variant < 24; variant++) {
                gz_header header = plain_header();
                size_t room = variant % 3 == 0 ? 7 : variant % 3 == 1 ? 300 : 20000;

                context("extra %d, name %zu, variant %d", extra_lens[e], name_lens[n], variant);
                if (extra_lens[e] >= 0) {
                    header.extra = extra;
                    header.extra_len = (uInt)extra_lens[e];
                }
                if (variant & 1)
                    header.name = long_name + LONG_NAME - name_lens[n];
                if (variant & 2)
                    header.comment = long_name + LONG_NAME - name_lens[n] / 2;
                header.hcrc = (variant & 4) != 0;
                header.text = (variant & 8) != 0;
                run(&header, variant % 2 ? 1 : 8, room);
            }
}

static void test_long_extra(void)
{
    static const uInt lens[] = {65535, 65534, 65536, 65541, 40000};
    static const size_t rooms[] = {200000, 513, 100};
    size_t i, r;

    for (i = 0; i < COUNT(lens); i++)
        for (r = 0; r < COUNT(rooms); r++) {
            gz_header header = plain_header();

            context("extra_len %u by %zu", lens[i], rooms[r]);
            header.extra = extra;
            header.extra_len = lens[i];
            header.hcrc = 1;
            header.name = long_name;
            run(&header, r == 0 ? 9 : 1, rooms[r]);
            run(&header, 8, rooms[r]);
        }
}

/* Values that do not fit their place in the header. */
static void test_odd_values(void)
{
    gz_header header = plain_header();

    context("odd values");
    header.text = -7;
    header.hcrc = 0x100;
    header.os = 0x1ff;
    header.time = (uLong)-1;
    header.xflags = 77;
    header.done = 55;
    header.extra_len = 1000; /* of no extra */
    header.extra_max = header.name_max = header.comm_max = 3;
    run(&header, 8, 50);
    CHECK_INT(header.done, 55);
    header.os = -1;
    header.time = 0;
    run(&header, 8, 50);
    context("NULL header");
    run(NULL, 8, 50);
}

/* XFL and the default header for every level and strategy. */
static void test_xfl(void)
{
    int level, strategy;

    for (level = 0; level <= 9; level++)
        for (strategy = Z_DEFAULT_STRATEGY; strategy <= Z_FIXED; strategy++) {
            struct twin t;
            struct params p = {level, 31, 8, strategy};
            int fastest = strategy >= Z_HUFFMAN_ONLY || level < 2;
            gz_header header = plain_header();
            int custom;

            for (custom = 0; custom < 2; custom++) {
                context("XFL: level %d, strategy %d, header %d", level, strategy, custom);
                CHECK_INT(twin_init(&t, p, ROOM), Z_OK);
                if (custom)
                    twin_set_header(&t, &header);
                twin_deflate(&t, 100, Z_FINISH);
                CHECK_INT(t.out[OURS][8], level == 9 ? 2 : fastest ? 4 : 0);
                CHECK_INT(t.out[OURS][9], 3);
                CHECK_INT(t.out[OURS][4], custom ? 0x78 : 0);
                CHECK_INT(twin_end(&t), Z_OK);
            }
        }
}

/* FLEVEL, CINFO and the check of the zlib header, beside XFL its counterpart. */
static void test_zlib_header(void)
{
    int level, strategy, bits;

    for (bits = 9; bits <= 15; bits++)
        for (level = 0; level <= 9; level++)
            for (strategy = Z_DEFAULT_STRATEGY; strategy <= Z_FIXED; strategy++) {
                struct twin t;
                struct params p = {level, bits, 8, strategy};
                int flevel = level < 2 ? 0 : level < 6 ? 1 : level == 6 ? 2 : 3;

                context("zlib header: level %d, strategy %d, windowBits %d", level, strategy, bits);
                CHECK_INT(twin_init(&t, p, 100), Z_OK);
                twin_deflate(&t, 100, Z_FINISH);
                CHECK_INT(t.out[OURS][0], ((bits - 8) << 4) + 8);
                CHECK_INT(t.out[OURS][1] >> 6, strategy >= Z_HUFFMAN_ONLY ? 0 : flevel);
                CHECK_INT(((t.out[OURS][0] << 8) + t.out[OURS][1]) % 31, 0);
                CHECK_INT(twin_end(&t), Z_OK);
            }
}

/* The header stays over a reset, can be replaced and taken back; its time of use is deflate's. */
static void test_reset(void)
{
    gz_header header = plain_header(), other = plain_header();
    struct twin t;
    int round;

    header.name = long_name + LONG_NAME - 20;
    header.hcrc = 1;
    other.comment = long_name + LONG_NAME - 300;
    context("reset");
    CHECK_INT(twin_init(&t, (struct params){6, 31, 1, 0}, ROOM), Z_OK);
    twin_set_header(&t, &header);
    for (round = 0; round < 5; round++) {
        context("reset, round %d", round);
        if (round == 2)
            twin_set_header(&t, &other);
        if (round == 3)
            twin_set_header(&t, NULL);
        if (round == 4) {
            twin_set_header(&t, &header);
            header.time = 99; /* after the call: the fields are read when they are written */
        }
        twin_feed(&t, input, sizeof(input));
        CHECK_INT(twin_drain(&t, 9, Z_FINISH), Z_STREAM_END);
        twin_check_round_trip(&t, input, sizeof(input), NULL, 0);
        CHECK_INT(twin_reset(&t), Z_OK);
        twin_rewind(&t);
    }
    twin_end(&t);
}

/* After the header is out a new one is accepted and has no effect; other wraps refuse one. */
static void test_late_and_refused(void)
{
    gz_header header = plain_header();
    struct twin t;

    context("late");
    header.name = long_name;
    CHECK_INT(twin_init(&t, (struct params){6, 31, 8, 0}, ROOM), Z_OK);
    twin_feed(&t, input, sizeof(input));
    twin_deflate(&t, 500, Z_SYNC_FLUSH);
    CHECK_INT(twin_set_header(&t, &header), Z_OK);
    CHECK_INT(twin_drain(&t, 500, Z_FINISH), Z_STREAM_END);
    CHECK_UINT(deflateBound(&t.z[OURS], 10), api[ORACLE]->deflateBound(&t.z[ORACLE], 10));
    twin_check_round_trip(&t, input, sizeof(input), NULL, 0);
    twin_end(&t);
    context("refused");
    CHECK_INT(twin_init(&t, (struct params){6, 15, 8, 0}, ROOM), Z_OK);
    CHECK_INT(twin_set_header(&t, &header), Z_STREAM_ERROR);
    twin_end(&t);
    CHECK_INT(twin_init(&t, (struct params){6, -15, 8, 0}, ROOM), Z_OK);
    CHECK_INT(twin_set_header(&t, &header), Z_STREAM_ERROR);
    CHECK_INT(twin_set_header(&t, NULL), Z_STREAM_ERROR);
    twin_end(&t);
}

/* Fields that end at an inaccessible page and lie in read-only memory. */
static void test_borders(void)
{
    static const size_t lens[] = {0, 1, 15, 16, 17, 100, 3000, 4095};
    struct guarded strings = guarded_new(4096), bytes = guarded_new(65536);
    size_t i;

    memset(strings.begin, 'n', 4095);
    strings.end[-1] = '\0';
    memcpy(bytes.begin, extra, 65536);
    guarded_read_only(strings, 1);
    guarded_read_only(bytes, 1);
    for (i = 0; i < COUNT(lens); i++) {
        gz_header header = plain_header();

        context("borders: %zu", lens[i]);
        header.name = strings.end - 1 - lens[i];
        header.comment = strings.end - 1 - lens[i] / 2;
        header.extra = bytes.end - lens[i];
        header.extra_len = (uInt)lens[i];
        header.hcrc = 1;
        run(&header, 1, 50);
        run(&header, 8, 50000);
        header.extra = bytes.begin;
        run(&header, 1, 50);
    }
    guarded_free(strings);
    guarded_free(bytes);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_RANDOM, 1, extra, sizeof(extra));
    memset(long_name, 'x', LONG_NAME);
    test_fields();
    test_long_extra();
    test_odd_values();
    test_xfl();
    test_zlib_header();
    test_reset();
    test_late_and_refused();
    test_borders();
    return test_result();
}
