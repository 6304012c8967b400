/*
 * A program in the common subset of C90 and C++ that uses all of our header (see header.sh).
 *
 * It calls the macros deflateInit and deflateInit2, takes every function's address, and calls
 * the functions that stand behind the macros as programs do that load the library by dlsym.
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
    (any_function)deflateBound_z,       (any_function)compress,
    (any_function)compress2,            (any_function)compress_z,
    (any_function)compress2_z,          (any_function)compressBound,
    (any_function)compressBound_z,      (any_function)adler32,
    (any_function)adler32_z,            (any_function)adler32_combine,
    (any_function)crc32,                (any_function)crc32_z,
    (any_function)crc32_combine,        (any_function)crc32_combine_gen,
    (any_function)crc32_combine_op,     (any_function)get_crc_table,
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

typedef int (*init_function)(z_streamp, int);
typedef int (*init2_function)(z_streamp, int, int, int, int, int);

static void use_plain_functions(void)
{
    void *library = dlopen(NULL, RTLD_NOW);
    void *found = dlsym(library, "deflateInit"), *found2 = dlsym(library, "deflateInit2");
    init_function plain_init;
    init2_function plain_init2;
    Bytef one[100], two[100];
    z_stream strm;
    uLong len;

    check(found != NULL && found2 != NULL, "deflateInit or deflateInit2 is not exported");
    if (found == NULL || found2 == NULL)
        return;
    memcpy(&plain_init, &found, sizeof(found));
    memcpy(&plain_init2, &found2, sizeof(found2));
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

static void use_types(void)
{
    gz_header header;
    gz_headerp pointer = &header;
    alloc_func allocate = Z_NULL;
    free_func release = Z_NULL;
    voidpf opaque = Z_NULL;
    const z_crc_t *table = get_crc_table();

    memset(pointer, 0, sizeof(header));
    check(allocate == Z_NULL && release == Z_NULL && opaque == Z_NULL, "Z_NULL");
    check(table[1] == 0x77073096, "get_crc_table");
}

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        check(functions[i] != NULL, "a function is NULL");
    use_macros();
    use_types();
    /* Another zlib has only the macros. */
    if (getenv("RZLIB_PEER") == NULL)
        use_plain_functions();
    return failures == 0 ? 0 : 1;
}
