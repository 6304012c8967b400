/*
 * Two libraries side by side: ours, linked, and the oracle (zlib 1.3.2), opened with dlopen.
 *
 * A twin is one stream in each library. Every call is made on both, and everything a program
 * can see afterwards is compared: return code, message, counts, pointers, check value, data
 * type, pending bits, output bytes, and that nothing behind the output was touched.
 */
#ifndef TWIN_H
#define TWIN_H

#include "util.h"

/* Every function of the library: X(result, name, parameters). */
#define API_FUNCTIONS(X)                                                                       \
    X(int, deflateInit_, (z_streamp, int, const char *, int))                                  \
    X(int, deflateInit2_, (z_streamp, int, int, int, int, int, const char *, int))             \
    X(int, deflate, (z_streamp, int))                                                          \
    X(int, deflateEnd, (z_streamp))                                                            \
    X(int, deflateReset, (z_streamp))                                                          \
    X(int, deflateResetKeep, (z_streamp))                                                      \
    X(int, deflateParams, (z_streamp, int, int))                                               \
    X(int, deflateTune, (z_streamp, int, int, int, int))                                       \
    X(int, deflatePrime, (z_streamp, int, int))                                                \
    X(int, deflatePending, (z_streamp, unsigned *, int *))                                     \
    X(int, deflateUsed, (z_streamp, int *))                                                    \
    X(int, deflateSetDictionary, (z_streamp, const Bytef *, uInt))                             \
    X(int, deflateGetDictionary, (z_streamp, Bytef *, uInt *))                                 \
    X(int, deflateSetHeader, (z_streamp, gz_headerp))                                          \
    X(int, deflateCopy, (z_streamp, z_streamp))                                                \
    X(uLong, deflateBound, (z_streamp, uLong))                                                 \
    X(z_size_t, deflateBound_z, (z_streamp, z_size_t))                                         \
    X(int, inflateInit_, (z_streamp, const char *, int))                                       \
    X(int, inflateInit2_, (z_streamp, int, const char *, int))                                 \
    X(int, inflate, (z_streamp, int))                                                          \
    X(int, inflateEnd, (z_streamp))                                                            \
    X(int, inflateReset, (z_streamp))                                                          \
    X(int, inflateReset2, (z_streamp, int))                                                    \
    X(int, inflateResetKeep, (z_streamp))                                                      \
    X(int, inflateSetDictionary, (z_streamp, const Bytef *, uInt))                             \
    X(int, inflateGetDictionary, (z_streamp, Bytef *, uInt *))                                 \
    X(int, inflateSync, (z_streamp))                                                           \
    X(int, inflateSyncPoint, (z_streamp))                                                      \
    X(int, inflateCopy, (z_streamp, z_streamp))                                                \
    X(int, inflatePrime, (z_streamp, int, int))                                                \
    X(long, inflateMark, (z_streamp))                                                          \
    X(int, inflateGetHeader, (z_streamp, gz_headerp))                                          \
    X(int, inflateUndermine, (z_streamp, int))                                                 \
    X(int, inflateValidate, (z_streamp, int))                                                  \
    X(unsigned long, inflateCodesUsed, (z_streamp))                                            \
    X(int, inflateBackInit_, (z_streamp, int, unsigned char *, const char *, int))             \
    X(int, inflateBack, (z_streamp, in_func, void *, out_func, void *))                        \
    X(int, inflateBackEnd, (z_streamp))                                                        \
    X(int, compress, (Bytef *, uLongf *, const Bytef *, uLong))                                \
    X(int, compress2, (Bytef *, uLongf *, const Bytef *, uLong, int))                          \
    X(int, compress_z, (Bytef *, z_size_t *, const Bytef *, z_size_t))                         \
    X(int, compress2_z, (Bytef *, z_size_t *, const Bytef *, z_size_t, int))                   \
    X(int, uncompress, (Bytef *, uLongf *, const Bytef *, uLong))                              \
    X(int, uncompress2, (Bytef *, uLongf *, const Bytef *, uLong *))                           \
    X(int, uncompress_z, (Bytef *, z_size_t *, const Bytef *, z_size_t))                       \
    X(int, uncompress2_z, (Bytef *, z_size_t *, const Bytef *, z_size_t *))                    \
    X(uLong, compressBound, (uLong))                                                           \
    X(z_size_t, compressBound_z, (z_size_t))                                                   \
    X(uLong, adler32, (uLong, const Bytef *, uInt))                                            \
    X(uLong, adler32_z, (uLong, const Bytef *, z_size_t))                                      \
    X(uLong, adler32_combine, (uLong, uLong, z_off_t))                                         \
    X(uLong, adler32_combine64, (uLong, uLong, z_off64_t))                                     \
    X(uLong, crc32, (uLong, const Bytef *, uInt))                                              \
    X(uLong, crc32_z, (uLong, const Bytef *, z_size_t))                                        \
    X(uLong, crc32_combine, (uLong, uLong, z_off_t))                                           \
    X(uLong, crc32_combine64, (uLong, uLong, z_off64_t))                                       \
    X(uLong, crc32_combine_gen, (z_off_t))                                                     \
    X(uLong, crc32_combine_gen64, (z_off64_t))                                                 \
    X(uLong, crc32_combine_op, (uLong, uLong, uLong))                                          \
    X(const z_crc_t *, get_crc_table, (void))                                                  \
    X(const char *, zlibVersion, (void))                                                       \
    X(uLong, zlibCompileFlags, (void))                                                         \
    X(const char *, zError, (int))                                                             \
    X(gzFile, gzopen, (const char *, const char *))                                            \
    X(gzFile, gzopen64, (const char *, const char *))                                          \
    X(gzFile, gzdopen, (int, const char *))                                                    \
    X(int, gzbuffer, (gzFile, unsigned))                                                       \
    X(int, gzsetparams, (gzFile, int, int))                                                    \
    X(int, gzread, (gzFile, voidp, unsigned))                                                  \
    X(z_size_t, gzfread, (voidp, z_size_t, z_size_t, gzFile))                                  \
    X(int, gzwrite, (gzFile, voidpc, unsigned))                                                \
    X(z_size_t, gzfwrite, (voidpc, z_size_t, z_size_t, gzFile))                                \
    X(int, gzprintf, (gzFile, const char *, ...))                                              \
    X(int, gzvprintf, (gzFile, const char *, va_list))                                         \
    X(int, gzputs, (gzFile, const char *))                                                     \
    X(char *, gzgets, (gzFile, char *, int))                                                   \
    X(int, gzputc, (gzFile, int))                                                              \
    X(int, gzgetc, (gzFile))                                                                   \
    X(int, gzgetc_, (gzFile))                                                                  \
    X(int, gzungetc, (int, gzFile))                                                            \
    X(int, gzflush, (gzFile, int))                                                             \
    X(z_off_t, gzseek, (gzFile, z_off_t, int))                                                 \
    X(z_off64_t, gzseek64, (gzFile, z_off64_t, int))                                           \
    X(int, gzrewind, (gzFile))                                                                 \
    X(z_off_t, gztell, (gzFile))                                                               \
    X(z_off64_t, gztell64, (gzFile))                                                           \
    X(z_off_t, gzoffset, (gzFile))                                                             \
    X(z_off64_t, gzoffset64, (gzFile))                                                         \
    X(int, gzeof, (gzFile))                                                                    \
    X(int, gzdirect, (gzFile))                                                                 \
    X(int, gzclose, (gzFile))                                                                  \
    X(int, gzclose_r, (gzFile))                                                                \
    X(int, gzclose_w, (gzFile))                                                                \
    X(const char *, gzerror, (gzFile, int *))                                                  \
    X(void, gzclearerr, (gzFile))

/* One library's functions. */
struct api {
#define API_FIELD(result, name, parameters) result(*name) parameters;
    API_FUNCTIONS(API_FIELD)
#undef API_FIELD
};

enum side { OURS, ORACLE, SIDES };

extern const struct api *const api[SIDES];

/* Opens the oracle that RZLIB_ORACLE names; ends the program if there is none. First in main. */
void oracle_open(void);

/* 1 if the library under test is another zlib (RZLIB_PEER is set): what only rzlib promises is
 * then not checked. For trying the tests out. */
int testing_peer(void);

/* deflateInit2 and inflateInit2 with the version and size of our header. */
int init2(enum side side, z_streamp strm, int level, int window_bits, int mem_level, int strategy);
int inflate_init2(enum side side, z_streamp strm, int window_bits);

/* A return code of no function: the sides differ or room ran out; stops loops. */
#define DIVERGED (-100)

/* Parameters of deflateInit2. */
struct params {
    int level;
    int window_bits;
    int mem_level;
    int strategy;
};

struct twin {
    int inflating; /* 1: inflate streams, made by itwin_init (itwin.h); 0: deflate streams */
    z_stream z[SIDES];
    unsigned char *out[SIDES];
    size_t room;        /* bytes at out */
    size_t used[SIDES]; /* bytes at out that were produced */
    int window_bits;    /* as given to init, for the round trip */
    unsigned pending;   /* bytes in deflatePending's sense after the last call */
    int pending_bits;   /* bits in deflatePending's sense */
    int diverged;       /* the sides differed once: no more calls are made */
};

/* Inits both with the default allocator. room: bytes of output that may come altogether.
 * Returns the code of both, DIVERGED if they differ. */
int twin_init(struct twin *t, struct params p, size_t room);

/* Calls for both kinds of streams. */

/* Ends both and frees the output; the code of deflateEnd or inflateEnd. */
int twin_end(struct twin *t);
/* Copies both with deflateCopy or inflateCopy into a new twin (with the output so far). */
int twin_copy(struct twin *to, struct twin *from);
/* Drops the output so far, for a new stream after a reset. */
void twin_rewind(struct twin *t);
/* Gives both the next input; earlier input must be used up or given up. */
void twin_feed(struct twin *t, const unsigned char *in, size_t len);
int twin_reset(struct twin *t);
int twin_reset_keep(struct twin *t);
int twin_prime(struct twin *t, int bits, int value);
int twin_set_dictionary(struct twin *t, const unsigned char *dictionary, size_t len);
/* Compares what GetDictionary gives; the length goes to *len if that is not NULL. */
int twin_get_dictionary(struct twin *t, uInt *len);

/* Calls for deflate streams. */

/* One deflate call with avail_out bytes of output. */
int twin_deflate(struct twin *t, size_t avail_out, int flush);
/* deflate with Z_OK as long as it goes: until input is used up and there is output room left,
 * or Z_STREAM_END for Z_FINISH; chunks of at most out_chunk bytes of output. */
int twin_drain(struct twin *t, size_t out_chunk, int flush);
/* Feeds in in chunks of in_chunk (0: at once) with flush after each, and finishes. */
int twin_compress(struct twin *t, const unsigned char *in, size_t len, size_t in_chunk,
                  size_t out_chunk, int flush);
int twin_params(struct twin *t, int level, int strategy, size_t avail_out);
int twin_tune(struct twin *t, int good, int lazy, int nice, int chain);
int twin_set_header(struct twin *t, gz_headerp header);

/* What calls of one kind are made of. */

/* Gives both no output yet and room for this many bytes. */
void twin_make_room(struct twin *t, size_t room);
/* A function that may write output: its name and two arguments, made into a call. */
typedef int (*output_call)(const struct api *f, z_streamp z, int a, int b);
/* One such call with avail_out bytes of output, as far as there is room. */
int twin_call(struct twin *t, output_call call, int a, int b, size_t avail_out);
/* Compares all that is visible; sets diverged. Gives 1 if both are the same. */
int twin_same(struct twin *t);
/* Compares the return codes and all that is visible; the code or DIVERGED. */
int twin_agree(struct twin *t, int ours, int oracle);

/* Decompresses our output with the oracle and checks that it gives want. */
void twin_check_round_trip(const struct twin *t, const unsigned char *want, size_t len,
                           const unsigned char *dictionary, size_t dictionary_len);
/* The same for any bytes; window_bits as for deflateInit2. */
void check_inflates(const unsigned char *stream, size_t stream_len, int window_bits,
                    const unsigned char *want, size_t len, const unsigned char *dictionary,
                    size_t dictionary_len);

#endif
