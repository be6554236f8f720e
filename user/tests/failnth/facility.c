// SPDX-License-Identifier: MIT
// facility.c - test the system call that makes allocations fail.
#include "failnth.h"

#include "abi/errno.h"
#include "abi/failnth.h"

static int
try_pipe(void)
{
    int fd[2];

    if (pipe(fd) < 0)
        return 0;
    close(fd[0]);
    close(fd[1]);
    return 1;
}

static void
refusals(void)
{
    prepared(failnth(-1, 0) == -1 && errno() == EINVAL, "a number below 0 is refused");
    prepared(failnth(1, 1 << 20) == -1 && errno() == EINVAL, "an unknown bit is refused");
}

static void
one_fails(void)
{
    prepared(failnth(1, 0) == 0, "nothing was counted before");
    prepared(!try_pipe() && errno() == ENOMEM, "the first allocation fails");
    prepared(try_pipe(), "the second does not");
    prepared((failnth(0, 0) & FAILNTH_FIRED) != 0, "the answer says that one failed");
    prepared(failnth(0, 0) == 0, "then nothing is counted");
}

static void
all_fail(void)
{
    prepared(failnth(1, FAILNTH_ONWARD) == 0, "nothing was counted before");
    prepared(!try_pipe() && !try_pipe(), "every allocation fails");
    prepared((failnth(0, 0) & FAILNTH_FIRED) != 0, "the answer says that one failed");
}

static void
only_children(void)
{
    int pid, result;

    prepared(failnth(1, FAILNTH_ONWARD | FAILNTH_CHILDREN) == 0, "nothing was counted before");
    prepared(try_pipe(), "the caller is spared");
    pid = fork();
    if (pid == 0)
        exit(try_pipe());
    prepared(pid > 0 && ended(pid) != 1, "a child is not");
    result = failnth(0, 0);
    prepared((result & FAILNTH_FIRED) && result != FAILNTH_FIRED, "the child's were counted");
}

void
facility_check(void)
{
    if (failnth(0, 0) < 0) {
        fail("failnth", "only a kernel built with DEBUG=1 lets allocations fail");
        exit(2);
    }
    refusals();
    one_fails();
    all_fail();
    only_children();
}
