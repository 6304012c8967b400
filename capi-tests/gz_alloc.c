/*
 * Property: when memory runs out, at whichever request, a gz function says so (gzopen by NULL, the
 * others by Z_MEM_ERROR, "out of memory"), nothing is lost or left behind, and the file goes on
 * when there is memory again.
 *
 * Guards: each request of opening, reading, writing, and of an error's text fails, with all after
 * it; what was taken before is in the file; all memory goes back.
 */
#include "gz.h"
#include "own_malloc.h"

#include <unistd.h>

/* More requests than a file makes. */
#define MOST_REQUESTS 30

static unsigned char data[50000];

static void start_failing(size_t from)
{
    malloc_calls = 0;
    malloc_in_use = 0;
    malloc_fails_from = from;
    malloc_counting = 1;
}

/* Opens, writes, and makes an error, with malloc failing from a call on (0: never). Returns 1 if
 * one failed. */
static int check_write(size_t from, const char *mode)
{
    const char *path = gz_path(OURS, "file");
    size_t taken = 0;
    int got, code, failed;
    gzFile file;

    context("writing, mode %s, malloc fails from call %zu", mode, from);
    start_failing(from);
    file = gzopen(path, mode);
    if (file != NULL) {
        got = gzwrite(file, data, 20000);
        CHECK(got == 0 || got == 20000);
        if (got == 0) {
            CHECK_STR(gzerror(file, &code), "out of memory");
            CHECK_INT(code, Z_MEM_ERROR);
            CHECK_INT(gzputc(file, 'c'), -1);
            CHECK_INT(gzprintf(file, "text"), Z_STREAM_ERROR);
            CHECK_INT(gzflush(file, Z_SYNC_FLUSH), Z_STREAM_ERROR);
        }
        taken = (size_t)got;
        /* An error with a text, which needs memory of its own. */
        gzclearerr(file);
        CHECK_INT(gzwrite(file, data, 0xffffffffu), 0);
        gzerror(file, &code);
        CHECK_INT(code, malloc_fails_from != 0 && malloc_calls >= malloc_fails_from
                            ? Z_MEM_ERROR
                            : Z_DATA_ERROR);
        malloc_fails_from = 0;
        gzclearerr(file);
        CHECK_INT(gzwrite(file, data + taken, 20000), 20000);
        taken += 20000;
        CHECK_INT(gzclose(file), Z_OK);
    }
    malloc_counting = 0;
    CHECK_INT(malloc_in_use, 0);
    failed = from != 0 && malloc_calls >= from;
    CHECK(file != NULL || failed);
    if (file != NULL) {
        size_t len;
        unsigned char *bytes = gz_get(OURS, "file", &len);

        gz_put("copy", bytes, len);
        free(bytes);
        gz_check_file("copy", strchr(mode, 'T') ? GZ_PLAIN : GZ_COMPRESSED, data, taken);
    }
    return failed;
}

/* The same, reading. */
static int check_read(size_t from, const char *name)
{
    static unsigned char got[sizeof(data)];
    const char *path = gz_path(OURS, name);
    int count, code, failed;
    size_t at = 0;
    gzFile file;

    context("reading %s, malloc fails from call %zu", name, from);
    start_failing(from);
    file = gzopen(path, "r");
    if (file != NULL) {
        while ((count = gzread(file, got + at, 7000)) > 0)
            at += (unsigned)count;
        if (count == -1) {
            CHECK_STR(gzerror(file, &code), "out of memory");
            CHECK_INT(code, Z_MEM_ERROR);
            CHECK_INT(gzgetc(file), -1);
            CHECK_INT(gzungetc('c', file), -1);
        } else {
            CHECK_UINT(at, sizeof(data));
        }
        CHECK_MEM(got, data, at);
        malloc_fails_from = 0;
        gzclearerr(file);
        /* inflate without its window cannot go on; the file can begin anew. */
        CHECK_INT(gzrewind(file), 0);
        CHECK_INT(gzread(file, got, sizeof(got)), sizeof(got));
        CHECK_MEM(got, data, sizeof(data));
        CHECK_INT(gzclose(file), Z_OK);
    }
    malloc_counting = 0;
    CHECK_INT(malloc_in_use, 0);
    failed = from != 0 && malloc_calls >= from;
    CHECK(file != NULL || failed);
    return failed;
}

/* gzdopen that fails leaves the descriptor to the program. */
static void check_adopt(void)
{
    size_t from;

    for (from = 1; from <= 3; from++) {
        int descriptor = dup(1);
        gzFile file;

        context("gzdopen, malloc fails from call %zu", from);
        start_failing(from);
        file = gzdopen(descriptor, "wT");
        malloc_counting = 0;
        if (malloc_calls < from) {
            CHECK_INT(gzclose(file), Z_OK);
            break;
        }
        CHECK(file == NULL);
        CHECK_INT(close(descriptor), 0);
        CHECK_INT(malloc_in_use, 0);
    }
    CHECK(from > 1 && from <= 3);
}

int main(void)
{
    static const char *const modes[] = {"w", "w0", "w9", "wT"};
    static unsigned char member[sizeof(data) + 1000];
    size_t i, from;

    oracle_open();
    if (!OWN_MALLOC)
        test_skip("malloc cannot be made to fail here");
    data_fill(DATA_MIXED, 13, data, sizeof(data));
    gz_put("gzip", member, gz_member(data, sizeof(data), 6, member, sizeof(member)));
    gz_put("plain", data, sizeof(data));
    for (i = 0; i < COUNT(modes); i++) {
        for (from = 1; check_write(from, modes[i]); from++)
            if (!CHECK(from < MOST_REQUESTS))
                break;
        /* At least the file, its name, its input. */
        CHECK(from > 3);
        check_write(0, modes[i]);
    }
    for (i = 0; i < 2; i++) {
        for (from = 1; check_read(from, i == 0 ? "gzip" : "plain"); from++)
            if (!CHECK(from < MOST_REQUESTS))
                break;
        CHECK(from > 3);
    }
    check_adopt();
    return test_result();
}
