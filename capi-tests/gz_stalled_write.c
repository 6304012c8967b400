/*
 * Property: when a write fails, or the file would block, what the calls said they took is in the
 * file, once and in order, and nothing else; the call that fails tells it, and can be repeated if
 * the file would block.
 *
 * Guards: zlib 1.3.2's bugs here (CVE-2026-85091 and its relatives), all of which begin with its
 * keeping a pointer into the caller's memory after a failure:
 * - gzwrite, gzputc or gzprintf after a failed gzwrite compute from that pointer where the next
 *   byte goes, and write anywhere in memory: here a file remembers no caller's memory;
 * - gzprintf formats its text although there is no room for it: here it returns Z_BUF_ERROR;
 * - zeros of a gzseek that would block are written twice: here each is written once;
 * - gzflush(Z_FINISH) that would block, then gzclose: the end of the member is lost. Here it is
 *   completed first, by whatever call comes next;
 * - a write that takes nothing and tells no error is tried for ever: here it is EIO.
 * The oracle is asked only whether the file decompresses.
 */
#include "faults.h"
#include "gz.h"

#include <fcntl.h>

#define LEN 200000

static unsigned char data[LEN];

/* The file that is written, and what the calls took. */
struct writing {
    gzFile file;
    unsigned char taken[2 * LEN];
    size_t len;
};

static struct writing w;

static void begin(const char *mode, unsigned size, const int *steps, size_t count)
{
    int descriptor = open(gz_path(OURS, "file"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    gz_path(ORACLE, "file");
    w.len = 0;
    w.file = gzdopen(descriptor, mode);
    if (w.file == NULL)
        test_abort("gzdopen failed");
    if (size != 0)
        CHECK_INT(gzbuffer(w.file, size), 0);
    faults_set(descriptor, steps, count);
}

static void took(const void *bytes, size_t len)
{
    memcpy(w.taken + w.len, bytes, len);
    w.len += len;
    CHECK_INT(gztell(w.file), w.len);
}

/* Closes; the file has what was taken. */
static void end(const char *mode, int code)
{
    size_t len;
    unsigned char *bytes;

    CHECK_INT(gzclose(w.file), code);
    faults_set(-1, NULL, 0);
    if (code != Z_OK)
        return;
    /* gz_check_file compares both sides. */
    bytes = gz_get(OURS, "file", &len);
    gz_put("copy", bytes, len);
    free(bytes);
    gz_check_file("copy", strchr(mode, 'T') ? GZ_PLAIN : GZ_COMPRESSED, w.taken, w.len);
}

/* The message without "<fd:N>: ". */
static const char *behind_name(const char *text)
{
    const char *colon = strstr(text, ">: ");

    return colon == NULL ? text : colon + 3;
}

static void check_stall_error(void)
{
    int code;
    const char *text = gzerror(w.file, &code);

    CHECK_INT(errno, EAGAIN);
    CHECK_INT(code, Z_ERRNO);
    CHECK_STR(behind_name(text), strerror(EAGAIN));
}

/* Random calls on a file that takes some bytes, or none, at each write. All that the calls took
 * must come out; a call that took less says EAGAIN. */
static void check_random(const char *mode, unsigned size, uint64_t seed)
{
    static int steps[3000];
    struct rng rng = rng_seed(seed);
    size_t at = 0, i, stalls = 0;
    char text[9000];

    context("stalls, mode %s, buffer %u, seed %d", mode, size, (int)seed);
    for (i = 0; i < COUNT(steps); i++)
        steps[i] = rng_below(&rng, 3) == 0 ? 1 + (int)rng_below(&rng, 2 * size) : -EAGAIN;
    begin(mode, size, steps, COUNT(steps));
    for (i = 0; i < 400 && at < LEN - 4 * size; i++) {
        unsigned len = rng_below(&rng, 4) == 0 ? size - 1 + rng_below(&rng, 3)
                                               : rng_below(&rng, 3) == 0 ? rng_below(&rng, 3 * size)
                                                                         : rng_below(&rng, 30);
        int got, code;

        errno = 0;
        switch (rng_below(&rng, 8)) {
        case 0:
            got = gzputc(w.file, data[at]);
            CHECK(got == data[at] || (got == -1 && errno == EAGAIN));
            if (got != -1)
                took(data + at++, 1);
            break;
        case 1:
            len = 1 + len % (size - 1);
            snprintf(text, sizeof(text), "%*d", (int)len, 7);
            got = gzprintf(w.file, "%*d", (int)len, 7);
            CHECK(got == (int)len || ((got == Z_BUF_ERROR || got == Z_ERRNO) && errno == EAGAIN));
            if (got > 0)
                took(text, len);
            break;
        case 2:
            len %= 100;
            memset(text, 'a', len);
            text[len] = '\0';
            got = gzputs(w.file, text);
            CHECK(got == (int)len || (got < (int)len && errno == EAGAIN));
            if (got > 0)
                took(text, (size_t)got);
            break;
        case 3:
            code = gzflush(w.file, (int)rng_below(&rng, 5));
            CHECK(code == Z_OK || (code == Z_ERRNO && errno == EAGAIN));
            break;
        case 4:
            if (rng_below(&rng, 8) == 0)
                CHECK(gzsetparams(w.file, (int)rng_below(&rng, 10), 0) != Z_BUF_ERROR);
            break;
        case 5:
            if (rng_below(&rng, 8) == 0) {
                /* After a stall gzseek fails, as in zlib. */
                gzclearerr(w.file);
                CHECK_INT(gzseek(w.file, (z_off_t)len, SEEK_CUR), w.len + len);
                /* All zeros come before the next byte; until then the call is repeated. */
                while ((got = gzputc(w.file, '!')) == -1 && stalls++ < 1000)
                    CHECK_INT(errno, EAGAIN);
                CHECK_INT(got, '!');
                memset(w.taken + w.len, 0, len);
                w.len += len;
                took("!", 1);
            }
            break;
        default:
            got = gzwrite(w.file, data + at, len);
            CHECK(got == (int)len || (got >= 0 && got < (int)len && errno == EAGAIN));
            took(data + at, (size_t)got);
            at += (size_t)got;
            break;
        }
    }
    /* Nothing is in the way any more. */
    faults_set(-1, NULL, 0);
    end(mode, Z_OK);
}

/* A failed write that is no stall, then each of the calls that crash zlib. */
static void check_failed(const char *mode, int error)
{
    static const int ok[] = {FAULT_NONE};
    int steps[3], how;

    steps[0] = steps[1] = steps[2] = -error;
    for (how = 0; how < 6; how++) {
        unsigned char *memory = malloc(100000);
        int code, got;

        context("failed with %d, mode %s, case %d", error, mode, how);
        memcpy(memory, data, 100000);
        begin(mode, 0, steps, COUNT(steps));
        /* What deflate took before a stall is taken. */
        got = gzwrite(w.file, memory, 100000);
        CHECK(got == 0 || (error == EAGAIN && got < 100000));
        CHECK_INT(errno, error);
        gzerror(w.file, &code);
        CHECK_INT(code, Z_ERRNO);
        /* Whoever keeps a pointer to it is found out. */
        memset(memory, 0xee, 100000);
        free(memory);
        if (error != EAGAIN) {
            /* The error stays until it is cleared. */
            CHECK_INT(gzwrite(w.file, data, 10), 0);
            CHECK_INT(gzputc(w.file, 'c'), -1);
            CHECK_INT(gzprintf(w.file, "text"), Z_STREAM_ERROR);
            CHECK_INT(gzputs(w.file, "text"), -1);
            CHECK_INT(gzflush(w.file, Z_SYNC_FLUSH), Z_STREAM_ERROR);
            gzclearerr(w.file);
        }
        /* What deflate had before the failure is in the file; it was not reported. */
        w.len = 0;
        faults_set(fault_descriptor, ok, 1);
        switch (how) {
        case 0: CHECK_INT(gzwrite(w.file, data, 10), 10); break;
        case 1: CHECK_INT(gzputc(w.file, 'c'), 'c'); break;
        case 2: CHECK_INT(gzprintf(w.file, "%s", "text"), 4); break;
        case 3: CHECK_INT(gzputs(w.file, "text"), 4); break;
        case 4: CHECK_INT(gzwrite(w.file, data, 50000), 50000); break;
        default: break;
        }
        CHECK_INT(gzclose(w.file), Z_OK);
        faults_set(-1, NULL, 0);
    }
}

/* A text for which there is no room while the file would block. */
static void check_printf(void)
{
    int steps[40], i, code;
    char text[200];

    context("gzprintf without room");
    for (i = 0; i < 40; i++)
        steps[i] = -EAGAIN;
    begin("wT", 100, steps, COUNT(steps));
    memset(text, 'x', 99);
    text[99] = '\0';
    /* The first one fits the first half, the second begins there and fills the second. */
    CHECK_INT(gzprintf(w.file, "%s", text), 99);
    took(text, 99);
    CHECK_INT(gzprintf(w.file, "%s", text), 99);
    took(text, 99);
    for (i = 0; i < 3; i++) {
        CHECK_INT(gzprintf(w.file, "%s", text), Z_BUF_ERROR);
        CHECK_INT(errno, EAGAIN);
        CHECK_STR(behind_name(gzerror(w.file, &code)), "stalled write on gzprintf");
        CHECK_INT(code, Z_BUF_ERROR);
        CHECK_INT(gztell(w.file), 198);
    }
    CHECK_INT(gzputc(w.file, 'c'), -1);
    check_stall_error();
    CHECK_INT(gzputs(w.file, "c"), -1);
    CHECK_INT(gzwrite(w.file, text, 99), 0);
    CHECK_INT(gzflush(w.file, Z_SYNC_FLUSH), Z_ERRNO);
    check_stall_error();
    faults_set(fault_descriptor, NULL, 0);
    CHECK_INT(gzprintf(w.file, "%s", text), 99);
    took(text, 99);
    end("wT", Z_OK);
}

/* Zeros of gzseek that are written in pieces. */
static void check_zeros(const char *mode)
{
    static const int steps[] = {5, -EAGAIN, 50, -EAGAIN, 1, 1, -EAGAIN, -EAGAIN, 30, -EAGAIN};
    int stalls = 0, got;

    context("zeros, mode %s", mode);
    begin(mode, 20, steps, COUNT(steps));
    CHECK_INT(gzputs(w.file, "before"), 6);
    took("before", 6);
    CHECK_INT(gzseek(w.file, 1000, SEEK_CUR), 1006);
    while ((got = gzputs(w.file, "behind")) == -1 && stalls < 20) {
        CHECK_INT(gztell(w.file), 1006);
        check_stall_error();
        stalls++;
    }
    CHECK_INT(got, 6);
    memset(w.taken + w.len, 0, 1000);
    w.len += 1000;
    took("behind", 6);
    /* deflate makes few bytes of zeros; they come out here. */
    while (gzflush(w.file, Z_SYNC_FLUSH) != Z_OK && stalls < 20) {
        check_stall_error();
        stalls++;
    }
    CHECK(stalls > 3);
    end(mode, Z_OK);
}

/* The end of a member that would block, at each of its writes, and then each call. */
static void check_finish(int how)
{
    /* More than one buffer of compressed bytes: one write, and one at the end. */
    static const int steps[] = {FAULT_NONE, 3, -EAGAIN, 1, -EAGAIN};
    unsigned char bytes[110];

    context("Z_FINISH, case %d", how);
    data_fill(DATA_RANDOM, 1, bytes, sizeof(bytes));
    begin("w", 64, steps + (how & 1), COUNT(steps) - (how & 1));
    CHECK_INT(gzwrite(w.file, bytes, 100), 100);
    took(bytes, 100);
    CHECK_INT(gzflush(w.file, Z_FINISH), Z_ERRNO);
    check_stall_error();
    switch (how / 2) {
    case 0:
        CHECK_INT(gzflush(w.file, Z_FINISH), Z_ERRNO);
        CHECK_INT(gzflush(w.file, Z_FINISH), Z_OK);
        CHECK_INT(gzoffset(w.file), lseek(fault_descriptor, 0, SEEK_END));
        break;
    case 1:
        CHECK_INT(gzwrite(w.file, bytes + 100, 10), 0);
        check_stall_error();
        CHECK_INT(gzwrite(w.file, bytes + 100, 10), 10);
        took(bytes + 100, 10);
        break;
    case 2:
        CHECK_INT(gzputc(w.file, 'c'), -1);
        CHECK_INT(gzputc(w.file, 'c'), 'c');
        took("c", 1);
        break;
    case 3:
        CHECK_INT(gzprintf(w.file, "%d", 12), Z_ERRNO);
        CHECK_INT(gzprintf(w.file, "%d", 12), 2);
        took("12", 2);
        break;
    case 4:
        CHECK_INT(gzsetparams(w.file, 1, 0), Z_ERRNO);
        CHECK_INT(gzsetparams(w.file, 1, 0), Z_OK);
        break;
    default:
        faults_set(fault_descriptor, NULL, 0);
        break;
    }
    end("w", Z_OK);
}

/* A write that takes nothing and names no error. */
static void check_nothing_written(const char *mode)
{
    static const int steps[] = {10, 0};

    context("nothing written, mode %s", mode);
    begin(mode, 0, steps, COUNT(steps));
    CHECK_INT(gzwrite(w.file, data, LEN), 0);
    CHECK_INT(errno, EIO);
    CHECK_UINT(fault_calls, 2);
    gzclose(w.file);
    faults_set(-1, NULL, 0);
}

/* Errors at the end are gzclose's. */
static void check_close(void)
{
    static const int errors[] = {ENOSPC, EIO, EAGAIN, EINTR};
    size_t i;

    for (i = 0; i < COUNT(errors); i++) {
        int step = -errors[i];

        context("gzclose with error %d", errors[i]);
        begin("w", 0, &step, 1);
        CHECK_INT(gzwrite(w.file, data, 1000), 1000);
        CHECK_INT(gzclose(w.file), Z_ERRNO);
        begin("wT", 0, &step, 1);
        CHECK_INT(gzputs(w.file, "text"), 4);
        CHECK_INT(gzclose_w(w.file), Z_ERRNO);
        faults_set(-1, NULL, 0);
    }
}

int main(void)
{
    static const char *const modes[] = {"w", "w0", "w1", "wT"};
    static const int errors[] = {EAGAIN, ENOSPC, EIO, EINTR};
    size_t i, k;

    oracle_open();
    if (testing_peer())
        test_skip("zlib overruns its memory here");
    data_fill(DATA_MIXED, 11, data, sizeof(data));
    for (i = 0; i < COUNT(modes); i++) {
        for (k = 0; k < 30; k++)
            check_random(modes[i], k % 3 == 0 ? 8 : k % 3 == 1 ? 100 : 8192, 10 * k + i);
        for (k = 0; k < COUNT(errors); k++)
            check_failed(modes[i], errors[k]);
        check_zeros(modes[i]);
        check_nothing_written(modes[i]);
    }
    check_printf();
    for (i = 0; i < 12; i++)
        check_finish((int)i);
    check_close();
    return test_result();
}
