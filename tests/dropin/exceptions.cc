/*
 * A program's own functions leave the library by an exception or by longjmp, and the stream can be
 * ended, or made anew, after that.
 *
 *     c++ -I../../include -o exceptions exceptions.cc -lz && ./exceptions
 *
 * zalloc, zfree, in() and out() leave at their first call, their second, and so on. All of it is done
 * twice: with an exception, and with longjmp.
 */
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include "rzlib.h"

namespace {

struct left {};

bool jumps;
std::jmp_buf place;
int failures;
const char *now;
int now_at;

/* Calls until one of the functions leaves; -1 for never. */
int left_until = -1;
/* Blocks that are allocated and not freed. */
int blocks;

void leave_at_last() {
    if (left_until < 0 || left_until-- != 0)
        return;
    if (jumps)
        std::longjmp(place, 1);
    throw left();
}

voidpf allocate(voidpf, uInt items, uInt size) {
    leave_at_last();
    blocks++;
    return std::malloc(static_cast<std::size_t>(items) * size);
}

voidpf allocate_quietly(voidpf, uInt items, uInt size) {
    blocks++;
    return std::malloc(static_cast<std::size_t>(items) * size);
}

void release(voidpf, voidpf address) {
    leave_at_last();
    blocks--;
    std::free(address);
}

void release_quietly(voidpf, voidpf address) {
    blocks--;
    std::free(address);
}

void expect(bool held, const char *what) {
    if (held)
        return;
    failures++;
    std::printf("%s, %s, call %d: %s\n", now, jumps ? "longjmp" : "exception", now_at, what);
}

/* Whether the call is left, at the given call of one of the functions. */
template <class Call> bool leaves_by_exception(Call &call) {
    try {
        call();
    } catch (const left &) {
        return true;
    }
    return false;
}

template <class Call> bool leaves_by_jump(Call &call) {
    if (setjmp(place) != 0)
        return true;
    call();
    return false;
}

template <class Call> bool leaves(const char *name, int at, Call call) {
    now = name;
    now_at = at;
    left_until = at;
    bool did = jumps ? leaves_by_jump(call) : leaves_by_exception(call);
    left_until = -1;
    return did;
}

const char text[] = "An exception, a jump, an exception, and a jump. An exception, and one more.";
unsigned char packed[1000], back[1000];
uInt packed_len;

z_stream stream_with(alloc_func zalloc, free_func zfree) {
    z_stream stream;
    std::memset(&stream, 0, sizeof stream);
    stream.zalloc = zalloc;
    stream.zfree = zfree;
    return stream;
}

void give_text(z_stream &stream) {
    stream.next_in = reinterpret_cast<z_const Bytef *>(const_cast<char *>(text));
    stream.avail_in = sizeof text;
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
}

void give_packed(z_stream &stream, uInt room) {
    stream.next_in = packed;
    stream.avail_in = packed_len;
    stream.next_out = back;
    stream.avail_out = room;
}

/* A stream that is as good as new compresses, and ends. */
void compresses(z_stream &stream) {
    give_text(stream);
    expect(deflate(&stream, Z_FINISH) == Z_STREAM_END, "does not compress");
    expect(deflateEnd(&stream) == Z_OK, "does not end");
}

void decompresses(z_stream &stream) {
    give_packed(stream, sizeof back);
    expect(inflate(&stream, Z_FINISH) == Z_STREAM_END, "does not decompress");
    expect(std::memcmp(back, text, sizeof text) == 0, "decompresses to something else");
}

void nothing_is_left() {
    expect(blocks == 0, "memory is not freed");
    blocks = 0;
}

void zalloc_of_deflate() {
    for (int at = 0;; at++) {
        z_stream stream = stream_with(allocate, release);
        bool left = leaves("deflateInit2", at, [&] {
            deflateInit2(&stream, 6, Z_DEFLATED, 15, 8, Z_DEFAULT_STRATEGY);
        });
        if (!left) {
            expect(at == 5, "has not five blocks");
            compresses(stream);
            return nothing_is_left();
        }
        /* As with zlib: what there is can be freed, once there is a state. */
        expect(deflate(&stream, Z_NO_FLUSH) == Z_STREAM_ERROR, "is taken for a stream");
        expect(deflateEnd(&stream) == (at == 0 ? Z_STREAM_ERROR : Z_OK), "ends in another way");
        expect(deflateEnd(&stream) == Z_STREAM_ERROR, "ends twice");
        nothing_is_left();
        expect(deflateInit(&stream, 6) == Z_OK, "cannot be made anew");
        compresses(stream);
        nothing_is_left();
    }
}

void zalloc_of_deflate_copy() {
    for (int at = 0;; at++) {
        z_stream stream = stream_with(allocate, release), copy = stream_with(nullptr, nullptr);
        deflateInit(&stream, 6);
        bool left = leaves("deflateCopy", at, [&] { deflateCopy(&copy, &stream); });
        if (left)
            expect(deflateEnd(&copy) == (at == 0 ? Z_STREAM_ERROR : Z_OK), "ends in another way");
        else
            compresses(copy);
        compresses(stream);
        nothing_is_left();
        if (!left)
            return expect(at == 5, "has not five blocks");
    }
}

void zalloc_of_inflate() {
    z_stream stream = stream_with(allocate, release);
    expect(leaves("inflateInit2", 0, [&] { inflateInit2(&stream, 47); }), "does not leave");
    expect(inflateEnd(&stream) == Z_STREAM_ERROR, "ends");
    nothing_is_left();
    expect(inflateInit(&stream) == Z_OK, "cannot be made anew");
    /* The window, at the end of a call that has no room for all. */
    for (int again = 0; again < 2; again++) {
        bool left = leaves("inflate", 0, [&] {
            give_packed(stream, 20);
            inflate(&stream, Z_NO_FLUSH);
        });
        expect(left, "does not leave");
        expect(inflateReset(&stream) == Z_OK, "cannot be reset");
    }
    decompresses(stream);
    expect(inflateEnd(&stream) == Z_OK, "does not end");
    nothing_is_left();

    inflateInit2(&stream, -15);
    const Bytef *dictionary = reinterpret_cast<const Bytef *>(text);
    bool left = leaves("inflateSetDictionary", 0, [&] {
        inflateSetDictionary(&stream, dictionary, sizeof text);
    });
    expect(left, "does not leave");
    expect(inflateSetDictionary(&stream, dictionary, sizeof text) == Z_OK, "cannot be repeated");
    expect(inflateEnd(&stream) == Z_OK, "does not end");
    nothing_is_left();
}

void zalloc_of_inflate_copy() {
    z_stream stream = stream_with(allocate, release), copy = stream_with(nullptr, nullptr);
    inflateInit(&stream);
    give_packed(stream, 20);
    inflate(&stream, Z_NO_FLUSH);
    for (int at = 0; at < 2; at++) {
        expect(leaves("inflateCopy", at, [&] { inflateCopy(&copy, &stream); }), "does not leave");
        expect(inflateEnd(&copy) == Z_STREAM_ERROR, "is a stream");
        /* The state of the copy, which nobody knows of, as with zlib. */
        expect(blocks == 2 + at, "frees memory of the stream");
        blocks = 2;
    }
    expect(inflateCopy(&copy, &stream) == Z_OK, "cannot be repeated");
    expect(inflateEnd(&copy) == Z_OK, "the copy does not end");
    expect(inflateReset(&stream) == Z_OK, "cannot be reset");
    decompresses(stream);
    expect(inflateEnd(&stream) == Z_OK, "does not end");
    nothing_is_left();
}

/* Memory that zfree has refused is lost. */
void zfree_of_deflate() {
    for (int at = 0; at < 5; at++) {
        z_stream stream = stream_with(allocate_quietly, release);
        deflateInit(&stream, 6);
        expect(leaves("deflateEnd", at, [&] { deflateEnd(&stream); }), "does not leave");
        expect(blocks == 5 - at, "frees in another order");
        expect(deflateEnd(&stream) == Z_STREAM_ERROR, "ends twice");
        expect(deflate(&stream, Z_FINISH) == Z_STREAM_ERROR, "is taken for a stream");
        blocks = 0;
        expect(deflateInit(&stream, 6) == Z_OK, "cannot be made anew");
        compresses(stream);
        nothing_is_left();
    }
}

void zfree_of_inflate() {
    for (int at = 0; at < 2; at++) {
        z_stream stream = stream_with(allocate_quietly, release);
        inflateInit(&stream);
        give_packed(stream, 20);
        inflate(&stream, Z_NO_FLUSH);
        expect(leaves("inflateEnd", at, [&] { inflateEnd(&stream); }), "does not leave");
        expect(blocks == 2 - at, "frees in another order");
        expect(inflateEnd(&stream) == Z_STREAM_ERROR, "ends twice");
        blocks = 0;
    }
    /* The window, which is too large for the new stream. */
    z_stream stream = stream_with(allocate_quietly, release);
    inflateInit(&stream);
    give_packed(stream, 20);
    inflate(&stream, Z_NO_FLUSH);
    expect(leaves("inflateReset2", 0, [&] { inflateReset2(&stream, 9); }), "does not leave");
    expect(inflateReset2(&stream, 15) == Z_OK, "cannot be repeated");
    decompresses(stream);
    expect(inflateEnd(&stream) == Z_OK, "does not end");
    expect(blocks == 1, "frees the window twice");
    blocks = 0;
}

/* Of inflateBack: raw data, a byte at a time, and a window that is full again and again. */
unsigned char window[256];
unsigned char raw[10000];
uInt raw_len;
struct source {
    uInt at;
};
uLong taken;

unsigned read_byte(void *desc, z_const unsigned char **data) {
    source &from = *static_cast<source *>(desc);
    leave_at_last();
    *data = raw + from.at;
    return from.at++ < raw_len;
}

unsigned read_all(void *, z_const unsigned char **data) {
    *data = raw;
    return raw_len;
}

int write_some(void *, unsigned char *, unsigned len) {
    leave_at_last();
    taken += len;
    return 0;
}

int write_quietly(void *, unsigned char *, unsigned len) {
    taken += len;
    return 0;
}

void back_again(z_stream &stream) {
    source from = {0};
    taken = 0;
    stream.next_in = nullptr;
    stream.avail_in = 0;
    expect(inflateBack(&stream, read_byte, &from, write_some, nullptr) == Z_STREAM_END,
           "cannot be repeated");
    expect(taken == 2000, "has other data");
}

void functions_of_inflate_back() {
    z_stream stream = stream_with(allocate, release);
    expect(leaves("inflateBackInit", 0, [&] { inflateBackInit(&stream, 8, window); }),
           "does not leave");
    expect(inflateBackInit(&stream, 8, window) == Z_OK, "cannot be made anew");
    for (int at = 0; at < 40; at += 3) {
        source from = {0};
        bool left = leaves("inflateBack, in", at, [&] {
            stream.next_in = nullptr;
            inflateBack(&stream, read_byte, &from, write_quietly, nullptr);
        });
        expect(left, "does not leave");
        back_again(stream);
    }
    for (int at = 0; at < 8; at++) {
        bool left = leaves("inflateBack, out", at, [&] {
            stream.next_in = nullptr;
            inflateBack(&stream, read_all, nullptr, write_some, nullptr);
        });
        expect(left, "does not leave");
        back_again(stream);
    }
    expect(leaves("inflateBackEnd", 0, [&] { inflateBackEnd(&stream); }), "does not leave");
    expect(inflateBackEnd(&stream) == Z_STREAM_ERROR, "ends twice");
    blocks = 0;
}

void make_data() {
    z_stream stream = stream_with(allocate_quietly, release_quietly);
    deflateInit(&stream, 6);
    give_text(stream);
    deflate(&stream, Z_FINISH);
    packed_len = static_cast<uInt>(stream.total_out);
    deflateEnd(&stream);

    unsigned char noise[2000];
    unsigned number = 1;
    for (unsigned char &byte : noise)
        byte = static_cast<unsigned char>((number = number * 1103515245 + 12345) >> 28);
    stream = stream_with(allocate_quietly, release_quietly);
    deflateInit2(&stream, 6, Z_DEFLATED, -8 - 1, 8, Z_HUFFMAN_ONLY);
    stream.next_in = noise;
    stream.avail_in = sizeof noise;
    stream.next_out = raw;
    stream.avail_out = sizeof raw;
    deflate(&stream, Z_FINISH);
    raw_len = static_cast<uInt>(stream.total_out);
    deflateEnd(&stream);
}

} // namespace

int main() {
    make_data();
    for (int kind = 0; kind < 2; kind++) {
        jumps = kind != 0;
        zalloc_of_deflate();
        zalloc_of_deflate_copy();
        zalloc_of_inflate();
        zalloc_of_inflate_copy();
        zfree_of_deflate();
        zfree_of_inflate();
        functions_of_inflate_back();
    }
    return failures != 0;
}
