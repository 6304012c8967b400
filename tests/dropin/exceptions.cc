/*
 * Exceptions of a program's own functions pass through the library to where they are caught.
 *
 *     c++ -I../../include -o exceptions exceptions.cc -lz && ./exceptions
 */
#include <cstdio>
#include <cstring>
#include "rzlib.h"

namespace {

struct no_memory {};
struct no_input {};
struct no_room {};

voidpf refuse(voidpf, uInt, uInt) { throw no_memory(); }
void release(voidpf, voidpf) {}
unsigned read_none(void *, z_const unsigned char **) { throw no_input(); }
int write_none(void *, unsigned char *, unsigned) { throw no_room(); }

/* One stored block with one byte. */
z_const unsigned char stored[] = {1, 1, 0, 0xfe, 0xff, 'x'};

unsigned read_stored(void *, z_const unsigned char **data) {
    *data = stored;
    return sizeof stored;
}

unsigned char window[32768];

template <class Thrown, class Call> bool throws(const char *name, Call call) {
    z_stream stream;
    std::memset(&stream, 0, sizeof stream);
    try {
        call(stream);
    } catch (const Thrown &) {
        return true;
    }
    std::printf("%s throws nothing\n", name);
    return false;
}

} // namespace

int main() {
    bool ok = throws<no_memory>("deflateInit", [](z_stream &stream) {
        stream.zalloc = refuse;
        stream.zfree = release;
        deflateInit(&stream, 6);
    });
    ok &= throws<no_memory>("inflateInit", [](z_stream &stream) {
        stream.zalloc = refuse;
        stream.zfree = release;
        inflateInit(&stream);
    });
    ok &= throws<no_input>("inflateBack", [](z_stream &stream) {
        inflateBackInit(&stream, 15, window);
        inflateBack(&stream, read_none, nullptr, write_none, nullptr);
    });
    ok &= throws<no_room>("inflateBack", [](z_stream &stream) {
        inflateBackInit(&stream, 15, window);
        inflateBack(&stream, read_stored, nullptr, write_none, nullptr);
    });
    return ok ? 0 : 1;
}
