/*
 * A program in the common subset of C90 and C++ that uses all of our header (see header.sh).
 *
 * It calls the macros deflateInit, inflateInit and the like, takes every function's address, and
 * calls the functions that stand behind the macros as programs do that load the library by dlsym.
 */
#include "rzlib.h"

#include "rzlib.h" /* twice does no harm */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void (*any_function)(void);

/* Through these the library is linked, so a prototype without a function does not link. */
static const any_function functions[] = {
    (any_function)deflateInit_,         (any_function)deflateInit2_,
    (any_function)deflate,              (any_function)deflateEnd,
    (any_function)deflateReset,         (any_function)deflateResetKeep,
    (any_function)deflateParams,        (any_function)deflateTune,
    (any_function)deflatePrime,         (any_function)deflatePending,
    (any_function)deflateUsed,          (any_function)deflateSetDictionary,
    (any_function)deflateGetDictionary, (any_function)deflateSetHeader,
    (any_function)deflateCopy,          (any_function)deflateBound,
    (any_function)deflateBound_z,       (any_function)inflateInit_,
    (any_function)inflateInit2_,        (any_function)inflate,
    (any_function)inflateEnd,           (any_function)inflateReset,
    (any_function)inflateReset2,        (any_function)inflateResetKeep,
    (any_function)inflateSetDictionary, (any_function)inflateGetDictionary,
    (any_function)inflateSync,          (any_function)inflateSyncPoint,
    (any_function)inflateCopy,          (any_function)inflatePrime,
    (any_function)inflateMark,          (any_function)inflateGetHeader,
    (any_function)inflateUndermine,     (any_function)inflateValidate,
    (any_function)inflateCodesUsed,     (any_function)inflateBackInit_,
    (any_function)inflateBack,          (any_function)inflateBackEnd,
    (any_function)uncompress,           (any_function)uncompress2,
    (any_function)uncompress_z,         (any_function)uncompress2_z,
    (any_function)compress,
    (any_function)compress2,            (any_function)compress_z,
    (any_function)compress2_z,          (any_function)compressBound,
    (any_function)compressBound_z,      (any_function)adler32,
    (any_function)adler32_z,            (any_function)adler32_combine,
    (any_function)crc32,                (any_function)crc32_z,
    (any_function)crc32_combine,        (any_function)crc32_combine_gen,
    (any_function)crc32_combine_op,     (any_function)get_crc_table,
    (any_function)gzopen,                (any_function)gzdopen,
    (any_function)gzbuffer,              (any_function)gzsetparams,
    (any_function)gzread,                (any_function)gzfread,
    (any_function)gzwrite,               (any_function)gzfwrite,
    (any_function)gzprintf,              (any_function)gzvprintf,
    (any_function)gzputs,                (any_function)gzgets,
    (any_function)gzputc,                (any_function)gzgetc,
    (any_function)gzgetc_,               (any_function)gzungetc,
    (any_function)gzflush,               (any_function)gzseek,
    (any_function)gzrewind,              (any_function)gztell,
    (any_function)gzoffset,              (any_function)gzeof,
    (any_function)gzdirect,              (any_function)gzclose,
    (any_function)gzclose_r,             (any_function)gzclose_w,
    (any_function)gzerror,               (any_function)gzclearerr,
    (any_function)zlibVersion,          (any_function)zlibCompileFlags,
    (any_function)zError};

static unsigned char text[] = "header header header header";

static int failures;

static void check(int held, const char *what)
{
    if (!held) {
        printf("%s\n", what);
        failures++;
    }
}

/* next_in takes a pointer to const exactly if ZLIB_CONST is defined. */
static void set_input(z_streamp strm)
{
#ifdef ZLIB_CONST
    const unsigned char *in = text;
    const unsigned char **place = &strm->next_in;
#else
    unsigned char *in = text;
    unsigned char **place = &strm->next_in;
#endif
    *place = in;
    strm->avail_in = (uInt)sizeof(text);
}

static uLong compress_with(z_streamp strm, Bytef *out, uInt room)
{
    uLong len;

    set_input(strm);
    strm->next_out = out;
    strm->avail_out = room;
    check(deflate(strm, Z_FINISH) == Z_STREAM_END, "deflate did not finish");
    len = strm->total_out;
    check(deflateEnd(strm) == Z_OK, "deflateEnd failed");
    return len;
}

static void use_macros(void)
{
    Bytef one[100], two[100];
    z_stream strm;
    uLong len;

    memset(&strm, 0, sizeof(strm));
    check(deflateInit(&strm, Z_DEFAULT_COMPRESSION) == Z_OK, "deflateInit failed");
    len = compress_with(&strm, one, (uInt)sizeof(one));
    check(deflateInit2(&strm, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS, 8,
                       Z_DEFAULT_STRATEGY) == Z_OK, "deflateInit2 failed");
    check(compress_with(&strm, two, (uInt)sizeof(two)) == len && memcmp(one, two, len) == 0,
          "deflateInit and deflateInit2 differ");
    /* An expression as argument: the macros must put it in parentheses. */
    check(deflateInit(&strm + 0, 1 ? 9 : 77) == Z_OK, "deflateInit of expressions failed");
    check(deflateEnd(&strm) == Z_OK, "deflateEnd failed");
    check(strcmp(zlib_version, ZLIB_VERSION) == 0, "zlib_version");
}

/* How inflateBack is called: input from the text's compressed form, output to the same kind of
 * buffer as inflate's. */
struct back {
    Bytef *in;
    uInt in_len;
    Bytef *out;
    uInt out_len;
};

static unsigned give_input(void *descriptor, z_const unsigned char **buffer)
{
    struct back *back = (struct back *)descriptor;
    uInt len = back->in_len;

    *buffer = back->in;
    back->in_len = 0;
    return len;
}

static int take_output(void *descriptor, unsigned char *buffer, unsigned len)
{
    struct back *back = (struct back *)descriptor;

    memcpy(back->out + back->out_len, buffer, len);
    back->out_len += len;
    return 0;
}

/* Decompresses len bytes with a stream that init has made, and compares with the text. */
static void decompress_with(z_streamp strm, Bytef *in, uLong len, const char *what)
{
    Bytef out[100];

    strm->next_in = in;
    strm->avail_in = (uInt)len;
    strm->next_out = out;
    strm->avail_out = (uInt)sizeof(out);
    check(inflate(strm, Z_FINISH) == Z_STREAM_END, what);
    check(strm->total_out == sizeof(text) && memcmp(out, text, sizeof(text)) == 0, what);
    check(inflateEnd(strm) == Z_OK, what);
}

static void use_inflate_macros(void)
{
    static Bytef window[32768];
    Bytef in[100], out[100];
    struct back back;
    z_stream strm;
    uLong len;

    memset(&strm, 0, sizeof(strm));
    check(deflateInit(&strm, 9) == Z_OK, "deflateInit failed");
    len = compress_with(&strm, in, (uInt)sizeof(in));
    check(inflateInit(&strm) == Z_OK, "inflateInit failed");
    decompress_with(&strm, in, len, "inflateInit");
    /* Expressions as arguments. */
    check(inflateInit2(&strm + 0, 1 ? MAX_WBITS + 32 : 77) == Z_OK, "inflateInit2 failed");
    decompress_with(&strm, in, len, "inflateInit2");
    check(inflateBackInit(&strm, 0 ? 1 : MAX_WBITS, window) == Z_OK, "inflateBackInit failed");
    back.in = in + 2; /* behind the header */
    back.in_len = (uInt)len - 2;
    back.out = out;
    back.out_len = 0;
    strm.next_in = Z_NULL;
    check(inflateBack(&strm, give_input, &back, take_output, &back) == Z_STREAM_END,
          "inflateBack");
    check(back.out_len == sizeof(text) && memcmp(out, text, sizeof(text)) == 0, "inflateBack");
    check(strm.avail_in == 4, "inflateBack left not the trailer");
    check(inflateBackEnd(&strm) == Z_OK, "inflateBackEnd");
}

typedef int (*init_function)(z_streamp, int);
typedef int (*init2_function)(z_streamp, int, int, int, int, int);
typedef int (*inflate_init_function)(z_streamp);
typedef int (*inflate_init2_function)(z_streamp, int);
typedef int (*inflate_back_init_function)(z_streamp, int, unsigned char *);

/* A function by its name; ends the program if it is not exported. */
static void find(void *library, const char *name, void *function, size_t len)
{
    void *found = dlsym(library, name);

    if (found == NULL) {
        printf("%s is not exported\n", name);
        exit(1);
    }
    memcpy(function, &found, len);
}

static void use_plain_functions(void)
{
    void *library = dlopen(NULL, RTLD_NOW);
    init_function plain_init;
    init2_function plain_init2;
    Bytef one[100], two[100];
    z_stream strm;
    uLong len;

    find(library, "deflateInit", &plain_init, sizeof(plain_init));
    find(library, "deflateInit2", &plain_init2, sizeof(plain_init2));
    memset(&strm, 0, sizeof(strm));
    check(plain_init(&strm, 6) == Z_OK, "the function deflateInit failed");
    len = compress_with(&strm, one, (uInt)sizeof(one));
    check(plain_init2(&strm, 6, Z_DEFLATED, 15, 8, 0) == Z_OK, "the function deflateInit2 failed");
    check(compress_with(&strm, two, (uInt)sizeof(two)) == len && memcmp(one, two, len) == 0,
          "the functions deflateInit and deflateInit2 differ");
    check(plain_init(NULL, 6) == Z_STREAM_ERROR, "deflateInit(NULL)");
    check(plain_init(&strm, 10) == Z_STREAM_ERROR, "deflateInit with level 10");
    check(plain_init2(&strm, 6, 7, 15, 8, 0) == Z_STREAM_ERROR, "deflateInit2 with method 7");
    dlclose(library);
}

static void use_plain_inflate_functions(void)
{
    static Bytef window[256];
    void *library = dlopen(NULL, RTLD_NOW);
    inflate_init_function plain_init;
    inflate_init2_function plain_init2;
    inflate_back_init_function plain_back_init;
    Bytef in[100];
    z_stream strm;
    uLong len;

    find(library, "inflateInit", &plain_init, sizeof(plain_init));
    find(library, "inflateInit2", &plain_init2, sizeof(plain_init2));
    find(library, "inflateBackInit", &plain_back_init, sizeof(plain_back_init));
    memset(&strm, 0, sizeof(strm));
    check(deflateInit(&strm, 6) == Z_OK, "deflateInit failed");
    len = compress_with(&strm, in, (uInt)sizeof(in));
    check(plain_init(&strm) == Z_OK, "the function inflateInit failed");
    decompress_with(&strm, in, len, "the function inflateInit");
    check(plain_init2(&strm, 47) == Z_OK, "the function inflateInit2 failed");
    decompress_with(&strm, in, len, "the function inflateInit2");
    check(plain_back_init(&strm, 8, window) == Z_OK, "the function inflateBackInit failed");
    check(inflateBackEnd(&strm) == Z_OK, "inflateBackEnd");
    check(plain_init(NULL) == Z_STREAM_ERROR, "inflateInit(NULL)");
    check(plain_init2(&strm, 7) == Z_STREAM_ERROR, "inflateInit2 with windowBits 7");
    check(plain_back_init(&strm, 7, window) == Z_STREAM_ERROR, "inflateBackInit with 7");
    dlclose(library);
}

static void use_types(void)
{
    gz_header header;
    gz_headerp pointer = &header;
    alloc_func allocate = Z_NULL;
    free_func release = Z_NULL;
    in_func input = Z_NULL;
    out_func output = Z_NULL;
    voidpf opaque = Z_NULL;
    const z_crc_t *table = get_crc_table();

    memset(pointer, 0, sizeof(header));
    check(allocate == Z_NULL && release == Z_NULL && opaque == Z_NULL, "Z_NULL");
    check(input == Z_NULL && output == Z_NULL, "Z_NULL of inflateBack");
    check(table[1] == 0x77073096, "get_crc_table");
}

/* gz files: the macro gzgetc, its arguments, and the function behind it; gzprintf's variable
 * arguments. */
static void use_files(void)
{
    char path[64];
    const char *rest = "ext 7 2.5";
    gzFile file, files[1];
    int at = 0;

    sprintf(path, "/tmp/rzlib-header.%ld.gz", (long)getpid());
    file = gzopen(path, "w");
    check(gzprintf(file, "%s %d %.1f", "text", 7, 2.5) == 10, "gzprintf");
    check(gzclose(file) == Z_OK, "gzclose of a file written");
    files[0] = gzopen(path, "r");
    check((gzgetc)(files[0]) == 't', "the function gzgetc");
    check(files[0]->have == 9 && files[0]->pos == 1, "the fields of gzFile_s");
    for (; *rest != '\0'; rest++)
        check(gzgetc(files[at]) == *rest, "the macro gzgetc");
    check(files[0]->have == 0 && gzgetc(files[at]) == -1, "the macro gzgetc at the end");
    check(gztell(files[at]) == 10, "the macro gzgetc");
    check(gzseek(files[0], 5, SEEK_SET) == 5 && gzgetc(files[0]) == '7', "gzseek");
    check(gzclose(files[0]) == Z_OK, "gzclose of a file read");
    remove(path);
}

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        check(functions[i] != NULL, "a function is NULL");
    use_macros();
    use_inflate_macros();
    use_types();
    use_files();
    /* Another zlib has only the macros. */
    if (getenv("RZLIB_PEER") == NULL) {
        use_plain_functions();
        use_plain_inflate_functions();
    }
    return failures == 0 ? 0 : 1;
}
