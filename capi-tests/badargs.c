/*
 * Property: bad and odd calls are answered exactly as zlib answers them: code, msg, every visible
 * field, what is asked from zalloc; and a stream that was refused a call goes on afterwards.
 *
 * Guards: NULL and foreign pointers, a z_stream that was moved by memcpy, streams of another
 * kind or library (two zlibs in one process mixed their states), calls after the end and after
 * errors, every parameter just outside its range. The calls stand in badargs_rows.h; bad streams
 * are crossed with all calls. Where zlib would crash only our answer is checked.
 */
#include "heap.h"
#include "twin.h"

#include <limits.h>

/* The condition a stream is in before the call. */
enum kind {
    NULL_STREAM,   /* no stream at all */
    ZEROED,        /* memory of zeros */
    NO_STATE,      /* zalloc and zfree set, state NULL */
    ENDED,         /* after deflateEnd */
    FAILED_INIT,   /* deflateInit2 refused it */
    COPIED,        /* a fresh stream moved by memcpy */
    COPIED_BUSY,   /* a busy stream moved by memcpy */
    NO_ZALLOC,     /* fresh, then zalloc set to NULL */
    NO_ZFREE,      /* fresh, then zfree set to NULL */
    INFLATING,     /* an inflate stream */
    BAD_KINDS,     /* the ones above are no deflate streams */
    POISONED = BAD_KINDS, /* bytes of 0xaa with zalloc, zfree and opaque set, for init */
    FRESH,         /* zlib wrapper, level 6, nothing done */
    BUSY,          /* after some input without flush */
    FLUSHED,       /* after some input and Z_SYNC_FLUSH */
    PENDING_OUT,   /* output waiting for room */
    FINISHED,      /* after Z_STREAM_END */
    FINISHING,     /* Z_FINISH begun, output waiting for room */
    AFTER_BUF,     /* busy, then refused with Z_BUF_ERROR */
    AFTER_ERROR,   /* busy, then refused with Z_STREAM_ERROR */
    RAW,           /* fresh without wrapper */
    RAW_BUSY,
    RAW_FLUSHED,
    GZIP,          /* fresh with gzip wrapper */
    GZIP_BUSY,
    GZIP_FINISHED,
    STORED_BUSY,   /* level 0, input in the window */
    FOREIGN,       /* a stream of the other library */
    FOREIGN_COPY,  /* the fields of a stream of the other library */
    KINDS
};

/* The calls, with their arguments a, b, c, d, e. */
enum call {
    INIT,      /* level, index into versions, stream_size */
    INIT2,     /* level, method, windowBits, memLevel, strategy */
    INIT_WITH, /* zalloc, zfree, opaque given (1) or NULL (0); then level */
    DEFLATE,   /* flush, avail_in, avail_out; negative: the pointer is NULL, see set_buffers */
    END,
    END_TWICE,
    RESET,
    RESET_KEEP,
    PARAMS,         /* level, strategy, avail_out */
    TUNE,           /* good, lazy, nice, chain */
    PRIME,          /* bits, value */
    PENDING,        /* pending, bits given (1) or NULL (0) */
    USED,           /* bits given or NULL */
    SET_DICTIONARY, /* length, dictionary given or NULL */
    GET_DICTIONARY, /* dictionary, dictLength given or NULL */
    SET_HEADER,     /* header given or NULL */
    COPY_FROM,      /* to a poisoned z_stream (1), NULL (0) or itself (2) */
    COPY_TO,        /* from another stream, fresh */
    BOUND,          /* sourceLen */
    CALLS
};

struct row {
    const char *what;
    enum kind kind;
    enum call call;
    int a, b, c, d, e;
};

#include "badargs_rows.h"

/* Arguments for the crossing of bad streams with all calls: harmless ones. */
static const struct row plain_calls[] = {
    {"deflate", KINDS, DEFLATE, Z_FINISH, 5, 100, 0, 0},
    {"deflate, no input", KINDS, DEFLATE, Z_NO_FLUSH, 0, 100, 0, 0},
    {"deflate, flush 99", KINDS, DEFLATE, 99, 5, 100, 0, 0},
    {"deflateEnd", KINDS, END, 0, 0, 0, 0, 0},
    {"deflateEnd twice", KINDS, END_TWICE, 0, 0, 0, 0, 0},
    {"deflateReset", KINDS, RESET, 0, 0, 0, 0, 0},
    {"deflateResetKeep", KINDS, RESET_KEEP, 0, 0, 0, 0, 0},
    {"deflateParams", KINDS, PARAMS, 3, Z_RLE, 100, 0, 0},
    {"deflateTune", KINDS, TUNE, 4, 4, 8, 4, 0},
    {"deflatePrime", KINDS, PRIME, 3, 5, 0, 0, 0},
    {"deflatePending", KINDS, PENDING, 1, 1, 0, 0, 0},
    {"deflateUsed", KINDS, USED, 1, 0, 0, 0, 0},
    {"deflateSetDictionary", KINDS, SET_DICTIONARY, 10, 1, 0, 0, 0},
    {"deflateGetDictionary", KINDS, GET_DICTIONARY, 1, 1, 0, 0, 0},
    {"deflateSetHeader", KINDS, SET_HEADER, 1, 0, 0, 0, 0},
    {"deflateCopy from", KINDS, COPY_FROM, 1, 0, 0, 0, 0},
    {"deflateBound", KINDS, BOUND, 1000, 0, 0, 0, 0},
};

static const char *const versions[] = {NULL,     "",           "0",   "2.0",  "1",
                                       "1.x",    "1.3.2",      "11",  " 1.3", "1.3.2-rest",
                                       "3.1.2", "\xb1.3.2", "1.2.3"};

static unsigned char input[2000];

#define OUT_LEN 6000
#define UNTOUCHED 0x5a

/* One side's run of a row. */
struct run {
    enum side side;
    struct heap heap;
    z_stream z;     /* the stream of the call */
    z_stream other; /* what z was copied from, or the other end of deflateCopy */
    gz_header header;
    unsigned char out[OUT_LEN];
    unsigned char history[40000];
    unsigned pending;
    int bits;
    uInt history_len;
    size_t bound;
    long long code;
};

static int is_valid(enum kind kind)
{
    return kind > POISONED && kind < FOREIGN;
}

static void set_buffers(struct run *run, int avail_in, int avail_out)
{
    size_t used = 0;

    /* The outputs of all calls on a stream follow each other. */
    while (used < OUT_LEN && run->out[OUT_LEN - 1 - used] == UNTOUCHED)
        used++;
    run->z.next_in = avail_in < 0 ? NULL : input;
    run->z.avail_in = (uInt)(avail_in < 0 ? -avail_in - 1 : avail_in);
    run->z.next_out = avail_out < 0 ? NULL : run->out + OUT_LEN - used;
    run->z.avail_out = (uInt)(avail_out < 0 ? -avail_out - 1 : avail_out);
}

static void start(struct run *run, z_streamp z, int level, int window_bits)
{
    memset(z, 0, sizeof(*z));
    heap_attach(&run->heap, z);
    CHECK_INT(init2(run->side, z, level, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
}

static void step(struct run *run, int flush, int avail_in, int avail_out)
{
    set_buffers(run, avail_in, avail_out);
    api[run->side]->deflate(&run->z, flush);
}

/* Brings run->z into its condition. */
static void prepare_valid(struct run *run, enum kind kind)
{
    int bits = kind >= RAW && kind <= RAW_FLUSHED      ? -15
               : kind >= GZIP && kind <= GZIP_FINISHED ? 31
                                                       : 15;

    start(run, &run->z, kind == STORED_BUSY ? 0 : 6, bits);
    set_buffers(run, 0, 100);
    switch (kind) {
    case BUSY: case AFTER_BUF: case AFTER_ERROR: case RAW_BUSY: case GZIP_BUSY: case STORED_BUSY:
        step(run, Z_NO_FLUSH, 500, 100);
        break;
    case FLUSHED: case RAW_FLUSHED: step(run, Z_SYNC_FLUSH, 500, 2000); break;
    case PENDING_OUT: step(run, Z_SYNC_FLUSH, 500, 10); break;
    case FINISHED: case GZIP_FINISHED: step(run, Z_FINISH, 500, 2000); break;
    case FINISHING: step(run, Z_FINISH, 500, 10); break;
    default: break;
    }
    if (kind == AFTER_BUF)
        step(run, Z_SYNC_FLUSH, 0, 0);
    if (kind == AFTER_ERROR)
        step(run, Z_SYNC_FLUSH, 0, -1);
}

static void prepare_bad(struct run *run, enum kind kind)
{
    if (kind == NO_STATE)
        heap_attach(&run->heap, &run->z);
    if (kind == FAILED_INIT) {
        heap_attach(&run->heap, &run->z);
        init2(run->side, &run->z, 99, 15, 8, 0);
    }
    if (kind == ENDED || kind == NO_ZALLOC || kind == NO_ZFREE)
        start(run, &run->z, 6, 15);
    if (kind == ENDED)
        api[run->side]->deflateEnd(&run->z);
    if (kind == NO_ZALLOC)
        run->z.zalloc = Z_NULL;
    if (kind == NO_ZFREE)
        run->z.zfree = Z_NULL;
    if (kind == COPIED || kind == COPIED_BUSY) {
        start(run, &run->other, 6, 15);
        run->other.next_in = input;
        run->other.avail_in = kind == COPIED_BUSY ? 300 : 0;
        run->other.next_out = run->out;
        run->other.avail_out = 100;
        if (kind == COPIED_BUSY)
            api[run->side]->deflate(&run->other, Z_NO_FLUSH);
        run->z = run->other;
    }
    if (kind == INFLATING) {
        heap_attach(&run->heap, &run->z);
        inflate_init2(run->side, &run->z, 15);
    }
    if (kind == FOREIGN || kind == FOREIGN_COPY) {
        z_streamp z = kind == FOREIGN ? &run->z : &run->other;

        heap_attach(&run->heap, z);
        CHECK_INT(init2(ORACLE, z, 6, 15, 8, 0), Z_OK);
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
    run->pending = 4711;
    run->bits = run->header.time = run->history_len = 4711;
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

static long long perform_init(struct run *run, z_streamp z, const struct row *row)
{
    const struct api *f = api[run->side];

    if (row->call == INIT)
        return f->deflateInit_(z, row->a, versions[row->b], row->c);
    if (row->call == INIT2)
        return f->deflateInit2_(z, row->a, row->b, row->c, row->d, row->e, ZLIB_VERSION,
                                (int)sizeof(z_stream));
    z->zalloc = row->a ? heap_alloc : Z_NULL;
    /* The default allocator's blocks are no business of the heap, nor the other way round. */
    z->zfree = row->b ? heap_free : Z_NULL;
    z->opaque = row->c ? &run->heap : NULL;
    return f->deflateInit_(z, row->d, ZLIB_VERSION, (int)sizeof(z_stream));
}

static long long perform_copy(struct run *run, z_streamp z, const struct row *row)
{
    if (row->call == COPY_TO) {
        start(run, &run->other, 6, 15);
        return api[run->side]->deflateCopy(z, &run->other);
    }
    if (row->a == 1)
        memset(&run->other, POISON, sizeof(run->other));
    return api[run->side]->deflateCopy(row->a == 1 ? &run->other : row->a == 2 ? z : NULL, z);
}

static long long perform(struct run *run, z_streamp z, const struct row *row)
{
    const struct api *f = api[run->side];

    switch (row->call) {
    case INIT: case INIT2: case INIT_WITH: return perform_init(run, z, row);
    case DEFLATE:
        if (is_valid(row->kind))
            set_buffers(run, row->b, row->c);
        return f->deflate(z, row->a);
    case END: return f->deflateEnd(z);
    case END_TWICE: return f->deflateEnd(z) * 100 + f->deflateEnd(z);
    case RESET: return f->deflateReset(z);
    case RESET_KEEP: return f->deflateResetKeep(z);
    case PARAMS:
        if (is_valid(row->kind))
            set_buffers(run, 0, row->c);
        return f->deflateParams(z, row->a, row->b);
    case TUNE: return f->deflateTune(z, row->a, row->b, row->c, row->d);
    case PRIME: return f->deflatePrime(z, row->a, row->b);
    case PENDING:
        return f->deflatePending(z, row->a ? &run->pending : NULL, row->b ? &run->bits : NULL);
    case USED: return f->deflateUsed(z, row->a ? &run->bits : NULL);
    case SET_DICTIONARY: return f->deflateSetDictionary(z, row->b ? input : NULL, (uInt)row->a);
    case GET_DICTIONARY:
        return f->deflateGetDictionary(z, row->a ? run->history : NULL,
                                       row->b ? &run->history_len : NULL);
    case SET_HEADER: return f->deflateSetHeader(z, row->a ? &run->header : NULL);
    case COPY_FROM: case COPY_TO: return perform_copy(run, z, row);
    default:
        run->bound = f->deflateBound_z(z, (z_size_t)row->a);
        return (long long)f->deflateBound(z, (uLong)row->a);
    }
}

static void compare_runs(const struct run *a, const struct run *b)
{
    CHECK_INT(a->code, b->code);
    heap_compare_streams(&a->heap, &a->z, a->out, &b->heap, &b->z, b->out);
    heap_compare_streams(&a->heap, &a->other, a->out, &b->heap, &b->other, b->out);
    CHECK_MEM(a->out, b->out, OUT_LEN);
    CHECK_MEM(a->history, b->history, sizeof(a->history));
    CHECK_UINT(a->pending, b->pending);
    CHECK_INT(a->bits, b->bits);
    CHECK_UINT(a->history_len, b->history_len);
    CHECK_UINT(a->bound, b->bound);
    CHECK_UINT(a->header.time, b->header.time);
    heap_check_same(&a->heap, &b->heap);
}

/* Goes on with the stream after the call, and ends all there is; codes stay in run->code. */
static void finish(struct run *run, const struct row *row)
{
    const struct api *f = api[run->side];

    run->code = 0;
    if (row->kind == NO_ZALLOC || row->kind == NO_ZFREE)
        heap_attach(&run->heap, &run->z);
    if (pointer_class(run->z.state) != 1) {
        if (is_valid(row->kind) || row->kind == NO_ZALLOC || row->kind == NO_ZFREE) {
            set_buffers(run, 0, 3000);
            run->code = f->deflate(&run->z, Z_FINISH) * 100;
        }
        run->code += f->deflateEnd(&run->z) * 10000;
    }
    if (row->kind == INFLATING)
        f->inflateEnd(&run->z);
    if (pointer_class(run->other.state) == 2)
        run->code += f->deflateEnd(&run->other);
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
    if (kind < BAD_KINDS && row->call >= DEFLATE && row->call < COPY_TO && row->call != END_TWICE)
        CHECK_INT(runs[OURS].code, Z_STREAM_ERROR);
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
    long long code;

    placed.kind = kind;
    context("%s on a foreign stream (%d)", row->what, (int)kind);
    z = prepare(&run, OURS, kind);
    set_buffers(&run, 10, 100);
    before = run.z;
    code = perform(&run, z, &placed);
    if (row->call == BOUND)
        CHECK_INT(code, deflateBound(NULL, (uLong)row->a));
    else if (row->call == END_TWICE)
        CHECK_INT(code, Z_STREAM_ERROR * 101);
    else
        CHECK_INT(code, Z_STREAM_ERROR);
    CHECK_MEM(&run.z, &before, sizeof(before));
    /* The oracle finds its stream as it was. */
    z = kind == FOREIGN ? &run.z : &run.other;
    z->next_out = run.out;
    z->avail_out = 100;
    CHECK_INT(api[ORACLE]->deflate(z, Z_FINISH), Z_STREAM_END);
    CHECK_INT(api[ORACLE]->deflateEnd(z), Z_OK);
    heap_check_empty(&run.heap);
}

int main(void)
{
    size_t i;
    int kind, crossed = 0;

    oracle_open();
    data_fill(DATA_TEXT, 1, input, sizeof(input));
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
    printf("%zu rows, %d crossed calls\n", COUNT(rows), crossed);
    return test_result();
}
