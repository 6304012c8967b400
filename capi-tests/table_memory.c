/*
 * Property: rz_set_table_memory bounds what the library takes for its tables, at any time and
 * beside threads; so does RZLIB_TABLE_MEMORY, unless the program has rights that its user lacks;
 * rz_table_memory tells what is taken; and whatever the bound, or if the system has no memory,
 * every stream gives the same bytes.
 *
 * Guards: a bound that only new tables keep to, memory that is counted and not there or there and
 * not counted, and streams that depend on a table that was given back.
 */
#include "itwin.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#pragma weak rz_table_memory
#pragma weak rz_set_table_memory

#define VARIABLE "RZLIB_TABLE_MEMORY"
#define DATA_LEN 300000
#define ROOM (2 * DATA_LEN)
#define MIB ((size_t)1 << 20)
/* What the documentation says. */
#define DEFAULT_BOUND (16 * MIB)

static unsigned char *data;
/* What one table for deflate takes, which one stream makes the library take. */
static size_t table;

/* Compresses and decompresses all data in large pieces; 1 if it came back. */
static int works(int level)
{
    unsigned char *packed = malloc(ROOM), *back = malloc(DATA_LEN);
    int code = Z_OK, held = packed != NULL && back != NULL;
    uLong len;
    z_stream z;

    memset(&z, 0, sizeof(z));
    held = held && init2(OURS, &z, level, 15, 8, 0) == Z_OK;
    z.next_in = data;
    z.next_out = packed;
    z.avail_out = ROOM;
    while (held && code == Z_OK) {
        z.avail_in = DATA_LEN / 6;
        code = deflate(&z, z.total_in < DATA_LEN / 6 * 5 ? Z_NO_FLUSH : Z_FINISH);
    }
    len = z.total_out;
    held = held && code == Z_STREAM_END && deflateEnd(&z) == Z_OK;
    memset(&z, 0, sizeof(z));
    held = held && inflate_init2(OURS, &z, 15) == Z_OK;
    z.next_in = packed;
    z.avail_in = (uInt)len;
    z.next_out = back;
    for (code = Z_OK; held && code == Z_OK;) {
        z.avail_out = DATA_LEN / 30;
        code = inflate(&z, Z_NO_FLUSH);
    }
    held = held && code == Z_STREAM_END && memcmp(back, data, DATA_LEN) == 0 &&
           inflateEnd(&z) == Z_OK;
    free(back);
    free(packed);
    return held;
}

/* Nothing is taken by a program that has compressed nothing; then a table, until it may not. */
static void test_numbers(void)
{
    context("numbers");
    CHECK_UINT(rz_table_memory(), 0);
    CHECK(works(6));
    table = rz_table_memory();
    CHECK(table > 0 && table <= DEFAULT_BOUND);
    rz_set_table_memory(table);
    CHECK_UINT(rz_table_memory(), table);
    rz_set_table_memory(table - 1);
    CHECK(rz_table_memory() < table);
    rz_set_table_memory(0);
    CHECK_UINT(rz_table_memory(), 0);
    CHECK(works(6));
    CHECK_UINT(rz_table_memory(), 0);
    rz_set_table_memory((size_t)-1);
    CHECK(works(6));
    CHECK(rz_table_memory() > 0);
    rz_set_table_memory(DEFAULT_BOUND);
}

/* The bound changes between the calls of many streams, and each goes on as zlib's does. */
static void test_in_the_middle(void)
{
    enum { STREAMS = 24 };
    static struct twin t[STREAMS];
    static struct params p[STREAMS];
    size_t packed_len, i, at[STREAMS] = {0};
    struct rng rng = rng_seed(21);
    unsigned char *packed =
        sample_new((struct params){6, 15, 8, 0}, data, DATA_LEN, 0, 0, &packed_len);
    int step;

    for (i = 0; i < STREAMS; i++) {
        p[i] = (struct params){1 + (int)i % 9, i % 3 == 0 ? 12 : 15, 8, 0};
        CHECK_INT(i % 6 == 5 ? itwin_init(&t[i], 15, ROOM) : twin_init(&t[i], p[i], ROOM), Z_OK);
    }
    for (step = 0; step < 800 && test_failures() == 0; step++) {
        size_t k = rng_below(&rng, STREAMS), len = 1 + rng_below(&rng, 60000), bound;
        int is_inflating = k % 6 == 5;
        size_t whole = is_inflating ? packed_len : DATA_LEN;

        context("step %d, stream %d, level %d", step, (int)k, is_inflating ? -1 : p[k].level);
        if (step % 4 == 0) {
            bound = rng_below(&rng, 7) * table + rng_below(&rng, 3) * 10000;
            rz_set_table_memory(bound);
            CHECK(rz_table_memory() <= bound);
        }
        if (at[k] == whole) {
            CHECK_INT(twin_reset(&t[k]), Z_OK);
            twin_rewind(&t[k]);
            at[k] = 0;
        }
        len = len > whole - at[k] ? whole - at[k] : len;
        if (is_inflating)
            itwin_run(&t[k], packed + at[k], len, len, 30000, Z_NO_FLUSH);
        else {
            twin_feed(&t[k], data + at[k], len);
            twin_drain(&t[k], ROOM, rng_below(&rng, 3) == 0 ? Z_SYNC_FLUSH : Z_NO_FLUSH);
        }
        at[k] += len;
    }
    context("after all streams");
    rz_set_table_memory(0);
    CHECK_UINT(rz_table_memory(), 0);
    for (i = 0; i < STREAMS; i++)
        twin_end(&t[i]);
    rz_set_table_memory(DEFAULT_BOUND);
    free(packed);
}

#define THREADS 3

static void *run(void *argument)
{
    int level;

    for (level = 1; level <= 9; level++)
        if (!works(level))
            return NULL;
    return argument;
}

static void test_beside_threads(void)
{
    pthread_t threads[THREADS];
    static int finished[THREADS];
    struct rng rng = rng_seed(22);
    int i, running = THREADS;
    void *result;

    context("beside threads");
    for (i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run, &finished[i]) != 0)
            test_abort("no thread");
    while (running > 0) {
        rz_set_table_memory(rng_below(&rng, 4) * table);
        usleep(300);
        for (i = 0; i < THREADS; i++)
            if (!finished[i] && pthread_tryjoin_np(threads[i], &result) == 0) {
                CHECK(result != NULL);
                finished[i] = 1;
                running--;
            }
    }
    rz_set_table_memory(0);
    CHECK_UINT(rz_table_memory(), 0);
    rz_set_table_memory(DEFAULT_BOUND);
}

/* What a program started with some value of the variable does; its exit code. */
enum { TAKES_NONE = 10, TAKES_SOME, TAKES_MANY, FAILS };

static int child(int is_privileged)
{
    if (is_privileged && getauxval(AT_SECURE) == 0)
        return TEST_SKIPPED;
    if (!works(1) || !works(6) || !works(9))
        return FAILS;
    if (rz_table_memory() == 0)
        return TAKES_NONE;
    return rz_table_memory() <= table ? TAKES_SOME : TAKES_MANY;
}

/* Starts a file with this program in it, as another user if it is not 0; the exit code. */
static int start(const char *file, const char *value, uid_t user)
{
    char table_text[30];
    int status;
    pid_t pid;

    snprintf(table_text, sizeof(table_text), "%zu", table);
    pid = fork();
    if (pid == 0) {
        if (value == NULL)
            unsetenv(VARIABLE);
        else
            setenv(VARIABLE, value, 1);
        if (user != 0 && setuid(user) != 0)
            _exit(TEST_SKIPPED);
        execl(file, file, user != 0 ? "privileged" : "child", table_text, (char *)NULL);
        _exit(TEST_SKIPPED);
    }
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_variable(void)
{
    static const char *const none[] = {"0", "1", " 0 ", "4095"};
    static const char *const invalid[] = {"",     "x",   "1k", "-1",
                                          "0x10", "1e3", "99999999999999999999"};
    char one[30];
    size_t i;
    int code;

    for (i = 0; i < COUNT(none); i++) {
        context("%s=%s", VARIABLE, none[i]);
        CHECK_INT(start("/proc/self/exe", none[i], 0), TAKES_NONE);
    }
    snprintf(one, sizeof(one), "%zu", table);
    context("%s=%s", VARIABLE, one);
    CHECK_INT(start("/proc/self/exe", one, 0), TAKES_SOME);
    for (i = 0; i < COUNT(invalid); i++) {
        context("%s=%s", VARIABLE, invalid[i]);
        code = start("/proc/self/exe", invalid[i], 0);
        CHECK(code == TAKES_SOME || code == TAKES_MANY);
    }
    context("no %s", VARIABLE);
    code = start("/proc/self/exe", NULL, 0);
    CHECK(code == TAKES_SOME || code == TAKES_MANY);
}

/* A copy of this program with its owner's rights, started by somebody else. */
static void test_privileged(void)
{
    char file[] = "/tmp/rzlib-privileged-XXXXXX", bytes[65536];
    int from = open("/proc/self/exe", O_RDONLY), to = mkstemp(file), code;
    ssize_t len;

    context("a program with its owner's rights");
    CHECK(from >= 0 && to >= 0);
    while ((len = read(from, bytes, sizeof(bytes))) > 0)
        CHECK(write(to, bytes, (size_t)len) == len);
    CHECK_INT(fchmod(to, 04755), 0);
    close(from);
    close(to);
    code = geteuid() == 0 ? start(file, "0", 65534) : TEST_SKIPPED;
    /* If nobody may start it, or cannot read the library, there is nothing to see. */
    CHECK(code == TEST_SKIPPED || code == 127 || code == TAKES_SOME || code == TAKES_MANY);
    printf("with its owner's rights: %s\n", code < FAILS ? "seen" : "cannot be tried here");
    unlink(file);
}

#if !defined(__SANITIZE_ADDRESS__)

/* In a process whose address space may not grow, which exits. */
static int live_without_memory(void)
{
    enum { LEVELS = 9 };
    static struct twin t[LEVELS + 1];
    struct rlimit none, before;
    size_t packed_len, at;
    unsigned char *packed =
        sample_new((struct params){6, 15, 8, 0}, data, DATA_LEN, 0, 0, &packed_len);
    int i;

    for (i = 0; i < LEVELS; i++)
        CHECK_INT(twin_init(&t[i], (struct params){i + 1, 15, 8, 0}, ROOM), Z_OK);
    CHECK_INT(itwin_init(&t[LEVELS], 15, ROOM), Z_OK);
    /* Its window is there after the first output. */
    itwin_run(&t[LEVELS], packed, 1000, 1000, 100, Z_NO_FLUSH);
    rz_set_table_memory(0);
    rz_set_table_memory(DEFAULT_BOUND);
    CHECK_INT(getrlimit(RLIMIT_AS, &before), 0);
    none = before;
    none.rlim_cur = 4096;
    CHECK_INT(setrlimit(RLIMIT_AS, &none), 0);
    for (at = 0; at < DATA_LEN; at += DATA_LEN / 6)
        for (i = 0; i < LEVELS; i++) {
            context("no memory, level %d", i + 1);
            twin_feed(&t[i], data + at, DATA_LEN / 6);
            twin_drain(&t[i], ROOM, at < DATA_LEN / 6 * 5 ? Z_NO_FLUSH : Z_FINISH);
        }
    context("no memory, inflate");
    itwin_run(&t[LEVELS], packed + 1000, packed_len - 1000, 20000, 30000, Z_NO_FLUSH);
    CHECK_UINT(rz_table_memory(), 0);
    CHECK_INT(setrlimit(RLIMIT_AS, &before), 0);
    for (i = 0; i < LEVELS; i++)
        twin_check_round_trip(&t[i], data, DATA_LEN, NULL, 0);
    return test_failures() != 0;
}

static void test_no_memory(void)
{
    int status;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0)
        exit(live_without_memory());
    context("no memory");
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#else

static void test_no_memory(void)
{
    printf("not without memory: AddressSanitizer needs some\n");
}

#endif

int main(int argc, char **argv)
{
    if (rz_table_memory == NULL)
        test_skip("the library is another one");
    data = data_new(DATA_TEXT, 7, DATA_LEN);
    if (argc == 3) {
        table = (size_t)strtoul(argv[2], NULL, 10);
        return child(strcmp(argv[1], "privileged") == 0);
    }
    oracle_open();
    unsetenv(VARIABLE);
    test_numbers();
    test_variable();
    test_privileged();
    test_in_the_middle();
    test_beside_threads();
    test_no_memory();
    free(data);
    return test_result();
}
