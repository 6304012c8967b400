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

/* The calls that both kinds of streams have, by kind and side. */
struct common_calls {
    int (*end)(z_streamp);
    int (*copy)(z_streamp, z_streamp);
    int (*reset)(z_streamp);
    int (*reset_keep)(z_streamp);
    int (*prime)(z_streamp, int, int);
    int (*set_dictionary)(z_streamp, const Bytef *, uInt);
    int (*get_dictionary)(z_streamp, Bytef *, uInt *);
};
static struct common_calls common[2][SIDES];

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

static void find_common(const struct api *f, int side)
{
    struct common_calls deflating = {f->deflateEnd,
                                     f->deflateCopy,
                                     f->deflateReset,
                                     f->deflateResetKeep,
                                     f->deflatePrime,
                                     f->deflateSetDictionary,
                                     f->deflateGetDictionary};
    struct common_calls inflating = {f->inflateEnd,
                                     f->inflateCopy,
                                     f->inflateReset,
                                     f->inflateResetKeep,
                                     f->inflatePrime,
                                     f->inflateSetDictionary,
                                     f->inflateGetDictionary};

    common[0][side] = deflating;
    common[1][side] = inflating;
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
    if (strcmp(oracle.zlibVersion(), "1.3.2") != 0)
        test_abort("the oracle is not zlib 1.3.2");
    if (oracle.deflate == ours.deflate)
        test_abort("the oracle is the library under test");
    find_common(&ours, OURS);
    find_common(&oracle, ORACLE);
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

int inflate_init2(enum side side, z_streamp strm, int window_bits)
{
    return api[side]->inflateInit2_(strm, window_bits, ZLIB_VERSION, (int)sizeof(z_stream));
}

/* What deflate tells about its output. */
static void compare_pending(struct twin *t)
{
    unsigned pending[SIDES] = {0, 0};
    int bits[SIDES] = {0, 0}, used[SIDES] = {0, 0};
    int side;

    for (side = OURS; side < SIDES && t->z[ORACLE].state != NULL; side++) {
        CHECK_INT(api[side]->deflatePending(&t->z[side], &pending[side], &bits[side]), Z_OK);
        CHECK_INT(api[side]->deflateUsed(&t->z[side], &used[side]), Z_OK);
    }
    CHECK_UINT(pending[OURS], pending[ORACLE]);
    CHECK_INT(bits[OURS], bits[ORACLE]);
    CHECK_INT(used[OURS], used[ORACLE]);
    t->pending = pending[ORACLE];
    t->pending_bits = bits[ORACLE];
}

/* What inflate tells about its place in the stream. */
static void compare_place(struct twin *t)
{
    const struct api *a = api[OURS], *b = api[ORACLE];

    CHECK_INT(a->inflateMark(&t->z[OURS]), b->inflateMark(&t->z[ORACLE]));
    CHECK_INT(a->inflateSyncPoint(&t->z[OURS]), b->inflateSyncPoint(&t->z[ORACLE]));
    CHECK_UINT(a->inflateCodesUsed(&t->z[OURS]), b->inflateCodesUsed(&t->z[ORACLE]));
}

int twin_same(struct twin *t)
{
    const z_stream *a = &t->z[OURS], *b = &t->z[ORACLE];
    unsigned long before = test_failures();

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
    if (t->inflating)
        compare_place(t);
    else
        compare_pending(t);
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

void twin_make_room(struct twin *t, size_t room)
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
    twin_make_room(t, room);
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
        code[side] = common[t->inflating][side].end(&t->z[side]);
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
    twin_make_room(to, from->room);
    for (side = OURS; side < SIDES; side++) {
        memset(&to->z[side], 0xaa, sizeof(to->z[side]));
        code[side] = common[from->inflating][side].copy(&to->z[side], &from->z[side]);
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

int twin_call(struct twin *t, output_call call, int a, int b, size_t avail_out)
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
        code[side] = call(api[side], &t->z[side], a, b);
        produced = take_output(t, side, avail_out);
    }
    if (twin_agree(t, code[OURS], code[ORACLE]) == DIVERGED)
        return DIVERGED;
    if (!CHECK_MEM(t->out[OURS] + start, t->out[ORACLE] + start, produced))
        t->diverged = 1;
    return t->diverged ? DIVERGED : code[ORACLE];
}

static int call_deflate(const struct api *f, z_streamp z, int flush, int unused)
{
    (void)unused;
    return f->deflate(z, flush);
}

int twin_deflate(struct twin *t, size_t avail_out, int flush)
{
    if (!t->diverged && avail_out != 0 && t->room == t->used[ORACLE])
        t->diverged = !CHECK(!"more output than the test has room for");
    return twin_call(t, call_deflate, flush, 0, avail_out);
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

static int call_params(const struct api *f, z_streamp z, int level, int strategy)
{
    return f->deflateParams(z, level, strategy);
}

int twin_params(struct twin *t, int level, int strategy, size_t avail_out)
{
    return twin_call(t, call_params, level, strategy, avail_out);
}

int twin_reset(struct twin *t)
{
    const struct common_calls *f = common[t->inflating];

    return twin_agree(t, f[OURS].reset(&t->z[OURS]), f[ORACLE].reset(&t->z[ORACLE]));
}

int twin_reset_keep(struct twin *t)
{
    const struct common_calls *f = common[t->inflating];

    return twin_agree(t, f[OURS].reset_keep(&t->z[OURS]), f[ORACLE].reset_keep(&t->z[ORACLE]));
}

int twin_tune(struct twin *t, int good, int lazy, int nice, int chain)
{
    return twin_agree(t, api[OURS]->deflateTune(&t->z[OURS], good, lazy, nice, chain),
                      api[ORACLE]->deflateTune(&t->z[ORACLE], good, lazy, nice, chain));
}

int twin_prime(struct twin *t, int bits, int value)
{
    const struct common_calls *f = common[t->inflating];

    return twin_agree(t, f[OURS].prime(&t->z[OURS], bits, value),
                      f[ORACLE].prime(&t->z[ORACLE], bits, value));
}

int twin_set_dictionary(struct twin *t, const unsigned char *dictionary, size_t len)
{
    const struct common_calls *f = common[t->inflating];

    return twin_agree(t, f[OURS].set_dictionary(&t->z[OURS], dictionary, (uInt)len),
                      f[ORACLE].set_dictionary(&t->z[ORACLE], dictionary, (uInt)len));
}

int twin_get_dictionary(struct twin *t, uInt *len)
{
    /* Both keep at most a window of 32 KiB. */
    static unsigned char history[SIDES][32768 + 16];
    uInt got[SIDES] = {77, 77};
    int code[SIDES], side;

    for (side = OURS; side < SIDES; side++) {
        memset(history[side], UNTOUCHED, sizeof(history[side]));
        code[side] = common[t->inflating][side].get_dictionary(&t->z[side], history[side],
                                                               &got[side]);
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
    code = inflate_init2(ORACLE, &z, window_bits);
    CHECK_INT(code, Z_OK);
    if (window_bits < 0 && dictionary != NULL)
        CHECK_INT(api[ORACLE]->inflateSetDictionary(&z, dictionary, (uInt)dictionary_len), Z_OK);
    code = api[ORACLE]->inflate(&z, Z_FINISH);
    if (code == Z_NEED_DICT && dictionary != NULL) {
        CHECK_INT(api[ORACLE]->inflateSetDictionary(&z, dictionary, (uInt)dictionary_len), Z_OK);
        code = api[ORACLE]->inflate(&z, Z_FINISH);
    }
    CHECK_INT(code, Z_STREAM_END);
    CHECK_UINT(z.avail_in, 0);
    if (CHECK_UINT(z.total_out, len))
        CHECK_MEM(got, want, len);
    api[ORACLE]->inflateEnd(&z);
    free(got);
}

void twin_check_round_trip(const struct twin *t, const unsigned char *want, size_t len,
                           const unsigned char *dictionary, size_t dictionary_len)
{
    if (!t->diverged)
        check_inflates(t->out[OURS], t->used[OURS], t->window_bits, want, len, dictionary,
                       dictionary_len);
}
