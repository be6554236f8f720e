// SPDX-License-Identifier: MIT
// steps.c - the steps of a workload: run, and repeated after a failure.
//
// Theory    Only one allocation fails. So a step that fails must report that memory was short, must
//           leave everything unchanged, and must succeed when it is repeated.
#include "failnth.h"

#include "abi/errno.h"

static int failures;

void
want(int ok, const char *what)
{
    if (ok)
        return;
    printf("failnth: broken: %s\n", what);
    exit(BROKEN);
}

void
prepared(int ok, const char *what)
{
    if (ok)
        return;
    fail("failnth: FAILED", what);
    exit(1);
}

void
step(const char *what, step_fn *act)
{
    if (act() >= 0)
        return;
    failures++;
    fail("failnth", what);
    want(errno() == ENOMEM, what);
    if (onward)
        exit(MET);
    if (act() >= 0)
        return;
    fail("failnth: again", what);
    want(0, what);
}

int
met(void)
{
    return failures > 0 ? MET : 0;
}

int
ended(int pid)
{
    int status = -1, got;

    do {
        got = wait(&status);
    } while (got > 0 && got != pid);
    want(got == pid, "wait");
    return status;
}
