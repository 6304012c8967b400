/*
 * Property: a program that gives its streams an arena may copy arena and z_stream away, go on, and
 * set both back later, as often as it likes; what it does then goes as it does with zlib.
 *
 * Guards: whatever a library keeps outside the arena, and finds again by something in it, may
 * belong to a future that is taken back, or to another stream. Checkpoints of databases and
 * emulators do this; so does a program that forks its own state. The streams of all levels and
 * inflate take turns here, and go another way after each step back.
 */
#include "twin.h"
#include "arena.h"

#define STREAMS 14
#define SAVES 3
#define STEPS 2500
#define ARENA_LEN 300000
#define DATA_LEN 400000
#define ROOM 70000

/* A stream of one library, in an arena of its own. */
struct half {
    z_stream z;
    struct arena arena;
};

/* A stream of both, which compresses if it has a level, and decompresses otherwise. */
struct stream {
    int level;
    int window_bits;
    struct half half[SIDES];
    size_t at; /* inflate: bytes of input that were read */
    int tail;  /* inflate: which input is read */
};

/* What a stream was. */
struct saved {
    int is_there;
    struct stream stream;
    unsigned char *memory[SIDES];
};

static unsigned char *data;
static unsigned char out[SIDES][ROOM];

/* Two streams that begin the same and end differently. */
#define TAILS 2
static struct {
    unsigned char bytes[DATA_LEN];
    size_t len;
} packed[TAILS];
static size_t common_len;

static int begin(enum side side, struct stream *stream)
{
    struct half *half = &stream->half[side];

    half->arena.used = 0;
    arena_attach(&half->z, &half->arena);
    if (stream->level < 0)
        return inflate_init2(side, &half->z, stream->window_bits);
    return init2(side, &half->z, stream->level, stream->window_bits, 8, 0);
}

static void start(struct stream *stream)
{
    stream->at = 0;
    CHECK_INT(begin(OURS, stream), Z_OK);
    CHECK_INT(begin(ORACLE, stream), Z_OK);
}

/* The same of both sides after a call of each. */
static void compare(const struct stream *stream, const int code[SIDES])
{
    const z_stream *ours = &stream->half[OURS].z, *oracle = &stream->half[ORACLE].z;

    CHECK_INT(code[OURS], code[ORACLE]);
    CHECK_UINT(ours->avail_in, oracle->avail_in);
    CHECK_UINT(ours->total_in, oracle->total_in);
    CHECK_UINT(ours->total_out, oracle->total_out);
    CHECK_UINT(ours->adler, oracle->adler);
    CHECK_INT(ours->data_type, oracle->data_type);
    if (CHECK_UINT(ours->avail_out, oracle->avail_out))
        CHECK_MEM(out[OURS], out[ORACLE], ROOM - ours->avail_out);
}

/* A call with input of any size. */
static void go_on(struct stream *stream, struct rng *rng)
{
    static const size_t sizes[] = {1, 300, 5000, 20000, 40000, 70000};
    static const int flushes[] = {Z_NO_FLUSH, Z_NO_FLUSH, Z_NO_FLUSH, Z_SYNC_FLUSH, Z_BLOCK};
    size_t len = sizes[rng_below(rng, COUNT(sizes))], room = sizes[1 + rng_below(rng, 5)];
    int flush = flushes[rng_below(rng, COUNT(flushes))], code[SIDES], side;
    unsigned char *in = data + rng_below(rng, (uint32_t)(DATA_LEN - len));

    if (stream->level < 0) {
        in = packed[stream->tail].bytes + stream->at;
        if (len > packed[stream->tail].len - stream->at)
            len = packed[stream->tail].len - stream->at;
        flush = Z_NO_FLUSH;
    } else
        room = ROOM; /* so that no input is left */
    for (side = OURS; side < SIDES; side++) {
        z_streamp z = &stream->half[side].z;

        z->next_in = in;
        z->avail_in = (uInt)len;
        z->next_out = out[side];
        z->avail_out = (uInt)room;
        code[side] = stream->level < 0 ? api[side]->inflate(z, flush)
                                       : api[side]->deflate(z, flush);
        z->avail_out += (uInt)(ROOM - room);
    }
    compare(stream, code);
    stream->at += len - stream->half[ORACLE].z.avail_in;
    if (code[ORACLE] == Z_STREAM_END)
        start(stream);
}

/* Ends it as a program does, which may set it back all the same. */
static void finish(struct stream *stream)
{
    int code[SIDES], side;

    for (side = OURS; side < SIDES; side++) {
        z_streamp z = &stream->half[side].z;

        code[side] = stream->level < 0 ? api[side]->inflateEnd(z) : api[side]->deflateEnd(z);
    }
    CHECK_INT(code[OURS], code[ORACLE]);
}

static void save(struct saved *saved, const struct stream *stream)
{
    int side;

    saved->is_there = 1;
    saved->stream = *stream;
    for (side = OURS; side < SIDES; side++)
        memcpy(saved->memory[side], stream->half[side].arena.memory, stream->half[side].arena.used);
}

static void set_back(struct stream *stream, const struct saved *saved, struct rng *rng)
{
    int side;

    *stream = saved->stream;
    for (side = OURS; side < SIDES; side++)
        memcpy(stream->half[side].arena.memory, saved->memory[side], stream->half[side].arena.used);
    if (stream->at <= common_len)
        stream->tail = (int)rng_below(rng, TAILS);
}

/* What the inflate streams read. */
static void pack(void)
{
    z_stream z, copy;
    int tail;

    memset(&z, 0, sizeof(z));
    CHECK_INT(init2(ORACLE, &z, 6, 15, 8, 0), Z_OK);
    z.next_in = data;
    z.avail_in = 100000;
    z.next_out = packed[0].bytes;
    z.avail_out = DATA_LEN;
    CHECK_INT(api[ORACLE]->deflate(&z, Z_SYNC_FLUSH), Z_OK);
    common_len = z.total_out;
    memcpy(packed[1].bytes, packed[0].bytes, common_len);
    for (tail = 0; tail < TAILS; tail++) {
        CHECK_INT(api[ORACLE]->deflateCopy(&copy, &z), Z_OK);
        copy.next_in = data + 100000 - 20000 * tail;
        copy.avail_in = 200000;
        copy.next_out = packed[tail].bytes + common_len;
        copy.avail_out = (uInt)(DATA_LEN - common_len);
        CHECK_INT(api[ORACLE]->deflate(&copy, Z_FINISH), Z_STREAM_END);
        packed[tail].len = copy.total_out;
        CHECK_INT(api[ORACLE]->deflateEnd(&copy), Z_OK);
    }
    api[ORACLE]->deflateEnd(&z);
}

static void turn(struct stream *stream, struct saved *saves, struct rng *rng)
{
    struct saved *saved = &saves[rng_below(rng, SAVES)];

    switch (rng_below(rng, 12)) {
    case 0:
        save(saved, stream);
        break;
    case 1:
    case 2:
        if (saved->is_there)
            set_back(stream, saved, rng);
        break;
    case 3:
        if (rng_below(rng, 3) != 0)
            break;
        finish(stream);
        if (saved->is_there)
            set_back(stream, saved, rng);
        else
            start(stream);
        break;
    default:
        go_on(stream, rng);
    }
}

int main(void)
{
    static const int levels[STREAMS] = {1, 3, 5, 6, 9, -1, -1, 2, 4, 7, 8, 6, 9, -1};
    static struct stream streams[STREAMS];
    static struct saved saves[STREAMS][SAVES];
    struct rng rng = rng_seed(11);
    int i, k, side;

    oracle_open();
    data = data_new(DATA_MIXED, 3, DATA_LEN);
    data_fill(DATA_TEXT, 4, data, DATA_LEN / 2);
    pack();
    for (i = 0; i < STREAMS; i++) {
        streams[i].level = levels[i];
        streams[i].window_bits = i == 9 ? -12 : 15;
        for (side = OURS; side < SIDES; side++) {
            streams[i].half[side].arena.memory = must_alloc(ARENA_LEN);
            streams[i].half[side].arena.len = ARENA_LEN;
            for (k = 0; k < SAVES; k++)
                saves[i][k].memory[side] = must_alloc(ARENA_LEN);
        }
        context("start of stream %d", i);
        start(&streams[i]);
    }
    /* Few streams at first, which keep what they have, and then all. */
    for (i = 0; i < STEPS && test_failures() == 0; i++) {
        k = (int)rng_below(&rng, i < STEPS / 3 ? 4 : STREAMS);
        context("step %d, stream %d, level %d", i, k, streams[k].level);
        turn(&streams[k], saves[k], &rng);
    }
    return test_result();
}
