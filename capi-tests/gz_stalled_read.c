/*
 * Property: when a read fails, or the file would block, what came before is given out first, the
 * call that finds nothing else fails, and no byte is lost or given twice when reading goes on.
 *
 * Guards: each call at each place of a file that comes in pieces, also of less than the four
 * bytes that tell what it is; errno EAGAIN, and no busy waiting for the rest; an error behind
 * bytes of the same load (zlib 1.3.2 drops them); no end of the file before there is one (its
 * gzgets says so when fewer than four bytes are there).
 */
#include "faults.h"
#include "gz.h"

#include <fcntl.h>

#define LEN 60000

static unsigned char data[LEN];

/* Opens our file of this name with a script for its reads. */
static gzFile begin(const char *name, unsigned size, const int *steps, size_t count)
{
    int descriptor = open(gz_path(OURS, name), O_RDONLY);
    gzFile file = gzdopen(descriptor, "r");

    if (file == NULL)
        test_abort("gzdopen failed");
    CHECK_INT(gzbuffer(file, size), 0);
    faults_set(descriptor, steps, count);
    return file;
}

static int end(gzFile file)
{
    faults_set(-1, NULL, 0);
    return gzclose(file);
}

/* Random calls on a file that gives some bytes, or none, at each read. */
static void check_random(const char *name, unsigned size, uint64_t seed)
{
    static unsigned char got[LEN];
    static int steps[4000];
    struct rng rng = rng_seed(seed);
    size_t at = 0, i, room;
    unsigned before, stalls = 0;
    gzFile file;

    context("stalls in %s, buffer %u, seed %d", name, size, (int)seed);
    for (i = 0; i < COUNT(steps); i++)
        steps[i] = rng_below(&rng, 2) == 0 ? 1 + (int)rng_below(&rng, size) : -EAGAIN;
    file = begin(name, size, steps, COUNT(steps));
    while (at < LEN && stalls < 100000) {
        int len = 1 + (int)rng_below(&rng, rng_below(&rng, 3) == 0 ? 20000 : 30);
        int count, code;
        char *line;

        room = LEN - at;
        len = (size_t)len < room ? len : (int)room;
        errno = 0;
        before = fault_calls;
        switch (rng_below(&rng, 5)) {
        case 0:
            count = gzgetc(file);
            if (count != -1)
                got[at++] = (unsigned char)count;
            else
                CHECK_INT(errno, EAGAIN);
            break;
        case 1:
            got[at] = 1;
            line = gzgets(file, (char *)got + at, len);
            if (line != NULL)
                /* The data has no zeros. */
                at += strlen(line);
            else
                CHECK(len == 1 || errno == EAGAIN);
            break;
        case 2: at += gzfread(got + at, 1, (size_t)len, file); break;
        case 3:
            /* Without room, gzungetc would be an error that drops the buffer. */
            if (at > 0 && file->have < 2 * size && gzungetc(got[at - 1], file) != -1)
                at--;
            break;
        default:
            count = gzread(file, got + at, (unsigned)len);
            if (count > 0)
                at += (unsigned)count;
            if (!CHECK(count > 0 || (count == -1 && errno == EAGAIN)))
                stalls += 100000;
            break;
        }
        /* Stalled reads end a call, sooner or later: a call looks at one more at most. */
        CHECK(fault_calls - before < 4000);
        gzerror(file, &code);
        CHECK(code == Z_OK || code == Z_ERRNO);
        CHECK_INT(gztell(file), at);
        CHECK_INT(gzeof(file), 0);
        stalls++;
    }
    faults_set(-1, NULL, 0);
    CHECK_MEM(got, data, LEN);
    CHECK_INT(gzread(file, got, 1), 0);
    CHECK_INT(gzeof(file), 1);
    CHECK_INT(gzclose(file), Z_OK);
}

/* A call that has what it can get returns; it does not read until the rest is there. */
static void check_no_waiting(const char *name, unsigned len)
{
    static unsigned char got[LEN];
    int steps[50], i, count;
    gzFile file;

    context("no waiting, %s, %u bytes", name, len);
    steps[0] = 3000;
    for (i = 1; i < 50; i++)
        steps[i] = -EAGAIN;
    file = begin(name, 1000, steps, 50);
    count = gzread(file, got, len);
    CHECK(count > 0 && count < (int)len);
    CHECK(fault_calls <= 4);
    CHECK_MEM(got, data, count);
    CHECK_INT(gzread(file, got, len), -1);
    CHECK_INT(errno, EAGAIN);
    CHECK(fault_calls <= 6);
    faults_set(-1, NULL, 0);
    CHECK_INT(gzread(file, got + count, LEN), LEN - count);
    CHECK_MEM(got, data, LEN);
    CHECK_INT(end(file), Z_OK);
}

/* Fewer bytes than tell what the file is. */
static void check_beginning(int count, int how)
{
    int steps[3];
    char line[10];
    gzFile file;

    context("%d bytes, then a stall, case %d", count, how);
    steps[0] = count;
    steps[1] = steps[2] = -EAGAIN;
    file = begin("lines", 100, steps, 3);
    switch (how) {
    case 0: CHECK_STR(gzgets(file, line, 10), NULL); break;
    case 1: CHECK_INT(gzgetc(file), -1); break;
    case 2: CHECK_INT(gzread(file, line, 10), -1); break;
    case 3: CHECK_UINT(gzfread(line, 1, 10, file), 0); break;
    default: CHECK_INT(gzdirect(file), 1); break;
    }
    CHECK_INT(gzeof(file), 0);
    faults_set(-1, NULL, 0);
    CHECK_STR(gzgets(file, line, 10), "one\n");
    CHECK_INT(gzdirect(file), 0);
    CHECK_STR(gzgets(file, line, 10), "two\n");
    CHECK_STR(gzgets(file, line, 10), NULL);
    CHECK_INT(gzeof(file), 1);
    CHECK_INT(end(file), Z_OK);
}

/* An error behind some bytes: these come first, then the error, until it is cleared. */
static void check_error(const char *name, int error, unsigned piece)
{
    static unsigned char got[LEN + 1];
    int steps[4], count, code, good;
    char text[100];
    size_t at = 0;
    gzFile file;

    context("error %d in %s, pieces of %u", error, name, piece);
    steps[0] = 500;
    steps[1] = 700;
    steps[2] = 300;
    steps[3] = -error;
    file = begin(name, 1000, steps, 4);
    while ((count = gzread(file, got + at, piece)) > 0)
        at += (unsigned)count;
    good = (int)at;
    CHECK(good > 0 && good < LEN);
    /* A file that is copied gives out all that was read. */
    if (strcmp(name, "plain") == 0 && piece < 2000)
        CHECK_INT(gzoffset(file), good);
    CHECK_INT(count, -1);
    gzerror(file, &code);
    CHECK_INT(code, Z_ERRNO);
    snprintf(text, sizeof(text), "<fd:%d>: %s", fault_descriptor, strerror(error));
    CHECK_STR(gzerror(file, NULL), text);
    CHECK_INT(gzread(file, got, 1), -1);
    CHECK_INT(gzgetc(file), -1);
    CHECK_STR(gzgets(file, text, 10), NULL);
    CHECK_UINT(fault_calls, 4);
    gzclearerr(file);
    while ((count = gzread(file, got + at, piece < LEN - at ? piece : LEN - at)) > 0)
        at += (unsigned)count;
    CHECK_UINT(at, LEN);
    CHECK_MEM(got, data, LEN);
    CHECK_INT(end(file), Z_OK);
}

int main(void)
{
    static const unsigned sizes[] = {8, 100, 8192};
    static const unsigned pieces[] = {1, 100, 1999, 2000, LEN};
    static const char *const names[] = {"gzip", "plain"};
    static unsigned char member[LEN + 1000];
    size_t i, k;
    int how;

    oracle_open();
    if (testing_peer())
        test_skip("zlib loses bytes here");
    for (i = 0; i < LEN; i++)
        data[i] = (unsigned char)("abcdefgh\n"[(i * i / 7 + i / 100) % 9]);
    gz_put("gzip", member, gz_member(data, LEN, 1, member, sizeof(member)));
    gz_put("plain", data, LEN);
    gz_put("lines", member, gz_member("one\ntwo\n", 8, 6, member, sizeof(member)));
    for (i = 0; i < COUNT(names); i++) {
        for (k = 0; k < 30; k++)
            check_random(names[i], sizes[k % COUNT(sizes)], k);
        check_no_waiting(names[i], 30000);
        for (k = 0; k < COUNT(pieces); k++) {
            check_error(names[i], EIO, pieces[k]);
            check_error(names[i], EINTR, pieces[k]);
        }
    }
    for (i = 1; i <= 3; i++)
        for (how = 0; how < 5; how++)
            check_beginning((int)i, how);
    return test_result();
}
