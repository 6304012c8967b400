/*
 * Property: whatever the buffer size, the calls and their lengths, a file that is written has
 * zlib 1.3.2's bytes: so the blocks of level 0, the place of flushes, and the changes of
 * gzsetparams are zlib's, too.
 *
 * Guards: gzbuffer's limits and when it is too late; gzwrite, gzfwrite, gzputs, gzputc mixed;
 * lengths of the buffer - 1, the buffer, more; all flush values, after Z_FINISH as well (a
 * second one makes an empty member, as 1.3.2 does); gzsetparams at the start, in the middle,
 * with values that deflate refuses, and on a file that is not compressed.
 */
#include "gz.h"

static unsigned char data[100000];

static void check_buffer_limits(void)
{
    static const char *const names[] = {"file", "read"};
    struct gz_twin t;
    char byte;
    int i;

    for (i = 0; i < 2; i++) {
        const char *mode = i == 0 ? "w" : "r";

        context("gzbuffer, mode %s", mode);
        gz_put("read", "plain text", 10);
        CHECK(gz_open(&t, names[i], mode));
        GZ_CHECK(&t, f->gzbuffer(g, 0x80000000u), -1);
        GZ_CHECK(&t, f->gzbuffer(g, 0xffffffffu), -1);
        GZ_CHECK(&t, f->gzbuffer(g, 0x7fffffffu), 0);
        GZ_CHECK(&t, f->gzbuffer(g, 0), 0);
        GZ_CHECK(&t, f->gzbuffer(g, 100), 0);
        GZ_CHECK(&t, i == 0 ? f->gzwrite(g, "x", 1) : f->gzread(g, &byte, 1), 1);
        GZ_CHECK(&t, f->gzbuffer(g, 100), -1);
        CHECK_INT(gz_close(&t), Z_OK);
    }
}

/* One file by random calls; the data begins anew when it is used up. */
static void check_calls(unsigned size, const char *mode, uint64_t seed)
{
    static unsigned char want[sizeof(data)];
    struct rng rng = rng_seed(seed);
    struct gz_twin t;
    size_t at = 0;

    context("calls, buffer %u, mode %s, seed %d", size, mode, (int)seed);
    CHECK(gz_open(&t, "file", mode));
    if (size != 0)
        GZ_CHECK(&t, f->gzbuffer(g, size), 0);
    else
        size = 8192;
    memcpy(want, data, sizeof(data));
    while (at + 4 * (size_t)size + 2 < sizeof(data)) {
        const unsigned char *from = data + at;
        unsigned len = rng_below(&rng, 4) == 0 ? size - 1 + rng_below(&rng, 3)
                                               : rng_below(&rng, 3) == 0 ? rng_below(&rng, 3 * size)
                                                                         : rng_below(&rng, 20);
        char text[30];

        switch (rng_below(&rng, 5)) {
        case 0:
            GZ_CHECK(&t, f->gzfwrite(from, len, 2, g), len == 0 ? 0 : 2);
            len *= 2;
            break;
        case 1:
            GZ_CHECK(&t, f->gzputc(g, *from), *from);
            len = 1;
            break;
        case 2:
            memset(text, 0, sizeof(text));
            memset(text, 'a' + (int)(len % 26), len % sizeof(text));
            len = (unsigned)strlen(text);
            memcpy(want + at, text, len);
            GZ_CHECK(&t, f->gzputs(g, text), len);
            break;
        default: GZ_CHECK(&t, f->gzwrite(g, from, len), len); break;
        }
        at += len;
        if (rng_below(&rng, 50) == 0) {
            int flush = (int)rng_below(&rng, 4);

            GZ_CHECK(&t, f->gzflush(g, flush), Z_OK);
        }
        if (test_failures() != 0)
            break;
    }
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("file", strchr(mode, 'T') ? GZ_PLAIN : GZ_COMPRESSED, want, at);
}

static void check_flush(void)
{
    struct gz_twin t;
    int flush;

    for (flush = -2; flush <= 7; flush++) {
        int known = flush >= Z_NO_FLUSH && flush <= Z_FINISH;

        context("gzflush(%d)", flush);
        CHECK(gz_open(&t, "file", "w"));
        /* Before any data, too. */
        GZ_CHECK(&t, f->gzflush(g, flush), known ? Z_OK : Z_STREAM_ERROR);
        GZ_CHECK(&t, f->gzwrite(g, data, 100), 100);
        GZ_CHECK(&t, f->gzflush(g, flush), known ? Z_OK : Z_STREAM_ERROR);
        GZ_CHECK(&t, f->gzflush(g, flush), known ? Z_OK : Z_STREAM_ERROR);
        GZ_CHECK(&t, f->gzwrite(g, data + 100, 30000), 30000);
        GZ_CHECK(&t, f->gzflush(g, flush), known ? Z_OK : Z_STREAM_ERROR);
        CHECK_INT(gz_close(&t), Z_OK);
        gz_check_file("file", GZ_COMPRESSED, data, 30100);
    }
    context("gzflush without compression");
    CHECK(gz_open(&t, "file", "wT"));
    GZ_CHECK(&t, f->gzwrite(g, data, 100), 100);
    GZ_CHECK(&t, f->gzoffset(g), 0);
    GZ_CHECK(&t, f->gzflush(g, Z_NO_FLUSH), Z_OK);
    GZ_CHECK(&t, f->gzoffset(g), 100);
    GZ_CHECK(&t, f->gzflush(g, Z_FINISH), Z_OK);
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("file", GZ_PLAIN, data, 100);
}

/* 5 bytes, Z_FINISH and gzclose make two members: 45 bytes. */
static void check_empty_member(void)
{
    struct gz_twin t;
    size_t len;

    context("gzclose after Z_FINISH");
    CHECK(gz_open(&t, "file", "w"));
    GZ_CHECK(&t, f->gzwrite(g, "12345", 5), 5);
    GZ_CHECK(&t, f->gzflush(g, Z_FINISH), Z_OK);
    GZ_CHECK(&t, f->gzoffset(g), 25);
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("file", GZ_COMPRESSED, "12345", 5);
    free(gz_get(OURS, "file", &len));
    CHECK_UINT(len, 45);
}

static void check_params(void)
{
    static const int changes[][2] = {{1, 0}, {9, 0}, {0, 0}, {6, 2}, {6, 3}, {6, 4}, {3, 1},
                                     {-1, 0}, {0, 3}, {9, 0}};
    struct gz_twin t;
    size_t i, k, at;

    for (i = 0; i < COUNT(changes); i++) {
        context("gzsetparams, beginning with row %d", (int)i);
        CHECK(gz_open(&t, "file", "w6"));
        at = 0;
        for (k = 0; k < COUNT(changes); k++) {
            const int *row = changes[(i + k) % COUNT(changes)];

            GZ_CHECK(&t, f->gzsetparams(g, row[0], row[1]), Z_OK);
            GZ_CHECK(&t, f->gzsetparams(g, row[0], row[1]), Z_OK);
            GZ_CHECK(&t, f->gzwrite(g, data + at, 500 * (unsigned)k), 500 * k);
            at += 500 * k;
            if (k == 5) {
                /* The bytes between become zeros, at the old level. */
                GZ_CHECK(&t, f->gzseek(g, 10, SEEK_CUR), at + 10);
                memset(data + at, 0, 10);
                at += 10;
            }
            if (k == 7)
                GZ_CHECK(&t, f->gzflush(g, Z_FINISH), Z_OK);
        }
        CHECK_INT(gz_close(&t), Z_OK);
        gz_check_file("file", GZ_COMPRESSED, data, at);
    }
}

static void check_bad_params(void)
{
    static const int bad[][2] = {{10, 0}, {-2, 0}, {6, 5}, {6, -1}, {99, 99}};
    struct gz_twin t;
    size_t i;

    for (i = 0; i < COUNT(bad); i++) {
        context("gzsetparams(%d, %d)", bad[i][0], bad[i][1]);
        CHECK(gz_open(&t, "file", "w"));
        GZ_CHECK(&t, f->gzwrite(g, data, 10000), 10000);
        GZ_CHECK(&t, f->gzsetparams(g, bad[i][0], bad[i][1]), Z_OK);
        GZ_CHECK(&t, f->gzwrite(g, data + 10000, 10000), 10000);
        CHECK_INT(gz_close(&t), Z_OK);
        gz_check_file("file", GZ_COMPRESSED, data, 20000);
        /* Before the first write nothing refuses them, and then deflateInit2 does. */
        CHECK(gz_open(&t, "file", "w"));
        GZ_CHECK(&t, f->gzsetparams(g, bad[i][0], bad[i][1]), Z_OK);
        GZ_CHECK(&t, f->gzwrite(g, data, 100), 0);
        CHECK_STR(gzerror(t.file[OURS], NULL), "out of memory");
        CHECK_INT(gz_close(&t), Z_MEM_ERROR);
    }
    context("gzsetparams without compression");
    CHECK(gz_open(&t, "file", "wT"));
    GZ_CHECK(&t, f->gzsetparams(g, 1, 0), Z_STREAM_ERROR);
    GZ_CHECK(&t, f->gzwrite(g, data, 100), 100);
    GZ_CHECK(&t, f->gzsetparams(g, 6, 0), Z_STREAM_ERROR);
    CHECK_INT(gz_close(&t), Z_OK);
}

int main(void)
{
    static const char *const modes[] = {"w", "w0", "w1", "w9h", "wT", "w3F"};
    static const unsigned sizes[] = {0, 8, 9, 17, 100, 1000, 20000};
    size_t i, k;

    oracle_open();
    data_fill(DATA_MIXED, 5, data, sizeof(data));
    check_buffer_limits();
    for (i = 0; i < COUNT(modes); i++)
        for (k = 0; k < COUNT(sizes); k++)
            check_calls(sizes[k], modes[i], 10 * i + k);
    check_flush();
    check_empty_member();
    check_params();
    check_bad_params();
    return test_result();
}
