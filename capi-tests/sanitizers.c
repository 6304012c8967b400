/*
 * Property: in a run with SANITIZE=1 the sanitizers are really on.
 *
 * A sanitizer that was silently dropped (a flag lost, a compiler without it) would let every
 * other test pass for nothing. Children that overrun a heap block and overflow an int must die.
 */
#include "util.h"

#include <limits.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef WANT_SANITIZERS

/* Read through volatile so that the compiler cannot see the fault coming. */
static volatile size_t block_len = 16;
static volatile int largest = INT_MAX;
static volatile int sink;

static void overrun_heap(void)
{
    volatile unsigned char *block = must_alloc(block_len);

    block[block_len] = 1;
    sink = block[0];
}

static void overflow_int(void)
{
    sink = largest + 1;
}

static int dies(void (*fault)(void))
{
    int status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(0);
        fault();
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        test_abort("fork failed");
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    CHECK(dies(overrun_heap));
    CHECK(dies(overflow_int));
    return test_result();
}

#else

int main(void)
{
    test_skip("not a run with SANITIZE=1");
    return 0;
}

#endif
