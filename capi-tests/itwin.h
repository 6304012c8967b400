/*
 * Two inflate streams side by side (see twin.h), and whole streams in all ways to cut them.
 *
 * Besides what twin.h compares after each call these compare inflateMark, inflateSyncPoint and
 * inflateCodesUsed.
 */
#ifndef ITWIN_H
#define ITWIN_H

#include "twin.h"

/* Inits both with the default allocator. room: bytes of output that may come altogether.
 * Returns the code of both, DIVERGED if they differ. */
int itwin_init(struct twin *t, int window_bits, size_t room);

/* One inflate call with avail_out bytes of output. */
int itwin_inflate(struct twin *t, size_t avail_out, int flush);

/* inflate with Z_OK as long as it goes, with chunks of at most in_chunk bytes of input and
 * out_chunk bytes of output. Z_OK if the input is used up; Z_BUF_ERROR if room ran out. */
int itwin_run(struct twin *t, const unsigned char *in, size_t len, size_t in_chunk,
              size_t out_chunk, int flush);

/* Other calls on both, compared. */
int itwin_reset2(struct twin *t, int window_bits);
int itwin_sync(struct twin *t);
int itwin_validate(struct twin *t, int check);
int itwin_undermine(struct twin *t, int subvert);

/* Compresses data with the oracle, with flush after each chunk bytes (0: only at the end), into
 * memory from malloc; the length goes to *len. */
unsigned char *sample_new(struct params p, const unsigned char *data, size_t data_len,
                          size_t chunk, int flush, size_t *len);

/* A stream and what becomes of it. */
struct specimen {
    const unsigned char *in;
    size_t len;
    int window_bits;
    int code;        /* the last one: Z_STREAM_END, Z_DATA_ERROR, Z_NEED_DICT; Z_OK: cut short */
    const char *msg; /* NULL: none */
    size_t used;     /* bytes of input that are used up; 0: not checked */
    size_t room;     /* bytes of output that may come */
};

/* Decodes it at once, byte by byte in and out, cut at every split positions of input and output,
 * and in chunks of some sizes; each call is compared, and the end must be as described, twice. */
void specimen_check(const struct specimen *s);

#endif
