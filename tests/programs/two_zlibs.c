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
}

int main(int argc, char **argv)
{
    struct functions system = {deflateInit_, deflate, deflateReset, deflateBound, deflateEnd,
                               compress};
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
