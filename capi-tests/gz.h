/*
 * gz files in two libraries side by side: ours and the oracle's (see twin.h).
 *
 * Each side has a folder of its own, whose names have the same length, in a temporary folder that
 * goes with the program. GZ_CHECK makes a call on both sides, checks what it returns, and then
 * compares what can be seen of the files.
 */
#ifndef GZ_H
#define GZ_H

#include "twin.h"

/* 1 if the oracle sets the program's errno; with AddressSanitizer it has a C library, and an
 * errno, of its own. */
#if defined(__SANITIZE_ADDRESS__)
#define GZ_SHARED_ERRNO 0
#else
#define GZ_SHARED_ERRNO 1
#endif

/* Bytes of the longest path. */
#define GZ_PATH_MAX 256

struct gz_twin {
    gzFile file[SIDES];
    char path[SIDES][GZ_PATH_MAX]; /* as in messages */
};

/* The path of a side's file of this name, valid until the next call but one. */
const char *gz_path(int side, const char *name);

/* Makes a file with these bytes on both sides. */
void gz_put(const char *name, const void *bytes, size_t len);

/* All bytes of a side's file, from malloc; *len is how many. */
unsigned char *gz_get(int side, const char *name, size_t *len);

/* Compares the two files of this name, and checks that they decompress to want, member by member
 * (plain: that they are want). */
enum gz_kind { GZ_COMPRESSED, GZ_PLAIN };
void gz_check_file(const char *name, enum gz_kind kind, const void *want, size_t len);

/* A gzip member of these bytes at this level; returns its length. out has room for it. */
size_t gz_member(const void *bytes, size_t len, int level, unsigned char *out, size_t room);

/* Opens the file of this name on both sides; 1 if both could. Checks that both or none could. */
int gz_open(struct gz_twin *t, const char *name, const char *mode);

/* Compares errors, positions, and the fields that the macro gzgetc uses. */
void gz_compare(const struct gz_twin *t);

/* Closes both; the code of both. */
int gz_close(struct gz_twin *t);

/* CHECK_INT for a call on both sides; f is the side's struct api, g its file. */
#define GZ_CHECK(t, call, want)                                                                \
    do {                                                                                       \
        int side_;                                                                             \
        for (side_ = OURS; side_ < SIDES; side_++) {                                           \
            const struct api *f = api[side_];                                                  \
            gzFile g = (t)->file[side_];                                                       \
            (void)f;                                                                           \
            (void)g;                                                                           \
            check_int((long long)(call), (long long)(want),                                    \
                      side_ == OURS ? #call : "zlib: " #call, __FILE__, __LINE__);             \
        }                                                                                      \
        gz_compare(t);                                                                         \
    } while (0)

#endif
