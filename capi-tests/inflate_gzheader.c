/*
 * Property: inflateGetHeader fills the gz_header as zlib does, and writes nothing beyond the room
 * that the program gave for each field.
 *
 * Guards: an extra field longer than extra_max that arrives in several calls overran the buffer
 * (CVE-2022-37434); absent fields become NULL pointers, present ones of NULL stay NULL; names
 * longer than name_max have no zero byte; done is 0, 1 or -1. Our buffers end at inaccessible
 * pages.
 */
#include "bits.h"
#include "itwin.h"

#define FTEXT 1
#define FHCRC 2
#define FEXTRA 4
#define FNAME 8
#define FCOMMENT 16
#define BUFFER 66000
#define ROOM 300
#define UNTOUCHED 0x5a

enum field { EXTRA, NAME, COMMENT, FIELDS };

static const char data[] = "the data behind the header";
static const char name[] = "a file's name";
static const char comment[] = "a comment, a little longer than the name";
static unsigned char extra[65535];

static struct guarded guard[FIELDS];           /* for us */
static unsigned char plain[FIELDS][BUFFER];    /* for the oracle */

/* The two libraries' headers, and the room in their buffers; -1: no buffer. */
struct heads {
    gz_header head[SIDES];
    long room[FIELDS];
};

static unsigned char *buffer(const struct heads *h, int side, int field)
{
    size_t room = (size_t)h->room[field];

    if (h->room[field] < 0)
        return NULL;
    return side == OURS ? guard[field].end - room : plain[field];
}

static void heads_new(struct heads *h, const long *room)
{
    int side, field;

    memcpy(h->room, room, sizeof(h->room));
    for (side = OURS; side < SIDES; side++) {
        gz_header *head = &h->head[side];

        for (field = 0; field < FIELDS; field++)
            if (room[field] > 0)
                memset(buffer(h, side, field), UNTOUCHED, (size_t)room[field]);
        memset(head, UNTOUCHED, sizeof(*head));
        head->extra = buffer(h, side, EXTRA);
        head->name = buffer(h, side, NAME);
        head->comment = buffer(h, side, COMMENT);
        head->extra_max = (uInt)(room[EXTRA] < 0 ? 77 : room[EXTRA]);
        head->name_max = (uInt)(room[NAME] < 0 ? 77 : room[NAME]);
        head->comm_max = (uInt)(room[COMMENT] < 0 ? 77 : room[COMMENT]);
        head->extra_len = 0;
    }
}

static void compare_field(const struct heads *h, const unsigned char *ours,
                          const unsigned char *theirs, int field)
{
    CHECK_INT(ours == NULL, theirs == NULL);
    if (ours != NULL)
        CHECK(ours == buffer(h, OURS, field));
    if (h->room[field] > 0)
        CHECK_MEM(buffer(h, OURS, field), buffer(h, ORACLE, field), (size_t)h->room[field]);
}

static void compare_heads(const struct heads *h)
{
    const gz_header *a = &h->head[OURS], *b = &h->head[ORACLE];

    CHECK_INT(a->text, b->text);
    CHECK_UINT(a->time, b->time);
    CHECK_INT(a->xflags, b->xflags);
    CHECK_INT(a->os, b->os);
    CHECK_UINT(a->extra_len, b->extra_len);
    CHECK_UINT(a->extra_max, b->extra_max);
    CHECK_UINT(a->name_max, b->name_max);
    CHECK_UINT(a->comm_max, b->comm_max);
    CHECK_INT(a->hcrc, b->hcrc);
    CHECK_INT(a->done, b->done);
    compare_field(h, a->extra, b->extra, EXTRA);
    compare_field(h, a->name, b->name, NAME);
    compare_field(h, a->comment, b->comment, COMMENT);
}

static int get_header(struct twin *t, struct heads *h)
{
    int code = twin_agree(t, inflateGetHeader(&t->z[OURS], &h->head[OURS]),
                          api[ORACLE]->inflateGetHeader(&t->z[ORACLE], &h->head[ORACLE]));

    compare_heads(h);
    return code;
}

/* A gzip stream with these fields; the length of its header. */
static size_t write_stream(struct bits *b, int flags, size_t extra_len, int good_crc)
{
    size_t header;
    uLong crc;

    bits_new(b);
    bits_bytes(b, "\x1f\x8b\x08", 3);
    bits_put(b, (uint32_t)flags, 8);
    bits_bytes(b, "\x78\x56\x34\xf2\x04\x07", 6);
    if (flags & FEXTRA) {
        bits_put(b, (uint32_t)extra_len, 16);
        bits_bytes(b, extra, extra_len);
    }
    if (flags & FNAME)
        bits_bytes(b, name, sizeof(name));
    if (flags & FCOMMENT)
        bits_bytes(b, comment, sizeof(comment));
    crc = crc32_z(0, b->byte, b->len);
    if (flags & FHCRC)
        bits_put(b, (uint32_t)(crc & 0xffff) ^ (good_crc ? 0 : 0x100), 16);
    header = b->len;
    bits_stored(b, 1, data, sizeof(data));
    bits_gzip_trailer(b, data, sizeof(data));
    return header;
}

/* Decodes b in two pieces, or pieces of one size, and compares the headers after each. */
static int decode(struct twin *t, struct heads *h, const struct bits *b, size_t first, size_t chunk)
{
    size_t at = 0, part = first;
    int code = Z_OK;

    while (at < b->len && code == Z_OK) {
        if (part > b->len - at)
            part = b->len - at;
        twin_feed(t, b->byte + at, part);
        code = itwin_inflate(t, ROOM, Z_NO_FLUSH);
        compare_heads(h);
        at += part;
        part = chunk;
    }
    return code;
}

static void check_decode(const struct bits *b, const long *room, size_t first, size_t chunk,
                         int good)
{
    struct heads h;
    struct twin t;

    heads_new(&h, room);
    CHECK_INT(itwin_init(&t, chunk % 2 ? 31 : 47, ROOM), Z_OK);
    CHECK_INT(get_header(&t, &h), Z_OK);
    CHECK_INT(h.head[OURS].done, 0);
    CHECK_INT(decode(&t, &h, b, first, chunk), good ? Z_STREAM_END : Z_DATA_ERROR);
    CHECK_INT(h.head[OURS].done, good);
    CHECK_STR(t.z[OURS].msg, good ? NULL : "header crc mismatch");
    CHECK_INT(twin_end(&t), Z_OK);
}

/* All fields absent and present, all buffers absent, too short by one, exact and longer. */
static void test_fields(void)
{
    static const size_t chunks[] = {1, 2, 3, 7, 100, 1000};
    int flags, fit, good;
    size_t c, at;

    for (flags = 0; flags < 32; flags++)
        for (good = (flags & FHCRC) == 0; good < 2; good++) {
            const size_t extra_len = 21;
            struct bits b;
            size_t header = write_stream(&b, flags, extra_len, good);

            for (fit = -3; fit < 4; fit++) {
                long room[FIELDS] = {(long)extra_len + fit, (long)sizeof(name) + fit,
                                     (long)sizeof(comment) + fit};

                if (fit < -1)
                    room[EXTRA] = room[NAME] = room[COMMENT] = fit + 2; /* none, 0 */
                if (fit == 3)
                    room[flags % FIELDS] = -1;
                context("flags %d, fit %d, good %d", flags, fit, good);
                for (c = 0; c < COUNT(chunks); c++)
                    check_decode(&b, room, chunks[c], chunks[c], good);
                for (at = 1; at <= header; at++)
                    check_decode(&b, room, at, 1000, good);
            }
            bits_free(&b);
        }
}

/* Extra fields of all sizes into buffers of all sizes, in pieces. */
static void test_extra(void)
{
    static const size_t lens[] = {0, 1, 2, 255, 300, 4096, 65535};
    static const long rooms[] = {-1, 0, 1, 2, 100, 254, 255, 256, 299, 4095, 65534, 65535, 66000};
    static const size_t chunks[] = {1, 11, 12, 13, 50, 256, 4096, 70000};
    size_t l, r, c;

    for (l = 0; l < COUNT(lens); l++)
        for (r = 0; r < COUNT(rooms); r++) {
            struct bits b;
            long room[FIELDS] = {0, 5, -1};

            room[EXTRA] = rooms[r];
            write_stream(&b, FEXTRA | FNAME | (r % 2 ? FHCRC : 0), lens[l], 1);
            for (c = lens[l] > 300 ? 4 : 0; c < COUNT(chunks); c++) {
                context("extra of %zu into %ld by %zu", lens[l], rooms[r], chunks[c]);
                check_decode(&b, room, chunks[c], chunks[c], 1);
            }
            bits_free(&b);
        }
}

/* Asked for after each byte of the header, a second time, and after the header. */
static void test_late(void)
{
    const long room[FIELDS] = {21, 30, 100};
    struct bits b;
    size_t header = write_stream(&b, 31, 21, 1), at, chunk;
    int again;

    for (again = 0; again < 2; again++)
        for (chunk = 1; chunk < 1000; chunk += 499)
            for (at = 0; at <= header + 3; at++) {
                struct heads h, first;
                struct twin t;

                context("late: at %zu of %zu by %zu, again %d", at, header, chunk, again);
                CHECK_INT(itwin_init(&t, 31, ROOM), Z_OK);
                heads_new(&first, room);
                if (again)
                    get_header(&t, &first);
                twin_feed(&t, b.byte, at);
                itwin_inflate(&t, ROOM, Z_NO_FLUSH);
                heads_new(&h, room);
                CHECK_INT(get_header(&t, &h), Z_OK);
                while (at < b.len && itwin_inflate(&t, ROOM, Z_NO_FLUSH) != Z_STREAM_END) {
                    size_t part = chunk < b.len - t.z[OURS].total_in ? chunk
                                                                     : b.len - t.z[OURS].total_in;

                    compare_heads(&h);
                    if (part == 0)
                        break;
                    twin_feed(&t, b.byte + t.z[OURS].total_in, part);
                }
                compare_heads(&h);
                CHECK_INT(h.head[OURS].done, at < header);
                CHECK_INT(twin_end(&t), Z_OK);
            }
    bits_free(&b);
}

/* A reset forgets the header; each member may have its own. */
static void test_reset(void)
{
    const long room[FIELDS] = {21, 30, 100};
    struct heads h, kept;
    struct bits b;
    struct twin t;
    int round;

    write_stream(&b, 31, 21, 1);
    CHECK_INT(itwin_init(&t, 31, ROOM), Z_OK);
    for (round = 0; round < 4; round++) {
        context("reset, round %d", round);
        heads_new(&h, room);
        get_header(&t, &h);
        if (round == 1)
            twin_reset(&t);
        if (round == 2)
            twin_reset_keep(&t);
        if (round == 3)
            itwin_reset2(&t, 47);
        kept = h;
        CHECK_INT(decode(&t, &h, &b, 7, 9), Z_STREAM_END);
        CHECK_INT(h.head[OURS].done, round == 0);
        if (round != 0)
            CHECK_MEM(&h.head[OURS], &kept.head[OURS], sizeof(gz_header));
        twin_reset(&t);
        twin_rewind(&t);
    }
    CHECK_INT(twin_end(&t), Z_OK);
    bits_free(&b);
}

/* Streams of other kinds. */
static void test_other_streams(void)
{
    static const int window_bits[] = {-15, 15, 0, 8, 47, 40, 31, 32, 16};
    const long room[FIELDS] = {21, 30, 100};
    struct bits b;
    size_t i, chunk;

    bits_new(&b);
    bits_zlib(&b, 8);
    bits_stored(&b, 1, data, sizeof(data));
    bits_zlib_trailer(&b, data, sizeof(data));
    for (i = 0; i < COUNT(window_bits); i++)
        for (chunk = 1; chunk < 200; chunk += 99) {
            int knows_gzip = window_bits[i] >= 16, knows_zlib = window_bits[i] >= 32;
            struct heads h;
            struct twin t;

            context("zlib stream, windowBits %d by %zu", window_bits[i], chunk);
            heads_new(&h, room);
            CHECK_INT(itwin_init(&t, window_bits[i], ROOM), Z_OK);
            CHECK_INT(get_header(&t, &h), knows_gzip ? Z_OK : Z_STREAM_ERROR);
            if (knows_gzip) {
                CHECK_INT(decode(&t, &h, &b, chunk, chunk),
                          knows_zlib ? Z_STREAM_END : Z_DATA_ERROR);
                CHECK_INT(h.head[OURS].done, -1);
            }
            CHECK_INT(twin_end(&t), Z_OK);
        }
    bits_free(&b);
}

/* inflateValidate(0) lets a wrong header CRC pass; so does a stream cut anywhere. */
static void test_unvalidated(void)
{
    const long room[FIELDS] = {21, 30, 100};
    struct bits b;
    size_t header = write_stream(&b, 31, 21, 0), at;

    for (at = 0; at < header; at++) {
        struct heads h;
        struct twin t;
        int code;

        context("unvalidated from %zu on", at);
        heads_new(&h, room);
        CHECK_INT(itwin_init(&t, 31, ROOM), Z_OK);
        get_header(&t, &h);
        twin_feed(&t, b.byte, at);
        itwin_inflate(&t, ROOM, Z_NO_FLUSH);
        CHECK_INT(itwin_validate(&t, 0), Z_OK);
        if (at % 2)
            CHECK_INT(itwin_validate(&t, 1), Z_OK);
        twin_feed(&t, b.byte + at, b.len - at);
        code = itwin_inflate(&t, ROOM, Z_NO_FLUSH);
        compare_heads(&h);
        CHECK_INT(code, at % 2 ? Z_DATA_ERROR : Z_STREAM_END);
        CHECK_INT(twin_end(&t), Z_OK);
    }
    bits_free(&b);
}

int main(void)
{
    int field;

    oracle_open();
    data_fill(DATA_RANDOM, 1, extra, sizeof(extra));
    for (field = 0; field < FIELDS; field++)
        guard[field] = guarded_new(BUFFER);
    test_fields();
    test_extra();
    test_late();
    test_reset();
    test_other_streams();
    test_unvalidated();
    for (field = 0; field < FIELDS; field++)
        guarded_free(guard[field]);
    return test_result();
}
