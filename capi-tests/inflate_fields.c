/*
 * Property: the fields of z_stream mean to inflate what they mean to zlib, up to their limits.
 *
 * Guards: git writes its own total_in and total_out before each call, and the check values and
 * ISIZE must not depend on that (zlib-rs#439); avail_in and avail_out may be UINT_MAX; output
 * beyond 4 GiB, whose length in the gzip trailer counts modulo 2^32.
 */
#include "bits.h"
#include "itwin.h"

#include <limits.h>
#include <sys/mman.h>

#define DATA_LEN 8000
#define ROOM (DATA_LEN + 500)

static unsigned char data[DATA_LEN];
static const int window_bits[] = {-15, 15, 31, 47};

static unsigned char *stream_for(int bits, size_t *len)
{
    return sample_new((struct params){6, bits == 47 ? 31 : bits, 8, 0}, data, DATA_LEN, 0, 0, len);
}

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
    static const uLong values[] = {0, 1, 0x89abcdef, 0xffffff00, (uLong)-1};
    size_t v, w, len, moment;
    int field;

    for (v = 0; v < COUNT(values); v++)
        for (w = 0; w < COUNT(window_bits); w++) {
            unsigned char *in = stream_for(window_bits[w], &len);

            for (field = 0; field < 6; field++)
                for (moment = 0; moment < 5; moment++) {
                    size_t cuts[] = {0, 1, 11, len / 2, len - 3, len}, i;
                    struct twin t;
                    int code = Z_OK;

                    context("field %d set to 0x%lx at %zu, windowBits %d", field, values[v],
                            moment, window_bits[w]);
                    CHECK_INT(itwin_init(&t, window_bits[w], ROOM), Z_OK);
                    for (i = 0; i + 1 < COUNT(cuts); i++) {
                        if (i == moment)
                            write_field(&t, field, values[v]);
                        twin_feed(&t, in + cuts[i], cuts[i + 1] - cuts[i]);
                        code = itwin_inflate(&t, ROOM, i == 3 ? Z_BLOCK : Z_NO_FLUSH);
                        if (i == 3)
                            code = itwin_inflate(&t, ROOM, Z_NO_FLUSH);
                    }
                    CHECK_INT(code, Z_STREAM_END);
                    CHECK_UINT(t.z[OURS].reserved, t.z[ORACLE].reserved);
                    CHECK_MEM(t.out[OURS], data, DATA_LEN);
                    itwin_sync(&t);
                    twin_reset(&t);
                    twin_end(&t);
                }
            free(in);
        }
}

/* avail_in of almost 4 GiB and avail_out of UINT_MAX (as far as they are needed). */
static void test_large_avail(void)
{
    unsigned char *source = mmap(NULL, UINT_MAX, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    size_t w, len;
    int side;

    if (source == MAP_FAILED)
        return;
    for (w = 0; w < COUNT(window_bits); w++) {
        static unsigned char out[SIDES][ROOM];
        unsigned char *in = stream_for(window_bits[w], &len);
        z_stream z[SIDES];
        struct twin t;

        context("large avail_in, windowBits %d", window_bits[w]);
        memcpy(source, in, len);
        CHECK_INT(itwin_init(&t, window_bits[w], ROOM), Z_OK);
        twin_feed(&t, source, UINT_MAX);
        itwin_inflate(&t, 1000, Z_NO_FLUSH);
        itwin_inflate(&t, 10, Z_FINISH);
        CHECK_INT(itwin_inflate(&t, ROOM, Z_NO_FLUSH), Z_STREAM_END);
        CHECK_UINT(t.z[OURS].avail_in, UINT_MAX - len);
        CHECK_INT(twin_end(&t), Z_OK);

        context("large avail_out, windowBits %d", window_bits[w]);
        memset(z, 0, sizeof(z));
        for (side = OURS; side < SIDES; side++) {
            int i;

            inflate_init2((enum side)side, &z[side], window_bits[w]);
            z[side].next_in = source;
            z[side].next_out = out[side];
            for (i = 0; i < 2; i++) {
                z[side].avail_in = (uInt)(i == 0 ? len / 2 : len - len / 2);
                z[side].avail_out = UINT_MAX;
                CHECK_INT(api[side]->inflate(&z[side], Z_NO_FLUSH), i ? Z_STREAM_END : Z_OK);
            }
            CHECK_UINT(z[side].total_out, DATA_LEN);
            api[side]->inflateEnd(&z[side]);
        }
        CHECK_MEM(out[OURS], data, DATA_LEN);
        CHECK_UINT(z[OURS].avail_out, z[ORACLE].avail_out);
        free(in);
    }
    context("sync over a large avail_in");
    {
        struct twin t;

        source[UINT_MAX / 64] = source[UINT_MAX / 64 + 1] = 0xff;
        CHECK_INT(itwin_init(&t, 15, ROOM), Z_OK);
        twin_feed(&t, source + 1, UINT_MAX - 1);
        CHECK_INT(itwin_sync(&t), Z_OK);
        CHECK_UINT(t.z[OURS].total_in, UINT_MAX / 64 + 1);
        twin_end(&t);
    }
    munmap(source, UINT_MAX);
}

/* Feeds len zero bytes, which are 4 * 258 bytes of output each, in long pieces. */
static void inflate_zeros(z_streamp z, size_t len)
{
    enum { PIECE = 65536, PIECE_ROOM = 1 << 18 };
    static unsigned char zeros[PIECE], out[PIECE_ROOM];
    int code = Z_OK;

    while (len != 0 && (code == Z_OK || code == Z_BUF_ERROR)) {
        z->next_in = zeros;
        z->avail_in = len < PIECE ? (uInt)len : PIECE;
        len -= z->avail_in;
        do {
            z->next_out = out;
            z->avail_out = PIECE_ROOM;
            code = inflate(z, Z_NO_FLUSH);
        } while (code == Z_OK && z->avail_out == 0);
    }
    CHECK(code == Z_OK || code == Z_BUF_ERROR);
}

/* More than 4 GiB of zeros in one dynamic block in which length 258 at distance 1 takes two bits,
 * 00. Ours only: the totals are known, and it takes zlib long. */
static void test_past_4_gib(void)
{
#if ULONG_MAX > 0xffffffff
    const size_t input = ((size_t)1 << 32) / (4 * 258) + 1000;
    unsigned char lens[286] = {2}, dist[1] = {1}, out[4000];
    static unsigned char zeros[1 << 20];
    struct code lit, code;
    struct bits head, tail;
    z_stream z, copy;
    uLong crc, total, done;
    int wrong;

    lens[END_OF_BLOCK] = 2;
    lens[285] = 1;
    code_make(&lit, lens, 286);
    code_make(&code, dist, 1);
    bits_new(&head);
    bits_gzip(&head);
    bits_tables(&head, 1, &lit, &code);
    bits_symbol(&head, &lit, 0);
    /* The rest of the byte are matches as well. The pairs end with the last byte, or the trailer
     * would begin with half a match. */
    CHECK_UINT(head.free % 2, 0);
    total = 1 + head.free / 2 * 258 + input * 4 * 258;
    for (crc = 0, done = 0; done + sizeof(zeros) <= total; done += sizeof(zeros))
        crc = crc32_z(crc, zeros, sizeof(zeros));
    crc = crc32_z(crc, zeros, total - done);
    context("past 4 GiB");
    memset(&z, 0, sizeof(z));
    CHECK_INT(inflateInit2(&z, 31), Z_OK);
    z.next_in = head.byte;
    z.avail_in = (uInt)head.len;
    z.next_out = out;
    z.avail_out = sizeof(out);
    CHECK_INT(inflate(&z, Z_NO_FLUSH), Z_OK);
    inflate_zeros(&z, input);
    CHECK_UINT(z.total_out, total);
    CHECK_UINT(z.total_in, head.len + input);
    CHECK_UINT(z.adler, crc);
    for (wrong = 0; wrong < 2; wrong++) {
        context("past 4 GiB, %d wrong", wrong);
        bits_new(&tail);
        bits_symbol(&tail, &lit, END_OF_BLOCK);
        bits_align(&tail);
        bits_put(&tail, (uint32_t)crc, 32);
        bits_put(&tail, (uint32_t)total ^ (wrong ? 0x80000000u : 0), 32);
        CHECK_INT(inflateCopy(&copy, &z), Z_OK);
        copy.next_in = tail.byte;
        copy.avail_in = (uInt)tail.len;
        copy.next_out = out;
        copy.avail_out = sizeof(out);
        CHECK_INT(inflate(&copy, Z_FINISH), wrong ? Z_DATA_ERROR : Z_STREAM_END);
        CHECK_STR(copy.msg, wrong ? "incorrect length check" : NULL);
        CHECK_UINT(copy.total_out, total);
        CHECK_INT(inflateEnd(&copy), Z_OK);
        bits_free(&tail);
    }
    CHECK_INT(inflateEnd(&z), Z_OK);
    bits_free(&head);
#endif
}

/* ISIZE of all kinds after little data: only the low 32 bits of the length count, all of them. */
static void test_isize(void)
{
    size_t len, bit;
    unsigned char *in = sample_new((struct params){6, 31, 8, 0}, data, 300, 0, 0, &len);

    for (bit = 0; bit < 32; bit++) {
        struct twin t;

        context("ISIZE, bit %zu", bit);
        in[len - 4 + bit / 8] ^= (unsigned char)(1 << bit % 8);
        CHECK_INT(itwin_init(&t, 31, ROOM), Z_OK);
        twin_feed(&t, in, len);
        CHECK_INT(itwin_inflate(&t, ROOM, Z_FINISH), Z_DATA_ERROR);
        CHECK_STR(t.z[OURS].msg, "incorrect length check");
        CHECK_UINT(t.z[OURS].avail_in, 0);
        twin_end(&t);
        in[len - 4 + bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    free(in);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, data, DATA_LEN);
    test_written_fields();
    test_large_avail();
    test_isize();
    test_past_4_gib();
    return test_result();
}
