/*
 * Property: a signal handler may compress and decompress, with streams of its own, in the middle
 * of the program's deflate or inflate; both are right.
 *
 * Guards: locks, memory from malloc, and anything that a call leaves half done where another
 * stream finds it. Profilers and crash reporters do this, with a zalloc of their own.
 */
#include "heap.h"
#include "twin.h"

#include <signal.h>
#include <sys/time.h>

#define LEVELS 4
#define DATA_LEN 150000
#define ROOM 200000
#define OWN_LEN 40000
#define OWN_ROOM 50000
/* Times that the handler must have interrupted a call. */
#define INTERRUPTED 250
/* Between two signals. */
#define MICROSECONDS 700

static const int levels[LEVELS] = {1, 3, 6, 9};

/* The program's. */
static unsigned char *data, want[LEVELS][ROOM], out[ROOM], back[DATA_LEN];
static uLong want_len[LEVELS];
static volatile sig_atomic_t is_calling, interrupted;

/* The handler's: one stream for each level, and one to read what they write. */
static struct heap heap[LEVELS + 1];
static z_stream own[LEVELS], own_reader;
static unsigned char own_want[LEVELS][OWN_ROOM], own_out[OWN_ROOM], own_back[OWN_LEN];
static uLong own_want_len[LEVELS];
static volatile sig_atomic_t handler_failed;

/* Compresses into `to` in one call; the length, or 0. */
static uLong pack(enum side side, z_streamp z, size_t len, unsigned char *to, size_t room)
{
    z->next_in = data;
    z->avail_in = (uInt)len;
    z->next_out = to;
    z->avail_out = (uInt)room;
    return api[side]->deflate(z, Z_FINISH) == Z_STREAM_END ? z->total_out : 0;
}

/* Makes no check, because that may print. */
static void handle(int signal)
{
    static int turn;
    int i = turn++ % LEVELS, code = Z_OK;

    (void)signal;
    if (is_calling)
        interrupted++;
    if (deflateReset(&own[i]) != Z_OK || inflateReset(&own_reader) != Z_OK ||
        pack(OURS, &own[i], OWN_LEN, own_out, OWN_ROOM) != own_want_len[i] ||
        memcmp(own_out, own_want[i], own_want_len[i]) != 0)
        handler_failed = 1 + i;
    own_reader.next_in = own_out;
    own_reader.avail_in = (uInt)own_want_len[i];
    own_reader.next_out = own_back;
    while (code == Z_OK) {
        own_reader.avail_out = (uInt)(OWN_LEN - own_reader.total_out);
        if (own_reader.avail_out > 9000)
            own_reader.avail_out = 9000;
        code = inflate(&own_reader, Z_NO_FLUSH);
    }
    if (code != Z_STREAM_END || memcmp(own_back, data, OWN_LEN) != 0)
        handler_failed = 10 + i;
}

/* The program compresses and decompresses in pieces; the streams live in all of the time. */
static void work(z_streamp packer, z_streamp reader, int i)
{
    int code = Z_OK;

    CHECK_INT(deflateReset(packer), Z_OK);
    CHECK_INT(inflateReset(reader), Z_OK);
    packer->next_in = data;
    packer->next_out = out;
    packer->avail_out = ROOM;
    while (packer->total_in < DATA_LEN && code == Z_OK) {
        packer->avail_in = DATA_LEN / 5;
        is_calling = 1;
        code = deflate(packer, packer->total_in < DATA_LEN / 5 * 4 ? Z_NO_FLUSH : Z_FINISH);
        is_calling = 0;
    }
    CHECK_INT(code, Z_STREAM_END);
    if (CHECK_UINT(packer->total_out, want_len[i]))
        CHECK_MEM(out, want[i], want_len[i]);
    reader->next_in = want[i];
    reader->avail_in = (uInt)want_len[i];
    reader->next_out = back;
    for (code = Z_OK; code == Z_OK;) {
        reader->avail_out = DATA_LEN / 10;
        is_calling = 1;
        code = inflate(reader, Z_NO_FLUSH);
        is_calling = 0;
    }
    CHECK_INT(code, Z_STREAM_END);
    CHECK_MEM(back, data, DATA_LEN);
}

/* Streams of both, and what they should give. */
static void prepare(z_stream packers[LEVELS], z_streamp reader)
{
    z_stream z;
    int i;

    for (i = 0; i < LEVELS; i++) {
        memset(&packers[i], 0, sizeof(z));
        memset(&own[i], 0, sizeof(z));
        memset(&z, 0, sizeof(z));
        heap_init(&heap[i]);
        heap_attach(&heap[i], &own[i]);
        CHECK_INT(init2(OURS, &packers[i], levels[i], 15, 8, 0), Z_OK);
        CHECK_INT(init2(OURS, &own[i], levels[i], 15, 8, 0), Z_OK);
        CHECK_INT(init2(ORACLE, &z, levels[i], 15, 8, 0), Z_OK);
        own_want_len[i] = pack(ORACLE, &z, OWN_LEN, own_want[i], OWN_ROOM);
        CHECK_INT(api[ORACLE]->deflateReset(&z), Z_OK);
        want_len[i] = pack(ORACLE, &z, DATA_LEN, want[i], ROOM);
        CHECK_INT(api[ORACLE]->deflateEnd(&z), Z_OK);
    }
    memset(reader, 0, sizeof(z));
    memset(&own_reader, 0, sizeof(z));
    heap_init(&heap[LEVELS]);
    heap_attach(&heap[LEVELS], &own_reader);
    CHECK_INT(inflate_init2(OURS, reader, 15), Z_OK);
    CHECK_INT(inflate_init2(OURS, &own_reader, 15), Z_OK);
    /* inflate asks for its window when it first needs one, which a handler's heap may not be. */
    handle(0);
}

int main(void)
{
    static const struct itimerval timer = {{0, MICROSECONDS}, {0, MICROSECONDS}}, none;
    z_stream packers[LEVELS], reader;
    struct sigaction action;
    int i, k;

    oracle_open();
    data = data_new(DATA_TEXT, 8, DATA_LEN);
    prepare(packers, &reader);
    memset(&action, 0, sizeof(action));
    action.sa_handler = handle;
    action.sa_flags = SA_RESTART;
    CHECK_INT(sigaction(SIGPROF, &action, NULL), 0);
    CHECK_INT(setitimer(ITIMER_PROF, &timer, NULL), 0);
    for (k = 0; (k < 2 || interrupted < INTERRUPTED) && test_failures() == 0; k++)
        for (i = 0; i < LEVELS; i++) {
            context("round %d, level %d", k, levels[i]);
            work(&packers[i], &reader, i);
        }
    CHECK_INT(setitimer(ITIMER_PROF, &none, NULL), 0);
    context("the handler");
    CHECK_INT(handler_failed, 0);
    for (i = 0; i < LEVELS; i++) {
        CHECK_INT(deflateEnd(&packers[i]), Z_OK);
        CHECK_INT(deflateEnd(&own[i]), Z_OK);
    }
    CHECK_INT(inflateEnd(&reader), Z_OK);
    CHECK_INT(inflateEnd(&own_reader), Z_OK);
    for (i = 0; i <= LEVELS; i++)
        heap_check_empty(&heap[i]);
    free(data);
    return test_result();
}
