/*
 * Property: what gz functions do where zlib 1.3.2 is not followed (docs/compatibility.md): where
 * it loses data, hides that a file is damaged, writes memory that nobody set, or crashes.
 *
 * The oracle takes no part where it would crash; elsewhere its answer is stated beside ours, so
 * that this test tells when a zlib is compared that does better.
 */
#include "util.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#define DATA_LEN 20000
/* gzbuffer's size in these tests; files are made as long as it where that matters. */
#define SIZE 512

static unsigned char data[DATA_LEN], packed[2 * DATA_LEN], got[DATA_LEN + 1];
static char path[64];

static size_t pack(const unsigned char *bytes, size_t len)
{
    z_stream z;

    memset(&z, 0, sizeof(z));
    CHECK_INT(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (void *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    z.next_out = packed;
    z.avail_out = sizeof(packed);
    CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
    CHECK_INT(deflateEnd(&z), Z_OK);
    return z.total_out;
}

static void store(size_t len)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(packed, 1, len, file) != len || fclose(file) != 0)
        test_abort("cannot write a file");
}

static gzFile open_stored(size_t len)
{
    gzFile file;

    store(len);
    file = gzopen(path, "r");
    if (!CHECK(file != NULL))
        test_abort("gzopen");
    CHECK_INT(gzbuffer(file, SIZE), 0);
    return file;
}

static int code_of(gzFile file)
{
    int code;

    (void)gzerror(file, &code);
    return code;
}

/* zlib: an empty file, no error at all. */
static void damaged_first_member(void)
{
    size_t len = pack(data, 0);
    gzFile file;

    context("a first member that is damaged and has no data");
    packed[len - 6] ^= 1;
    file = open_stored(len);
    CHECK_INT(gzread(file, got, 10), -1);
    CHECK_INT(code_of(file), Z_DATA_ERROR);
    CHECK_INT(gzclose(file), Z_OK);
}

/* zlib: forgets Z_BUF_ERROR when the call is repeated, so that gzclose returns Z_OK. */
static void truncated_file(void)
{
    size_t len = pack(data, DATA_LEN);
    gzFile file = open_stored(len / 2);
    int count, sum = 0;

    context("a file that ends in a member");
    while ((count = gzread(file, got, 1000)) > 0)
        sum += count;
    CHECK_INT(count, 0);
    CHECK(sum > 1000 && sum < DATA_LEN);
    CHECK_INT(gzread(file, got, 1000), 0);
    CHECK_INT(code_of(file), Z_BUF_ERROR);
    CHECK_INT(gzclose(file), Z_BUF_ERROR);
}

/* zlib: Z_BUF_ERROR, "unexpected end of file", though nothing is missing. */
static void end_of_buffer(void)
{
    size_t len = 0, data_len;
    gzFile file;

    context("a file as long as the buffer");
    for (data_len = 1; len != SIZE && data_len < DATA_LEN; data_len++)
        len = pack(data, data_len);
    data_len--;
    if (!CHECK_UINT(len, SIZE))
        return;
    file = open_stored(len);
    CHECK_INT(gzread(file, got, DATA_LEN), (long)data_len);
    CHECK_INT(gzread(file, got, DATA_LEN), 0);
    CHECK_INT(code_of(file), Z_OK);
    CHECK_INT(gzclose(file), Z_OK);
}

/* zlib: gives what one call asks for of what was decoded before the error, and drops the rest. */
static void data_before_an_error(void)
{
    size_t len = pack(data, DATA_LEN), done = 0;
    gzFile file;
    int count;

    context("data before an error");
    packed[len - 6] ^= 1; /* in the CRC: all data can be decoded */
    file = open_stored(len);
    while ((count = gzread(file, got + done, 7)) > 0)
        done += (size_t)count;
    CHECK_INT(count, -1);
    CHECK_INT(code_of(file), Z_DATA_ERROR);
    if (CHECK_UINT(done, DATA_LEN))
        CHECK_MEM(got, data, DATA_LEN);
    CHECK_INT(gzclose(file), Z_OK);
}

/* zlib: writes memory that it did not set in the place of zeros. */
static void zeros_first(void)
{
    static const unsigned char zeros[3000];
    gzFile file;

    context("gzseek before the first write");
    file = gzopen(path, "w");
    CHECK_INT(gzseek(file, (long)sizeof(zeros), SEEK_CUR), (long)sizeof(zeros));
    CHECK_INT(gztell(file), (long)sizeof(zeros));
    CHECK_INT(gzclose(file), Z_OK);
    file = gzopen(path, "r");
    CHECK_INT(gzread(file, got, DATA_LEN), (long)sizeof(zeros));
    CHECK_MEM(got, zeros, sizeof(zeros));
    CHECK_INT(gzclose(file), Z_OK);
}

/* zlib: copies the file then. */
static void gzip_only_after_rewind(void)
{
    gzFile file;
    int twice;

    context("G after gzrewind");
    memcpy(packed, data, 1000);
    packed[0] = 'p';
    store(1000);
    file = gzopen(path, "rG");
    for (twice = 0; twice < 2; twice++) {
        CHECK_INT(gzread(file, got, 10), -1);
        CHECK_INT(code_of(file), Z_DATA_ERROR);
        gzclearerr(file);
        CHECK_INT(gzrewind(file), 0);
    }
    CHECK_INT(gzclose(file), Z_OK);
}

/* zlib: reads the first byte. */
static void direct_while_a_seek_waits(void)
{
    gzFile file;

    context("gzdirect between gzseek and gzgetc");
    memcpy(packed, data, 1000);
    packed[0] = 'p';
    store(1000);
    file = gzopen(path, "r");
    CHECK_INT(gzseek(file, 5, SEEK_SET), 5);
    CHECK_INT(gzdirect(file), 1);
    CHECK_INT(gzgetc(file), packed[5]);
    CHECK_INT(gztell(file), 6);
    CHECK_INT(gzclose(file), Z_OK);
}

/* zlib: does not set it. */
static void close_on_exec(void)
{
    int fd = open(path, O_RDONLY);
    gzFile file;

    context("gzdopen with e");
    CHECK_INT(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    file = gzdopen(fd, "re");
    CHECK_INT(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    CHECK_INT(gzclose(file), Z_OK);
}

/* zlib: crashes. */
static void null_arguments(void)
{
    const char *volatile none = NULL;
    gzFile file = gzopen(path, "w");

    context("NULL");
    CHECK_INT(gzputs(file, none), -1);
    CHECK_INT(gzprintf(file, none), Z_STREAM_ERROR);
    CHECK_INT(gzwrite(file, NULL, 5), 0);
    CHECK_INT(gzclose(file), Z_OK);
    file = gzopen(path, "r");
    CHECK_INT(gzread(file, NULL, 5), 0);
    CHECK(gzgets(file, NULL, 5) == NULL);
    CHECK_INT(gzclose(file), Z_OK);
}

/* zlib: takes another library's file for its own. */
static void file_of_another_zlib(void)
{
    const char *name = getenv("RZLIB_ORACLE");
    void *oracle = name == NULL ? NULL : dlopen(name, RTLD_NOW | RTLD_LOCAL);
    gzFile (*open_there)(const char *, const char *);
    int (*close_there)(gzFile);
    gzFile file;

    context("a file of another zlib");
    if (!CHECK(oracle != NULL))
        return;
    *(void **)&open_there = dlsym(oracle, "gzopen");
    *(void **)&close_there = dlsym(oracle, "gzclose");
    file = open_there(path, "w");
    CHECK_INT(gzwrite(file, "x", 1), 0);
    CHECK_INT(gzread(file, got, 1), -1);
    CHECK(gzerror(file, NULL) == NULL);
    CHECK_INT(gztell(file), -1);
    CHECK_INT(gzclose(file), Z_STREAM_ERROR);
    CHECK_INT(close_there(file), Z_OK);
    dlclose(oracle);
}

int main(void)
{
    snprintf(path, sizeof(path), "/tmp/gz_differences_%ld", (long)getpid());
    data_fill(DATA_TEXT, 2, data, DATA_LEN);
    damaged_first_member();
    truncated_file();
    end_of_buffer();
    data_before_an_error();
    zeros_first();
    gzip_only_after_rewind();
    direct_while_a_seek_waits();
    close_on_exec();
    null_arguments();
    file_of_another_zlib();
    unlink(path);
    return test_result();
}
