/*
 * Property: no function takes more than 4 KiB of the caller's stack, in librzlib and in the
 * drop-in.
 *
 * Guards: a thread may have a stack of 16 KiB (PTHREAD_STACK_MIN), or a coroutine less, and zlib
 * works there: its largest call takes 0.7 KiB, apart from the C library's part in gz functions.
 *
 * The stack below a call is painted, and afterwards it is seen how far down the paint is gone. This
 * counts from the caller's frame on, so nothing of this test but what inflateBack calls. The
 * libraries resolve their symbols when they are opened, so no call pays for the dynamic linker.
 *
 * The C library does a part of what gz functions do, such as vsnprintf for gzprintf, and its stack
 * is not ours to save. zlib calls it for the same things, so gz functions may take 1 KiB more than
 * zlib's own, if that is more than 4 KiB.
 */
#include "gz.h"
#include "heap.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <unistd.h>

/* Here the function itself is called. */
#undef gzgetc

#define LIMIT 4096
#define GZ_OVER_ZLIB 1024

#if defined(__SANITIZE_ADDRESS__)

int main(void)
{
    test_skip("AddressSanitizer's own work takes more stack");
    return 0;
}

#else

/* Bytes that are painted, and those right below the caller where the painter itself works. */
#define PAINTED 32768
#define MARGIN 256
#define PAINT UINT64_C(0xa5c396693c5a0f1e)

enum function {
#define FUNCTION(result, name, parameters) F_##name,
    API_FUNCTIONS(FUNCTION)
    FUNCTIONS
#undef FUNCTION
};

static const char *const names[] = {
#define NAME(result, name, parameters) #name,
    API_FUNCTIONS(NAME)
#undef NAME
};

struct library {
    struct api f;
    const char *name;
    size_t depth[FUNCTIONS];
};

enum { ZLIB = 2, LIBRARIES };
static struct library libraries[LIBRARIES] = {
    {.name = "librzlib.so"}, {.name = "libz.so.1"}, {.name = "zlib"}};

/* The library that is called. */
static struct library *lib;

/* Where the caller's frame ends. */
static volatile uint64_t *top;

static __attribute__((noinline)) void stack_paint(void)
{
    volatile uint64_t *at = (volatile uint64_t *)__builtin_dwarf_cfa();
    size_t words = MARGIN / sizeof(*at);

    top = at;
    for (; words < PAINTED / sizeof(*at); words++)
        at[-(ptrdiff_t)words] = PAINT;
}

static __attribute__((noinline)) void stack_note(enum function function)
{
    size_t words = PAINTED / sizeof(*top) - 1;

    while (words >= MARGIN / sizeof(*top) && top[-(ptrdiff_t)words] == PAINT)
        words--;
    if (words * sizeof(*top) > lib->depth[function])
        lib->depth[function] = words * sizeof(*top);
}

/* Calls a function of the library, and notes the stack that it took. */
#define CALL(result, function, arguments)                                                     \
    do {                                                                                      \
        stack_paint();                                                                        \
        result = lib->f.function arguments;                                                   \
        stack_note(F_##function);                                                             \
    } while (0)

#define INPUT_LEN 100000
#define ROOM (INPUT_LEN + 20000)
#define WINDOW_LEN 32768

static unsigned char input[INPUT_LEN], coded[ROOM], decoded[ROOM], window[WINDOW_LEN];
static const enum data_kind kinds[] = {DATA_TEXT, DATA_MIXED, DATA_RANDOM};
static int result;
static uLong number;

/* Sets a z_stream up, on malloc or on a heap of the program's. */
static void stream_new(z_streamp z, struct heap *heap)
{
    memset(z, 0, sizeof(*z));
    if (heap != NULL) {
        heap_init(heap);
        heap_attach(heap, z);
    }
}

/* Compresses len bytes of the input in pieces of chunk, with a flush after each; returns how many
 * bytes of output there are. */
static size_t deflate_all(z_streamp z, size_t len, size_t chunk, int flush)
{
    size_t at = 0;

    z->next_out = coded;
    z->avail_out = ROOM;
    while (at < len) {
        z->next_in = input + at;
        z->avail_in = (uInt)(len - at < chunk ? len - at : chunk);
        at += z->avail_in;
        CALL(result, deflate, (z, flush));
    }
    do {
        CALL(result, deflate, (z, Z_FINISH));
    } while (result == Z_OK);
    CHECK_INT(result, Z_STREAM_END);
    return ROOM - z->avail_out;
}

/* The other calls on a deflate stream. */
static void deflate_calls(z_streamp z, struct params p)
{
    static unsigned char dictionary[WINDOW_LEN];
    unsigned pending;
    int bits;
    uInt len;
    z_size_t bound;
    z_stream copy;

    CALL(result, deflateSetDictionary, (z, input, 20000));
    CALL(result, deflatePrime, (z, 3, 5));
    CALL(number, deflateBound, (z, INPUT_LEN));
    CALL(bound, deflateBound_z, (z, INPUT_LEN));
    CHECK(bound >= number);
    z->next_in = input;
    z->avail_in = INPUT_LEN / 2;
    z->next_out = coded;
    z->avail_out = ROOM;
    CALL(result, deflate, (z, Z_NO_FLUSH));
    CALL(result, deflatePending, (z, &pending, &bits));
    CALL(result, deflateUsed, (z, &bits));
    CALL(result, deflateGetDictionary, (z, dictionary, &len));
    CALL(result, deflateTune, (z, 8, 20, 100, 50));
    CALL(result, deflateCopy, (&copy, z));
    if (CHECK_INT(result, Z_OK)) {
        CALL(result, deflateParams, (&copy, (p.level + 4) % 10, (p.strategy + 1) % 5));
        CALL(result, deflate, (&copy, Z_FINISH));
        CALL(result, deflateEnd, (&copy));
    }
    CALL(result, deflateParams, (z, (p.level + 9) % 10, p.strategy));
    CALL(result, deflate, (z, Z_FULL_FLUSH));
    CALL(result, deflateResetKeep, (z));
    CALL(result, deflate, (z, Z_FINISH));
}

static void test_deflate(void)
{
    static const int flushes[] = {Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_BLOCK};
    static const struct params sizes[] = {{0, 15, 8, 0}, {0, 31, 9, 0}, {0, -9, 1, 0}};
    static struct heap heap;
    size_t kind, size, i = 0;
    struct params p;
    gz_header header;
    z_stream z;
    int own;

    memset(&header, 0, sizeof(header));
    header.extra = input;
    header.extra_len = 1000;
    header.name = (Bytef *)"name";
    header.comment = (Bytef *)"comment";
    header.hcrc = 1;
    for (kind = 0; kind < COUNT(kinds); kind++)
        for (size = 0; size < COUNT(sizes); size++)
            for (p.level = 0; p.level <= 9; p.level++)
                for (p.strategy = 0; p.strategy < 5; p.strategy++)
                    for (own = 0; own < 2; own++) {
                        data_fill(kinds[kind], i++, input, INPUT_LEN);
                        p.window_bits = sizes[size].window_bits;
                        p.mem_level = sizes[size].mem_level;
                        stream_new(&z, own ? &heap : NULL);
                        CALL(result, deflateInit2_,
                             (&z, p.level, Z_DEFLATED, p.window_bits, p.mem_level, p.strategy,
                              ZLIB_VERSION, (int)sizeof(z)));
                        if (p.window_bits > 15)
                            CALL(result, deflateSetHeader, (&z, &header));
                        deflate_all(&z, INPUT_LEN, INPUT_LEN, Z_NO_FLUSH);
                        CALL(result, deflateReset, (&z));
                        deflate_all(&z, 30000, 5000, flushes[i % COUNT(flushes)]);
                        CALL(result, deflateReset, (&z));
                        deflate_calls(&z, p);
                        CALL(result, deflateEnd, (&z));
                    }
    stream_new(&z, NULL);
    CALL(result, deflateInit_, (&z, -1, ZLIB_VERSION, (int)sizeof(z)));
    CALL(result, deflateEnd, (&z));
}

/* What inflateBack is given, and what it gave. */
struct back {
    size_t at, len, got;
};

static unsigned give_input(void *descriptor, z_const unsigned char **next)
{
    struct back *back = descriptor;
    size_t left = back->len - back->at, part = left < 1000 ? left : 1000;

    *next = coded + back->at;
    back->at += part;
    return (unsigned)part;
}

static int take_output(void *descriptor, unsigned char *data, unsigned len)
{
    (void)data;
    ((struct back *)descriptor)->got += len;
    return 0;
}

static void inflate_back(size_t coded_len, size_t len)
{
    struct back back = {0, 0, 0};
    z_stream z;

    back.len = coded_len;
    stream_new(&z, NULL);
    CALL(result, inflateBackInit_, (&z, 15, window, ZLIB_VERSION, (int)sizeof(z)));
    CALL(result, inflateBack, (&z, give_input, &back, take_output, &back));
    CHECK_INT(result, Z_STREAM_END);
    CHECK_UINT(back.got, len);
    CALL(result, inflateBackEnd, (&z));
}

/* Decompresses a stream in pieces, as long as that goes on. */
static void inflate_all(z_streamp z, size_t coded_len, size_t chunk, int flush)
{
    size_t at = 0;
    uLong before;
    int idle = 0;

    z->avail_in = 0;
    do {
        if (z->avail_in == 0 && at < coded_len) {
            z->next_in = coded + at;
            z->avail_in = (uInt)(coded_len - at < chunk ? coded_len - at : chunk);
            at += z->avail_in;
        }
        z->next_out = decoded + z->total_out;
        z->avail_out = (uInt)(ROOM - z->total_out < chunk ? ROOM - z->total_out : chunk);
        before = z->total_in + z->total_out;
        CALL(result, inflate, (z, flush));
        idle = z->total_in + z->total_out == before ? idle + 1 : 0;
        /* Z_FINISH wants room for everything; Z_TREES may stop again before the next byte. */
    } while (result == Z_OK || (result == Z_BUF_ERROR && idle < 3));
    CHECK_INT(result, Z_STREAM_END);
    CHECK_MEM(decoded, input, z->total_out);
}

/* The other calls on an inflate stream. */
static void inflate_calls(z_streamp z, size_t coded_len, int window_bits)
{
    static unsigned char dictionary[WINDOW_LEN];
    gz_header header;
    z_stream copy;
    uInt len;
    long mark;

    memset(&header, 0, sizeof(header));
    CALL(result, inflateReset2, (z, window_bits));
    CALL(result, inflateGetHeader, (z, &header));
    CALL(result, inflateValidate, (z, 1));
    CALL(result, inflateUndermine, (z, 0));
    z->next_in = coded;
    z->avail_in = (uInt)(coded_len / 2);
    z->next_out = decoded;
    z->avail_out = ROOM;
    CALL(result, inflate, (z, Z_NO_FLUSH));
    CALL(mark, inflateMark, (z));
    CHECK(mark != -65536);
    CALL(number, inflateCodesUsed, (z));
    CALL(result, inflateSyncPoint, (z));
    CALL(result, inflateGetDictionary, (z, dictionary, &len));
    CHECK(len <= WINDOW_LEN);
    CALL(result, inflateCopy, (&copy, z));
    if (CHECK_INT(result, Z_OK)) {
        CALL(result, inflate, (&copy, Z_FINISH));
        CALL(result, inflateEnd, (&copy));
    }
    CALL(result, inflateSync, (z));
    CALL(result, inflateResetKeep, (z));
    CALL(result, inflateReset2, (z, -15));
    CALL(result, inflatePrime, (z, 3, 5));
    CALL(result, inflateSetDictionary, (z, input, 20000));
}

static void test_inflate(void)
{
    static const int flushes[] = {Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH, Z_BLOCK, Z_TREES};
    static const int bits[] = {15, 31, -15};
    static const size_t chunks[] = {1, 100, 4096, ROOM};
    static const struct {
        int level, strategy;
    } ways[] = {{0, Z_DEFAULT_STRATEGY}, {1, Z_FIXED}, {6, Z_DEFAULT_STRATEGY}, {6, Z_HUFFMAN_ONLY}};
    static struct heap heap;
    size_t kind, way, chunk, i = 0, len, coded_len;
    int b, own;
    z_stream z;

    for (kind = 0; kind < COUNT(kinds); kind++)
        for (way = 0; way < COUNT(ways); way++)
            for (b = 0; b < (int)COUNT(bits); b++) {
                data_fill(kinds[kind], i, input, INPUT_LEN);
                len = INPUT_LEN;
                stream_new(&z, NULL);
                CALL(result, deflateInit2_,
                     (&z, ways[way].level, Z_DEFLATED, bits[b], 8, ways[way].strategy,
                      ZLIB_VERSION, (int)sizeof(z)));
                coded_len = deflate_all(&z, len, len, Z_NO_FLUSH);
                CALL(result, deflateEnd, (&z));
                for (own = 0; own < 2; own++) {
                    stream_new(&z, own ? &heap : NULL);
                    CALL(result, inflateInit2_, (&z, bits[b], ZLIB_VERSION, (int)sizeof(z)));
                    for (chunk = 0; chunk < COUNT(chunks); chunk++) {
                        /* By single bytes only what is not too long for it. */
                        if (chunks[chunk] == 1 && (kind != 0 || way % 2 != 0))
                            continue;
                        inflate_all(&z, coded_len, chunks[chunk], flushes[i++ % COUNT(flushes)]);
                        CALL(result, inflateReset, (&z));
                    }
                    inflate_calls(&z, coded_len, bits[b]);
                    CALL(result, inflateEnd, (&z));
                }
                if (bits[b] < 0)
                    inflate_back(coded_len, len);
            }
    stream_new(&z, NULL);
    CALL(result, inflateInit_, (&z, ZLIB_VERSION, (int)sizeof(z)));
    CALL(result, inflateEnd, (&z));
}

static void test_buffers(void)
{
    uLong len, used;
    z_size_t len_z, used_z;
    size_t kind;

    for (kind = 0; kind < COUNT(kinds); kind++) {
        data_fill(kinds[kind], kind, input, INPUT_LEN);
        CALL(number, compressBound, (INPUT_LEN));
        CALL(len_z, compressBound_z, (INPUT_LEN));
        CHECK_UINT(len_z, number);
        CHECK(number <= ROOM);
        len = number;
        CALL(result, compress2, (coded, &len, input, INPUT_LEN, 9));
        len = number;
        CALL(result, compress, (coded, &len, input, INPUT_LEN));
        CALL(result, compress2_z, (coded, &len_z, input, INPUT_LEN, 1));
        len_z = number;
        CALL(result, compress_z, (coded, &len_z, input, INPUT_LEN));
        CHECK_UINT(len_z, len);
        number = ROOM;
        CALL(result, uncompress, (decoded, &number, coded, len));
        used = len;
        CALL(result, uncompress2, (decoded, &number, coded, &used));
        used_z = ROOM;
        CALL(result, uncompress_z, (decoded, &used_z, coded, len_z));
        CALL(result, uncompress2_z, (decoded, &used_z, coded, &len_z));
        CHECK_INT(result, Z_OK);
        CHECK_UINT(used_z, INPUT_LEN);
    }
    CALL(number, adler32, (1, input, INPUT_LEN));
    CALL(number, adler32_z, (1, input, INPUT_LEN));
    CALL(number, adler32_combine, (1, 2, 1000));
    CALL(number, adler32_combine64, (1, 2, 1000));
    CALL(number, crc32, (0, input, INPUT_LEN));
    CALL(number, crc32_z, (0, input, INPUT_LEN));
    CALL(number, crc32_combine, (1, 2, 1000));
    CALL(number, crc32_combine64, (1, 2, 1000));
    CALL(number, crc32_combine_gen64, (1000));
    CALL(number, crc32_combine_gen, (1000));
    CALL(number, crc32_combine_op, (1, 2, number));
}

static void test_names(void)
{
    const z_crc_t *table;
    const char *text;

    CALL(table, get_crc_table, ());
    CHECK_UINT(table[0], 0);
    CALL(text, zlibVersion, ());
    CHECK_STR(text, "1.3.2");
    CALL(number, zlibCompileFlags, ());
    CALL(text, zError, (Z_DATA_ERROR));
    CHECK_STR(text, "data error");
}

/* gzvprintf as a program calls it. */
static void print_list(gzFile file, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    CALL(result, gzvprintf, (file, format, list));
    va_end(list);
}

static void gz_write(const char *path, const char *mode)
{
    gzFile file;
    z_size_t items;
    z_off64_t at;
    int code;
    const char *message;

    CALL(file, gzopen, (path, mode));
    if (!CHECK(file != NULL))
        return;
    CALL(result, gzbuffer, (file, 10000));
    CALL(result, gzwrite, (file, input, 30000));
    CALL(items, gzfwrite, (input, 10, 3000, file));
    CHECK_UINT(items, 3000);
    CALL(result, gzsetparams, (file, 1, Z_FILTERED));
    CALL(result, gzputs, (file, "a line\n"));
    CALL(result, gzputc, (file, 'c'));
    CALL(result, gzprintf, (file, "%d %s %-200.3f %g\n", 12345, "text", 1e300 / 3, 1.5));
    print_list(file, "%d %s %.3f\n", 12345, "text", 1e30);
    CALL(at, gzseek, (file, 100, SEEK_CUR));
    CALL(result, gzputc, (file, 'c'));
    CALL(at, gzseek64, (file, 100, SEEK_CUR));
    CALL(result, gzflush, (file, Z_FULL_FLUSH));
    CALL(at, gztell, (file));
    CALL(at, gztell64, (file));
    CALL(at, gzoffset, (file));
    CALL(at, gzoffset64, (file));
    CHECK(at > 0);
    CALL(result, gzdirect, (file));
    CALL(message, gzerror, (file, &code));
    CHECK(message != NULL && code == Z_OK);
    CALL(result, gzclose_w, (file));
    CHECK_INT(result, Z_OK);
}

static void gz_read(const char *path)
{
    gzFile file;
    z_size_t items;
    z_off64_t at;
    char *line;
    int descriptor = open(path, O_RDONLY);

    CALL(file, gzdopen, (descriptor, "r"));
    if (!CHECK(file != NULL))
        return;
    CALL(result, gzread, (file, decoded, 20000));
    CALL(items, gzfread, (decoded, 10, 2000, file));
    CHECK_UINT(items, 2000);
    CALL(line, gzgets, (file, (char *)decoded, 1000));
    CHECK(line != NULL);
    CALL(result, gzgetc, (file));
    CALL(result, gzgetc_, (file));
    CALL(result, gzungetc, ('c', file));
    CALL(at, gzseek, (file, 50000, SEEK_SET));
    CALL(result, gzgetc, (file));
    CALL(at, gzseek64, (file, 100, SEEK_SET));
    CALL(result, gzread, (file, decoded, ROOM));
    CALL(result, gzeof, (file));
    CALL(result, gzrewind, (file));
    CALL(result, gzgetc, (file));
    CALL(at, gzoffset, (file));
    CHECK(at >= 0);
    CALL(result, gzdirect, (file));
    stack_paint();
    lib->f.gzclearerr(file);
    stack_note(F_gzclearerr);
    CALL(result, gzclose_r, (file));
    CHECK_INT(result, Z_OK);
    CALL(file, gzopen64, (path, "r"));
    CALL(line, gzgets, (file, (char *)decoded, 1000));
    CALL(result, gzclose, (file));
    CALL(file, gzopen, (path, "w"));
    CALL(result, gzputc, (file, 'c'));
    CALL(result, gzclose, (file));
    CALL(file, gzopen, ("/nowhere/at/all", "r"));
    CHECK(file == NULL);
}

static void test_gz(void)
{
    static const char *const modes[] = {"wb", "wb1", "wb9", "wbh", "wbT", "ab0"};
    size_t mode;

    for (mode = 0; mode < COUNT(modes); mode++) {
        data_fill(DATA_MIXED, mode, input, INPUT_LEN);
        gz_write(gz_path(OURS, "file.gz"), modes[mode]);
        gz_read(gz_path(OURS, "file.gz"));
    }
}

static int open_library(struct library *library, const char *path)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *address;

    if (handle == NULL)
        return 0;
#define FIND(result, name, parameters)                                                        \
    address = dlsym(handle, #name);                                                           \
    if (address == NULL)                                                                      \
        test_abort(#name " is missing");                                                      \
    memcpy(&library->f.name, &address, sizeof(address));
    API_FUNCTIONS(FIND)
#undef FIND
    return 1;
}

static void *run_all(void *library)
{
    lib = library;
    context("%s", lib->name);
    if (lib != &libraries[ZLIB]) {
        test_names();
        test_buffers();
        test_deflate();
        test_inflate();
    }
    test_gz();
    return NULL;
}

/* In a thread, because the main stack grows by and by, and its end may be near. */
static void run(struct library *library)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, run_all, library) != 0)
        test_abort("no thread");
    pthread_join(thread, NULL);
}

int main(void)
{
    char path[1000];
    const char *folder = getenv("LIBDIR"), *zlib = getenv("RZLIB_ORACLE");
    size_t i, function;

    if (testing_peer())
        test_skip("only rzlib promises it");
    if (folder == NULL || zlib == NULL)
        test_skip("LIBDIR or RZLIB_ORACLE is not set");
    for (i = 0; i < COUNT(libraries); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, libraries[i].name);
        if (!open_library(&libraries[i], i == ZLIB ? zlib : path))
            test_abort(dlerror());
        run(&libraries[i]);
    }
    printf("bytes of stack, at most:%34s%12s%12s\n", libraries[0].name, libraries[1].name,
           libraries[ZLIB].name);
    for (function = 0; function < FUNCTIONS; function++) {
        size_t limit = LIMIT, zlibs = libraries[ZLIB].depth[function];

        if (strncmp(names[function], "gz", 2) == 0 && zlibs + GZ_OVER_ZLIB > limit)
            limit = zlibs + GZ_OVER_ZLIB;
        printf("%-46s%12zu%12zu%12zu\n", names[function], libraries[0].depth[function],
               libraries[1].depth[function], zlibs);
        for (i = 0; i < ZLIB; i++) {
            context("%s of %s", names[function], libraries[i].name);
            /* 0 is a function that this test forgets to call. */
            CHECK(libraries[i].depth[function] != 0);
            CHECK(libraries[i].depth[function] <= limit);
        }
    }
    return test_result();
}

#endif
