/*
 * Property: gz files on pipes that do not block: a call that would block says so (EAGAIN), and
 * can be repeated until everything went through; nothing is lost or written twice.
 *
 * Guards: zlib 1.3.2 added this for reading and writing. It computes from a pointer into the
 * caller's memory where the next bytes go after a write that would have blocked, and so writes
 * beyond its buffer (CVE-2026-85091); here each function for writing follows such a write.
 */
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Much more than a pipe holds (64 KiB). */
#define DATA_LEN 200000
/* Calls that may fail with EAGAIN in a row: the other end takes something in between. */
#define RETRIES 100000

static unsigned char data[DATA_LEN], packed[2 * DATA_LEN], got[DATA_LEN + 1];

static void pipe_new(int ends[2])
{
    int i;

    if (pipe(ends) != 0)
        test_abort("no pipe");
    for (i = 0; i < 2; i++)
        if (fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK) != 0)
            test_abort("no O_NONBLOCK");
}

/* Takes up to `most` bytes out of a pipe; how many there are in `packed` then. */
static size_t drain(int fd, size_t len, size_t most)
{
    ssize_t count = read(fd, packed + len, most < sizeof(packed) - len ? most : sizeof(packed) - len);

    return len + (count > 0 ? (size_t)count : 0);
}

/* True if the last call only stalled. */
static int stalled(gzFile file)
{
    int code;
    const char *text = gzerror(file, &code);

    if (code == Z_BUF_ERROR)
        return strstr(text, "stalled write on gzprintf") != NULL;
    return code == Z_ERRNO && errno == EAGAIN;
}

/* Writes all data to a pipe by one of the functions, in pieces of this length, with this mode. */
static void write_to_pipe(const char *mode, unsigned buffer, int how, size_t piece)
{
    size_t done = 0, len = 0, before;
    unsigned stalls = 0;
    gzFile file;
    int ends[2], code = Z_ERRNO;
    unsigned i;

    context("mode %s, buffer %u, function %d, pieces of %zu", mode, buffer, how, piece);
    pipe_new(ends);
    file = gzdopen(ends[1], mode);
    if (!CHECK(file != NULL))
        test_abort("gzdopen");
    CHECK_INT(gzbuffer(file, buffer), 0);
    while (done < DATA_LEN && stalls < RETRIES) {
        size_t want = DATA_LEN - done < piece ? DATA_LEN - done : piece;
        int taken;

        errno = 0;
        switch (how) {
        case 0:
            taken = gzwrite(file, data + done, (unsigned)want);
            break;
        case 1:
            taken = (int)gzfwrite(data + done, 1, want, file);
            break;
        case 2:
            want = 1;
            taken = gzputc(file, data[done]) == data[done];
            break;
        case 3: {
            char *text = must_alloc(want + 1);

            memcpy(text, data + done, want);
            text[want] = '\0';
            taken = gzputs(file, text);
            free(text);
            break;
        }
        default:
            if (want >= buffer)
                want = buffer - 1;
            taken = gzprintf(file, "%.*s", (int)want, (const char *)data + done);
            break;
        }
        if (taken > 0)
            done += (size_t)taken;
        if (taken < (int)want) {
            if (!CHECK(stalled(file)))
                break;
            stalls++;
            /* A part of it, so that the next write is a short one. */
            before = len;
            len = drain(ends[0], len, 5000);
            CHECK(len > before || len == sizeof(packed));
        }
    }
    CHECK_UINT(done, DATA_LEN);
    CHECK(stalls > 3);
    CHECK_INT(gztell(file), (long)done);
    for (i = 0; i < RETRIES && code != Z_OK; i++) {
        errno = 0;
        code = gzflush(file, Z_FINISH);
        if (code != Z_OK) {
            CHECK_INT(code, Z_ERRNO);
            CHECK_INT(errno, EAGAIN);
            len = drain(ends[0], len, 5000);
        }
    }
    CHECK_INT(code, Z_OK);
    /* What is left to do fits the pipe. */
    len = drain(ends[0], len, sizeof(packed));
    CHECK_INT(gzclose(file), Z_OK);
    do {
        before = len;
        len = drain(ends[0], len, sizeof(packed));
    } while (len != before);
    close(ends[0]);

    /* What came out of the pipe, as a file. */
    if (strchr(mode, 'T') != NULL) {
        if (CHECK_UINT(len, DATA_LEN))
            CHECK_MEM(packed, data, DATA_LEN);
    } else {
        z_stream z;

        memset(&z, 0, sizeof(z));
        CHECK_INT(inflateInit2(&z, 31), Z_OK);
        z.next_in = packed;
        z.avail_in = (uInt)len;
        z.next_out = got;
        z.avail_out = sizeof(got);
        CHECK_INT(inflate(&z, Z_FINISH), Z_STREAM_END);
        if (CHECK_UINT(z.total_out, DATA_LEN))
            CHECK_MEM(got, data, DATA_LEN);
        CHECK_INT(inflateEnd(&z), Z_OK);
    }
}

/* Reads a pipe into which the other end puts pieces of this length. */
static void read_from_pipe(size_t packed_len, size_t piece, size_t want, unsigned buffer, int how)
{
    size_t done = 0, put = 0;
    unsigned stalls = 0;
    int ends[2], code;
    gzFile file;

    context("reading, pieces of %zu, %zu bytes a call, buffer %u, function %d", piece, want,
            buffer, how);
    pipe_new(ends);
    file = gzdopen(ends[0], "r");
    if (!CHECK(file != NULL))
        test_abort("gzdopen");
    CHECK_INT(gzbuffer(file, buffer), 0);
    for (;;) {
        int count;

        errno = 0;
        if (how == 0) {
            count = gzread(file, got + done, (unsigned)want);
        } else if (how == 1) {
            count = gzgetc(file);
            if (count >= 0) {
                got[done] = (unsigned char)count;
                count = 1;
            }
        } else {
            char line[1000];

            count = gzgets(file, line, sizeof(line)) == NULL ? -1 : (int)strlen(line);
            if (count > 0)
                memcpy(got + done, line, (size_t)count);
        }
        if (count > 0) {
            done += (size_t)count;
            if (!CHECK(done <= DATA_LEN))
                break;
            continue;
        }
        if (gzeof(file))
            break;
        (void)gzerror(file, &code);
        if (!CHECK_INT(code, Z_ERRNO) || !CHECK_INT(errno, EAGAIN) || stalls++ == RETRIES)
            break;
        if (put == packed_len) {
            close(ends[1]);
            put++;
        } else if (put < packed_len) {
            size_t now = packed_len - put < piece ? packed_len - put : piece;
            ssize_t wrote = write(ends[1], packed + put, now);

            CHECK(wrote > 0);
            put += wrote > 0 ? (size_t)wrote : 0;
        }
    }
    CHECK(stalls > 3);
    if (CHECK_UINT(done, DATA_LEN))
        CHECK_MEM(got, data, DATA_LEN);
    CHECK_INT(gzclose(file), Z_OK);
}

int main(void)
{
    static const char *const modes[] = {"w", "w0", "wT"};
    static const unsigned buffers[] = {8, 100, 8192};
    static const size_t pieces[] = {1, 150, 3000, 20000, DATA_LEN};
    size_t i, j, k, len;
    z_stream z;
    int how;

    /* Text without zero bytes that compresses badly: a pipe is filled often. */
    {
        struct rng rng = rng_seed(5);

        for (i = 0; i < DATA_LEN; i++)
            data[i] = (unsigned char)(rng_below(&rng, 40) == 0 ? '\n' : 33 + rng_below(&rng, 90));
    }
    for (i = 0; i < COUNT(modes); i++)
        for (how = 0; how < 5; how++)
            for (j = 0; j < COUNT(buffers); j++)
                for (k = 0; k < COUNT(pieces); k++)
                    /* Short pieces are what the first two functions do, too. */
                    if ((how != 2 || k == 0) && (k != 0 || how == 2))
                        write_to_pipe(modes[i], buffers[j], how, pieces[k]);

    memset(&z, 0, sizeof(z));
    CHECK_INT(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = data;
    z.avail_in = DATA_LEN;
    z.next_out = packed;
    z.avail_out = sizeof(packed);
    CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
    len = z.total_out;
    CHECK_INT(deflateEnd(&z), Z_OK);
    for (how = 0; how < 3; how++) {
        read_from_pipe(len, 1000, 100, 8192, how);
        read_from_pipe(len, 3, 100000, 8192, how);
        read_from_pipe(len, 20000, 100000, 100, how);
    }
    /* Copied as it is. */
    memcpy(packed, data, DATA_LEN);
    for (how = 0; how < 3; how++) {
        read_from_pipe(DATA_LEN, 1000, 100, 8192, how);
        read_from_pipe(DATA_LEN, 3, 100000, 8192, how);
    }
    return test_result();
}
