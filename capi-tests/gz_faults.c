/*
 * Property: whatever the system does to a gz file, no byte is lost that a call reported as
 * written or read without an error that says so, and nothing crashes.
 *
 * Guards: zlib 1.3.2 writes beyond its buffers after a write that failed or would have blocked
 * (CVE-2026-85091), loses the end of a member when gzflush is repeated, and loses input that was
 * read before an error. So the oracle takes no part here.
 *
 * The system's functions are defined here, which puts them before libc's for the whole program,
 * the library included. For the files of this test they fail as told: at each call in turn, and
 * in 2,000 random sequences. GZ_FAULTS_SEQUENCES and GZ_FAULTS_SEED choose others.
 */
#include "util.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/types.h>
#include <unistd.h>

/* Sequences by default; each has a seed of its own. */
#define SEQUENCES 2000
/* Calls in a sequence at most. */
#define CALLS 40
/* Data in a file at most, and in one call. */
#define DATA_MAX 60000
#define PIECE_MAX 12000
/* Calls that are repeated after EAGAIN, at most: faults end before. */
#define RETRIES 200

/* What a system function does instead of its work. */
enum fault {
    FAULT_NONE,
    FAULT_SHORT, /* a part of it */
    FAULT_AGAIN, /* fails with EAGAIN */
    FAULT_INTR,
    FAULT_NOSPC,
    FAULT_IO,
    FAULTS
};

/* Faults that come: of the calls counted, number `at` has this one; or each one by chance. */
static struct {
    int active;
    unsigned at;
    enum fault fault;
    unsigned chance; /* of 100 */
    unsigned kinds;  /* bits, by fault */
    struct rng rng;
    unsigned calls; /* made so far */
    unsigned hard;  /* faults made that are errors */
    unsigned stalls;
    int descriptor; /* of the file, -1 if none is open */
} faults = {.descriptor = -1};

/* Faults of functions that move data, and of the others. */
#define ANY_FAULT (~0U)
#define ERRORS_ONLY (~(1U << FAULT_SHORT | 1U << FAULT_AGAIN))

static enum fault next_fault(int fd, unsigned kinds)
{
    enum fault fault = FAULT_NONE;

    if (!faults.active || fd != faults.descriptor)
        return FAULT_NONE;
    faults.calls++;
    if (faults.chance == 0)
        fault = faults.calls == faults.at ? faults.fault : FAULT_NONE;
    else if (rng_below(&faults.rng, 100) < faults.chance)
        fault = (enum fault)rng_below(&faults.rng, FAULTS);
    if ((faults.kinds & kinds & 1U << fault) == 0)
        fault = FAULT_NONE;
    faults.hard += fault > FAULT_AGAIN;
    faults.stalls += fault == FAULT_AGAIN;
    return fault;
}

static int fails(enum fault fault)
{
    static const int codes[FAULTS] = {0, 0, EAGAIN, EINTR, ENOSPC, EIO};

    if (codes[fault] == 0)
        return 0;
    errno = codes[fault];
    return 1;
}

/* The system's own function. */
static void *real(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);

    if (function == NULL)
        test_abort("libc lacks a function");
    return function;
}

#define REAL(name)                      \
    static __typeof__(name) *function;  \
    if (function == NULL)               \
        *(void **)&function = real(#name)

ssize_t read(int fd, void *buf, size_t count)
{
    enum fault fault = next_fault(fd, ANY_FAULT);
    REAL(read);

    if (fails(fault))
        return -1;
    return function(fd, buf, fault == FAULT_SHORT && count > 1 ? 1 + count / 7 : count);
}

ssize_t write(int fd, const void *buf, size_t count)
{
    enum fault fault = next_fault(fd, ANY_FAULT);
    REAL(write);

    if (fails(fault))
        return -1;
    return function(fd, buf, fault == FAULT_SHORT && count > 1 ? 1 + count / 7 : count);
}

off_t lseek(int fd, off_t offset, int whence)
{
    enum fault fault = next_fault(fd, ERRORS_ONLY);
    REAL(lseek);

    return fails(fault) ? -1 : function(fd, offset, whence);
}

off64_t lseek64(int fd, off64_t offset, int whence)
{
    enum fault fault = next_fault(fd, ERRORS_ONLY);
    REAL(lseek64);

    return fails(fault) ? -1 : function(fd, offset, whence);
}

/* The descriptor is closed all the same, as Linux does. */
int close(int fd)
{
    enum fault fault = next_fault(fd, ERRORS_ONLY);
    int code;
    REAL(close);

    code = function(fd);
    return fails(fault) ? -1 : code;
}

/* What is known about a file that is written. */
struct written {
    gzFile file;
    char path[64];
    unsigned char *data; /* what calls reported as written, and zeros of gzseek */
    size_t len;
    size_t gap;   /* zeros that come before the next byte */
    size_t more;  /* bytes behind `data` of the first call that failed: some may be written */
    int reported; /* an error was, by some call */
};

static struct rng rng;

static void open_written(struct written *w, const char *mode)
{
    memset(w, 0, sizeof(*w));
    snprintf(w->path, sizeof(w->path), "/tmp/gz_faults_%ld", (long)getpid());
    unlink(w->path);
    w->data = must_alloc(DATA_MAX + 2 * PIECE_MAX + 64);
    faults.descriptor = open(w->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (faults.descriptor == -1)
        test_abort("no file");
    w->file = gzdopen(faults.descriptor, mode);
    if (!CHECK(w->file != NULL))
        test_abort("gzdopen");
}

/* Notes `taken` bytes of `piece`, after the zeros that were to come first. */
static void note(struct written *w, const unsigned char *piece, size_t taken)
{
    if (taken == 0)
        return;
    memset(w->data + w->len, 0, w->gap);
    w->len += w->gap;
    w->gap = 0;
    memcpy(w->data + w->len, piece, taken);
    w->len += taken;
}

/* Notes that a call failed which was to write `piece`. */
static void note_failure(struct written *w, const unsigned char *piece, size_t len)
{
    if (!w->reported) {
        memset(w->data + w->len, 0, w->gap);
        if (len != 0)
            memcpy(w->data + w->len + w->gap, piece, len);
        w->more = w->gap + len;
    }
    w->reported = 1;
}

/* True after a stall: the call can be repeated. */
static int is_stalled(gzFile file)
{
    int code;

    (void)gzerror(file, &code);
    return (code == Z_ERRNO && errno == EAGAIN) || code == Z_BUF_ERROR;
}

/* Writes a piece by one of the functions, again and again while it stalls. */
static void write_piece(struct written *w, unsigned how, const unsigned char *piece, size_t len)
{
    unsigned i;

    for (i = 0; i < RETRIES && len != 0; i++) {
        long taken;

        errno = 0;
        switch (how) {
        case 0:
            taken = gzwrite(w->file, piece, (unsigned)len);
            break;
        case 1:
            taken = (long)gzfwrite(piece, 1, len, w->file);
            break;
        case 2:
            taken = gzputc(w->file, piece[0]) < 0 ? 0 : 1;
            break;
        case 3: {
            char text[PIECE_MAX + 1];

            memcpy(text, piece, len);
            text[len] = '\0';
            taken = gzputs(w->file, text);
            break;
        }
        default: {
            int fit = (int)(len < 3000 ? len : 3000);

            taken = gzprintf(w->file, "%.*s", fit, (const char *)piece);
            break;
        }
        }
        if (taken > 0) {
            note(w, piece, (size_t)taken);
            piece += taken;
            len -= (size_t)taken;
        } else if (how >= 4 && taken == 0) {
            return; /* a text that is too long for the buffer */
        } else if (!is_stalled(w->file)) {
            note_failure(w, piece, len);
            return;
        }
        if (how == 2)
            return;
    }
}

static void flush(struct written *w, int how)
{
    unsigned i;

    for (i = 0; i < RETRIES; i++) {
        int code;

        errno = 0;
        code = gzflush(w->file, how);
        if (code == Z_OK) {
            /* What was to be skipped is written by it. */
            memset(w->data + w->len, 0, w->gap);
            w->len += w->gap;
            w->gap = 0;
            return;
        }
        if (!is_stalled(w->file)) {
            note_failure(w, NULL, 0);
            return;
        }
    }
}

/* Reads what was written, without faults, and compares. With an error reported the end may be
   missing; without one nothing may. */
static void check_written(struct written *w, int code)
{
    unsigned char *got = must_alloc(DATA_MAX + 2 * PIECE_MAX + 64);
    int len, end;
    gzFile file;

    if (!w->reported) {
        memset(w->data + w->len, 0, w->gap);
        w->len += w->gap;
    }
    w->reported |= code != Z_OK;
    file = gzopen(w->path, "r");
    if (!CHECK(file != NULL))
        test_abort("gzopen");
    len = gzread(file, got, DATA_MAX + 2 * PIECE_MAX + 64);
    end = gzclose(file);
    if (w->reported) {
        /* A member that was cut is told by gzread or gzclose; what there is must be right. */
        if (len > 0 && CHECK((size_t)len <= w->len + w->more))
            CHECK_MEM(got, w->data, (size_t)len);
    } else {
        CHECK_INT(len, w->len);
        CHECK_INT(end, Z_OK);
        if (len == (int)w->len)
            CHECK_MEM(got, w->data, w->len);
    }
    free(got);
    free(w->data);
    unlink(w->path);
}

/* gzclose. The last stalls of a file that is not blocking are an error like any other. */
static int close_written(struct written *w)
{
    unsigned stalls = faults.stalls, hard = faults.hard;
    int code = gzclose(w->file);

    faults.active = 0;
    faults.descriptor = -1;
    /* An error in gzclose itself is told by it. */
    CHECK(code != Z_OK || (faults.stalls == stalls && faults.hard == hard));
    return code;
}

/* A random sequence of calls that write. */
static void write_sequence(void)
{
    static const char *const modes[] = {"w", "w1", "w0", "wT", "w9h", "wR"};
    static const unsigned sizes[] = {8, 16, 100, 512, 8192};
    static const int flushes[] = {Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH,
                                  Z_FINISH,   Z_FINISH};
    unsigned char *piece = must_alloc(PIECE_MAX);
    unsigned calls = 1 + rng_below(&rng, CALLS), i;
    struct written w;

    open_written(&w, modes[rng_below(&rng, COUNT(modes))]);
    if (rng_below(&rng, 2))
        CHECK_INT(gzbuffer(w.file, sizes[rng_below(&rng, COUNT(sizes))]), 0);
    faults.active = 1;
    for (i = 0; i < calls && w.len + w.gap < DATA_MAX; i++) {
        size_t len = 1 + rng_below(&rng, 1 + rng_below(&rng, PIECE_MAX - 1)), at;
        unsigned what = rng_below(&rng, 10);

        for (at = 0; at < len; at++)
            piece[at] = (unsigned char)('a' + rng_below(&rng, 20));
        if (what < 5) {
            write_piece(&w, what, piece, len);
        } else if (what < 7) {
            flush(&w, flushes[rng_below(&rng, COUNT(flushes))]);
        } else if (what == 7) {
            unsigned skip = rng_below(&rng, 2000);

            if (w.len + w.gap + skip < DATA_MAX && gzseek(w.file, (z_off_t)skip, SEEK_CUR) >= 0)
                w.gap += skip;
        } else if (what == 8) {
            /* Its work is done by the next call if it stalls. */
            (void)gzsetparams(w.file, (int)rng_below(&rng, 10), (int)rng_below(&rng, 5));
            if (!is_stalled(w.file)) {
                int code;

                (void)gzerror(w.file, &code);
                if (code != Z_OK)
                    note_failure(&w, NULL, 0);
            }
        } else {
            CHECK(gztell(w.file) >= 0 || w.reported);
            (void)gzoffset(w.file);
        }
    }
    if (faults.chance != 0)
        context("write, %u calls made, %u of the system's, %u errors, %u stalls", i, faults.calls,
                faults.hard, faults.stalls);
    check_written(&w, close_written(&w));
    free(piece);
}

/* A random sequence of calls that read a file, which has `len` bytes of `data`. */
static void read_sequence(const char *path, const unsigned char *data, size_t len)
{
    static const unsigned sizes[] = {8, 16, 100, 512, 8192};
    unsigned char *got = must_alloc(PIECE_MAX + 1);
    size_t pos = 0;
    unsigned i, quiet = 0;
    gzFile file;

    faults.descriptor = open(path, O_RDONLY);
    if (faults.descriptor == -1)
        test_abort("no file");
    faults.active = 1;
    file = gzdopen(faults.descriptor, "r");
    if (!CHECK(file != NULL))
        test_abort("gzdopen");
    if (rng_below(&rng, 2))
        CHECK_INT(gzbuffer(file, sizes[rng_below(&rng, COUNT(sizes))]), 0);
    /* The faults stop at some point, so that the file's end is reached. */
    for (i = 0; i < 100000 && quiet < 3; i++) {
        size_t want = 1 + rng_below(&rng, 1 + rng_below(&rng, PIECE_MAX - 1));
        unsigned what = rng_below(&rng, 12);
        long count = 0;

        if (i == CALLS)
            faults.active = 0;
        errno = 0;
        if (what < 6) {
            count = gzread(file, got, (unsigned)want);
        } else if (what < 8) {
            count = (long)gzfread(got, 1, want, file);
        } else if (what == 8) {
            int byte = gzgetc(file);

            got[0] = (unsigned char)byte;
            count = byte < 0 ? 0 : 1;
        } else if (what == 9) {
            char *line = gzgets(file, (char *)got, (int)want + 1);

            count = line == NULL ? 0 : (long)strlen(line);
        } else if (what == 10) {
            z_off_t to = (z_off_t)rng_below(&rng, (unsigned)len + 1);

            /* A file that is behind an error says no, and stays where it is. */
            if (gzseek(file, to, SEEK_SET) == to)
                pos = (size_t)to;
            else
                pos = (size_t)gztell(file);
            continue;
        } else {
            /* With a full buffer it would be an error that drops what is in it. */
            if (pos > 0 && file->have < 8 && gzungetc(data[pos - 1], file) >= 0)
                pos--;
            continue;
        }
        if (count > 0) {
            if (!CHECK(pos + (size_t)count <= len))
                break;
            CHECK_MEM(got, data + pos, (size_t)count);
            pos += (size_t)count;
            quiet = 0;
        } else {
            int code;

            (void)gzerror(file, &code);
            quiet += !faults.active && code == Z_OK;
            /* Nothing was lost, so that one can go on after an error. */
            gzclearerr(file);
            /* A seek that failed in its second part is one to where the file is. */
            pos = (size_t)gztell(file);
        }
    }
    context("read, %u calls made, %u of the system's, %u errors, %u stalls", i, faults.calls,
            faults.hard, faults.stalls);
    CHECK_INT(pos, len);
    faults.active = 0;
    faults.descriptor = -1;
    CHECK_INT(gzclose(file), Z_OK);
    free(got);
}

/* Makes a file of some members, or one that is copied, without faults. */
static size_t make_file(const char *path, unsigned char *data)
{
    unsigned members = rng_below(&rng, 4), i;
    size_t len = 0, part;
    gzFile file;

    for (i = 0; i <= members; i++) {
        part = rng_below(&rng, DATA_MAX / 4);
        data_fill(DATA_TEXT, rng_next(&rng), data + len, part);
        file = gzopen(path, i == 0 ? "w" : "a");
        if (!CHECK(file != NULL))
            test_abort("gzopen");
        if (part != 0)
            CHECK_INT(gzwrite(file, data + len, (unsigned)part), part);
        CHECK_INT(gzclose(file), Z_OK);
        len += part;
    }
    return len;
}

/* Each call of the system fails in turn, in a program that does not look at errors. */
static void each_call_in_turn(enum fault fault)
{
    unsigned at = 0;

    do {
        unsigned char piece[3000];
        struct written w;
        int i;

        memset(&faults, 0, sizeof(faults));
        faults.at = ++at;
        faults.fault = fault;
        faults.kinds = ~0U;
        context("call %u of the system has fault %d", at, (int)fault);
        data_fill(DATA_RANDOM, 3, piece, sizeof(piece));
        open_written(&w, "w");
        CHECK_INT(gzbuffer(w.file, 512), 0);
        faults.active = 1;
        for (i = 0; i < 4; i++) {
            int taken = gzwrite(w.file, piece, sizeof(piece));
            int printed;

            note(&w, piece, (size_t)taken);
            if (taken != (int)sizeof(piece))
                note_failure(&w, piece + taken, sizeof(piece) - (size_t)taken);
            if (gzputc(w.file, 'c') == 'c')
                note(&w, (const unsigned char *)"c", 1);
            else
                note_failure(&w, (const unsigned char *)"c", 1);
            printed = gzprintf(w.file, "%s", "printed");
            if (printed == 7)
                note(&w, (const unsigned char *)"printed", 7);
            else
                note_failure(&w, (const unsigned char *)"printed", 7);
            if (gzflush(w.file, i == 2 ? Z_FINISH : Z_SYNC_FLUSH) != Z_OK)
                note_failure(&w, NULL, 0);
        }
        check_written(&w, close_written(&w));
    } while (faults.calls >= at);
    CHECK(at > 10);
}

static unsigned long number(const char *name, unsigned long value)
{
    const char *text = getenv(name);

    return text == NULL ? value : strtoul(text, NULL, 0);
}

int main(void)
{
    unsigned long count = number("GZ_FAULTS_SEQUENCES", SEQUENCES), i;
    unsigned long seed = number("GZ_FAULTS_SEED", 1);
    unsigned char *data = must_alloc(DATA_MAX + 1);
    char path[64];
    enum fault fault;

    for (fault = FAULT_SHORT; fault < FAULTS; fault++)
        each_call_in_turn(fault);

    snprintf(path, sizeof(path), "/tmp/gz_faults_r_%ld", (long)getpid());
    for (i = 0; i < count; i++) {
        size_t len;

        context("sequence %lu", seed + i);
        rng = rng_seed(seed + i);
        memset(&faults, 0, sizeof(faults));
        faults.descriptor = -1;
        faults.rng = rng_seed(seed + i + 1000000);
        faults.chance = 1 + rng_below(&rng, 30);
        /* Only short counts, stalls too, or everything. */
        faults.kinds = (seed + i) % 3 == 0   ? 1U << FAULT_SHORT
                       : (seed + i) % 3 == 1 ? 1U << FAULT_SHORT | 1U << FAULT_AGAIN
                                    : ~0U;
        if ((seed + i) % 2 == 0) {
            write_sequence();
        } else {
            len = make_file(path, data);
            read_sequence(path, data, len);
        }
        if (test_failures() != 0) {
            printf("first failure in sequence %lu\n", seed + i);
            break;
        }
    }
    unlink(path);
    free(data);
    return test_result();
}
