/*
 * read and write of the whole program, which fail by a script; for one source file of a test.
 *
 * The library under test calls these, and not the C library's; the oracle, which has its own
 * names first (see twin.c), does not. A script is a list of steps, one for each call on the
 * watched descriptor: how many bytes it takes or gives at most, or -errno. Behind the last step
 * nothing fails.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include "util.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A step that lets the call do all it is asked for. */
#define FAULT_NONE 0x7fffffff

static int fault_descriptor = -1;
static const int *fault_steps;
static size_t fault_step_count;
static unsigned fault_calls; /* on the watched descriptor */

/* Watches a descriptor, with these steps to come. */
static void faults_set(int descriptor, const int *steps, size_t count)
{
    fault_descriptor = descriptor;
    fault_steps = steps;
    fault_step_count = count;
    fault_calls = 0;
}

/* What the script says of the next call. */
static int fault_next(int descriptor)
{
    int step = FAULT_NONE;

    if (descriptor != fault_descriptor)
        return FAULT_NONE;
    fault_calls++;
    if (fault_step_count != 0) {
        step = *fault_steps++;
        fault_step_count--;
    }
    if (step < 0)
        errno = -step;
    return step;
}

ssize_t write(int descriptor, const void *bytes, size_t len)
{
    int step = fault_next(descriptor);

    if (step <= 0)
        return step < 0 ? -1 : 0;
    return (ssize_t)syscall(SYS_write, descriptor, bytes, len < (size_t)step ? len : (size_t)step);
}

ssize_t read(int descriptor, void *bytes, size_t len)
{
    int step = fault_next(descriptor);

    if (step <= 0)
        return step < 0 ? -1 : 0;
    return (ssize_t)syscall(SYS_read, descriptor, bytes, len < (size_t)step ? len : (size_t)step);
}

#endif
