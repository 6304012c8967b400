/* Two inflate streams side by side (see itwin.h). */
#include "itwin.h"

int itwin_init(struct twin *t, int window_bits, size_t room)
{
    int code[SIDES], side;

    memset(t, 0, sizeof(*t));
    t->inflating = 1;
    t->window_bits = window_bits;
    twin_make_room(t, room);
    for (side = OURS; side < SIDES; side++) {
        t->z[side].next_out = t->out[side];
        code[side] = inflate_init2((enum side)side, &t->z[side], window_bits);
    }
    return twin_agree(t, code[OURS], code[ORACLE]);
}

static int call_inflate(const struct api *f, z_streamp z, int flush, int unused)
{
    (void)unused;
    return f->inflate(z, flush);
}

int itwin_inflate(struct twin *t, size_t avail_out, int flush)
{
    return twin_call(t, call_inflate, flush, 0, avail_out);
}

int itwin_run(struct twin *t, const unsigned char *in, size_t len, size_t in_chunk,
              size_t out_chunk, int flush)
{
    size_t at = 0;
    int code;

    do {
        size_t part = len - at < in_chunk ? len - at : in_chunk;

        twin_feed(t, in + at, part);
        at += part;
        /* A full chunk of output may mean that there is more. */
        do
            code = itwin_inflate(t, out_chunk, flush);
        while ((code == Z_OK || (code == Z_BUF_ERROR && flush == Z_FINISH)) &&
               t->z[ORACLE].avail_out == 0 && t->used[ORACLE] < t->room);
        if (code == Z_BUF_ERROR && t->used[ORACLE] < t->room)
            code = Z_OK; /* nothing was left to do */
    } while (code == Z_OK && at < len);
    return code;
}

int itwin_reset2(struct twin *t, int window_bits)
{
    return twin_agree(t, api[OURS]->inflateReset2(&t->z[OURS], window_bits),
                      api[ORACLE]->inflateReset2(&t->z[ORACLE], window_bits));
}

int itwin_sync(struct twin *t)
{
    return twin_agree(t, api[OURS]->inflateSync(&t->z[OURS]),
                      api[ORACLE]->inflateSync(&t->z[ORACLE]));
}

int itwin_validate(struct twin *t, int check)
{
    return twin_agree(t, api[OURS]->inflateValidate(&t->z[OURS], check),
                      api[ORACLE]->inflateValidate(&t->z[ORACLE], check));
}

int itwin_undermine(struct twin *t, int subvert)
{
    return twin_agree(t, api[OURS]->inflateUndermine(&t->z[OURS], subvert),
                      api[ORACLE]->inflateUndermine(&t->z[ORACLE], subvert));
}

unsigned char *sample_new(struct params p, const unsigned char *data, size_t data_len,
                          size_t chunk, int flush, size_t *len)
{
    /* Room for stored blocks and for what each flush adds. */
    size_t room = 2 * data_len + 1000 + (chunk == 0 ? 0 : data_len / chunk * 20), at = 0;
    unsigned char *out = must_alloc(room);
    z_stream z;

    memset(&z, 0, sizeof(z));
    CHECK_INT(init2(ORACLE, &z, p.level, p.window_bits, p.mem_level, p.strategy), Z_OK);
    z.next_in = (void *)(uintptr_t)data;
    z.next_out = out;
    z.avail_out = (uInt)room;
    for (; chunk != 0 && data_len - at > chunk; at += chunk) {
        z.avail_in = (uInt)chunk;
        CHECK_INT(api[ORACLE]->deflate(&z, flush), Z_OK);
    }
    z.avail_in = (uInt)(data_len - at);
    CHECK_INT(api[ORACLE]->deflate(&z, Z_FINISH), Z_STREAM_END);
    *len = z.total_out;
    CHECK_INT(api[ORACLE]->deflateEnd(&z), Z_OK);
    return out;
}

/* Bytes of input and output in one step; nothing of either means all there is. */
struct cut {
    size_t first_in; /* the first piece of input */
    size_t first_out;
    size_t in_chunk; /* the pieces after it */
    size_t out_chunk;
    int flush;
};

/* The end: as described, and again when inflate is called once more. */
static void check_end(struct twin *t, const struct specimen *s, int code)
{
    const z_stream *z = &t->z[OURS];
    size_t used = s->used;

    CHECK_INT(code, s->code);
    CHECK_STR(z->msg, s->msg);
    if (used != 0)
        CHECK_UINT(z->total_in, used);
    if (s->code == Z_OK)
        return;
    CHECK_INT(itwin_inflate(t, 300, Z_NO_FLUSH), s->code);
    CHECK_INT(itwin_inflate(t, 0, Z_FINISH), s->code);
    CHECK_STR(z->msg, s->msg);
}

static void check_cut(const struct specimen *s, struct cut cut)
{
    struct twin t;
    int code = Z_OK;
    size_t first = cut.first_in < s->len ? cut.first_in : s->len;

    CHECK_INT(itwin_init(&t, s->window_bits, s->room), Z_OK);
    if (first != 0 || cut.first_out != 0) {
        twin_feed(&t, s->in, first);
        code = itwin_inflate(&t, cut.first_out == 0 ? s->room : cut.first_out, cut.flush);
        first -= t.z[ORACLE].avail_in;
        if (code == Z_BUF_ERROR)
            code = Z_OK;
    }
    if (code == Z_OK)
        code = itwin_run(&t, s->in + first, s->len - first, cut.in_chunk, cut.out_chunk,
                         cut.flush);
    check_end(&t, s, code);
    CHECK_INT(twin_end(&t), Z_OK);
}

void specimen_check(const struct specimen *s)
{
    static const size_t chunks[] = {2, 3, 5, 6, 7, 64};
    static const int flushes[] = {Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH, 77, -1};
    size_t i, out_len;
    struct twin t;

    CHECK_INT(itwin_init(&t, s->window_bits, s->room), Z_OK);
    check_end(&t, s, itwin_run(&t, s->in, s->len, s->len, s->room, Z_NO_FLUSH));
    out_len = t.used[ORACLE];
    CHECK_INT(twin_end(&t), Z_OK);
    for (i = 0; i < COUNT(flushes); i++)
        check_cut(s, (struct cut){0, 0, s->len, s->room, flushes[i]});
    check_cut(s, (struct cut){0, 0, 1, s->room, Z_NO_FLUSH});
    check_cut(s, (struct cut){0, 0, s->len, 1, Z_NO_FLUSH});
    check_cut(s, (struct cut){0, 0, 1, 1, Z_SYNC_FLUSH});
    check_cut(s, (struct cut){0, 0, 1, 1, Z_FINISH});
    for (i = 0; i < COUNT(chunks); i++) {
        check_cut(s, (struct cut){0, 0, chunks[i], s->room, Z_NO_FLUSH});
        check_cut(s, (struct cut){0, 0, s->len, chunks[i], Z_NO_FLUSH});
        check_cut(s, (struct cut){0, 0, chunks[i], chunks[i], Z_NO_FLUSH});
    }
    /* Every split, or of long ones a few hundred with those at both ends. */
    for (i = 1; i < s->len; i += i < 200 || s->len - i < 200 ? 1 : 1 + s->len / 100)
        check_cut(s, (struct cut){i, 0, s->len, s->room, Z_NO_FLUSH});
    for (i = 1; i < out_len; i += i < 300 || out_len - i < 300 ? 1 : 1 + out_len / 100)
        check_cut(s, (struct cut){s->len, i, s->len, s->room, Z_NO_FLUSH});
}
