/*
 * Property: data and check value agree even if another thread changes the input meanwhile.
 *
 * Guards: adding the caller's memory to the check value and then copying it, or copying it twice.
 * QEMU compresses pages of a running guest; zlib copies its input first and adds the copy, so its
 * streams decode (zlib-ng pull request 1253).
 *
 * A thread would hit by chance only, and on one processor hardly ever. Here the input changes by
 * itself: the two pages that were read last can be read, and when another one is, the older of the
 * two is closed and its bytes change. So whoever goes over the input twice never sees the same.
 */
#include "twin.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 13
#define INPUT_LEN (PAGES * PAGE - 1000)
#define ROOM (2 * INPUT_LEN)
/* Streams of a kind. */
#define ROUNDS 6
/* Bytes of a stored block of the streams that are decompressed. */
#define BLOCK 40000

static unsigned char *input, out[ROOM], back[ROOM];
static volatile unsigned long changes;

/* The pages that can be read, the newest first. */
static volatile int open_pages[2] = {-1, -1};

static void turn_page(int signal_number, siginfo_t *info, void *machine)
{
    size_t at = (size_t)((unsigned char *)info->si_addr - input);
    int page = (int)(at / PAGE), oldest = open_pages[1];

    (void)machine;
    if (at >= PAGES * PAGE) {
        /* Not ours: the next time, it ends the program. */
        signal(signal_number, SIG_DFL);
        return;
    }
    if (oldest >= 0) {
        unsigned char *bytes = input + (size_t)oldest * PAGE;
        size_t i;

        mprotect(bytes, PAGE, PROT_READ | PROT_WRITE);
        for (i = 0; i < PAGE; i += 61)
            bytes[i] = (unsigned char)(bytes[i] + 1 + changes % 7);
        mprotect(bytes, PAGE, PROT_NONE);
        changes++;
    }
    open_pages[1] = open_pages[0];
    open_pages[0] = page;
    mprotect(input + (size_t)page * PAGE, PAGE, PROT_READ);
}

static void make_input(void)
{
    struct sigaction action;

    input = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (input == MAP_FAILED || sysconf(_SC_PAGESIZE) != PAGE)
        test_skip("this test is for pages of 4 KiB");
    data_fill(DATA_TEXT, 1, input, PAGES * PAGE);
    mprotect(input, PAGES * PAGE, PROT_NONE);
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = turn_page;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, NULL);
}

/* The oracle decodes the stream, and its check value is right. */
static void check_stream(int window_bits, uLong len, uLong want)
{
    z_stream z;

    memset(&z, 0, sizeof(z));
    CHECK_INT(inflate_init2(ORACLE, &z, window_bits), Z_OK);
    z.next_in = out;
    z.avail_in = (uInt)len;
    z.next_out = back;
    z.avail_out = ROOM;
    CHECK_INT(api[ORACLE]->inflate(&z, Z_FINISH), Z_STREAM_END);
    CHECK_STR(z.msg, NULL);
    CHECK_UINT(z.total_out, want);
    api[ORACLE]->inflateEnd(&z);
}

/* Room for `room` bytes at a time until the call has done its work. */
static void deflate_all(z_stream *z, int flush, uInt room)
{
    int code;

    do {
        z->avail_out = room;
        code = api[OURS]->deflate(z, flush);
    } while (code == Z_OK && z->avail_out == 0);
    CHECK_INT(code, flush == Z_FINISH ? Z_STREAM_END : Z_OK);
}

/* Compresses all of the input at one level, and then again at another. */
static void compress_both(int level, int then, int window_bits, uInt room)
{
    z_stream z;

    memset(&z, 0, sizeof(z));
    CHECK_INT(init2(OURS, &z, level, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = input;
    z.avail_in = INPUT_LEN;
    z.next_out = out;
    if (then >= 0) {
        deflate_all(&z, Z_SYNC_FLUSH, room);
        z.avail_out = room;
        CHECK_INT(api[OURS]->deflateParams(&z, then, Z_DEFAULT_STRATEGY), Z_OK);
        /* So many that they fit. */
        z.next_in = input;
        z.avail_in = INPUT_LEN / 2;
    }
    deflate_all(&z, Z_FINISH, room);
    check_stream(window_bits, z.total_out, z.total_in);
    CHECK_INT(api[OURS]->deflateEnd(&z), Z_OK);
}

static void test_deflate(void)
{
    static const int window_bits[] = {15, 31, 9};
    static const uInt rooms[] = {ROOM, 4096};
    int level;
    size_t round;

    for (level = 0; level <= 9; level++)
        for (round = 0; round < 3 * ROUNDS; round++) {
            context("level %d, round %d", level, (int)round);
            compress_both(level, -1, window_bits[round % 3], rooms[round % 2]);
        }
    /* What level 0 has stored is history of the levels that follow. zlib takes that from the input
     * again, and finds matches that are none. */
    if (!testing_peer())
        for (round = 0; round < 3 * ROUNDS; round++) {
            context("level 0 and then 6, round %d", (int)round);
            compress_both(0, 6, window_bits[round % 3], ROOM);
        }
}

static void test_compress(void)
{
    int round;

    for (round = 0; round < 2 * ROUNDS; round++) {
        uLong len = ROOM;

        context("compress2, round %d", round);
        CHECK_INT(api[OURS]->compress2(out, &len, input, INPUT_LEN, round % 10), Z_OK);
        check_stream(15, len, INPUT_LEN);
    }
}

static void test_set_dictionary(void)
{
    int round;

    /* Raw: with a wrapper, DICTID is of another look at the dictionary, as in zlib. */
    for (round = 0; round < ROUNDS; round++) {
        unsigned char dictionary[32768];
        uInt len = sizeof(dictionary);
        z_stream z;

        context("dictionary, round %d", round);
        memset(&z, 0, sizeof(z));
        CHECK_INT(init2(OURS, &z, 6, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
        CHECK_INT(api[OURS]->deflateSetDictionary(&z, input, BLOCK), Z_OK);
        CHECK_INT(api[OURS]->deflateGetDictionary(&z, dictionary, &len), Z_OK);
        z.next_in = input;
        z.avail_in = INPUT_LEN;
        z.next_out = out;
        deflate_all(&z, Z_FINISH, ROOM);
        CHECK_INT(api[OURS]->deflateEnd(&z), Z_OK);

        memset(&z, 0, sizeof(z));
        CHECK_INT(inflate_init2(ORACLE, &z, -15), Z_OK);
        CHECK_INT(api[ORACLE]->inflateSetDictionary(&z, dictionary, len), Z_OK);
        z.next_in = out;
        z.avail_in = ROOM;
        z.next_out = back;
        z.avail_out = ROOM;
        CHECK_INT(api[ORACLE]->inflate(&z, Z_FINISH), Z_STREAM_END);
        CHECK_UINT(z.total_out, INPUT_LEN);
        api[ORACLE]->inflateEnd(&z);
    }
}

/* Stored data that changes while it is copied: the check value and the window are those of the
 * output. */
static void inflate_stored(int window_bits, uInt piece)
{
    static const unsigned char zlib_head[] = {0x78, 0x01};
    static const unsigned char gzip_head[] = {31, 139, 8, 0, 0, 0, 0, 0, 0, 3};
    static const unsigned char block_head[] = {0, BLOCK & 0xff, BLOCK >> 8, ~BLOCK & 0xff,
                                               ~BLOCK >> 8 & 0xff};
    unsigned char dictionary[32768];
    uInt len = sizeof(dictionary);
    uLong check;
    z_stream z;
    int code = Z_OK;

    memset(&z, 0, sizeof(z));
    CHECK_INT(inflate_init2(OURS, &z, window_bits), Z_OK);
    z.next_out = back;
    z.avail_out = ROOM;
    z.next_in = (void *)(uintptr_t)(window_bits > 15 ? gzip_head : zlib_head);
    z.avail_in = window_bits > 15 ? sizeof(gzip_head) : sizeof(zlib_head);
    CHECK_INT(api[OURS]->inflate(&z, Z_NO_FLUSH), Z_OK);
    z.next_in = (void *)(uintptr_t)block_head;
    z.avail_in = sizeof(block_head);
    CHECK_INT(api[OURS]->inflate(&z, Z_NO_FLUSH), Z_OK);
    z.next_in = input;
    while (code == Z_OK && z.total_out < BLOCK) {
        uLong left = BLOCK - z.total_out;

        z.avail_in = left < piece ? (uInt)left : piece;
        code = api[OURS]->inflate(&z, Z_NO_FLUSH);
    }
    CHECK_INT(code, Z_OK);
    check = window_bits > 15 ? api[ORACLE]->crc32(0, back, BLOCK)
                             : api[ORACLE]->adler32(1, back, BLOCK);
    CHECK_UINT(z.adler, check);
    CHECK_INT(api[OURS]->inflateGetDictionary(&z, dictionary, &len), Z_OK);
    CHECK_UINT(len, sizeof(dictionary));
    CHECK_MEM(dictionary, back + BLOCK - len, len);
    CHECK_INT(api[OURS]->inflateEnd(&z), Z_OK);
}

static void test_inflate(void)
{
    static const uInt pieces[] = {BLOCK, 10000, 777};
    size_t at;
    int round;

    for (at = 0; at < COUNT(pieces); at++)
        for (round = 0; round < 2 * ROUNDS; round++) {
            context("stored, pieces of %u, round %d", pieces[at], round);
            inflate_stored(round % 2 ? 31 : 15, pieces[at]);
        }
}

int main(void)
{
    oracle_open();
    make_input();
    test_deflate();
    test_compress();
    test_set_dictionary();
    test_inflate();
    context("at the end");
    CHECK(changes > 1000);
    return test_result();
}
