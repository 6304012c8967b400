/*
 * Property: what a file that is read is made of: gzip members, one after another, garbage behind
 * them, or no gzip at all; what is wrong with it is told once all good data was given out.
 *
 * Guards: zlib 1.3.2's rules, which differ from all versions before: four bytes that look like a
 * gzip header make a file gzip; garbage behind a member, that fails before it gives output, is
 * passed over; mode G; a file cut off anywhere. Where 1.3.2 breaks them itself, ours does not:
 * - a first member damaged before its first output is an error; zlib shows an empty file;
 * - a file that ends behind a member and the input buffer has no error; zlib says "unexpected end
 *   of file";
 * - an end in a member stays an error until gzclose; zlib forgets it in the next call;
 * - data decoded before an error is given out, however little a call asks for; zlib drops what
 *   the first call did not take, and gzgets drops all of it;
 * - mode G lasts through gzrewind; zlib takes it for the default.
 */
#include "gz.h"

#define LEN 30000

static unsigned char data[LEN];
static unsigned char file_bytes[3 * LEN];

/* Puts together the file of both sides. */
struct parts {
    size_t len;
};

static void add(struct parts *parts, const void *bytes, size_t len)
{
    memcpy(file_bytes + parts->len, bytes, len);
    parts->len += len;
}

static void add_member(struct parts *parts, size_t from, size_t len, int level)
{
    parts->len += gz_member(data + from, len, level, file_bytes + parts->len,
                            sizeof(file_bytes) - parts->len);
}

/* Reads our file in pieces of `piece` bytes: all must come, then code and message (without the
 * path; NULL for no error), again and again, and gzclose must return close_code. */
static void check_ours(const char *mode, unsigned piece, const void *want, size_t want_len,
                       int code, const char *message, int close_code)
{
    static unsigned char got[4 * LEN];
    const char *path = gz_path(OURS, "file");
    char text[GZ_PATH_MAX + 100] = "";
    gzFile file = gzopen(path, mode);
    size_t len = 0;
    int count, error, i;

    if (testing_peer()) {
        gzclose(file);
        return;
    }
    while ((count = gzread(file, got + len, piece)) > 0)
        len += (unsigned)count;
    if (CHECK_UINT(len, want_len))
        CHECK_MEM(got, want, want_len);
    if (message != NULL)
        snprintf(text, sizeof(text), "%s: %s", path, message);
    for (i = 0; i < 3; i++) {
        CHECK_INT(count, code == Z_OK || code == Z_BUF_ERROR ? 0 : -1);
        CHECK_STR(gzerror(file, &error), text);
        CHECK_INT(error, code);
        count = gzread(file, got, piece);
    }
    CHECK_INT(gzclose(file), close_code);
}

/* The same in pieces of all kinds: single bytes, around the buffers' sizes, all at once. */
static void check_pieces(const void *want, size_t len, int code, const char *message,
                         int close_code)
{
    static const unsigned pieces[] = {1, 100, 8191, 8192, 16383, 16384, 16385, 4 * LEN};
    size_t i;

    for (i = 0; i < COUNT(pieces); i++)
        check_ours("r", pieces[i], want, len, code, message, close_code);
}

/* Both libraries read the file of both sides, whole, in the same way. */
static void check_same(const char *mode, unsigned piece, size_t want_len)
{
    unsigned char *got = must_alloc(piece);
    struct gz_twin t;
    size_t at = 0;

    CHECK(gz_open(&t, "file", mode));
    while (at < want_len && test_failures() == 0) {
        size_t count = want_len - at < piece ? want_len - at : piece;

        GZ_CHECK(&t, f->gzread(g, got, piece), count);
        at += count;
    }
    GZ_CHECK(&t, f->gzread(g, got, piece), 0);
    CHECK_INT(gz_close(&t), Z_OK);
    free(got);
}

static void check_good(void)
{
    static const unsigned char beginnings[][4] = {
        {0x1f, 0x8b, 8, 0}, {0x1f, 0x8b, 8, 31}, {0x1f, 0x8b, 8, 32}, {0x1f, 0x8b, 9, 0},
        {0x1f, 0x8c, 8, 0}, {0x1e, 0x8b, 8, 0}, {0, 0, 0, 0}};
    struct parts parts = {0};
    size_t i;

    context("several members, of all lengths");
    add_member(&parts, 0, 10000, 6);
    add_member(&parts, 10000, 0, 6);
    add_member(&parts, 10000, 1, 9);
    add_member(&parts, 10001, LEN - 10001, 0);
    add_member(&parts, 0, 0, 1);
    add(&parts, "garbage", 7);
    gz_put("file", file_bytes, parts.len);
    check_same("r", 1000, LEN);
    check_same("r", 50000, LEN);
    check_same("rG", 777, LEN);
    check_pieces(data, LEN, Z_OK, NULL, Z_OK);

    context("no gzip");
    gz_put("file", data, LEN);
    check_same("r", 1, LEN);
    check_same("r", 10000, LEN);
    check_same("r", 50000, LEN);
    check_pieces(data, LEN, Z_OK, NULL, Z_OK);
    gz_put("file", "", 0);
    check_same("r", 10, 0);

    /* Beginnings that are not gzip's, cut off at each length. */
    for (i = 0; i < COUNT(beginnings); i++) {
        size_t len;

        for (len = 1; len <= 4; len++) {
            if (i < 2 && len == 4)
                continue;
            context("beginning %d, %d bytes", (int)i, (int)len);
            gz_put("file", beginnings[i], len);
            check_same("r", 10, len);
            check_same("r", 1, len);
            check_pieces(beginnings[i], len, Z_OK, NULL, Z_OK);
        }
    }
}

/* Garbage of each length behind a member, some of it like the beginning of another. */
static void check_garbage(void)
{
    static const unsigned char garbage[][12] = {
        {0}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "garbage!!!!", {0x1f, 0}, {0x1f, 0x8b, 7},
        {0x1f, 0x8b, 8, 0xe0}, {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 7, 7}};
    size_t i, len;

    for (i = 0; i < COUNT(garbage); i++)
        for (len = 1; len <= 12; len++) {
            struct parts parts = {0};
            /* Bytes that show that it is garbage; what is shorter is a member cut off. inflate
             * looks at two bytes of a header at a time. */
            static const size_t decided[] = {2, 2, 2, 2, 4, 4, 11};
            int cut = len < decided[i];

            context("garbage %d, %d bytes", (int)i, (int)len);
            add_member(&parts, 0, 20000, 6);
            add(&parts, garbage[i], len);
            gz_put("file", file_bytes, parts.len);
            check_pieces(data, 20000, cut ? Z_BUF_ERROR : Z_OK,
                         cut ? "unexpected end of file" : NULL, cut ? Z_BUF_ERROR : Z_OK);
        }
}

/* A member of 8192 bytes: behind it, and behind the input buffer, the file ends. */
static void check_whole_buffer(void)
{
    struct parts parts = {0};
    size_t len = 8192 - 18 - 5;

    context("a file of 8192 bytes");
    add_member(&parts, 0, len, 0);
    while (parts.len > 8192) {
        parts.len = 0;
        add_member(&parts, 0, --len, 0);
    }
    CHECK_UINT(parts.len, 8192);
    gz_put("file", file_bytes, parts.len);
    check_pieces(data, len, Z_OK, NULL, Z_OK);
}

/* A file cut off at each place, the second member too. */
static void check_truncated(void)
{
    struct parts parts = {0};
    size_t first, len;

    add_member(&parts, 0, 20, 6);
    first = parts.len;
    add_member(&parts, 20, 20, 6);
    for (len = 4; len < parts.len; len++) {
        static unsigned char got[100];
        gzFile file;
        int count, error;

        if (testing_peer())
            break;
        context("cut off at %d of %d bytes", (int)len, (int)parts.len);
        gz_put("file", file_bytes, len);
        file = gzopen(gz_path(OURS, "file"), "r");
        count = gzread(file, got, sizeof(got));
        CHECK(count >= (len >= first ? 20 : 0) && count <= 40);
        CHECK_MEM(got, data, (size_t)count);
        CHECK_INT(gzread(file, got, sizeof(got)), 0);
        CHECK_INT(gzeof(file), 1);
        gzerror(file, &error);
        CHECK_INT(error, len == first ? Z_OK : Z_BUF_ERROR);
        CHECK_INT(gzclose(file), len == first ? Z_OK : Z_BUF_ERROR);
    }
    context("cut off in the middle");
    parts.len = 0;
    add_member(&parts, 0, LEN, 0);
    gz_put("file", file_bytes, 20000);
    check_pieces(data, 20000 - 10 - 5, Z_BUF_ERROR, "unexpected end of file", Z_BUF_ERROR);
}

/* Errors in data: what came before is given out first. */
static void check_damaged(void)
{
    static unsigned char want[LEN + 10000];
    struct parts parts = {0};

    context("damaged at the end");
    add_member(&parts, 0, LEN, 0);
    file_bytes[parts.len - 4] ^= 1;
    gz_put("file", file_bytes, parts.len);
    check_pieces(data, LEN, Z_DATA_ERROR, "incorrect length check", Z_OK);
    file_bytes[parts.len - 4] ^= 1;
    file_bytes[parts.len - 8] ^= 1;
    gz_put("file", file_bytes, parts.len);
    check_pieces(data, LEN, Z_DATA_ERROR, "incorrect data check", Z_OK);
    file_bytes[parts.len - 8] ^= 1;

    context("a damaged member behind a good one");
    add_member(&parts, 0, 10000, 6);
    file_bytes[parts.len - 8] ^= 1;
    gz_put("file", file_bytes, parts.len);
    memcpy(want, data, LEN);
    memcpy(want + LEN, data, 10000);
    check_pieces(want, sizeof(want), Z_DATA_ERROR, "incorrect data check", Z_OK);

    context("a first member damaged before its first byte");
    gz_put("file", "\x1f\x8b\x08\0\0\0\0\0\0\3\7\7\7\7\7\7\7\7\7\7\7\7", 22);
    check_pieces("", 0, Z_DATA_ERROR, "invalid block type", Z_OK);
    gz_put("file", "\x1f\x8b\x08\2\0\0\0\0\0\3\7\7\7\7\7\7\7\7\7\7\7\7", 22);
    check_pieces("", 0, Z_DATA_ERROR, "header crc mismatch", Z_OK);
}

/* gzgets and gzgetc give out what comes before an error as well. */
static void check_other_calls(void)
{
    struct parts parts = {0};
    static const char text[] = "first line\nsecond line\nrest";
    char line[100];
    gzFile file;

    if (testing_peer())
        return;
    context("lines before an error");
    parts.len = gz_member(text, sizeof(text) - 1, 6, file_bytes, sizeof(file_bytes));
    file_bytes[parts.len - 8] ^= 1;
    gz_put("file", file_bytes, parts.len);
    file = gzopen(gz_path(OURS, "file"), "r");
    CHECK_STR(gzgets(file, line, 100), "first line\n");
    CHECK_INT(gzgetc(file), 's');
    CHECK_INT((gzgetc)(file), 'e');
    CHECK_INT(gzungetc('E', file), 'E');
    CHECK_STR(gzgets(file, line, 100), "Econd line\n");
    CHECK_INT(gzread(file, line, 0), 0);
    CHECK_STR(gzgets(file, line, 100), "rest");
    CHECK_STR(gzgets(file, line, 100), NULL);
    CHECK_INT(gzgetc(file), -1);
    CHECK_INT(gzungetc('x', file), -1);
    CHECK_INT(gzread(file, line, 1), -1);
    CHECK_INT(gzseek(file, 1, SEEK_SET), -1);
    /* After gzclearerr the file can begin anew. */
    gzclearerr(file);
    CHECK_INT(gzrewind(file), 0);
    CHECK_STR(gzgets(file, line, 6), "first");
    CHECK_INT(gzclose(file), Z_OK);
}

/* Mode G: a file that is not gzip is an error, also after gzrewind. */
static void check_gzip_only(void)
{
    char byte;
    int error;
    gzFile file;

    if (testing_peer())
        return;
    context("mode G");
    gz_put("file", "no gzip file", 12);
    file = gzopen(gz_path(OURS, "file"), "rG");
    CHECK_INT(gzdirect(file), 0);
    CHECK_INT(gzread(file, &byte, 1), -1);
    gzerror(file, &error);
    CHECK_INT(error, Z_DATA_ERROR);
    gzclearerr(file);
    CHECK_INT(gzrewind(file), 0);
    CHECK_INT(gzread(file, &byte, 1), -1);
    CHECK_INT(gzdirect(file), 0);
    CHECK_INT(gzclose(file), Z_OK);
    context("mode G, cut off");
    gz_put("file", "", 0);
    check_ours("rG", 10, "", 0, Z_BUF_ERROR, "unexpected end of file", Z_BUF_ERROR);
    gz_put("file", "\x1f\x8b\x08", 3);
    check_ours("rG", 10, "", 0, Z_BUF_ERROR, "unexpected end of file", Z_BUF_ERROR);
    gz_put("file", "ab", 2);
    check_ours("rG", 10, "", 0, Z_DATA_ERROR, "incorrect header check", Z_OK);
}

/* A file that grew can be read on after gzclearerr. */
static void check_growing(void)
{
    struct parts parts = {0};
    unsigned char got[2000];
    struct gz_twin t;

    context("a file that grows");
    add_member(&parts, 0, 1000, 0);
    gz_put("file", file_bytes, 600);
    CHECK(gz_open(&t, "file", "r"));
    GZ_CHECK(&t, f->gzread(g, got, 2000), 585);
    gz_put("file", file_bytes, parts.len);
    gzclearerr(t.file[OURS]);
    api[ORACLE]->gzclearerr(t.file[ORACLE]);
    GZ_CHECK(&t, f->gzread(g, got + 585, 1000), 415);
    CHECK_MEM(got, data, 1000);
    CHECK_INT(gz_close(&t), Z_OK);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_MIXED, 9, data, sizeof(data));
    check_good();
    check_garbage();
    check_whole_buffer();
    check_truncated();
    check_damaged();
    check_other_calls();
    check_gzip_only();
    check_growing();
    return test_result();
}
