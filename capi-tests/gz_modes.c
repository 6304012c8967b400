/*
 * Property: a mode string opens a file, or is refused, exactly as in zlib 1.3.2, and gives the
 * same bytes, the same flags of the descriptor, and the same errno.
 *
 * Guards: the letters G, N and T with their rules (T is refused for reading, G for writing, the
 * last of them counts), '+', no letter of r, w and a, digits and strategies, letters that are
 * passed over. One difference: "e" with gzdopen sets FD_CLOEXEC; zlib 1.3.2 gives F_SETFD another
 * flag, O_CLOEXEC, which clears FD_CLOEXEC.
 */
#include "gz.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static unsigned char data[30000];

/* Modes, each tried for reading a gzip file, and for writing where it writes. */
static const char *const modes[] = {
    "",     "r",    "w",    "a",    "b",    "rb",   "wb",    "ab",    "r+",   "w+",   "a+",
    "+",    "rw",   "wr",   "ra",   "aw",   "wa",   "rT",    "rG",    "wT",   "wG",   "aT",
    "aG",   "rTG",  "rGT",  "wGT",  "wTG",  "Gr",   "Tr",    "Tw",    "w0",   "w1",   "w2",
    "w3",   "w4",   "w5",   "w6",   "w7",   "w8",   "w9",    "w19",   "w91",  "w6f",  "w6h",
    "w6R",  "w6F",  "w1F",  "w9hR", "wRh6", "w3f0", "r9",    "rfhRF", "we",   "re",   "wN",
    "rN",   "aN",   "reN",  "wx",   "ax",   "rx",   "wxe",   "wbz!?", "r w",  "0w",   "w0T",
    "wT9",  "W",    "R",    "A",    "rt",   "wt",   " w",    "w-1",   "w\xff", "w:",  "a0",
    "a9R",
};

static void check_writing(struct gz_twin *t, const char *mode)
{
    enum gz_kind kind = strchr(mode, 'T') != NULL ? GZ_PLAIN : GZ_COMPRESSED;
    int appends = strrchr(mode, 'a') != NULL &&
                  (strrchr(mode, 'w') == NULL || strrchr(mode, 'w') < strrchr(mode, 'a'));

    GZ_CHECK(t, f->gzdirect(g), kind == GZ_PLAIN);
    GZ_CHECK(t, f->gzwrite(g, data, sizeof(data)), sizeof(data));
    GZ_CHECK(t, f->gzread(g, data, 1), -1);
    CHECK_INT(gz_close(t), Z_OK);
    if (!appends)
        gz_check_file("file", kind, data, sizeof(data));
}

static void check_reading(struct gz_twin *t)
{
    unsigned char got[sizeof(data)];

    GZ_CHECK(t, f->gzdirect(g), 0);
    GZ_CHECK(t, f->gzread(g, got, sizeof(got)), sizeof(got));
    CHECK_MEM(got, data, sizeof(data));
    GZ_CHECK(t, f->gzwrite(g, data, 1), 0);
    CHECK_INT(gz_close(t), Z_OK);
}

/* exists: the file is there, with a gzip member in it. */
static void check_mode(const char *mode, int exists)
{
    static unsigned char member[sizeof(data) + 1000];
    int reads, side, error[SIDES], offset[SIDES];
    struct gz_twin t;

    context("mode \"%s\", the file %s", mode, exists ? "is there" : "is not there");
    for (side = OURS; side < SIDES; side++)
        unlink(gz_path(side, "file"));
    if (exists)
        gz_put("file", member, gz_member(data, sizeof(data), 6, member, sizeof(member)));
    for (side = OURS; side < SIDES; side++) {
        snprintf(t.path[side], GZ_PATH_MAX, "%s", gz_path(side, "file"));
        errno = 0;
        t.file[side] = api[side]->gzopen(t.path[side], mode);
        error[side] = errno;
        offset[side] = t.file[side] == NULL ? -1 : (int)api[side]->gzoffset(t.file[side]);
    }
    CHECK_INT(t.file[OURS] != NULL, t.file[ORACLE] != NULL);
    CHECK_INT(offset[OURS], offset[ORACLE]);
    if (t.file[OURS] == NULL && GZ_SHARED_ERRNO)
        CHECK_INT(error[OURS], error[ORACLE]);
    if (t.file[OURS] == NULL || t.file[ORACLE] == NULL)
        return;
    reads = api[ORACLE]->gzwrite(t.file[ORACLE], NULL, 0) == 0 &&
            api[ORACLE]->gzclose_w(t.file[ORACLE]) == Z_STREAM_ERROR;
    if (!reads) {
        /* That has closed it. */
        api[OURS]->gzclose(t.file[OURS]);
        unlink(gz_path(OURS, "file"));
        unlink(gz_path(ORACLE, "file"));
        if (CHECK(gz_open(&t, "file", mode)))
            check_writing(&t, mode);
    } else {
        check_reading(&t);
    }
}

/* The status and descriptor flags of a file opened by name, or made of a descriptor. */
static void check_flags(void)
{
    static const struct {
        const char *mode;
        int status, descriptor;
    } rows[] = {
        {"w", 0, 0},
        {"wN", O_NONBLOCK, 0},
        {"we", 0, FD_CLOEXEC},
        {"weN", O_NONBLOCK, FD_CLOEXEC},
        {"a", O_APPEND, 0},
        {"aN", O_APPEND | O_NONBLOCK, 0},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct gz_twin t;
        /* The lowest free number is that of the next file. */
        int fd = dup(1);

        close(fd);
        context("flags of mode \"%s\"", rows[i].mode);
        snprintf(t.path[OURS], GZ_PATH_MAX, "%s", gz_path(OURS, "flags"));
        t.file[OURS] = gzopen(t.path[OURS], rows[i].mode);
        if (!CHECK(t.file[OURS] != NULL))
            continue;
        CHECK_INT(fcntl(fd, F_GETFL) & (O_NONBLOCK | O_APPEND), rows[i].status);
        CHECK_INT(fcntl(fd, F_GETFD), rows[i].descriptor);
        CHECK_INT(gzclose(t.file[OURS]), Z_OK);
        CHECK_INT(fcntl(fd, F_GETFD), -1);

        fd = open(t.path[OURS], O_WRONLY);
        t.file[OURS] = gzdopen(fd, rows[i].mode);
        context("flags of mode \"%s\" with gzdopen", rows[i].mode);
        if (!CHECK(t.file[OURS] != NULL))
            continue;
        CHECK_INT(fcntl(fd, F_GETFL) & O_NONBLOCK, rows[i].status & O_NONBLOCK);
        CHECK_INT(fcntl(fd, F_GETFD), rows[i].descriptor);
        CHECK_INT(gzclose(t.file[OURS]), Z_OK);
        CHECK_INT(fcntl(fd, F_GETFD), -1);
    }
}

/* What is refused leaves the descriptor alone. */
static void check_refused(void)
{
    int fd = open("/dev/null", O_RDWR), side;

    context("refused");
    for (side = OURS; side < SIDES; side++) {
        CHECK(api[side]->gzopen(NULL, "r") == NULL);
        CHECK(api[side]->gzopen(gz_path(side, "x"), NULL) == NULL);
        CHECK(api[side]->gzopen64(NULL, "w") == NULL);
        CHECK(api[side]->gzopen64(gz_path(side, "x"), NULL) == NULL);
        CHECK(api[side]->gzdopen(-1, "r") == NULL);
        CHECK(api[side]->gzdopen(fd, NULL) == NULL);
        CHECK(api[side]->gzdopen(fd, "") == NULL);
        CHECK(api[side]->gzdopen(fd, "r+") == NULL);
        CHECK(api[side]->gzdopen(fd, "rT") == NULL);
        CHECK(api[side]->gzdopen(fd, "wG") == NULL);
        CHECK(access(gz_path(side, "x"), F_OK) == -1);
    }
    CHECK(fcntl(fd, F_GETFD) != -1);
    close(fd);
}

/* gzopen64 is the same function; append begins where the file ends. */
static void check_others(void)
{
    struct gz_twin t;
    int side;

    context("gzopen64");
    for (side = OURS; side < SIDES; side++) {
        snprintf(t.path[side], GZ_PATH_MAX, "%s", gz_path(side, "open64"));
        t.file[side] = api[side]->gzopen64(t.path[side], "wb5R");
    }
    if (!CHECK(t.file[OURS] != NULL && t.file[ORACLE] != NULL))
        return;
    GZ_CHECK(&t, f->gzputs(g, "first"), 5);
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("open64", GZ_COMPRESSED, "first", 5);
    context("append");
    CHECK(gz_open(&t, "open64", "a1"));
    GZ_CHECK(&t, f->gzoffset(g), 25);
    GZ_CHECK(&t, f->gztell(g), 0);
    GZ_CHECK(&t, f->gzputs(g, " second"), 7);
    CHECK_INT(gz_close(&t), Z_OK);
    gz_check_file("open64", GZ_COMPRESSED, "first second", 12);
}

int main(void)
{
    size_t i;

    oracle_open();
    data_fill(DATA_MIXED, 1, data, sizeof(data));
    for (i = 0; i < COUNT(modes); i++) {
        check_mode(modes[i], 0);
        check_mode(modes[i], 1);
    }
    check_flags();
    check_refused();
    check_others();
    return test_result();
}
