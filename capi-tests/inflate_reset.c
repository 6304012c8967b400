/*
 * Property: a stream that was reset decodes like a fresh one, from whatever state; and
 * inflateValidate, inflateUndermine and inflateResetKeep do what zlib's do.
 *
 * Guards: state left over from damaged, unfinished or unvalidated streams; inflateResetKeep keeps
 * the window, so that a raw stream goes on in the history of the one before; inflateValidate(0)
 * ignores check values and lengths from then on, inflateValidate(1) does not make a raw stream
 * have one; distances that reach too far cannot be allowed.
 */
#include "bits.h"
#include "heap.h"
#include "itwin.h"

#define DATA_LEN 4000
#define ROOM (2 * DATA_LEN)

static unsigned char data[DATA_LEN];
static const int window_bits[] = {15, 31, -15, 47, -8};

/* Leaves the stream in some state. */
static void disturb(struct twin *t, int how, const unsigned char *in, size_t len)
{
    switch (how) {
    case 0: break;
    case 1: itwin_run(t, in, len, len, ROOM, Z_NO_FLUSH); break;
    case 2: itwin_run(t, in, len / 2, 100, ROOM, Z_NO_FLUSH); break;
    case 3: itwin_run(t, in, len / 3, 1, 7, Z_NO_FLUSH); break;
    case 4: itwin_run(t, in, 1, 1, 7, Z_NO_FLUSH); break;
    case 5: itwin_run(t, in + 1, len - 1, len, ROOM, Z_NO_FLUSH); break;
    case 6: itwin_sync(t); twin_feed(t, in, len); itwin_sync(t); break;
    case 7: twin_prime(t, 13, 0x1234); break;
    case 8: itwin_run(t, (const unsigned char *)"\x78\xbb\0\0\0\5", 6, 6, 9, Z_NO_FLUSH); break;
    case 9: itwin_validate(t, 0); itwin_run(t, in, len / 2, len, ROOM, Z_NO_FLUSH); break;
    default: itwin_run(t, in, len - 3, len, ROOM, Z_BLOCK); break;
    }
}

enum { DISTURBANCES = 11 };

/* All ways to reset after all disturbances; then a whole stream, with its check. */
static void test_resets(void)
{
    size_t w, len;
    int how, reset;

    for (w = 0; w < COUNT(window_bits); w++) {
        int bits = window_bits[w] == 47 ? 15 : window_bits[w] == -8 ? -9 : window_bits[w];
        unsigned char *in = sample_new((struct params){6, bits, 8, 0}, data, DATA_LEN, 700,
                                       Z_PARTIAL_FLUSH, &len);

        for (how = 0; how < DISTURBANCES; how++)
            for (reset = 0; reset < 4; reset++) {
                struct twin t;

                context("reset %d after %d, windowBits %d", reset, how, window_bits[w]);
                CHECK_INT(itwin_init(&t, window_bits[w], ROOM), Z_OK);
                disturb(&t, how, in, len);
                twin_feed(&t, NULL, 0);
                CHECK_INT(reset == 0   ? twin_reset(&t)
                          : reset == 1 ? twin_reset_keep(&t)
                                       : itwin_reset2(&t, reset == 2 ? window_bits[w] : bits),
                          Z_OK);
                CHECK_UINT(t.z[OURS].total_in, 0);
                CHECK_UINT(t.z[OURS].total_out, 0);
                CHECK_STR(t.z[OURS].msg, NULL);
                twin_get_dictionary(&t, NULL);
                twin_rewind(&t);
                /* Twice: the check value is validated, or not, as zlib does. */
                itwin_run(&t, in, len, how == 3 ? 1 : 333, 500, Z_NO_FLUSH);
                itwin_inflate(&t, 10, Z_NO_FLUSH);
                if (window_bits[w] != -8 && how != 6)
                    CHECK_MEM(t.out[OURS], data, DATA_LEN);
                CHECK_INT(twin_end(&t), Z_OK);
            }
        free(in);
    }
}

/* inflateResetKeep: the second stream may reach into the first one's output. */
static void test_keep(void)
{
    struct code litlen, distance;
    unsigned dist;
    int keep, chunk;

    code_fixed(&litlen, &distance);
    for (keep = 0; keep < 2; keep++)
        for (chunk = 0; chunk < 2; chunk++)
            for (dist = 1; dist <= 301; dist += 100) {
                struct bits b;
                struct twin t;
                int code;

                context("keep %d, distance %u, chunk %d", keep, dist, chunk);
                bits_new(&b);
                bits_block(&b, 1, FIXED);
                bits_match(&b, &litlen, &distance, 200, dist);
                bits_symbol(&b, &litlen, END_OF_BLOCK);
                CHECK_INT(itwin_init(&t, -15, ROOM), Z_OK);
                CHECK_INT(twin_set_dictionary(&t, data, 300), Z_OK);
                CHECK_INT(keep ? twin_reset_keep(&t) : twin_reset(&t), Z_OK);
                code = itwin_run(&t, b.byte, b.len, chunk ? 1 : b.len, chunk ? 10 : 500,
                                 Z_NO_FLUSH);
                CHECK_INT(code, keep && dist <= 300 ? Z_STREAM_END : Z_DATA_ERROR);
                twin_end(&t);
                bits_free(&b);
            }
}

/* Wrong check values and lengths, with validation off or on from some byte on. */
static void test_validate(void)
{
    size_t w, at, wrong, len;
    int values;

    for (w = 0; w < 2; w++) {
        unsigned char *in = sample_new((struct params){6, window_bits[w], 8, 0}, data, 200, 0, 0,
                                       &len);

        for (wrong = 0; wrong < (w == 0 ? 4 : 8); wrong += 3)
            for (values = 0; values < 9; values++)
                for (at = 0; at < len; at += at < 15 || len - at < 15 ? 1 : 13) {
                    static const int settings[] = {0, 1, -1};
                    struct twin t;

                    context("validate %d at %zu, wrong byte %zu, windowBits %d", values, at, wrong,
                            window_bits[w]);
                    in[len - 1 - wrong] ^= 0x40;
                    CHECK_INT(itwin_init(&t, window_bits[w], ROOM), Z_OK);
                    CHECK_INT(itwin_validate(&t, settings[values / 3]), Z_OK);
                    twin_feed(&t, in, at);
                    itwin_inflate(&t, ROOM, Z_NO_FLUSH);
                    CHECK_INT(itwin_validate(&t, settings[values % 3]), Z_OK);
                    twin_feed(&t, in + at, len - at);
                    itwin_inflate(&t, ROOM, Z_FINISH);
                    itwin_validate(&t, 1);
                    itwin_inflate(&t, ROOM, Z_FINISH);
                    twin_reset(&t);
                    CHECK_INT(twin_end(&t), Z_OK);
                    in[len - 1 - wrong] ^= 0x40;
                }
        free(in);
    }
}

/* On a raw stream validation has nothing to validate, whatever is set. */
static void test_validate_raw(void)
{
    size_t len;
    unsigned char *in = sample_new((struct params){6, -15, 8, 0}, data, 200, 0, 0, &len);
    struct twin t;
    int check;

    for (check = -1; check < 2; check++) {
        context("validate raw %d", check);
        CHECK_INT(itwin_init(&t, -15, ROOM), Z_OK);
        CHECK_INT(itwin_validate(&t, check), Z_OK);
        CHECK_INT(itwin_run(&t, in, len, 20, 30, Z_NO_FLUSH), Z_STREAM_END);
        CHECK_INT(itwin_reset2(&t, 15), Z_OK);
        CHECK_INT(itwin_reset2(&t, -15), Z_OK);
        CHECK_INT(itwin_validate(&t, 1), Z_OK);
        CHECK_INT(itwin_run(&t, in, len, len, 30, Z_NO_FLUSH), Z_STREAM_END);
        twin_end(&t);
    }
    free(in);
}

static void test_undermine(void)
{
    struct code litlen, distance;
    struct bits b;
    int subvert;

    code_fixed(&litlen, &distance);
    for (subvert = -1; subvert < 2; subvert++) {
        struct twin t;

        context("undermine %d", subvert);
        bits_new(&b);
        bits_block(&b, 1, FIXED);
        bits_symbol(&b, &litlen, 'a');
        bits_match(&b, &litlen, &distance, 3, 2);
        bits_symbol(&b, &litlen, END_OF_BLOCK);
        CHECK_INT(itwin_init(&t, -15, ROOM), Z_OK);
        CHECK_INT(itwin_undermine(&t, subvert), Z_DATA_ERROR);
        CHECK_INT(itwin_run(&t, b.byte, b.len, b.len, ROOM, Z_NO_FLUSH), Z_DATA_ERROR);
        CHECK_STR(t.z[OURS].msg, "invalid distance too far back");
        CHECK_INT(twin_end(&t), Z_OK);
        bits_free(&b);
    }
}

/* windowBits 0 takes the window's size from the header. inflateSync in the place of a header goes
 * on without one, with a window of 1 byte. zlib keeps that one for the next stream, whose header
 * asks for 32 KiB, and overruns it; so only ours is called. */
static void test_window_of_unknown_size(void)
{
    static const unsigned char raw[] = {0, 0, 0xff, 0xff, 0, 3, 0, 0xfc, 0xff, 'a', 'b', 'c'};
    unsigned char *in, *out = must_alloc(DATA_LEN);
    int own_heap, code;
    size_t len;

    if (testing_peer())
        return;
    in = sample_new((struct params){6, 15, 8, 0}, data, DATA_LEN, DATA_LEN, Z_NO_FLUSH, &len);
    for (own_heap = 0; own_heap < 2; own_heap++) {
        struct heap heap;
        z_stream z;

        context("window of unknown size, %s", own_heap ? "own zalloc" : "malloc");
        memset(&z, 0, sizeof(z));
        heap_init(&heap);
        heap.guard_pages = 1;
        if (own_heap)
            heap_attach(&heap, &z);
        CHECK_INT(inflateInit2(&z, 0), Z_OK);
        z.next_in = (void *)(uintptr_t)raw;
        z.avail_in = sizeof(raw);
        z.next_out = out;
        z.avail_out = DATA_LEN;
        CHECK_INT(inflateSync(&z), Z_OK);
        CHECK_INT(inflate(&z, Z_NO_FLUSH), Z_OK);
        CHECK_MEM(out, "abc", 3);
        CHECK_INT(inflateReset2(&z, 0), Z_OK);
        z.next_in = in;
        z.avail_in = (uInt)len;
        z.next_out = out;
        do {
            z.avail_out = 100;
            code = inflate(&z, Z_NO_FLUSH);
        } while (code == Z_OK && z.total_out < DATA_LEN - 100);
        if (code == Z_OK) {
            z.avail_out = (uInt)(DATA_LEN - z.total_out);
            code = inflate(&z, Z_NO_FLUSH);
        }
        CHECK_INT(code, Z_STREAM_END);
        CHECK_UINT(z.total_out, DATA_LEN);
        CHECK_MEM(out, data, DATA_LEN);
        CHECK_INT(inflateEnd(&z), Z_OK);
        heap_check_empty(&heap);
    }
    free(in);
    free(out);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_TEXT, 1, data, DATA_LEN);
    test_resets();
    test_keep();
    test_validate();
    test_validate_raw();
    test_undermine();
    test_window_of_unknown_size();
    return test_result();
}
