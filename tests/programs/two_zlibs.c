/*
 * A program that is linked with the system's libz and opens rzlib by dlopen, as a plugin
 * does: two libraries that export the same names.
 *
 *     two_zlibs LIBRZLIB
 *
 * The system's names are found first, so a library that calls its own functions by their
 * exported names gets the other one's, and a state that is not its own. Each library must
 * work by itself, and must refuse the other one's stream.
 */
#include <zlib.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

struct functions {
    int (*init)(z_streamp, int, const char *, int);
    int (*run)(z_streamp, int);
    int (*reset)(z_streamp);
    uLong (*bound)(z_streamp, uLong);
    int (*end)(z_streamp);
    int (*compress)(Bytef *, uLongf *, const Bytef *, uLong);
    int (*inflate_init)(z_streamp, const char *, int);
    int (*inflate)(z_streamp, int);
    int (*inflate_reset)(z_streamp);
    int (*inflate_end)(z_streamp);
    int (*uncompress)(Bytef *, uLongf *, const Bytef *, uLong);
};

static const Bytef text[] = "two libraries, one process, two libraries, one process";

static int failures;

static void expect(int got, int want, const char *what)
{
    if (got != want) {
        printf("%s returned %d, not %d\n", what, got, want);
        failures++;
    }
}

/* dlsym's result is no function pointer to ISO C; the bytes are. */
static void find(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);

    if (address == NULL) {
        printf("no %s\n", name);
        failures++;
    }
    memcpy(function, &address, sizeof(address));
}

static void begin(const struct functions *zlib, z_streamp strm, Bytef *out, uInt room)
{
    memset(strm, 0, sizeof(*strm));
    expect(zlib->init(strm, 6, ZLIB_VERSION, (int)sizeof(*strm)), Z_OK, "deflateInit_");
    strm->next_in = (Bytef *)text;
    strm->avail_in = (uInt)sizeof(text);
    strm->next_out = out;
    strm->avail_out = room;
}

static void use_inflate(const struct functions *zlib, const struct functions *other,
                        Bytef *packed, uInt packed_len)
{
    Bytef streamed[200], unpacked[200];
    uLongf len = sizeof(unpacked);
    z_stream strm;

    memset(&strm, 0, sizeof(strm));
    expect(zlib->inflate_init(&strm, ZLIB_VERSION, (int)sizeof(strm)), Z_OK, "inflateInit_");
    expect(zlib->inflate_reset(&strm), Z_OK, "inflateReset");
    strm.next_in = packed;
    strm.avail_in = packed_len;
    strm.next_out = streamed;
    strm.avail_out = (uInt)sizeof(streamed);
    expect(other->inflate(&strm, Z_FINISH), Z_STREAM_ERROR, "inflate on the other one's stream");
    expect(zlib->run(&strm, Z_FINISH), Z_STREAM_ERROR, "deflate on a stream of inflate");
    /* In two calls, so that there is a window. */
    strm.avail_out = 20;
    expect(zlib->inflate(&strm, Z_NO_FLUSH), Z_OK, "inflate");
    strm.avail_out = (uInt)sizeof(streamed) - 20;
    expect(zlib->inflate(&strm, Z_FINISH), Z_STREAM_END, "inflate to the end");
    expect(zlib->uncompress(unpacked, &len, packed, packed_len), Z_OK, "uncompress");
    expect(len == sizeof(text) && memcmp(unpacked, text, len) == 0, 1, "the text, at once");
    expect(strm.total_out == sizeof(text) && memcmp(streamed, text, len) == 0, 1, "the text");
    expect(zlib->inflate_end(&strm), Z_OK, "inflateEnd");
}

static void use(const struct functions *zlib, const struct functions *other)
{
    Bytef streamed[200], packed[200];
    uLongf len = sizeof(packed);
    z_stream strm;

    begin(zlib, &strm, streamed, (uInt)sizeof(streamed));
    expect(zlib->reset(&strm), Z_OK, "deflateReset");
    expect(zlib->bound(&strm, 1000) < 1100, 1, "a close deflateBound");
    expect(other->run(&strm, Z_FINISH), Z_STREAM_ERROR, "deflate on the other one's stream");
    expect(zlib->run(&strm, Z_FINISH), Z_STREAM_END, "deflate");
    expect(zlib->compress(packed, &len, text, sizeof(text)), Z_OK, "compress");
    expect(len == strm.total_out && memcmp(packed, streamed, len) == 0, 1, "same bytes");
    expect(zlib->end(&strm), Z_OK, "deflateEnd");
    use_inflate(zlib, other, packed, (uInt)len);
}

int main(int argc, char **argv)
{
    struct functions system = {deflateInit_, deflate, deflateReset, deflateBound, deflateEnd,
                               compress, inflateInit_, inflate, inflateReset, inflateEnd,
                               uncompress};
    struct functions ours;
    void *library = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        printf("%s\n", dlerror());
        return 1;
    }
    find(library, "deflateInit_", &ours.init);
    find(library, "deflate", &ours.run);
    find(library, "deflateReset", &ours.reset);
    find(library, "deflateBound", &ours.bound);
    find(library, "deflateEnd", &ours.end);
    find(library, "compress", &ours.compress);
    find(library, "inflateInit_", &ours.inflate_init);
    find(library, "inflate", &ours.inflate);
    find(library, "inflateReset", &ours.inflate_reset);
    find(library, "inflateEnd", &ours.inflate_end);
    find(library, "uncompress", &ours.uncompress);
    if (failures != 0)
        return 1;
    if (ours.run == system.run) {
        printf("there is only one library\n");
        return 1;
    }
    use(&ours, &system);
    use(&system, &ours);
    return failures == 0 ? 0 : 1;
}
