/*
 * Property: every call on a bad file, a file of the other kind, or after an error returns what
 * zlib 1.3.2 returns; the texts of gzerror are "path: message"; gzclose_r and gzclose_w refuse a
 * file of the other kind and leave it open.
 *
 * Guards: code and text for each error that needs no failing system call (those that do:
 * gz_stalled_write.c, gz_stalled_read.c, gz_broken_read.c), and for a closed descriptor, a
 * directory, a file that may only be read. Where zlib crashes (NULL strings), our answer stands
 * here.
 */
#include "gz.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

static unsigned char data[20000];

/* All calls on no file at all. */
static void check_null(void)
{
    int side;

    for (side = OURS; side < SIDES; side++) {
        const struct api *f = api[side];
        char text[10];
        int code = 77;

        context("NULL file, %s", side == OURS ? "rzlib" : "zlib");
        CHECK_INT(f->gzbuffer(NULL, 100), -1);
        CHECK_INT(f->gzsetparams(NULL, 1, 0), Z_STREAM_ERROR);
        CHECK_INT(f->gzread(NULL, text, 1), -1);
        CHECK_UINT(f->gzfread(text, 1, 1, NULL), 0);
        CHECK_INT(f->gzwrite(NULL, text, 1), 0);
        CHECK_UINT(f->gzfwrite(text, 1, 1, NULL), 0);
        CHECK_INT(f->gzprintf(NULL, "%d", 1), Z_STREAM_ERROR);
        CHECK_INT(f->gzputs(NULL, "text"), -1);
        CHECK(f->gzgets(NULL, text, 10) == NULL);
        CHECK_INT(f->gzputc(NULL, 'c'), -1);
        CHECK_INT((f->gzgetc)(NULL), -1);
        CHECK_INT(f->gzgetc_(NULL), -1);
        CHECK_INT(f->gzungetc('c', NULL), -1);
        CHECK_INT(f->gzflush(NULL, Z_SYNC_FLUSH), Z_STREAM_ERROR);
        CHECK_INT(f->gzseek(NULL, 0, SEEK_SET), -1);
        CHECK_INT(f->gzseek64(NULL, 0, SEEK_SET), -1);
        CHECK_INT(f->gzrewind(NULL), -1);
        CHECK_INT(f->gztell(NULL), -1);
        CHECK_INT(f->gztell64(NULL), -1);
        CHECK_INT(f->gzoffset(NULL), -1);
        CHECK_INT(f->gzoffset64(NULL), -1);
        CHECK_INT(f->gzeof(NULL), 0);
        CHECK_INT(f->gzdirect(NULL), 0);
        CHECK_INT(f->gzclose(NULL), Z_STREAM_ERROR);
        CHECK_INT(f->gzclose_r(NULL), Z_STREAM_ERROR);
        CHECK_INT(f->gzclose_w(NULL), Z_STREAM_ERROR);
        CHECK(f->gzerror(NULL, &code) == NULL);
        CHECK_INT(code, 77);
        f->gzclearerr(NULL);
    }
}

/* What only reading has, on a file that is written. */
static void check_wrong_kind_write(void)
{
    struct gz_twin t;
    char text[10];

    context("a file that is written");
    CHECK(gz_open(&t, "file", "w"));
    GZ_CHECK(&t, f->gzread(g, text, 1), -1);
    GZ_CHECK(&t, f->gzfread(text, 1, 1, g), 0);
    GZ_CHECK(&t, f->gzgets(g, text, 10) == NULL, 1);
    GZ_CHECK(&t, (f->gzgetc)(g), -1);
    GZ_CHECK(&t, f->gzgetc_(g), -1);
    GZ_CHECK(&t, f->gzungetc('c', g), -1);
    GZ_CHECK(&t, f->gzrewind(g), -1);
    GZ_CHECK(&t, f->gzeof(g), 0);
    GZ_CHECK(&t, f->gzclose_r(g), Z_STREAM_ERROR);
    GZ_CHECK(&t, f->gzputs(g, "still open"), 10);
    GZ_CHECK(&t, f->gzseek(g, 0, SEEK_END), -1);
    GZ_CHECK(&t, f->gzseek(g, 9, SEEK_SET), -1);
    GZ_CHECK(&t, f->gzseek(g, -1, SEEK_CUR), -1);
    GZ_CHECK(&t, f->gzseek(g, 0, 99), -1);
    GZ_CHECK(&t, f->gztell(g), 10);
    CHECK_INT(gzclose_w(t.file[OURS]), Z_OK);
    CHECK_INT(api[ORACLE]->gzclose_w(t.file[ORACLE]), Z_OK);
    gz_check_file("file", GZ_COMPRESSED, "still open", 10);
}

/* What only writing has, on a file that is read. */
static void check_wrong_kind_read(void)
{
    struct gz_twin t;

    context("a file that is read");
    CHECK(gz_open(&t, "file", "r"));
    GZ_CHECK(&t, f->gzwrite(g, "x", 1), 0);
    GZ_CHECK(&t, f->gzfwrite("x", 1, 1, g), 0);
    GZ_CHECK(&t, f->gzprintf(g, "x"), Z_STREAM_ERROR);
    GZ_CHECK(&t, f->gzputs(g, "x"), -1);
    GZ_CHECK(&t, f->gzputc(g, 'x'), -1);
    GZ_CHECK(&t, f->gzflush(g, Z_SYNC_FLUSH), Z_STREAM_ERROR);
    GZ_CHECK(&t, f->gzsetparams(g, 1, 0), Z_STREAM_ERROR);
    GZ_CHECK(&t, f->gzclose_w(g), Z_STREAM_ERROR);
    GZ_CHECK(&t, f->gzseek(g, 0, SEEK_END), -1);
    GZ_CHECK(&t, f->gzseek(g, -1, SEEK_SET), -1);
    GZ_CHECK(&t, (f->gzgetc)(g), 's');
    CHECK_INT(gzclose_r(t.file[OURS]), Z_OK);
    CHECK_INT(api[ORACLE]->gzclose_r(t.file[ORACLE]), Z_OK);
}

/* The text of the last error behind the path, and its code. */
static void check_error(struct gz_twin *t, int code, const char *message)
{
    char want[GZ_PATH_MAX + 100] = "";
    int got;

    if (*message != '\0')
        snprintf(want, sizeof(want), "%s: %s", t->path[OURS], message);
    CHECK_STR(gzerror(t->file[OURS], &got), want);
    CHECK_INT(got, code);
    CHECK_STR(gzerror(t->file[OURS], NULL), want);
    gz_compare(t);
}

/* Lengths that do not fit: an error that stays until gzclearerr. */
static void check_lengths(void)
{
    struct gz_twin t;
    char text[10];

    context("lengths, reading");
    CHECK(gz_open(&t, "file", "r"));
    check_error(&t, Z_OK, "");
    GZ_CHECK(&t, (f->gzgetc)(g), 's');
    GZ_CHECK(&t, f->gzread(g, text, (unsigned)INT_MAX + 1), -1);
    check_error(&t, Z_STREAM_ERROR, "request does not fit in an int");
    GZ_CHECK(&t, f->gzread(g, text, 1), -1);
    GZ_CHECK(&t, f->gzfread(text, 1, 1, g), 0);
    GZ_CHECK(&t, f->gzgets(g, text, 10) == NULL, 1);
    GZ_CHECK(&t, (f->gzgetc)(g), -1);
    GZ_CHECK(&t, f->gzungetc('x', g), -1);
    GZ_CHECK(&t, f->gzseek(g, 1, SEEK_SET), -1);
    GZ_CHECK(&t, f->gzrewind(g), -1);
    check_error(&t, Z_STREAM_ERROR, "request does not fit in an int");
    gzclearerr(t.file[OURS]);
    api[ORACLE]->gzclearerr(t.file[ORACLE]);
    check_error(&t, Z_OK, "");
    GZ_CHECK(&t, f->gzrewind(g), 0);
    GZ_CHECK(&t, f->gzfread(text, SIZE_MAX / 2, 3, g), 0);
    check_error(&t, Z_STREAM_ERROR, "request does not fit in a size_t");
    GZ_CHECK(&t, f->gzfread(text, 1, 1, g), 0);
    CHECK_INT(gz_close(&t), Z_OK);

    context("lengths, writing");
    CHECK(gz_open(&t, "lengths", "w"));
    GZ_CHECK(&t, f->gzputs(g, "abc"), 3);
    GZ_CHECK(&t, f->gzwrite(g, data, (unsigned)INT_MAX + 1), 0);
    check_error(&t, Z_DATA_ERROR, "requested length does not fit in int");
    GZ_CHECK(&t, f->gzwrite(g, data, 1), 0);
    GZ_CHECK(&t, f->gzfwrite(data, 1, 1, g), 0);
    GZ_CHECK(&t, f->gzputs(g, "x"), -1);
    GZ_CHECK(&t, f->gzputc(g, 'x'), -1);
    GZ_CHECK(&t, f->gzprintf(g, "x"), Z_STREAM_ERROR);
    GZ_CHECK(&t, f->gzflush(g, Z_SYNC_FLUSH), Z_STREAM_ERROR);
    GZ_CHECK(&t, f->gzsetparams(g, 1, 0), Z_STREAM_ERROR);
    GZ_CHECK(&t, f->gzseek(g, 1, SEEK_CUR), -1);
    GZ_CHECK(&t, f->gzbuffer(g, 100), -1);
    check_error(&t, Z_DATA_ERROR, "requested length does not fit in int");
    gzclearerr(t.file[OURS]);
    api[ORACLE]->gzclearerr(t.file[ORACLE]);
    GZ_CHECK(&t, f->gzfwrite(data, SIZE_MAX / 2, 3, g), 0);
    check_error(&t, Z_STREAM_ERROR, "request does not fit in a size_t");
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("lengths", GZ_COMPRESSED, "abc", 3);
}

/* Lengths of nothing: no error, and no file is read or made for it. */
static void check_nothing(void)
{
    struct gz_twin t;
    char text[10];

    context("nothing to do");
    CHECK(gz_open(&t, "file", "r"));
    GZ_CHECK(&t, f->gzread(g, text, 0), 0);
    GZ_CHECK(&t, f->gzfread(text, 0, SIZE_MAX, g), 0);
    GZ_CHECK(&t, f->gzfread(text, SIZE_MAX, 0, g), 0);
    GZ_CHECK(&t, f->gzgets(g, text, 1) == NULL, 1);
    GZ_CHECK(&t, f->gzgets(g, text, 0) == NULL, 1);
    GZ_CHECK(&t, f->gzgets(g, text, -5) == NULL, 1);
    GZ_CHECK(&t, f->gzgets(g, NULL, 10) == NULL, 1);
    GZ_CHECK(&t, f->gzoffset(g), 0);
    CHECK_INT(gz_close(&t), Z_OK);
    CHECK(gz_open(&t, "nothing", "w"));
    GZ_CHECK(&t, f->gzwrite(g, NULL, 0), 0);
    GZ_CHECK(&t, f->gzfwrite(NULL, 0, SIZE_MAX, g), 0);
    GZ_CHECK(&t, f->gzfwrite(NULL, SIZE_MAX, 0, g), 0);
    GZ_CHECK(&t, f->gzputs(g, ""), 0);
    GZ_CHECK(&t, f->gzoffset(g), 0);
    /* Nothing was allocated for it. */
    GZ_CHECK(&t, f->gzbuffer(g, 100), 0);
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("nothing", GZ_COMPRESSED, "", 0);
}

/* Opens the same descriptor's copies on both sides. */
static void adopt(struct gz_twin *t, int fd, const char *mode)
{
    int side;

    for (side = OURS; side < SIDES; side++) {
        int copy = dup(fd);

        snprintf(t->path[side], GZ_PATH_MAX, "<fd:%d>", copy);
        t->file[side] = api[side]->gzdopen(copy, mode);
        if (t->file[side] == NULL)
            test_abort("gzdopen failed");
    }
}

/* Descriptors that cannot be read or written: Z_ERRNO with the system's text. */
static void check_descriptors(void)
{
    struct gz_twin t;
    char text[10];
    int fd, side;

    context("reading a directory");
    fd = open("/", O_RDONLY);
    adopt(&t, fd, "r");
    GZ_CHECK(&t, f->gzread(g, text, 1), -1);
    CHECK_INT(errno, GZ_SHARED_ERRNO ? EISDIR : errno);
    check_error(&t, Z_ERRNO, strerror(EISDIR));
    GZ_CHECK(&t, f->gzread(g, text, 1), -1);
    CHECK_INT(gz_close(&t), Z_OK);
    adopt(&t, fd, "rG");
    GZ_CHECK(&t, (f->gzgetc)(g), -1);
    check_error(&t, Z_ERRNO, strerror(EISDIR));
    CHECK_INT(gz_close(&t), Z_OK);
    adopt(&t, fd, "r");
    GZ_CHECK(&t, f->gzungetc('x', g), -1);
    check_error(&t, Z_ERRNO, strerror(EISDIR));
    CHECK_INT(gz_close(&t), Z_OK);
    adopt(&t, fd, "r");
    GZ_CHECK(&t, f->gzdirect(g), 1);
    check_error(&t, Z_ERRNO, strerror(EISDIR));
    CHECK_INT(gz_close(&t), Z_OK);
    close(fd);

    context("writing what may only be read");
    fd = open("/dev/null", O_RDONLY);
    adopt(&t, fd, "w");
    GZ_CHECK(&t, f->gzputs(g, "buffered"), 8);
    GZ_CHECK(&t, f->gzflush(g, Z_SYNC_FLUSH), Z_ERRNO);
    check_error(&t, Z_ERRNO, strerror(EBADF));
    GZ_CHECK(&t, f->gzputs(g, "refused"), -1);
    CHECK_INT(gz_close(&t), Z_ERRNO);
    adopt(&t, fd, "wT");
    GZ_CHECK(&t, f->gzwrite(g, data, sizeof(data)), 0);
    check_error(&t, Z_ERRNO, strerror(EBADF));
    /* A program may look at gzclose only, so that tells it once more. */
    CHECK_INT(gz_close(&t), Z_ERRNO);
    close(fd);

    context("a descriptor that is not open");
    for (side = OURS; side < SIDES; side++) {
        /* A number that no descriptor has. */
        snprintf(t.path[side], GZ_PATH_MAX, "<fd:%d>", 100000 + side);
        t.file[side] = api[side]->gzdopen(100000 + side, "r");
        CHECK(t.file[side] != NULL);
    }
    GZ_CHECK(&t, f->gzread(g, text, 1), -1);
    check_error(&t, Z_ERRNO, strerror(EBADF));
    CHECK_INT(gz_close(&t), Z_ERRNO);
    for (side = OURS; side < SIDES; side++) {
        snprintf(t.path[side], GZ_PATH_MAX, "<fd:-7>");
        t.file[side] = api[side]->gzdopen(-7, "w");
        CHECK(t.file[side] != NULL);
    }
    GZ_CHECK(&t, f->gzwrite(g, data, 1000), 1000);
    GZ_CHECK(&t, f->gzflush(g, Z_FINISH), Z_ERRNO);
    check_error(&t, Z_ERRNO, strerror(EBADF));
    CHECK_INT(gz_close(&t), Z_ERRNO);
}

/* zlib crashes, and so may a later one; these are ours. */
static void check_null_strings(void)
{
    gzFile file = gzopen(gz_path(OURS, "strings"), "w");

    if (testing_peer())
        return;
    context("NULL strings");
    CHECK_INT(gzputs(file, NULL), -1);
    CHECK_INT(gzprintf(file, NULL), Z_STREAM_ERROR);
    CHECK_INT(gzwrite(file, NULL, 5), 0);
    CHECK_INT(gzclose(file), Z_OK);
    file = gzopen(gz_path(OURS, "file"), "r");
    CHECK_INT(gzread(file, NULL, 5), 0);
    CHECK_INT(gzclose(file), Z_OK);
}

/* A file of another zlib is not taken for ours. */
static void check_foreign(void)
{
    gzFile file = api[ORACLE]->gzopen(gz_path(ORACLE, "file"), "r");
    char text[10];

    if (testing_peer())
        return;
    context("a file of another zlib");
    CHECK_INT(gzread(file, text, 1), -1);
    CHECK_INT(gztell(file), -1);
    CHECK(gzerror(file, NULL) == NULL);
    CHECK_INT(gzclose(file), Z_STREAM_ERROR);
    CHECK_INT(api[ORACLE]->gzclose(file), Z_OK);
}

int main(void)
{
    oracle_open();
    data_fill(DATA_RANDOM, 1, data, sizeof(data));
    check_null();
    check_wrong_kind_write();
    check_wrong_kind_read();
    check_lengths();
    check_nothing();
    check_descriptors();
    check_null_strings();
    check_foreign();
    return test_result();
}
