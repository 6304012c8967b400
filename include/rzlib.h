/*
 * rzlib.h - zlib's C API, as the library rzlib has it. Use it in place of zlib.h.
 *
 * Made by cbindgen from src/ffi and cbindgen.toml: change those and run `make header`.
 *
 * A section called Safety says what a caller has to see to. Nothing checks it, as nothing
 * checks it in zlib.
 *
 * Together with zlib.h: the one included first counts, since the two declare the same
 * things. So zlib.h after this file adds nothing; after zlib.h, this file adds what only
 * rzlib has.
 */

#ifndef RZLIB_H
#define RZLIB_H

#ifdef ZLIB_H
/* zlib.h came first and has declared everything but this. */
#define RZLIB_AFTER_ZLIB_H
#else
#define ZLIB_H
#define ZCONF_H

/* What zlib.h includes, too. */
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#ifndef _WIN32
#include <unistd.h>
#endif

/* That those are included; zlib's configure says so in zconf.h. */
#ifndef Z_HAVE_STDARG_H
#define Z_HAVE_STDARG_H
#endif
#if !defined(_WIN32) && !defined(Z_HAVE_UNISTD_H)
#define Z_HAVE_UNISTD_H
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of zlib whose interface and output these are; rz_version() tells our own. */
#define ZLIB_VERSION "1.3.2"
#define ZLIB_VERNUM 0x1320
#define ZLIB_VER_MAJOR 1
#define ZLIB_VER_MINOR 3
#define ZLIB_VER_REVISION 2
#define ZLIB_VER_SUBREVISION 0

/* Words that programs use because zlib's declarations do. */
#ifndef ZEXTERN
#define ZEXTERN extern
#endif
#ifndef ZEXPORT
#define ZEXPORT
#endif
#ifndef ZEXPORTVA
#define ZEXPORTVA
#endif
#ifndef FAR
#define FAR
#endif
#ifndef OF
#define OF(args) args
#endif

/* Z_PREFIX changes nothing here: a library with z_ before all names is built with RZLIB_PREFIX=z_
   and has a header of its own. */

/* const if ZLIB_CONST is defined before this file is included. */
#ifndef z_const
#ifdef ZLIB_CONST
#define z_const const
#else
#define z_const
#endif
#endif

/* The largest memLevel and windowBits. */
#ifndef MAX_MEM_LEVEL
#define MAX_MEM_LEVEL 9
#endif
#ifndef MAX_WBITS
#define MAX_WBITS 15
#endif

/* How much deflate is to write out before it returns. */
#define Z_NO_FLUSH 0
#define Z_PARTIAL_FLUSH 1
#define Z_SYNC_FLUSH 2
#define Z_FULL_FLUSH 3
#define Z_FINISH 4
#define Z_BLOCK 5
#define Z_TREES 6

/* Return codes; errors are negative, zError() has their texts. */
#define Z_OK 0
#define Z_STREAM_END 1
#define Z_NEED_DICT 2
#define Z_ERRNO (-1)
#define Z_STREAM_ERROR (-2)
#define Z_DATA_ERROR (-3)
#define Z_MEM_ERROR (-4)
#define Z_BUF_ERROR (-5)
#define Z_VERSION_ERROR (-6)

/* Levels; those between 1 and 9 have no names. */
#define Z_NO_COMPRESSION 0
#define Z_BEST_SPEED 1
#define Z_BEST_COMPRESSION 9
#define Z_DEFAULT_COMPRESSION (-1)

/* Strategies. */
#define Z_DEFAULT_STRATEGY 0
#define Z_FILTERED 1
#define Z_HUFFMAN_ONLY 2
#define Z_RLE 3
#define Z_FIXED 4

/* Values of data_type. */
#define Z_BINARY 0
#define Z_TEXT 1
#define Z_ASCII Z_TEXT
#define Z_UNKNOWN 2

/* The only method. */
#define Z_DEFLATED 8

/* For zalloc, zfree and opaque. */
#define Z_NULL 0

/* For gzseek, where no system header has them. */
#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

#define zlib_version zlibVersion()

/* A byte at next_in. */
typedef z_const unsigned char z_input_byte;
/* A character at msg. */
typedef z_const char z_msg_char;

/**
 * What a stream remembers between calls; not visible to programs.
 */
struct internal_state;

/**
 * A count of bytes that fits one call.
 */
typedef unsigned int uInt;

/**
 * A count of bytes of a whole stream, or a check value.
 */
typedef unsigned long uLong;

/**
 * A byte of input or output.
 */
typedef unsigned char Byte;

/**
 * A byte of input or output (zlib's name for bytes accessed through a pointer).
 */
typedef Byte Bytef;

/**
 * An untyped pointer.
 */
typedef void *voidpf;

/**
 * Allocates items * size bytes; NULL when there is not enough memory.
 *
 * This function, zfree, and inflateBack's in() and out() may leave the library by a C++ exception
 * or by longjmp. The stream can be ended then, made anew or, if it was made before, be reset.
 */
typedef voidpf (*alloc_func)(voidpf opaque, uInt items, uInt size);

/**
 * Frees what alloc_func returned.
 */
typedef void (*free_func)(voidpf opaque, voidpf address);

/**
 * A compression or decompression stream.
 */
struct z_stream_s {
    /**
     * Next byte of input.
     */
    z_input_byte *next_in;
    /**
     * Bytes available at next_in.
     */
    uInt avail_in;
    /**
     * Bytes of input read so far.
     */
    uLong total_in;
    /**
     * Where the next byte of output goes.
     */
    Bytef *next_out;
    /**
     * Room left at next_out, in bytes.
     */
    uInt avail_out;
    /**
     * Bytes of output written so far.
     */
    uLong total_out;
    /**
     * Last error message, NULL if there was no error.
     */
    z_msg_char *msg;
    /**
     * The stream's memory; not visible to programs.
     */
    struct internal_state *state;
    /**
     * Allocates the stream's memory; NULL on entry to an init function asks for malloc.
     */
    alloc_func zalloc;
    /**
     * Frees the stream's memory; NULL on entry to an init function asks for free.
     */
    free_func zfree;
    /**
     * Passed to zalloc and zfree.
     */
    voidpf opaque;
    /**
     * Best guess at the data's type (deflate), or the decoding state (inflate).
     */
    int data_type;
    /**
     * Adler-32 or CRC-32 of the uncompressed data.
     */
    uLong adler;
    /**
     * Not used.
     */
    uLong reserved;
};

/**
 * A compression or decompression stream.
 */
typedef struct z_stream_s z_stream;

/**
 * A pointer to a stream.
 */
typedef z_stream *z_streamp;

/**
 * inflateBack's input: sets *buf to the next bytes and returns how many there are, 0 for
 * none.
 */
typedef unsigned int (*in_func)(void *in_desc, z_input_byte **buf);

/**
 * inflateBack's output: takes the len bytes at buf and returns 0, or not 0 if it could not.
 */
typedef int (*out_func)(void *out_desc, unsigned char *buf, unsigned int len);

/**
 * A size in memory (size_t).
 */
typedef size_t z_size_t;

/**
 * A file offset or a length of a sequence of bytes (off_t).
 */
typedef off_t z_off_t;

/**
 * A 64-bit file offset or length.
 */
typedef int64_t z_off64_t;

/**
 * An entry of the CRC-32 table.
 */
typedef uint32_t z_crc_t;

/**
 * A gzip header: what deflate is to write, or what inflate has read (RFC 1952 2.3).
 */
struct gz_header_s {
    /**
     * Not 0 if the data is believed to be text (FTEXT).
     */
    int text;
    /**
     * Modification time (MTIME).
     */
    uLong time;
    /**
     * Extra flags (XFL); not used when writing.
     */
    int xflags;
    /**
     * Operating system (OS).
     */
    int os;
    /**
     * Extra field, or NULL.
     */
    Bytef *extra;
    /**
     * Length of the extra field in bytes.
     */
    uInt extra_len;
    /**
     * Room at extra, in bytes; only when reading.
     */
    uInt extra_max;
    /**
     * File name, ended by a zero byte, or NULL.
     */
    Bytef *name;
    /**
     * Room at name, in bytes; only when reading.
     */
    uInt name_max;
    /**
     * Comment, ended by a zero byte, or NULL.
     */
    Bytef *comment;
    /**
     * Room at comment, in bytes; only when reading.
     */
    uInt comm_max;
    /**
     * Not 0 if there is or will be a CRC-16 of the header (FHCRC).
     */
    int hcrc;
    /**
     * 1 when inflate has read the whole header; not used when writing.
     */
    int done;
};

/**
 * A gzip header.
 */
typedef struct gz_header_s gz_header;

/**
 * A pointer to a gzip header.
 */
typedef gz_header *gz_headerp;

/**
 * What the macro gzgetc sees of a file: the bytes that were decoded and not read yet. Nothing
 * but the macro may use it.
 */
struct gzFile_s {
    /**
     * Bytes at next.
     */
    unsigned int have;
    /**
     * The next byte.
     */
    unsigned char *next;
    /**
     * The position in the data, in bytes.
     */
    z_off64_t pos;
};

/**
 * A gzip file that is open.
 */
typedef struct gzFile_s *gzFile;

/**
 * A uLong accessed through a pointer.
 */
typedef uLong uLongf;

/**
 * Initializes a stream for inflateBack, with a window of 2^windowBits bytes (windowBits is
 * 8..15), which the stream uses until inflateBackEnd.
 *
 * zalloc, zfree and opaque must be set before; NULL asks for malloc and free. Returns Z_OK,
 * Z_MEM_ERROR, Z_STREAM_ERROR for a bad argument, or Z_VERSION_ERROR. Use the macro
 * inflateBackInit, which passes version and size.
 *
 * # Safety
 * strm is NULL or points to a z_stream; window is NULL or has 2^windowBits writable bytes;
 * version is NULL or a string.
 */
int inflateBackInit_(z_streamp strm,
                     int windowBits,
                     unsigned char *window,
                     const char *version,
                     int stream_size);

/**
 * Decompresses a raw deflate stream in one call, from what next_in has (NULL for nothing)
 * and in() gives, to out().
 *
 * Returns Z_STREAM_END at the stream's end, Z_DATA_ERROR if it is damaged (msg says what),
 * Z_BUF_ERROR if in() gave nothing (next_in is NULL then) or out() failed, or Z_STREAM_ERROR
 * for a bad stream or a NULL function. next_in and avail_in are the input that was not used;
 * next_out and avail_out are not touched.
 *
 * # Safety
 * strm is NULL or a stream; next_in is NULL or has avail_in readable bytes; in and out do
 * what in_func and out_func say with in_desc and out_desc, and leave the window as it is.
 */
int inflateBack(z_streamp strm, in_func in, void *in_desc, out_func out, void *out_desc);

/**
 * Ends a stream of inflateBackInit and frees its memory.
 * Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int inflateBackEnd(z_streamp strm);

/**
 * Continues an Adler-32 over the len bytes at buf and returns the new value.
 *
 * The value of no bytes at all, with which to begin, is 1. A NULL buf returns 1 whatever adler
 * and len are. Only the lower 32 bits of adler count.
 *
 * # Safety
 * Unless buf is NULL or len is 0, buf must point to len readable bytes.
 */
uLong adler32(uLong adler, const Bytef *buf, uInt len);

/**
 * The same as adler32, with a length of type size_t.
 *
 * # Safety
 * Unless buf is NULL or len is 0, buf must point to len readable bytes.
 */
uLong adler32_z(uLong adler, const Bytef *buf, z_size_t len);

/**
 * Returns the Adler-32 of two sequences of bytes, one after the other.
 *
 * adler1 and adler2 are the Adler-32 values of the two, len2 is the length in bytes of the
 * second. A negative len2 returns 0xffffffff, which has no meaning.
 */
uLong adler32_combine(uLong adler1, uLong adler2, z_off_t len2);

/**
 * The same as adler32_combine, with a length of 64 bits on every system.
 */
uLong adler32_combine64(uLong adler1, uLong adler2, z_off64_t len2);

/**
 * Continues a CRC-32 over the len bytes at buf and returns the new value.
 *
 * The value of no bytes at all, with which to begin, is 0. A NULL buf returns 0 whatever crc and
 * len are. Only the lower 32 bits of crc count. The inversions before and after are done inside.
 *
 * # Safety
 * Unless buf is NULL or len is 0, buf must point to len readable bytes.
 */
uLong crc32(uLong crc, const Bytef *buf, uInt len);

/**
 * The same as crc32, with a length of type size_t.
 *
 * # Safety
 * Unless buf is NULL or len is 0, buf must point to len readable bytes.
 */
uLong crc32_z(uLong crc, const Bytef *buf, z_size_t len);

/**
 * Returns the CRC-32 of two sequences of bytes, one after the other.
 *
 * crc1 and crc2 are the CRC-32 values of the two, len2 is the length in bytes of the second. A
 * negative len2 returns 0.
 */
uLong crc32_combine(uLong crc1, uLong crc2, z_off_t len2);

/**
 * The same as crc32_combine, with a length of 64 bits on every system.
 */
uLong crc32_combine64(uLong crc1, uLong crc2, z_off64_t len2);

/**
 * Returns the operator for a second sequence of len2 bytes, for crc32_combine_op; 0 if len2 is
 * negative.
 */
uLong crc32_combine_gen(z_off_t len2);

/**
 * The same as crc32_combine_gen, with a length of 64 bits on every system.
 */
uLong crc32_combine_gen64(z_off64_t len2);

/**
 * The same as crc32_combine, with an operator from crc32_combine_gen in place of the length.
 *
 * Faster where many pairs have a second sequence of the same length. Only the lower 32 bits of
 * the arguments count. An op of 0 returns 0.
 */
uLong crc32_combine_op(uLong crc1, uLong crc2, uLong op);

/**
 * Returns the table of 256 values for computing a CRC-32 byte by byte. It lives as long as the
 * library and must not be written to.
 */
const z_crc_t *get_crc_table(void);

/**
 * Initializes a stream for compression with the default window, memory and strategy.
 *
 * level is -1 (default) or 0..9. zalloc, zfree and opaque must be set before; NULL asks
 * for malloc and free. Returns Z_OK, Z_MEM_ERROR, Z_STREAM_ERROR (bad level, NULL stream)
 * or Z_VERSION_ERROR (version or size of z_stream do not fit this library). Use the
 * macro deflateInit, which passes the last two.
 *
 * # Safety
 * strm is NULL or points to a z_stream; version is NULL or a string.
 */
int deflateInit_(z_streamp strm, int level, const char *version, int stream_size);

/**
 * Initializes a stream for compression.
 *
 * level is -1 or 0..9; method is Z_DEFLATED; windowBits is 9..15 for a zlib stream (8 is
 * taken as 9), -9..-15 for raw deflate, 25..31 for gzip; memLevel is 1..9; strategy is
 * one of the five. Returns Z_OK, Z_MEM_ERROR, Z_STREAM_ERROR (bad argument, NULL stream)
 * or Z_VERSION_ERROR. Use the macro deflateInit2, which passes version and size.
 *
 * # Safety
 * strm is NULL or points to a z_stream; version is NULL or a string.
 */
int deflateInit2_(z_streamp strm,
                  int level,
                  int method,
                  int windowBits,
                  int memLevel,
                  int strategy,
                  const char *version,
                  int stream_size);

/**
 * Compresses from next_in to next_out until one of them is used up, or as far as flush
 * asks.
 *
 * Returns Z_OK if there was progress, Z_STREAM_END when the stream is complete (flush is
 * Z_FINISH), Z_BUF_ERROR if no progress was possible (not fatal), Z_STREAM_ERROR for a bad
 * stream, a bad flush, a NULL buffer, or another flush after Z_FINISH. If avail_out is 0
 * on return, call again with the same flush and more room.
 *
 * # Safety
 * strm is NULL or a stream; next_in has avail_in readable bytes and next_out has
 * avail_out writable ones.
 */
int deflate(z_streamp strm, int flush);

/**
 * Ends a stream and frees its memory.
 *
 * Returns Z_OK, Z_DATA_ERROR if the stream was ended in the middle, or Z_STREAM_ERROR for
 * a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int deflateEnd(z_streamp strm);

/**
 * Starts a new stream with the same parameters, keeping the memory.
 * Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int deflateReset(z_streamp strm);

/**
 * As deflateReset, but window and hash chains stay as they are.
 * Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int deflateResetKeep(z_streamp strm);

/**
 * Changes level (-1..9) and strategy in the middle of a stream.
 *
 * If the new ones compress in another way, the data so far is compressed first, as by
 * deflate(strm, Z_BLOCK). Returns Z_OK, Z_STREAM_ERROR for a bad argument, or Z_BUF_ERROR
 * if there was not enough room for that; nothing is changed then.
 *
 * # Safety
 * strm is NULL or a stream with its buffers, as for deflate.
 */
int deflateParams(z_streamp strm, int level, int strategy);

/**
 * Sets the numbers of the search until the next change of level: use a quarter of
 * max_chain from a match of good_length on, none from max_lazy on, and stop at
 * nice_length. Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int deflateTune(z_streamp strm, int good_length, int max_lazy, int nice_length, int max_chain);

/**
 * Writes the low bits (0..16) of value before the next output.
 *
 * Returns Z_OK, Z_BUF_ERROR for another number of bits or if there is no room for them,
 * or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int deflatePrime(z_streamp strm, int bits, int value);

/**
 * Tells how many bytes and further bits are produced but not yet in next_out. A NULL
 * pointer is passed over.
 *
 * Returns Z_OK, Z_BUF_ERROR if the number of bytes does not fit (it is UINT_MAX then), or
 * Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream; pending and bits are NULL or can be written.
 */
int deflatePending(z_streamp strm, unsigned int *pending, int *bits);

/**
 * Tells how many bits of the last byte were used when the output was last aligned to a
 * byte: 1..8, or 0 if it was not yet. A NULL pointer is passed over.
 * Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream; bits is NULL or can be written.
 */
int deflateUsed(z_streamp strm, int *bits);

/**
 * Gives the stream a dictionary of dictLength bytes, which the decompressor must know.
 *
 * For a zlib stream, right after init or reset; adler is then the dictionary's Adler-32.
 * For raw deflate, at any time when no input is waiting. Only the last bytes are used, as
 * many as the window has room for; total_in grows by them. Returns Z_OK, or
 * Z_STREAM_ERROR (bad stream, NULL dictionary, gzip, wrong time).
 *
 * # Safety
 * strm is NULL or a stream; dictionary is NULL or has dictLength readable bytes.
 */
int deflateSetDictionary(z_streamp strm, const Bytef *dictionary, uInt dictLength);

/**
 * Copies the window, which is what a dictionary for the next data would be, to dictionary
 * and its length (at most 32768) to dictLength. A NULL pointer is passed over.
 * Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream; dictionary is NULL or has room for the window's size;
 * dictLength is NULL or can be written.
 */
int deflateGetDictionary(z_streamp strm, Bytef *dictionary, uInt *dictLength);

/**
 * Makes head the gzip header that deflate will write; NULL is the default one. It must
 * stay valid until the header is written.
 * Returns Z_OK, or Z_STREAM_ERROR for a bad stream or one that is not gzip.
 *
 * # Safety
 * strm is NULL or a stream; head is NULL or points to a gz_header whose fields are NULL
 * or as long as they say.
 */
int deflateSetHeader(z_streamp strm, gz_headerp head);

/**
 * Makes dest a stream in the same state as source, with memory of its own.
 *
 * Returns Z_OK, Z_MEM_ERROR, or Z_STREAM_ERROR (bad source, NULL dest).
 *
 * # Safety
 * source is NULL or a stream; dest is NULL or points to a z_stream that is no stream now.
 */
int deflateCopy(z_streamp dest, z_streamp source);

/**
 * Returns how many bytes deflate needs at most for sourceLen bytes, with these parameters
 * and this header, if it is called once, after init and before any output; the largest
 * uLong if that does not fit. A bad stream gets the bound of the worst parameters.
 *
 * # Safety
 * strm is NULL or a stream.
 */
uLong deflateBound(z_streamp strm, uLong sourceLen);

/**
 * As deflateBound, with a length of type size_t.
 *
 * # Safety
 * strm is NULL or a stream.
 */
z_size_t deflateBound_z(z_streamp strm, z_size_t sourceLen);

/**
 * Opens the gzip file at path.
 *
 * mode has one of r (read), w (write) and a (append), and may have: 0..9, the level; f, h, R
 * or F, the strategy (filtered, Huffman only, RLE, fixed); T, to write without compression;
 * G, to read gzip only; x, to fail if the file exists; e, to have it closed on exec; N, not to
 * block. Other characters are passed over, but + is refused, as are T for reading and G for
 * writing. A file for reading that is not gzip is read as it is, unless there is a G.
 *
 * Returns NULL if the mode is bad or NULL, path is NULL, there is no memory, or the file cannot
 * be opened; errno is the system's in the last case.
 *
 * # Safety
 * path and mode are NULL or strings.
 */
gzFile gzopen(const char *path, const char *mode);

/**
 * The same as gzopen.
 *
 * # Safety
 * path and mode are NULL or strings.
 */
gzFile gzopen64(const char *path, const char *mode);

/**
 * Makes a gzip file of an open descriptor, which gzclose will close. See gzopen for the mode;
 * e and N set the descriptor's flags.
 *
 * Returns NULL if the mode is bad or NULL, fd is -1, or there is no memory; fd stays open then.
 * Whether it is a descriptor shows at the first read or write.
 *
 * # Safety
 * mode is NULL or a string; the caller leaves the descriptor to the file.
 */
gzFile gzdopen(int fd, const char *mode);

/**
 * Sets the size of the file's buffers, in bytes, before the first read or write; 8192 without
 * it, 8 at least. A text of gzprintf must be shorter than that.
 *
 * Returns 0, or -1 for a bad file, a size whose double does not fit an unsigned int, or if it
 * is too late.
 *
 * # Safety
 * file is NULL or open.
 */
int gzbuffer(gzFile file, unsigned int size);

/**
 * Changes level (-1..9) and strategy for what is written from now on. What was written before
 * is compressed first.
 *
 * Returns Z_OK, also for values that deflate does not know, which then stay without effect;
 * Z_STREAM_ERROR for a bad file, one that is read, one that is not compressed, or after an
 * error; or the code of the error if something could not be written.
 *
 * # Safety
 * file is NULL or open.
 */
int gzsetparams(gzFile file, int level, int strategy);

/**
 * Tells the last error of the file: returns its text, "path: message", which is empty without
 * an error, and sets *errnum to its code unless errnum is NULL. Z_ERRNO is an error of the
 * system; its text is the system's. The text is valid until the next call for this file.
 * Returns NULL for a bad file.
 *
 * # Safety
 * file is NULL or open; errnum is NULL or can be written.
 */
const char *gzerror(gzFile file, int *errnum);

/**
 * Forgets the last error and the end of the file, which may have grown.
 *
 * # Safety
 * file is NULL or open.
 */
void gzclearerr(gzFile file);

/**
 * Writes all that is not written yet, closes the file, and frees its memory, whatever it
 * returns.
 *
 * Returns Z_OK, Z_STREAM_ERROR for a bad file, Z_ERRNO if the system failed, Z_MEM_ERROR, or
 * Z_BUF_ERROR if the last read came to the end of the file in the middle of a gzip stream.
 *
 * # Safety
 * file is NULL or open; it is not open any more then.
 */
int gzclose(gzFile file);

/**
 * As gzclose, for a file that is read; Z_STREAM_ERROR for another, which stays open.
 *
 * # Safety
 * file is NULL or open; it is not open any more then.
 */
int gzclose_r(gzFile file);

/**
 * As gzclose, for a file that is written; Z_STREAM_ERROR for another, which stays open.
 *
 * # Safety
 * file is NULL or open; it is not open any more then.
 */
int gzclose_w(gzFile file);

/**
 * As gzprintf, with the arguments in a va_list.
 *
 * # Safety
 * file is NULL or open; format is NULL or a string, and va has the arguments that it asks for.
 */
int gzvprintf(gzFile file, const char *format, va_list va);

/**
 * Reads up to len bytes of data to buf.
 *
 * Returns how many were read, fewer than len at the end of the file; or -1 for a bad file, one
 * that is written, an error, or a len that does not fit an int. What was decoded before an
 * error is returned first. An end of the file in the middle of a gzip stream is no error here:
 * gzerror and gzclose tell it. If the file is not blocking and has nothing for now, -1 is
 * returned, errno is EAGAIN, and the call can be repeated.
 *
 * # Safety
 * file is NULL or open; buf has len writable bytes.
 */
int gzread(gzFile file, void *buf, unsigned int len);

/**
 * Reads up to nitems items of size bytes to buf.
 *
 * Returns how many were read whole; what follows them up to the end of the file is read, too.
 * Returns 0 for a bad file, one that is written, an error, or lengths whose product does not
 * fit size_t.
 *
 * # Safety
 * file is NULL or open; buf has size * nitems writable bytes.
 */
z_size_t gzfread(void *buf, z_size_t size, z_size_t nitems, gzFile file);

/**
 * Reads up to len - 1 bytes to buf, up to a newline, which is the last byte then, and puts a
 * zero byte after them.
 *
 * Returns buf, or NULL if nothing was read, for a bad file, one that is written, a NULL buf, or
 * a len below 1.
 *
 * # Safety
 * file is NULL or open; buf is NULL or has len writable bytes.
 */
char *gzgets(gzFile file, char *buf, int len);

/**
 * Reads one byte. Returns it, or -1 at the end of the file, for a bad file, one that is
 * written, or an error. In C a macro of this name does without the call when it can.
 *
 * # Safety
 * file is NULL or open.
 */
int gzgetc(gzFile file);

/**
 * The same as the function gzgetc, for programs that were compiled with an old macro.
 *
 * # Safety
 * file is NULL or open.
 */
int gzgetc_(gzFile file);

/**
 * Puts the byte c back, to be read next. There is room for one at least; right after gzopen,
 * for twice the buffers' size.
 *
 * Returns c, or -1 for a bad file, one that is written, an error, a negative c, or if there is
 * no room, which is an error of the file, too. What gzseek asked to skip is skipped first,
 * also for a negative c.
 *
 * # Safety
 * file is NULL or open.
 */
int gzungetc(int c, gzFile file);

/**
 * Returns 1 if the file's bytes pass as they are, 0 if they are gzip, or for a bad file. May
 * have to read the beginning of a file for that.
 *
 * # Safety
 * file is NULL or open.
 */
int gzdirect(gzFile file);

/**
 * Sets the position, in bytes that are not compressed: whence is SEEK_SET for one from the
 * file's start or SEEK_CUR for one from here. In a file that is written only forward; the bytes
 * between become zeros. The work is done by the next read or write.
 *
 * Returns the new position, or -1 for a bad file, a position that cannot be, or after an error.
 *
 * # Safety
 * file is NULL or open.
 */
z_off_t gzseek(gzFile file, z_off_t offset, int whence);

/**
 * As gzseek, with 64 bits on every system.
 *
 * # Safety
 * file is NULL or open.
 */
z_off64_t gzseek64(gzFile file, z_off64_t offset, int whence);

/**
 * Back to where the file was opened, for reading only. Returns 0, or -1 for a bad file, one
 * that is written or has no positions, or after an error.
 *
 * # Safety
 * file is NULL or open.
 */
int gzrewind(gzFile file);

/**
 * Returns the position of the next byte read or written, in bytes that are not compressed, or
 * -1 for a bad file.
 *
 * # Safety
 * file is NULL or open.
 */
z_off_t gztell(gzFile file);

/**
 * As gztell, with 64 bits on every system.
 *
 * # Safety
 * file is NULL or open.
 */
z_off64_t gztell64(gzFile file);

/**
 * Returns the position in the file itself, without input that waits to be decoded, or -1 for a
 * bad file or one without positions.
 *
 * # Safety
 * file is NULL or open.
 */
z_off_t gzoffset(gzFile file);

/**
 * As gzoffset, with 64 bits on every system.
 *
 * # Safety
 * file is NULL or open.
 */
z_off64_t gzoffset64(gzFile file);

/**
 * Returns 1 if a read asked for bytes past the end of the file, else 0; 0 for a bad file or
 * one that is written.
 *
 * # Safety
 * file is NULL or open.
 */
int gzeof(gzFile file);

/**
 * Writes the len bytes at buf.
 *
 * Returns how many were taken; 0 for a bad file, one that is read, an error, or a len that does
 * not fit an int. If the file is not blocking, fewer than len may be taken: errno is EAGAIN
 * then, and the rest can be written by another call. Bytes that were taken may be written only
 * by gzflush or gzclose, which tell if that fails.
 *
 * # Safety
 * file is NULL or open; buf has len readable bytes.
 */
int gzwrite(gzFile file, const void *buf, unsigned int len);

/**
 * Writes nitems items of size bytes from buf.
 *
 * Returns how many were taken whole, see gzwrite; 0 also for lengths whose product does not fit
 * size_t.
 *
 * # Safety
 * file is NULL or open; buf has size * nitems readable bytes.
 */
z_size_t gzfwrite(const void *buf, z_size_t size, z_size_t nitems, gzFile file);

/**
 * Writes the string s without its zero byte.
 *
 * Returns how many bytes were taken, see gzwrite; -1 for a bad file, one that is read, a NULL
 * s, a string whose length does not fit an int, or if an error left none taken.
 *
 * # Safety
 * file is NULL or open; s is NULL or a string.
 */
int gzputs(gzFile file, const char *s);

/**
 * Writes the byte c. Returns it, as an unsigned char, or -1 for a bad file, one that is read,
 * or an error.
 *
 * # Safety
 * file is NULL or open.
 */
int gzputc(gzFile file, int c);

/**
 * Compresses and writes all that was taken so far, as deflate does with this flush value
 * (Z_NO_FLUSH..Z_FINISH). After Z_FINISH, what follows begins another gzip stream.
 *
 * Returns Z_OK, Z_STREAM_ERROR for a bad file, one that is read, another flush value, or after
 * an error; or the code of an error. If the file is not blocking, that is Z_ERRNO with errno
 * EAGAIN, and the call can be repeated.
 *
 * # Safety
 * file is NULL or open.
 */
int gzflush(gzFile file, int flush);

/**
 * Initializes a stream for decompression of a zlib stream.
 *
 * zalloc, zfree and opaque must be set before; NULL asks for malloc and free. Returns Z_OK,
 * Z_MEM_ERROR, Z_STREAM_ERROR (NULL stream) or Z_VERSION_ERROR (version or size of z_stream
 * do not fit this library). Use the macro inflateInit, which passes the last two.
 *
 * # Safety
 * strm is NULL or points to a z_stream; version is NULL or a string.
 */
int inflateInit_(z_streamp strm, const char *version, int stream_size);

/**
 * Initializes a stream for decompression.
 *
 * windowBits is 8..15 for a zlib stream, -8..-15 for raw deflate, 24..31 for gzip, 40..47 to
 * detect zlib or gzip; 0, 16 and 32 take the window's size from a zlib header. Returns Z_OK,
 * Z_MEM_ERROR, Z_STREAM_ERROR (bad argument, NULL stream) or Z_VERSION_ERROR. Use the macro
 * inflateInit2, which passes version and size.
 *
 * # Safety
 * strm is NULL or points to a z_stream; version is NULL or a string.
 */
int inflateInit2_(z_streamp strm, int windowBits, const char *version, int stream_size);

/**
 * Decompresses from next_in to next_out until one of them is used up.
 *
 * flush makes a call stop earlier (Z_BLOCK: between blocks; Z_TREES: also before a block's
 * data), or says that the call should end the stream (Z_FINISH); other values do nothing.
 * Returns Z_OK if there was progress, Z_STREAM_END when the stream is complete and its check
 * value right, Z_NEED_DICT if inflateSetDictionary must come first (adler says which
 * dictionary), Z_DATA_ERROR for damaged input (msg says what), Z_BUF_ERROR if no progress
 * was possible or Z_FINISH did not end the stream (not fatal), Z_MEM_ERROR, or
 * Z_STREAM_ERROR for a bad stream or a NULL buffer. No byte of next_out after the output is
 * changed.
 *
 * # Safety
 * strm is NULL or a stream; next_in has avail_in readable bytes and next_out has avail_out
 * writable ones.
 */
int inflate(z_streamp strm, int flush);

/**
 * Ends a stream and frees its memory. Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int inflateEnd(z_streamp strm);

/**
 * Starts a new stream with the same parameters, keeping the memory.
 * Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int inflateReset(z_streamp strm);

/**
 * As inflateReset, but the window stays as it is.
 * Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int inflateResetKeep(z_streamp strm);

/**
 * As inflateReset, for a stream with these windowBits (see inflateInit2). Returns Z_OK, or
 * Z_STREAM_ERROR for a bad stream or a bad number; nothing is changed then.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int inflateReset2(z_streamp strm, int windowBits);

/**
 * Gives the stream the dictionary that the compressor used.
 *
 * For a zlib stream, after inflate has returned Z_NEED_DICT; for raw deflate, at any time: the
 * dictionary becomes the newest history. Returns Z_OK, Z_DATA_ERROR if it is not the one that
 * the stream asks for, Z_MEM_ERROR, or Z_STREAM_ERROR (bad stream, wrong time, NULL
 * dictionary of more than 0 bytes).
 *
 * # Safety
 * strm is NULL or a stream; dictionary is NULL or has dictLength readable bytes.
 */
int inflateSetDictionary(z_streamp strm, const Bytef *dictionary, uInt dictLength);

/**
 * Copies the history to dictionary, which has room for 32,768 bytes, and its length to
 * *dictLength. A NULL pointer is passed over.
 * Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream; dictionary is NULL or has room for the history; dictLength is
 * NULL or can be written.
 */
int inflateGetDictionary(z_streamp strm, Bytef *dictionary, uInt *dictLength);

/**
 * Skips input up to a full flush point, which a later inflate goes on from.
 *
 * Returns Z_OK if one was found, Z_DATA_ERROR if not (call again with more input),
 * Z_BUF_ERROR without input, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream; next_in has avail_in readable bytes.
 */
int inflateSync(z_streamp strm);

/**
 * Returns 1 if decoding stands at the lengths of a stored block, as after Z_SYNC_FLUSH, else
 * 0; Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int inflateSyncPoint(z_streamp strm);

/**
 * Makes dest a copy of source, with memory of its own.
 *
 * Returns Z_OK, Z_MEM_ERROR, or Z_STREAM_ERROR for a bad source or a NULL dest; dest is not
 * changed unless it is Z_OK.
 *
 * # Safety
 * source is NULL or a stream; dest is NULL or points to a z_stream, other than source.
 */
int inflateCopy(z_streamp dest, z_streamp source);

/**
 * Puts the low `bits` bits (0..16) of value before the next input; a negative number drops
 * all that are held. Returns Z_OK, or Z_STREAM_ERROR for a bad stream, more than 16 bits, or
 * more than 32 held.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int inflatePrime(z_streamp strm, int bits, int value);

/**
 * Tells where decoding stands: above the low 16 bits how many bits of input the code took
 * that is being decoded, or -1; in them how much of a stored block is left or of a match
 * done. Returns -65536 for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
long inflateMark(z_streamp strm);

/**
 * Has the fields of the next gzip header stored to head as they are read.
 *
 * extra, name and comment of head are NULL or have extra_max, name_max and comm_max bytes of
 * room. done becomes 1 when the header is complete, -1 if there is none. Returns Z_OK, or
 * Z_STREAM_ERROR for a bad stream, one that takes no gzip header, or a NULL head.
 *
 * # Safety
 * strm is NULL or a stream; head is NULL or points to a gz_header that stays there until the
 * header is read, with the room that it says.
 */
int inflateGetHeader(z_streamp strm, gz_headerp head);

/**
 * Would allow distances that reach before the beginning of the output. Not supported: returns
 * Z_DATA_ERROR as zlib does, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int inflateUndermine(z_streamp strm, int _subvert);

/**
 * Sets whether check values are computed and compared (check is not 0) or not.
 * Returns Z_OK, or Z_STREAM_ERROR for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
int inflateValidate(z_streamp strm, int check);

/**
 * Returns how many entries zlib's decoding tables would have for the present block; the
 * largest unsigned long for a bad stream.
 *
 * # Safety
 * strm is NULL or a stream.
 */
unsigned long inflateCodesUsed(z_streamp strm);

/**
 * Compresses the sourceLen bytes at source to dest, as a zlib stream, at this level
 * (-1..9).
 *
 * On entry *destLen is the room at dest in bytes; on return it is the number of bytes
 * written. Returns Z_OK, Z_MEM_ERROR, Z_BUF_ERROR if dest is too small (compressBound
 * says what is enough), or Z_STREAM_ERROR for a bad level, a NULL destLen, or a NULL
 * buffer of more than 0 bytes. The lengths are size_t.
 *
 * # Safety
 * source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
 */
int compress2_z(Bytef *dest, z_size_t *destLen, const Bytef *source, z_size_t sourceLen, int level);

/**
 * Compresses the sourceLen bytes at source to dest, as a zlib stream, at this level
 * (-1..9). See compress2_z; a NULL destLen gives Z_STREAM_ERROR.
 *
 * # Safety
 * source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
 */
int compress2(Bytef *dest, uLongf *destLen, const Bytef *source, uLong sourceLen, int level);

/**
 * Compresses the sourceLen bytes at source to dest, as a zlib stream, at the default
 * level. See compress2_z.
 *
 * # Safety
 * source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
 */
int compress_z(Bytef *dest, z_size_t *destLen, const Bytef *source, z_size_t sourceLen);

/**
 * Compresses the sourceLen bytes at source to dest, as a zlib stream, at the default
 * level. See compress2.
 *
 * # Safety
 * source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
 */
int compress(Bytef *dest, uLongf *destLen, const Bytef *source, uLong sourceLen);

/**
 * Returns how many bytes compress needs at most for sourceLen bytes; the largest size_t
 * if that does not fit.
 */
z_size_t compressBound_z(z_size_t sourceLen);

/**
 * Returns how many bytes compress needs at most for sourceLen bytes; the largest uLong
 * if that does not fit.
 */
uLong compressBound(uLong sourceLen);

/**
 * Decompresses the zlib stream at source, of at most *sourceLen bytes, to dest.
 *
 * On entry *destLen is the room at dest in bytes; on return it is the number of bytes
 * written, and *sourceLen that of bytes read, whatever the result. Returns Z_OK, Z_MEM_ERROR,
 * Z_BUF_ERROR if dest is too small, Z_DATA_ERROR if the stream is damaged or ends too early
 * or needs a dictionary, or Z_STREAM_ERROR for a NULL length or a NULL buffer of more than 0
 * bytes. The lengths are size_t.
 *
 * # Safety
 * source has *sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
 */
int uncompress2_z(Bytef *dest, z_size_t *destLen, const Bytef *source, z_size_t *sourceLen);

/**
 * Decompresses the zlib stream at source, of at most *sourceLen bytes, to dest. See
 * uncompress2_z.
 *
 * # Safety
 * source has *sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
 */
int uncompress2(Bytef *dest, uLongf *destLen, const Bytef *source, uLong *sourceLen);

/**
 * Decompresses the zlib stream at source, of at most sourceLen bytes, to dest. See
 * uncompress2_z.
 *
 * # Safety
 * source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
 */
int uncompress_z(Bytef *dest, z_size_t *destLen, const Bytef *source, z_size_t sourceLen);

/**
 * Decompresses the zlib stream at source, of at most sourceLen bytes, to dest. See
 * uncompress2_z.
 *
 * # Safety
 * source has sourceLen readable bytes, dest has *destLen writable ones; each may be NULL.
 */
int uncompress(Bytef *dest, uLongf *destLen, const Bytef *source, uLong sourceLen);

/**
 * Sets how many bytes of memory the library may take for itself in the whole process, for tables
 * that it lends to streams and that make them faster; 0 for none. It is 16 MiB unless the
 * environment variable RZLIB_TABLE_MEMORY says another number, which only counts before the first
 * stream.
 *
 * What exceeds it is given back at once, but for the tables of calls that are running. A stream
 * loses nothing by that but speed: its output is always the same. May be called at any time, from
 * any thread. Source: rzlib's own; zlib has no such function.
 */
void rz_set_table_memory(size_t bytes);

/**
 * Returns how many bytes of memory the library has taken for its tables in the whole process, of
 * which those that were never used are not there yet. Source: rzlib's own.
 */
size_t rz_table_memory(void);

/**
 * Returns the zlib version whose interface this library has, "1.3.2". A program compares its
 * first character with that of the ZLIB_VERSION it was compiled with.
 */
const char *zlibVersion(void);

/**
 * Returns the version of rzlib itself, such as "0.1.0".
 */
const char *rz_version(void);

/**
 * Returns how the library was compiled.
 *
 * Two bits each tell the size of a type (0 for 2 bytes, 1 for 4, 2 for 8, 3 for another): bits 0
 * and 1 uInt, 2 and 3 uLong, 4 and 5 a pointer, 6 and 7 z_off_t. Bit 27 is 1 if gzprintf does
 * nothing but return Z_STREAM_ERROR. The other bits are 0.
 */
uLong zlibCompileFlags(void);

/**
 * Returns the text for a return code, and an empty text for any other number. Never NULL; the
 * text lives as long as the library.
 */
const char *zError(int code);

/* zlib's other names for types. */
typedef char charf;
typedef int intf;
typedef uInt uIntf;
typedef void *voidp;
typedef const void *voidpc;

/* The init functions as programs call them: with the version and the size of z_stream
   that the program was compiled with. */
#define deflateInit(strm, level) \
    deflateInit_((strm), (level), ZLIB_VERSION, (int)sizeof(z_stream))
#define deflateInit2(strm, level, method, windowBits, memLevel, strategy) \
    deflateInit2_((strm), (level), (method), (windowBits), (memLevel), (strategy), \
                  ZLIB_VERSION, (int)sizeof(z_stream))
#define inflateInit(strm) \
    inflateInit_((strm), ZLIB_VERSION, (int)sizeof(z_stream))
#define inflateInit2(strm, windowBits) \
    inflateInit2_((strm), (windowBits), ZLIB_VERSION, (int)sizeof(z_stream))
#define inflateBackInit(strm, windowBits, window) \
    inflateBackInit_((strm), (windowBits), (window), ZLIB_VERSION, (int)sizeof(z_stream))

/* Formats the arguments as printf does and writes the text.
 *
 * Returns its length; 0 if it is empty or not shorter than the file's buffer (gzbuffer), and
 * then nothing is written; or the code of an error, which is negative: Z_STREAM_ERROR for a bad
 * file, one that is read, a NULL format, or after an error; Z_BUF_ERROR if the file is not
 * blocking and cannot take the text now. The call can be repeated then.
 */
int gzprintf(gzFile file, const char *format, ...);

/* Takes the next byte from the buffer of a file that is read; calls gzgetc when it is empty. */
#define gzgetc(g) ((g)->have ? ((g)->have--, (g)->pos++, *((g)->next)++) : (gzgetc)(g))

/* A program with 64-bit off_t calls the functions with 64-bit lengths. */
#if defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS - 0 == 64
#define gzopen gzopen64
#define gzseek gzseek64
#define gztell gztell64
#define gzoffset gzoffset64
#define adler32_combine adler32_combine64
#define crc32_combine crc32_combine64
#define crc32_combine_gen crc32_combine_gen64
#endif

#ifdef __cplusplus
}
#endif
#endif /* not after zlib.h */

#ifdef RZLIB_AFTER_ZLIB_H
#ifdef __cplusplus
extern "C" {
#endif
const char *rz_version(void);
void rz_set_table_memory(size_t bytes);
size_t rz_table_memory(void);
#ifdef __cplusplus
}
#endif
#endif

#endif /* RZLIB_H */
