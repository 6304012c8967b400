/*
 * Property: bad and odd calls of the inflate family are answered exactly as zlib answers them:
 * code, msg, every visible field, what is asked from zalloc; and a stream that was refused a call
 * goes on afterwards.
 *
 * Guards: NULL and foreign pointers, a z_stream that was moved by memcpy, streams of deflate, of
 * inflateBack or of another library, calls after the end and after errors. The calls stand in
 * inflate_badargs_rows.h; bad streams are crossed with all calls. Where zlib would crash or free
 * what is not its own only our answer is checked.
 */
#include "heap.h"
#include "itwin.h"

#include <limits.h>

/* The condition a stream is in before the call. */
enum kind {
    NULL_STREAM, /* no stream at all */
    ZEROED,      /* memory of zeros */
    NO_STATE,    /* zalloc and zfree set, state NULL */
    ENDED,       /* after inflateEnd */
    FAILED_INIT, /* inflateInit2 refused it */
    COPIED,      /* a fresh stream moved by memcpy */
    COPIED_BUSY, /* a busy stream moved by memcpy */
    NO_ZALLOC,   /* fresh, then zalloc set to NULL */
    NO_ZFREE,    /* fresh, then zfree set to NULL */
    DEFLATING,   /* a deflate stream */
    BACK,        /* a stream of inflateBackInit */
    BAD_KINDS,   /* the ones above are no inflate streams */
    POISONED = BAD_KINDS, /* bytes of POISON with zalloc, zfree and opaque set, for init */
    FRESH,       /* zlib wrapper, nothing done */
    BUSY,        /* in the middle of the data */
    FINISHED,    /* after Z_STREAM_END */
    FAILED,      /* after Z_DATA_ERROR */
    NEEDS_DICT,  /* after Z_NEED_DICT */
    SYNCING,     /* inflateSync has found nothing yet */
    NO_MEMORY,   /* after Z_MEM_ERROR: the window could not be allocated */
    RAW,
    RAW_BUSY,
    GZIP,
    GZIP_BUSY,
    FOREIGN,      /* a stream of the other library */
    FOREIGN_COPY, /* the fields of a stream of the other library */
    KINDS
};

/* The calls, with their arguments a, b, c. */
enum call {
    INIT,      /* index into versions, stream_size */
    INIT2,     /* windowBits */
    INIT_WITH, /* zalloc, zfree, opaque given (1) or NULL (0) */
    BACK_INIT, /* windowBits, window given or NULL, index into versions */
    COPY_TO,   /* from another stream, fresh */
    INFLATE,   /* flush, avail_in, avail_out; negative: the pointer is NULL, see set_buffers */
    END,
    END_TWICE,
    RESET,
    RESET_KEEP,
    RESET2,         /* windowBits */
    SET_DICTIONARY, /* length, dictionary given or NULL */
    GET_DICTIONARY, /* dictionary, dictLength given or NULL */
    SYNC,           /* -, avail_in */
    SYNC_POINT,
    COPY_FROM, /* to a poisoned z_stream (1) or NULL (0) */
    PRIME,     /* bits, value */
    MARK,
    GET_HEADER,
    UNDERMINE, /* subvert */
    VALIDATE,  /* check */
    CODES_USED,
    BACK_END,
    CALLS
};

struct row {
    const char *what;
    enum kind kind;
    enum call call;
    int a, b, c;
};

#include "inflate_badargs_rows.h"

/* Arguments for the crossing of bad streams with all calls: harmless ones. */
static const struct row plain_calls[] = {
    {"inflate", KINDS, INFLATE, Z_FINISH, 5, 100},
    {"inflate, no input", KINDS, INFLATE, Z_NO_FLUSH, 0, 100},
    {"inflateEnd", KINDS, END, 0, 0, 0},
    {"inflateEnd twice", KINDS, END_TWICE, 0, 0, 0},
    {"inflateReset", KINDS, RESET, 0, 0, 0},
    {"inflateResetKeep", KINDS, RESET_KEEP, 0, 0, 0},
    {"inflateReset2", KINDS, RESET2, 15, 0, 0},
    {"inflateSetDictionary", KINDS, SET_DICTIONARY, 10, 1, 0},
    {"inflateGetDictionary", KINDS, GET_DICTIONARY, 1, 1, 0},
    {"inflateSync", KINDS, SYNC, 0, 10, 0},
    {"inflateSyncPoint", KINDS, SYNC_POINT, 0, 0, 0},
    {"inflateCopy from", KINDS, COPY_FROM, 1, 0, 0},
    {"inflatePrime", KINDS, PRIME, 3, 5, 0},
    {"inflatePrime 0", KINDS, PRIME, 0, 0, 0},
    {"inflateMark", KINDS, MARK, 0, 0, 0},
    {"inflateGetHeader", KINDS, GET_HEADER, 1, 0, 0},
    {"inflateUndermine", KINDS, UNDERMINE, 1, 0, 0},
    {"inflateValidate", KINDS, VALIDATE, 1, 0, 0},
    {"inflateCodesUsed", KINDS, CODES_USED, 0, 0, 0},
};

static const char *const versions[] = {NULL,    "",     "0",   "2.0",      "1",
                                       "1.3.2", "11", " 1.3", "\xb1.3.2", "1.2.3"};

#define DATA_LEN 1500
#define OUT_LEN 3000
#define UNTOUCHED 0x5a

static unsigned char data[DATA_LEN];
/* The data as a raw, zlib and gzip stream. */
static unsigned char *stream[3];
static size_t stream_len[3];

/* One side's run of a row. */
struct run {
    enum side side;
    struct heap heap;
    z_stream z;     /* the stream of the call */
    z_stream other; /* what z was copied from, or the other end of inflateCopy */
    gz_header header;
    unsigned char out[OUT_LEN];
    unsigned char history[40000];
    unsigned char window[32768];
    uInt history_len;
    long long code;
};

static int is_valid(enum kind kind)
{
    return kind > POISONED && kind < FOREIGN;
}

static int wrapper_of(enum kind kind)
{
    return kind == RAW || kind == RAW_BUSY ? 0 : kind == GZIP || kind == GZIP_BUSY ? 2 : 1;
}

/* Input goes on where the stream stands, output behind what there is. */
static void set_buffers(struct run *run, enum kind kind, int avail_in, int avail_out)
{
    const unsigned char *in = stream[wrapper_of(kind)] + run->z.total_in;

    run->z.next_in = avail_in < 0 ? NULL : (void *)(uintptr_t)in;
    run->z.avail_in = (uInt)(avail_in < 0 ? -avail_in - 1 : avail_in);
    run->z.next_out = avail_out < 0 ? NULL : run->out + run->z.total_out;
    run->z.avail_out = (uInt)(avail_out < 0 ? -avail_out - 1 : avail_out);
}

static void start(struct run *run, z_streamp z, int window_bits)
{
    memset(z, 0, sizeof(*z));
    heap_attach(&run->heap, z);
    CHECK_INT(inflate_init2(run->side, z, window_bits), Z_OK);
}

/* Brings run->z into its condition. */
static void prepare_valid(struct run *run, enum kind kind)
{
    static const int bits[] = {-15, 15, 31};
    const struct api *f = api[run->side];

    start(run, &run->z, bits[wrapper_of(kind)]);
    set_buffers(run, kind, 0, 100);
    if (kind == BUSY || kind == RAW_BUSY || kind == GZIP_BUSY) {
        set_buffers(run, kind, 200, 150);
        f->inflate(&run->z, Z_NO_FLUSH);
    }
    if (kind == FINISHED) {
        set_buffers(run, kind, (int)stream_len[1], OUT_LEN);
        f->inflate(&run->z, Z_FINISH);
    }
    if (kind == FAILED || kind == NEEDS_DICT) {
        set_buffers(run, kind, 0, 100);
        run->z.next_in = (void *)(uintptr_t)(kind == FAILED ? "\x79\x9c" : "\x78\xbb\1\2\3\4");
        run->z.avail_in = kind == FAILED ? 2 : 6;
        f->inflate(&run->z, Z_NO_FLUSH);
        run->z.next_in = data; /* two literals may lie at one place or not */
    }
    if (kind == SYNCING) {
        set_buffers(run, kind, 20, 0);
        f->inflateSync(&run->z);
    }
    if (kind == NO_MEMORY) {
        run->heap.fail_from = 2;
        set_buffers(run, kind, 200, 150);
        CHECK_INT(f->inflate(&run->z, Z_NO_FLUSH), Z_MEM_ERROR);
        run->heap.fail_from = 0;
    }
}

static void prepare_bad(struct run *run, enum kind kind)
{
    if (kind == NO_STATE || kind == FAILED_INIT || kind == DEFLATING || kind == BACK)
        heap_attach(&run->heap, &run->z);
    if (kind == FAILED_INIT)
        inflate_init2(run->side, &run->z, 7);
    if (kind == ENDED || kind == NO_ZALLOC || kind == NO_ZFREE)
        start(run, &run->z, 15);
    if (kind == ENDED)
        api[run->side]->inflateEnd(&run->z);
    if (kind == NO_ZALLOC)
        run->z.zalloc = Z_NULL;
    if (kind == NO_ZFREE)
        run->z.zfree = Z_NULL;
    if (kind == COPIED || kind == COPIED_BUSY) {
        start(run, &run->other, 15);
        run->other.next_in = stream[1];
        run->other.avail_in = kind == COPIED_BUSY ? 300 : 0;
        run->other.next_out = run->out;
        run->other.avail_out = 100;
        if (kind == COPIED_BUSY)
            api[run->side]->inflate(&run->other, Z_NO_FLUSH);
        run->z = run->other;
    }
    if (kind == DEFLATING)
        CHECK_INT(init2(run->side, &run->z, 6, 15, 8, 0), Z_OK);
    if (kind == BACK)
        CHECK_INT(api[run->side]->inflateBackInit_(&run->z, 15, run->window, ZLIB_VERSION,
                                                   (int)sizeof(z_stream)), Z_OK);
    if (kind == FOREIGN || kind == FOREIGN_COPY) {
        z_streamp z = kind == FOREIGN ? &run->z : &run->other;

        heap_attach(&run->heap, z);
        CHECK_INT(inflate_init2(ORACLE, z, 15), Z_OK);
        run->z = *z;
    }
}

static z_streamp prepare(struct run *run, enum side side, enum kind kind)
{
    memset(run, 0, sizeof(*run));
    run->side = side;
    heap_init(&run->heap);
    memset(run->out, UNTOUCHED, sizeof(run->out));
    memset(run->history, UNTOUCHED, sizeof(run->history));
    run->header.time = run->history_len = 4711;
    if (kind == POISONED) {
        memset(&run->z, POISON, sizeof(run->z));
        heap_attach(&run->heap, &run->z);
    } else if (is_valid(kind)) {
        prepare_valid(run, kind);
    } else {
        prepare_bad(run, kind);
    }
    return kind == NULL_STREAM ? NULL : &run->z;
}

/* The calls that make a stream. */
static long long perform_init(struct run *run, z_streamp z, const struct row *row)
{
    const struct api *f = api[run->side];

    switch (row->call) {
    case INIT: return f->inflateInit_(z, versions[row->a], row->b);
    case INIT2: return f->inflateInit2_(z, row->a, ZLIB_VERSION, (int)sizeof(z_stream));
    case BACK_INIT:
        return f->inflateBackInit_(z, row->a, row->b ? run->window : NULL, versions[row->c],
                                   (int)sizeof(z_stream));
    case COPY_TO:
        start(run, &run->other, 15);
        return f->inflateCopy(z, &run->other);
    default:
        /* The default allocator's blocks are no business of the heap, nor the other way round. */
        z->zalloc = row->a ? heap_alloc : Z_NULL;
        z->zfree = row->b ? heap_free : Z_NULL;
        z->opaque = row->c ? &run->heap : NULL;
        return f->inflateInit_(z, ZLIB_VERSION, (int)sizeof(z_stream));
    }
}

static long long perform(struct run *run, z_streamp z, const struct row *row)
{
    const struct api *f = api[run->side];

    switch (row->call) {
    case INFLATE:
        if (is_valid(row->kind) && row->kind != FAILED && row->kind != NEEDS_DICT)
            set_buffers(run, row->kind, row->b, row->c);
        return f->inflate(z, row->a);
    case END: return f->inflateEnd(z);
    case END_TWICE: return f->inflateEnd(z) * 100 + f->inflateEnd(z);
    case RESET: return f->inflateReset(z);
    case RESET_KEEP: return f->inflateResetKeep(z);
    case RESET2: return f->inflateReset2(z, row->a);
    case SET_DICTIONARY: return f->inflateSetDictionary(z, row->b ? data : NULL, (uInt)row->a);
    case GET_DICTIONARY:
        return f->inflateGetDictionary(z, row->a ? run->history : NULL,
                                       row->b ? &run->history_len : NULL);
    case SYNC:
        if (is_valid(row->kind))
            set_buffers(run, row->kind, row->b, 0);
        return f->inflateSync(z);
    case SYNC_POINT: return f->inflateSyncPoint(z);
    case COPY_FROM:
        memset(&run->other, POISON, row->a ? sizeof(run->other) : 0);
        return f->inflateCopy(row->a ? &run->other : NULL, z);
    case PRIME: return f->inflatePrime(z, row->a, row->b);
    case MARK: return f->inflateMark(z);
    case GET_HEADER: return f->inflateGetHeader(z, &run->header);
    case UNDERMINE: return f->inflateUndermine(z, row->a);
    case VALIDATE: return f->inflateValidate(z, row->a);
    case CODES_USED: return (long long)f->inflateCodesUsed(z);
    case BACK_END: return f->inflateBackEnd(z);
    default: return perform_init(run, z, row);
    }
}

static void compare_runs(const struct run *a, const struct run *b)
{
    CHECK_INT(a->code, b->code);
    heap_compare_streams(&a->heap, &a->z, a->out, &b->heap, &b->z, b->out);
    heap_compare_streams(&a->heap, &a->other, a->out, &b->heap, &b->other, b->out);
    CHECK_MEM(a->out, b->out, OUT_LEN);
    CHECK_MEM(a->history, b->history, sizeof(a->history));
    CHECK_UINT(a->history_len, b->history_len);
    CHECK_UINT(a->header.time, b->header.time);
    CHECK_INT(a->header.done, b->header.done);
    heap_check_same(&a->heap, &b->heap);
}

/* Goes on with the stream after the call, and ends all there is; codes stay in run->code. */
static void finish(struct run *run, const struct row *row)
{
    const struct api *f = api[run->side];
    int is_back = row->kind == BACK || row->call == BACK_INIT;

    run->code = 0;
    if (row->kind == NO_ZALLOC || row->kind == NO_ZFREE)
        heap_attach(&run->heap, &run->z);
    if (row->kind == DEFLATING) {
        CHECK_INT(f->deflateEnd(&run->z), Z_OK);
    } else if (pointer_class(run->z.state) != 1) {
        if (is_valid(row->kind) || row->kind == NO_ZALLOC || row->kind == NO_ZFREE) {
            int left = (int)(stream_len[wrapper_of(row->kind)] - run->z.total_in);

            set_buffers(run, row->kind, left < 0 ? 0 : left, (int)(OUT_LEN - run->z.total_out));
            run->code = f->inflate(&run->z, Z_FINISH) * 100;
            f->inflateSync(&run->z);
        }
        run->code += (is_back ? f->inflateBackEnd : f->inflateEnd)(&run->z) * 10000;
    }
    if (pointer_class(run->other.state) == 2)
        run->code += f->inflateEnd(&run->other);
}

static long long refusal(enum call call)
{
    return call == MARK         ? -65536
           : call == CODES_USED ? (long long)(unsigned long)-1
           : call == END_TWICE  ? Z_STREAM_ERROR * 101
                                : Z_STREAM_ERROR;
}

static void run_row(const struct row *row, enum kind kind)
{
    static struct run runs[SIDES];
    struct row placed = *row;
    int side;

    placed.kind = kind;
    context("%s (stream %d, call %d)", row->what, (int)kind, (int)row->call);
    for (side = OURS; side < SIDES; side++) {
        z_streamp z = prepare(&runs[side], (enum side)side, kind);

        runs[side].code = perform(&runs[side], z, &placed);
    }
    compare_runs(&runs[OURS], &runs[ORACLE]);
    if (kind < BAD_KINDS && row->call >= INFLATE && row->call < BACK_END)
        CHECK_INT(runs[OURS].code, refusal(row->call));
    context("%s (stream %d, call %d), afterwards", row->what, (int)kind, (int)row->call);
    for (side = OURS; side < SIDES; side++)
        finish(&runs[side], &placed);
    compare_runs(&runs[OURS], &runs[ORACLE]);
    for (side = OURS; side < SIDES; side++)
        heap_release(&runs[side].heap);
}

/* A stream of the oracle handed to us: only our answer counts. */
static void run_foreign(const struct row *row, enum kind kind)
{
    static struct run run;
    struct row placed = *row;
    z_stream before;
    z_streamp z;

    placed.kind = kind;
    context("%s on a foreign stream (%d)", row->what, (int)kind);
    z = prepare(&run, OURS, kind);
    set_buffers(&run, kind, 10, 100);
    before = run.z;
    CHECK_INT(perform(&run, z, &placed), refusal(row->call));
    CHECK_MEM(&run.z, &before, sizeof(before));
    /* The oracle finds its stream as it was. */
    z = kind == FOREIGN ? &run.z : &run.other;
    z->next_in = stream[1];
    z->avail_in = (uInt)stream_len[1];
    z->next_out = run.out;
    z->avail_out = OUT_LEN;
    CHECK_INT(api[ORACLE]->inflate(z, Z_FINISH), Z_STREAM_END);
    CHECK_INT(api[ORACLE]->inflateEnd(z), Z_OK);
    heap_check_empty(&run.heap);
}

static unsigned no_input(void *descriptor, z_const unsigned char **buffer)
{
    (void)descriptor;
    (void)buffer;
    return 0;
}

static int no_output(void *descriptor, unsigned char *buffer, unsigned len)
{
    (void)descriptor;
    (void)buffer;
    (void)len;
    return 1;
}

/* What zlib answers by a crash or by freeing a state that is not its own. */
static void test_only_ours(void)
{
    static struct run run;
    int kind;

    for (kind = NULL_STREAM; kind < KINDS; kind++) {
        z_streamp z;

        if (kind == BACK || kind == POISONED)
            continue;
        z = prepare(&run, OURS, (enum kind)kind);
        context("inflateBack on stream %d", kind);
        CHECK_INT(inflateBack(z, no_input, NULL, no_output, NULL), Z_STREAM_ERROR);
        context("inflateBackEnd of stream %d", kind);
        CHECK_INT(inflateBackEnd(z), Z_STREAM_ERROR);
        context("stream %d", kind);
        CHECK_INT(is_valid((enum kind)kind), run.z.state != NULL && inflateEnd(&run.z) == Z_OK);
        heap_release(&run.heap);
    }
    context("inflateBack without functions");
    prepare(&run, OURS, BACK);
    CHECK_INT(inflateBack(&run.z, NULL, NULL, no_output, NULL), Z_STREAM_ERROR);
    CHECK_INT(inflateBack(&run.z, no_input, NULL, NULL, NULL), Z_STREAM_ERROR);
    CHECK_INT(inflateBackEnd(&run.z), Z_OK);
    heap_check_empty(&run.heap);
    context("no gz_header");
    prepare(&run, OURS, GZIP);
    CHECK_INT(inflateGetHeader(&run.z, NULL), Z_STREAM_ERROR);
    CHECK_INT(inflateEnd(&run.z), Z_OK);
}

int main(void)
{
    static const int bits[] = {-15, 15, 31};
    size_t i;
    int kind, crossed = 0;

    oracle_open();
    data_fill(DATA_TEXT, 1, data, DATA_LEN);
    for (i = 0; i < 3; i++)
        stream[i] = sample_new((struct params){6, bits[i], 8, 0}, data, DATA_LEN, 0, 0,
                               &stream_len[i]);
    for (i = 0; i < COUNT(rows); i++)
        run_row(&rows[i], rows[i].kind);
    for (kind = NULL_STREAM; kind < BAD_KINDS; kind++)
        for (i = 0; i < COUNT(plain_calls); i++, crossed++)
            run_row(&plain_calls[i], (enum kind)kind);
    /* Another zlib may well take the oracle's streams for its own. */
    for (kind = FOREIGN; kind < KINDS && !testing_peer(); kind++)
        for (i = 0; i < COUNT(plain_calls); i++, crossed++)
            if (plain_calls[i].call != COPY_FROM)
                run_foreign(&plain_calls[i], (enum kind)kind);
    if (!testing_peer())
        test_only_ours();
    for (i = 0; i < 3; i++)
        free(stream[i]);
    printf("%zu rows, %d crossed calls\n", COUNT(rows), crossed);
    return test_result();
}
