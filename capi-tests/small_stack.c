/*
 * Property: the library works in a thread with a stack of 16 KiB, and in a signal handler on an
 * alternate stack of 16 KiB.
 *
 * Guards: PTHREAD_STACK_MIN is 16 KiB, and programs with many threads take it. A library that needs
 * more crashes there, at the first block that it compresses. stack.c says how much each call takes.
 */
#include "gz.h"

#include <pthread.h>
#include <signal.h>

#define STACK_LEN 16384
#define INPUT_LEN 200000
#define ROOM (INPUT_LEN + 10000)

#if defined(__SANITIZE_ADDRESS__)

int main(void)
{
    test_skip("AddressSanitizer's own work takes more stack");
    return 0;
}

#else

static unsigned char input[INPUT_LEN], coded[ROOM], decoded[ROOM];
static const char *path;

/* How far the work came, and what it found. */
static volatile int steps;
static int failed;

static void expect(int held)
{
    failed |= !held;
    steps++;
}

/* A deflate stream with the parameters changed and a copy made in the middle, and back. */
static void streams(int level)
{
    uLong len = ROOM, coded_len;
    z_stream z, copy;

    memset(&z, 0, sizeof(z));
    expect(init2(OURS, &z, level, 15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = input;
    z.avail_in = INPUT_LEN / 2;
    z.next_out = coded;
    z.avail_out = ROOM;
    expect(deflate(&z, Z_SYNC_FLUSH) == Z_OK);
    expect(deflateParams(&z, (level + 3) % 10, Z_FILTERED) == Z_OK);
    expect(deflateCopy(&copy, &z) == Z_OK);
    expect(deflateEnd(&z) == Z_DATA_ERROR);
    copy.avail_in = INPUT_LEN - INPUT_LEN / 2;
    expect(deflate(&copy, Z_FINISH) == Z_STREAM_END);
    coded_len = copy.total_out;
    expect(deflateEnd(&copy) == Z_OK);

    memset(&z, 0, sizeof(z));
    expect(inflate_init2(OURS, &z, 15) == Z_OK);
    z.next_in = coded;
    z.avail_in = (uInt)coded_len;
    z.next_out = decoded;
    z.avail_out = INPUT_LEN / 3;
    expect(inflate(&z, Z_NO_FLUSH) == Z_OK);
    expect(inflateCopy(&copy, &z) == Z_OK);
    expect(inflateEnd(&z) == Z_OK);
    copy.avail_out = ROOM - INPUT_LEN / 3;
    expect(inflate(&copy, Z_FINISH) == Z_STREAM_END);
    expect(inflateEnd(&copy) == Z_OK);
    expect(memcmp(decoded, input, INPUT_LEN) == 0);

    expect(compress2(coded, &len, input, INPUT_LEN, level) == Z_OK);
    coded_len = ROOM;
    expect(uncompress(decoded, &coded_len, coded, len) == Z_OK);
}

static void files(void)
{
    gzFile file = gzopen(path, "wb");

    expect(file != NULL && gzwrite(file, input, INPUT_LEN) == INPUT_LEN);
    expect(gzprintf(file, "%d %s\n", 12, "words") == 9);
    expect(gzclose(file) == Z_OK);
    file = gzopen(path, "rb");
    expect(file != NULL && gzread(file, decoded, INPUT_LEN) == INPUT_LEN);
    expect(gzgets(file, (char *)decoded, 100) != NULL);
    expect(gzclose(file) == Z_OK);
}

static void work(void)
{
    int level;

    for (level = 0; level <= 9; level++)
        streams(level);
    files();
}

static void *in_thread(void *argument)
{
    work();
    return argument;
}

static void on_signal(int number)
{
    (void)number;
    work();
}

static void check_work(int want)
{
    CHECK_INT(failed, 0);
    CHECK_INT(steps, want);
    steps = 0;
    failed = 0;
}

static void test_thread(int want)
{
    pthread_attr_t attributes;
    pthread_t thread;

    context("thread");
    pthread_attr_init(&attributes);
    if (pthread_attr_setstacksize(&attributes, STACK_LEN) != 0 ||
        pthread_create(&thread, &attributes, in_thread, NULL) != 0)
        test_skip("no thread with a stack of 16 KiB");
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    check_work(want);
}

static void test_signal(int want)
{
    struct guarded stack = guarded_new(STACK_LEN);
    stack_t alternate = {0};
    struct sigaction action;

    context("signal handler");
    alternate.ss_sp = stack.begin;
    alternate.ss_size = STACK_LEN;
    if (sigaltstack(&alternate, NULL) != 0)
        test_skip("no alternate stack of 16 KiB");
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal;
    action.sa_flags = SA_ONSTACK;
    CHECK_INT(sigaction(SIGUSR1, &action, NULL), 0);
    CHECK_INT(raise(SIGUSR1), 0);
    check_work(want);
    alternate.ss_flags = SS_DISABLE;
    CHECK_INT(sigaltstack(&alternate, NULL), 0);
    guarded_free(stack);
}

int main(void)
{
    int want;

    oracle_open();
    if (testing_peer())
        test_skip("only rzlib promises it");
    path = gz_path(OURS, "file.gz");
    data_fill(DATA_MIXED, 1, input, INPUT_LEN);
    /* First with all the stack there is. */
    work();
    want = steps;
    check_work(want);
    test_thread(want);
    test_signal(want);
    return test_result();
}

#endif
