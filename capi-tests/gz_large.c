/*
 * Property: gz files of more than 4 GiB: positions, and the trailer's length modulo 2^32.
 *
 * Guards: a position or a count in 32 bits. The data is zeros, made by gzseek64, with a few bytes
 * at places that only 64 bits can tell.
 */
#include "util.h"

#include <inttypes.h>
#include <unistd.h>

#define GIB ((int64_t)1 << 30)

/* Where bytes are written. */
static const int64_t places[] = {0, 2 * GIB - 1, 4 * GIB - 2, 4 * GIB + 5, 4 * GIB + GIB / 4};
#define MARK "mark"
#define MARK_LEN ((int64_t)sizeof(MARK) - 1)

int main(void)
{
    char path[64], mark[sizeof(MARK)];
    unsigned char trailer[8];
    int64_t end = places[COUNT(places) - 1] + MARK_LEN, packed;
    gzFile file;
    FILE *raw;
    size_t i;

    snprintf(path, sizeof(path), "/tmp/gz_large_%ld", (long)getpid());
    file = gzopen64(path, "w1");
    if (!CHECK(file != NULL))
        test_abort("gzopen64");
    CHECK_INT(gzbuffer(file, 1 << 20), 0);
    for (i = 0; i < COUNT(places); i++) {
        context("mark at %" PRId64, places[i]);
        CHECK_INT(gzseek64(file, places[i], SEEK_SET), places[i]);
        CHECK_INT(gztell64(file), places[i]);
        CHECK_INT(gzwrite(file, MARK, (unsigned)MARK_LEN), MARK_LEN);
        CHECK_INT(gztell64(file), places[i] + MARK_LEN);
    }
    CHECK_INT(gzclose(file), Z_OK);

    raw = fopen(path, "rb");
    if (!CHECK(raw != NULL))
        test_abort("fopen");
    CHECK_INT(fseek(raw, -(long)sizeof(trailer), SEEK_END), 0);
    CHECK_UINT(fread(trailer, 1, sizeof(trailer), raw), sizeof(trailer));
    packed = (int64_t)ftell(raw);
    fclose(raw);
    context("trailer");
    CHECK_UINT(trailer[4] | trailer[5] << 8 | trailer[6] << 16 | (uint32_t)trailer[7] << 24,
               (uint32_t)end);

    file = gzopen64(path, "r");
    if (!CHECK(file != NULL))
        test_abort("gzopen64");
    CHECK_INT(gzbuffer(file, 1 << 20), 0);
    for (i = 0; i < COUNT(places); i++) {
        context("mark at %" PRId64, places[i]);
        CHECK_INT(gzseek64(file, places[i] - gztell64(file), SEEK_CUR), places[i]);
        CHECK_INT(gzread(file, mark, (unsigned)MARK_LEN), MARK_LEN);
        CHECK_MEM(mark, MARK, (size_t)MARK_LEN);
        CHECK_INT(gztell64(file), places[i] + MARK_LEN);
    }
    context("end");
    CHECK_INT(gzread(file, mark, 1), 0);
    CHECK_INT(gzeof(file), 1);
    CHECK_INT(gzoffset64(file), packed);
    CHECK_INT(gzseek64(file, 100 * GIB, SEEK_SET), 100 * GIB);
    CHECK_INT(gztell64(file), end);
    CHECK_INT(gzclose(file), Z_OK);

    /* A file that is copied: seeks are the system's, in a sparse file. */
    context("copied");
    raw = fopen(path, "wb");
    if (!CHECK(raw != NULL))
        test_abort("fopen");
    CHECK_UINT(fwrite("plain", 1, 5, raw), 5);
    CHECK_INT(fseek(raw, (long)(6 * GIB), SEEK_SET), 0);
    CHECK_UINT(fwrite(MARK, 1, (size_t)MARK_LEN, raw), MARK_LEN);
    CHECK_INT(fclose(raw), 0);
    file = gzopen64(path, "r");
    CHECK_INT(gzread(file, mark, 4), 4);
    CHECK_INT(gzseek64(file, 6 * GIB, SEEK_SET), 6 * GIB);
    CHECK_INT(gzread(file, mark, (unsigned)MARK_LEN), MARK_LEN);
    CHECK_MEM(mark, MARK, (size_t)MARK_LEN);
    CHECK_INT(gztell64(file), 6 * GIB + MARK_LEN);
    CHECK_INT(gzoffset64(file), 6 * GIB + MARK_LEN);
    CHECK_INT(gzclose(file), Z_OK);
    unlink(path);
    return test_result();
}
