/* Two libraries side by side, call by call (see twin.h). */
#include "twin.h"

#include <dlfcn.h>

/* What output memory holds before the library writes it. */
#define UNTOUCHED 0x5a
/* How many bytes behind the produced output are looked at after each call. */
#define UNTOUCHED_LEN 512

static const struct api ours = {
#define API_LINKED(result, name, parameters) name,
    API_FUNCTIONS(API_LINKED)
#undef API_LINKED
};
static struct api oracle;
const struct api *const api[SIDES] = {&ours, &oracle};
struct inflate_api oracle_inflate;

/* Stores the function of this name at *function, whose type only the caller knows. */
static void find(void *library, const char *name, void *function, size_t len)
{
    void *address = dlsym(library, name);

    if (address == NULL)
        test_abort(name);
    memcpy(function, &address, len);
}

/* zlib calls its own functions by their exported names, and names of the linked library come
 * first: without more ado the oracle's deflateInit2_ would call our deflateReset. So it is opened
 * with its own names first; AddressSanitizer forbids that, but not a namespace of its own. */
static void *open_apart(const char *path)
{
#if defined(__SANITIZE_ADDRESS__)
    return dlmopen(LM_ID_NEWLM, path, RTLD_NOW | RTLD_LOCAL);
#elif defined(RTLD_DEEPBIND)
    return dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
#else
    return dlopen(path, RTLD_NOW | RTLD_LOCAL);
#endif
}

void oracle_open(void)
{
    const char *path = getenv("RZLIB_ORACLE");
    void *library;

    if (path == NULL)
        test_skip("RZLIB_ORACLE names no oracle");
    library = open_apart(path);
    if (library == NULL)
        test_abort(dlerror());
#define API_FIND(result, name, parameters) find(library, #name, &oracle.name, sizeof(oracle.name));
    API_FUNCTIONS(API_FIND)
#undef API_FIND
    find(library, "inflateInit2_", &oracle_inflate.init2, sizeof(oracle_inflate.init2));
    find(library, "inflate", &oracle_inflate.inflate, sizeof(oracle_inflate.inflate));
    find(library, "inflateSetDictionary", &oracle_inflate.set_dictionary,
         sizeof(oracle_inflate.set_dictionary));
    find(library, "inflateGetHeader", &oracle_inflate.get_header,
         sizeof(oracle_inflate.get_header));
    find(library, "inflateEnd", &oracle_inflate.end, sizeof(oracle_inflate.end));
    if (strcmp(oracle.zlibVersion(), "1.3.2") != 0)
        test_abort("the oracle is not zlib 1.3.2");
    if (oracle.deflate == ours.deflate)
        test_abort("the oracle is the library under test");
}

int testing_peer(void)
{
    return getenv("RZLIB_PEER") != NULL;
}

int init2(enum side side, z_streamp strm, int level, int window_bits, int mem_level, int strategy)
{
    return api[side]->deflateInit2_(strm, level, Z_DEFLATED, window_bits, mem_level, strategy,
                                    ZLIB_VERSION, (int)sizeof(z_stream));
}

int twin_same(struct twin *t)
{
    const z_stream *a = &t->z[OURS], *b = &t->z[ORACLE];
    unsigned pending[SIDES] = {0, 0};
    int bits[SIDES] = {0, 0}, used[SIDES] = {0, 0};
    unsigned long before = test_failures();
    int side;

    CHECK_STR(a->msg, b->msg);
    CHECK(a->next_in == b->next_in);
    CHECK_UINT(a->avail_in, b->avail_in);
    CHECK_UINT(a->total_in, b->total_in);
    CHECK_INT(a->next_out - t->out[OURS], b->next_out - t->out[ORACLE]);
    CHECK_UINT(a->avail_out, b->avail_out);
    CHECK_UINT(a->total_out, b->total_out);
    CHECK_INT(a->data_type, b->data_type);
    CHECK_UINT(a->adler, b->adler);
    CHECK_INT(a->state == NULL, b->state == NULL);
    for (side = OURS; side < SIDES && t->z[ORACLE].state != NULL; side++) {
        CHECK_INT(api[side]->deflatePending(&t->z[side], &pending[side], &bits[side]), Z_OK);
        CHECK_INT(api[side]->deflateUsed(&t->z[side], &used[side]), Z_OK);
    }
    CHECK_UINT(pending[OURS], pending[ORACLE]);
    CHECK_INT(bits[OURS], bits[ORACLE]);
    CHECK_INT(used[OURS], used[ORACLE]);
    t->pending = pending[ORACLE];
    t->pending_bits = bits[ORACLE];
    if (test_failures() != before)
        t->diverged = 1;
    return !t->diverged;
}

int twin_agree(struct twin *t, int ours_code, int oracle_code)
{
    if (!CHECK_INT(ours_code, oracle_code))
        t->diverged = 1;
    return twin_same(t) ? oracle_code : DIVERGED;
}

static void make_room(struct twin *t, size_t room)
{
    int side;

    t->room = room;
    for (side = OURS; side < SIDES; side++) {
        t->out[side] = must_alloc(room);
        memset(t->out[side], UNTOUCHED, room);
        t->used[side] = 0;
    }
}

int twin_init(struct twin *t, struct params p, size_t room)
{
    int code[SIDES], side;

    memset(t, 0, sizeof(*t));
    make_room(t, room);
    t->window_bits = p.window_bits;
    for (side = OURS; side < SIDES; side++) {
        t->z[side].next_out = t->out[side];
        code[side] = init2((enum side)side, &t->z[side], p.level, p.window_bits, p.mem_level,
                           p.strategy);
    }
    return twin_agree(t, code[OURS], code[ORACLE]);
}

int twin_end(struct twin *t)
{
    int code[SIDES], side;

    for (side = OURS; side < SIDES; side++)
        code[side] = api[side]->deflateEnd(&t->z[side]);
    if (!t->diverged)
        twin_agree(t, code[OURS], code[ORACLE]);
    for (side = OURS; side < SIDES; side++) {
        free(t->out[side]);
        t->out[side] = NULL;
    }
    return t->diverged ? DIVERGED : code[ORACLE];
}

int twin_copy(struct twin *to, struct twin *from)
{
    int code[SIDES], side;

    *to = *from;
    make_room(to, from->room);
    for (side = OURS; side < SIDES; side++) {
        memset(&to->z[side], 0xaa, sizeof(to->z[side]));
        code[side] = api[side]->deflateCopy(&to->z[side], &from->z[side]);
        memcpy(to->out[side], from->out[side], from->used[side]);
        to->used[side] = from->used[side];
        to->z[side].next_out = to->out[side] + from->used[side];
    }
    return twin_agree(to, code[OURS], code[ORACLE]);
}

void twin_rewind(struct twin *t)
{
    int side;

    for (side = OURS; side < SIDES; side++) {
        memset(t->out[side], UNTOUCHED, t->used[side]);
        t->used[side] = 0;
        t->z[side].next_out = t->out[side];
    }
}

void twin_feed(struct twin *t, const unsigned char *in, size_t len)
{
    int side;

    for (side = OURS; side < SIDES; side++) {
        t->z[side].next_in = (void *)(uintptr_t)in;
        t->z[side].avail_in = (uInt)len;
    }
}

/* What one side produced in a call that was given avail_out bytes, and what lies behind it. */
static size_t take_output(struct twin *t, int side, size_t avail_out)
{
    size_t produced = avail_out - t->z[side].avail_out;
    size_t behind = avail_out - produced, i, touched = 0;

    CHECK(t->z[side].next_out == t->out[side] + t->used[side] + produced);
    t->used[side] += produced;
    if (behind > UNTOUCHED_LEN)
        behind = UNTOUCHED_LEN;
    for (i = 0; i < behind; i++)
        touched += t->out[side][t->used[side] + i] != UNTOUCHED;
    if (!CHECK_UINT(touched, 0))
        t->diverged = 1;
    return produced;
}

int twin_deflate(struct twin *t, size_t avail_out, int flush)
{
    size_t start = t->used[ORACLE], produced = 0;
    int code[SIDES], side;

    if (t->diverged)
        return DIVERGED;
    if (avail_out > t->room - start)
        avail_out = t->room - start;
    if (avail_out == 0 && t->room == start) {
        t->diverged = !CHECK(!"more output than the test has room for");
        return DIVERGED;
    }
    for (side = OURS; side < SIDES; side++) {
        t->z[side].next_out = t->out[side] + start;
        t->z[side].avail_out = (uInt)avail_out;
        code[side] = api[side]->deflate(&t->z[side], flush);
        produced = take_output(t, side, avail_out);
    }
    if (twin_agree(t, code[OURS], code[ORACLE]) == DIVERGED)
        return DIVERGED;
    if (!CHECK_MEM(t->out[OURS] + start, t->out[ORACLE] + start, produced)) {
        t->diverged = 1;
        return DIVERGED;
    }
    return code[ORACLE];
}

int twin_drain(struct twin *t, size_t out_chunk, int flush)
{
    for (;;) {
        int code = twin_deflate(t, out_chunk, flush);

        if (flush == Z_FINISH) {
            if (code != Z_OK)
                return code;
            continue;
        }
        if (code == Z_BUF_ERROR)
            return Z_OK; /* nothing was left to do */
        if (code != Z_OK || t->z[ORACLE].avail_out != 0)
            return code;
        /* zlib repeats the flush marker for ever if it always ends at the end of the room. */
        if (t->z[ORACLE].avail_in == 0 && t->pending == 0)
            return code;
    }
}

int twin_compress(struct twin *t, const unsigned char *in, size_t len, size_t in_chunk,
                  size_t out_chunk, int flush)
{
    size_t at = 0;

    while (in_chunk != 0 && len - at > in_chunk) {
        int code;

        twin_feed(t, in + at, in_chunk);
        code = twin_drain(t, out_chunk, flush);
        if (code != Z_OK)
            return code;
        at += in_chunk;
    }
    twin_feed(t, in + at, len - at);
    return twin_drain(t, out_chunk, Z_FINISH);
}

int twin_params(struct twin *t, int level, int strategy, size_t avail_out)
{
    size_t start = t->used[ORACLE], produced = 0;
    int code[SIDES], side;

    if (t->diverged)
        return DIVERGED;
    if (avail_out > t->room - start)
        avail_out = t->room - start;
    for (side = OURS; side < SIDES; side++) {
        t->z[side].next_out = t->out[side] + start;
        t->z[side].avail_out = (uInt)avail_out;
        code[side] = api[side]->deflateParams(&t->z[side], level, strategy);
        produced = take_output(t, side, avail_out);
    }
    if (twin_agree(t, code[OURS], code[ORACLE]) == DIVERGED)
        return DIVERGED;
    if (!CHECK_MEM(t->out[OURS] + start, t->out[ORACLE] + start, produced))
        t->diverged = 1;
    return t->diverged ? DIVERGED : code[ORACLE];
}

int twin_reset(struct twin *t)
{
    return twin_agree(t, api[OURS]->deflateReset(&t->z[OURS]),
                      api[ORACLE]->deflateReset(&t->z[ORACLE]));
}

int twin_reset_keep(struct twin *t)
{
    return twin_agree(t, api[OURS]->deflateResetKeep(&t->z[OURS]),
                      api[ORACLE]->deflateResetKeep(&t->z[ORACLE]));
}

int twin_tune(struct twin *t, int good, int lazy, int nice, int chain)
{
    return twin_agree(t, api[OURS]->deflateTune(&t->z[OURS], good, lazy, nice, chain),
                      api[ORACLE]->deflateTune(&t->z[ORACLE], good, lazy, nice, chain));
}

int twin_prime(struct twin *t, int bits, int value)
{
    return twin_agree(t, api[OURS]->deflatePrime(&t->z[OURS], bits, value),
                      api[ORACLE]->deflatePrime(&t->z[ORACLE], bits, value));
}

int twin_set_dictionary(struct twin *t, const unsigned char *dictionary, size_t len)
{
    return twin_agree(t,
                      api[OURS]->deflateSetDictionary(&t->z[OURS], dictionary, (uInt)len),
                      api[ORACLE]->deflateSetDictionary(&t->z[ORACLE], dictionary, (uInt)len));
}

int twin_get_dictionary(struct twin *t, uInt *len)
{
    /* deflate keeps at most a window of 32 KiB. */
    static unsigned char history[SIDES][32768 + 16];
    uInt got[SIDES] = {77, 77};
    int code[SIDES], side;

    for (side = OURS; side < SIDES; side++) {
        memset(history[side], UNTOUCHED, sizeof(history[side]));
        code[side] = api[side]->deflateGetDictionary(&t->z[side], history[side], &got[side]);
    }
    if (!CHECK_UINT(got[OURS], got[ORACLE]) ||
        !CHECK_MEM(history[OURS], history[ORACLE], sizeof(history[OURS])))
        t->diverged = 1;
    if (len != NULL)
        *len = got[ORACLE];
    return twin_agree(t, code[OURS], code[ORACLE]);
}

int twin_set_header(struct twin *t, gz_headerp header)
{
    return twin_agree(t, api[OURS]->deflateSetHeader(&t->z[OURS], header),
                      api[ORACLE]->deflateSetHeader(&t->z[ORACLE], header));
}

void check_inflates(const unsigned char *stream, size_t stream_len, int window_bits,
                    const unsigned char *want, size_t len, const unsigned char *dictionary,
                    size_t dictionary_len)
{
    unsigned char *got = must_alloc(len + 1);
    z_stream z;
    int code;

    memset(&z, 0, sizeof(z));
    z.next_in = (void *)(uintptr_t)stream;
    z.avail_in = (uInt)stream_len;
    z.next_out = got;
    z.avail_out = (uInt)len + 1;
    /* windowBits 8 means 9 to deflate; only raw inflate is told the size by its caller. */
    if (window_bits > 0)
        window_bits = window_bits > 15 ? 31 : 15;
    code = oracle_inflate.init2(&z, window_bits, ZLIB_VERSION, (int)sizeof(z));
    CHECK_INT(code, Z_OK);
    if (window_bits < 0 && dictionary != NULL)
        CHECK_INT(oracle_inflate.set_dictionary(&z, dictionary, (uInt)dictionary_len), Z_OK);
    code = oracle_inflate.inflate(&z, Z_FINISH);
    if (code == Z_NEED_DICT && dictionary != NULL) {
        CHECK_INT(oracle_inflate.set_dictionary(&z, dictionary, (uInt)dictionary_len), Z_OK);
        code = oracle_inflate.inflate(&z, Z_FINISH);
    }
    CHECK_INT(code, Z_STREAM_END);
    CHECK_UINT(z.avail_in, 0);
    if (CHECK_UINT(z.total_out, len))
        CHECK_MEM(got, want, len);
    oracle_inflate.end(&z);
    free(got);
}

void twin_check_round_trip(const struct twin *t, const unsigned char *want, size_t len,
                           const unsigned char *dictionary, size_t dictionary_len)
{
    if (!t->diverged)
        check_inflates(t->out[OURS], t->used[OURS], t->window_bits, want, len, dictionary,
                       dictionary_len);
}
