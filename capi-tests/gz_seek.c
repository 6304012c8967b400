/*
 * Property: gzseek, gztell, gzoffset, gzrewind and gzeof give zlib 1.3.2's numbers, and the bytes
 * behind a seek are the right ones: forward and backward, in gzip files and in files that are
 * copied, and as zeros in files that are written.
 *
 * Guards: seeks that wait for the next call, several of them added up; to before the start (an
 * error that changes nothing), beyond the end; from a pushed-back byte; gzrewind to where a
 * descriptor stood when it was adopted; a pipe, which has no positions; zeros before the first
 * write (zlib 1.3.2 writes what malloc gave) and in files of all levels.
 */
#include "gz.h"

#include <fcntl.h>
#include <unistd.h>

static unsigned char data[70000];

static void check_reading(const char *name, unsigned size)
{
    static unsigned char got[sizeof(data)];
    struct rng rng = rng_seed(size);
    struct gz_twin t;
    long at = 0;
    int i;

    context("reading %s, buffers of %u", name, size);
    CHECK(gz_open(&t, name, "r"));
    GZ_CHECK(&t, f->gzbuffer(g, size), 0);
    for (i = 0; i < 300 && test_failures() == 0; i++) {
        long len = (long)rng_below(&rng, rng_below(&rng, 4) == 0 ? 30000 : 50);
        long to = (long)rng_below(&rng, sizeof(data));
        long left = (long)sizeof(data) - at;
        long want = len < left ? len : left < 0 ? 0 : left;

        switch (rng_below(&rng, 6)) {
        case 0:
            GZ_CHECK(&t, f->gzseek(g, to, SEEK_SET), to);
            at = to;
            break;
        case 1:
            GZ_CHECK(&t, f->gzseek64(g, to - at, SEEK_CUR), to);
            GZ_CHECK(&t, f->gztell64(g), to);
            at = to;
            break;
        case 2:
            /* Two seeks before anything is read. Once the end was seen they do not add up. */
            if (gzeof(t.file[OURS]))
                break;
            GZ_CHECK(&t, f->gzseek(g, len, SEEK_CUR), at + len);
            GZ_CHECK(&t, f->gzseek(g, 3, SEEK_CUR), at + len + 3);
            at += len + 3;
            break;
        case 3:
            GZ_CHECK(&t, f->gzseek(g, -1 - at, SEEK_CUR), -1);
            GZ_CHECK(&t, f->gzseek(g, -1, SEEK_SET), -1);
            /* A seek that waited is forgotten by the first one. */
            GZ_CHECK(&t, f->gzseek(g, at, SEEK_SET), at);
            break;
        default:
            memset(got, 0, sizeof(got));
            GZ_CHECK(&t, f->gzread(g, got, (unsigned)len), want);
            CHECK_MEM(got, data + (at < (long)sizeof(data) ? at : 0), want);
            /* Behind the end, the position is the end once a read was tried. */
            if (len > 0 && at > (long)sizeof(data) && strcmp(name, "plain") != 0)
                at = sizeof(data);
            at += want;
            break;
        }
    }
    GZ_CHECK(&t, f->gzrewind(g), 0);
    GZ_CHECK(&t, (f->gzgetc)(g), data[0]);
    GZ_CHECK(&t, f->gzseek(g, 1000000, SEEK_SET), 1000000);
    GZ_CHECK(&t, f->gzeof(g), 0);
    GZ_CHECK(&t, (f->gzgetc)(g), -1);
    GZ_CHECK(&t, f->gzeof(g), 1);
    GZ_CHECK(&t, f->gzseek(g, 5, SEEK_SET), 5);
    GZ_CHECK(&t, (f->gzgetc)(g), data[5]);
    CHECK_INT(gz_close(&t), Z_OK);
}

/* A file adopted in the middle of a descriptor begins there. */
static void check_adopted(void)
{
    struct gz_twin t;
    int side;

    context("adopted");
    for (side = OURS; side < SIDES; side++) {
        int fd = open(gz_path(side, "plain"), O_RDONLY);

        lseek(fd, 1000, SEEK_SET);
        snprintf(t.path[side], GZ_PATH_MAX, "<fd:%d>", fd);
        t.file[side] = api[side]->gzdopen(fd, "r");
    }
    GZ_CHECK(&t, (f->gzgetc)(g), data[1000]);
    GZ_CHECK(&t, f->gztell(g), 1);
    GZ_CHECK(&t, f->gzseek(g, 100, SEEK_SET), 100);
    GZ_CHECK(&t, (f->gzgetc)(g), data[1100]);
    GZ_CHECK(&t, f->gzrewind(g), 0);
    GZ_CHECK(&t, (f->gzgetc)(g), data[1000]);
    CHECK_INT(gz_close(&t), Z_OK);
}

/* A pipe has no positions: forward works by reading, in a gzip file. */
static void check_pipe(void)
{
    static unsigned char member[1000];
    size_t len = gz_member(data, 600, 6, member, sizeof(member));
    struct gz_twin t;
    int side;

    context("pipe");
    for (side = OURS; side < SIDES; side++) {
        int ends[2];

        if (pipe(ends) != 0 || write(ends[1], member, len) != (ssize_t)len)
            test_abort("no pipe");
        close(ends[1]);
        snprintf(t.path[side], GZ_PATH_MAX, "<fd:%d>", ends[0]);
        t.file[side] = api[side]->gzdopen(ends[0], "r");
    }
    GZ_CHECK(&t, f->gzoffset(g), -1);
    GZ_CHECK(&t, f->gzseek(g, 10, SEEK_SET), 10);
    GZ_CHECK(&t, (f->gzgetc)(g), data[10]);
    GZ_CHECK(&t, f->gzseek(g, 5, SEEK_SET), -1);
    GZ_CHECK(&t, f->gzrewind(g), -1);
    GZ_CHECK(&t, (f->gzgetc)(g), data[11]);
    CHECK_INT(gz_close(&t), Z_OK);
}

static void check_writing(const char *mode)
{
    enum gz_kind kind = strchr(mode, 'T') ? GZ_PLAIN : GZ_COMPRESSED;
    struct gz_twin t;

    context("writing, mode %s", mode);
    CHECK(gz_open(&t, "file", mode));
    memset(data + 100, 0, 30000);
    memset(data + 30200, 0, 30);
    memset(data + 30240, 0, 7);
    GZ_CHECK(&t, f->gzwrite(g, data, 100), 100);
    GZ_CHECK(&t, f->gzseek(g, 50, SEEK_SET), -1);
    GZ_CHECK(&t, f->gzseek(g, 20000, SEEK_CUR), 20100);
    GZ_CHECK(&t, f->gzseek(g, 30100, SEEK_SET), 30100);
    GZ_CHECK(&t, f->gztell(g), 30100);
    GZ_CHECK(&t, f->gzwrite(g, data + 30100, 100), 100);
    GZ_CHECK(&t, f->gzseek(g, 30, SEEK_CUR), 30230);
    GZ_CHECK(&t, f->gzputc(g, data[30230]), data[30230]);
    GZ_CHECK(&t, f->gzwrite(g, data + 30231, 9), 9);
    GZ_CHECK(&t, f->gzseek(g, 7, SEEK_CUR), 30247);
    GZ_CHECK(&t, f->gzflush(g, Z_SYNC_FLUSH), Z_OK);
    GZ_CHECK(&t, f->gzrewind(g), -1);
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("file", kind, data, 30247);
    /* gzclose writes the zeros, too. */
    CHECK(gz_open(&t, "file", mode));
    GZ_CHECK(&t, f->gzwrite(g, data, 100), 100);
    GZ_CHECK(&t, f->gzseek(g, 30000, SEEK_CUR), 30100);
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("file", kind, data, 30100);
}

/* Calls that find no buffers yet. zlib forgets to clear the memory that it writes then, so that
 * its file has zeros only if malloc's memory has. */
static void check_zeros_first(int how)
{
    static unsigned char zeros[20001];
    unsigned char *got;
    size_t len, i, wrong = 0;
    void *dirty = malloc(2 * 8192);
    gzFile file;

    if (testing_peer())
        return;
    context("zeros first, case %d", how);
    /* What malloc may well give again. */
    memset(dirty, 0x77, 2 * 8192);
    free(dirty);
    file = gzopen(gz_path(OURS, "file"), "wT");
    CHECK_INT(gzseek(file, 20000, SEEK_SET), 20000);
    CHECK_INT(gztell(file), 20000);
    switch (how) {
    case 0: CHECK_INT(gzputc(file, 0), 0); break;
    case 1: CHECK_INT(gzflush(file, Z_NO_FLUSH), Z_OK); break;
    case 2: CHECK_INT(gzwrite(file, zeros, 1), 1); break;
    case 3: CHECK_INT(gzprintf(file, "%c", 0), 1); break;
    default: break;
    }
    CHECK_INT(gzclose(file), Z_OK);
    got = gz_get(OURS, "file", &len);
    CHECK_UINT(len, how == 1 || how == 4 ? 20000 : 20001);
    for (i = 0; i < len; i++)
        wrong += got[i] != 0;
    CHECK_UINT(wrong, 0);
    free(got);
}

int main(void)
{
    static const char *const modes[] = {"w", "w0", "w1", "w9", "wT"};
    static unsigned char member[sizeof(data) + 1000];
    size_t i;
    int how;

    oracle_open();
    data_fill(DATA_MIXED, 7, data, sizeof(data));
    gz_put("gzip", member, gz_member(data, sizeof(data), 6, member, sizeof(member)));
    gz_put("plain", data, sizeof(data));
    for (i = 0; i < 3; i++) {
        static const unsigned sizes[] = {8192, 8, 1000};

        check_reading("gzip", sizes[i]);
        check_reading("plain", sizes[i]);
    }
    check_adopted();
    check_pipe();
    for (i = 0; i < COUNT(modes); i++)
        check_writing(modes[i]);
    for (how = 0; how < 5; how++)
        check_zeros_first(how);
    return test_result();
}
