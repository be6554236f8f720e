// SPDX-License-Identifier: MIT
// thread.c - the upcalls of sync/thread.h for tests with a single thread.
#include "sync/thread.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "sync/waitq.h"
#include "thread.h"

int (*host_on_block)(bool killable);
unsigned long host_blocks, host_wakes;
bool host_killed;

static char self; // only its address matters

struct proc *
thread_self(void)
{
    return (struct proc *)&self; // opaque to everybody
}

struct waiter *
thread_waiter(struct proc *p)
{
    static _Thread_local struct waiter waiter;
    (void)p;
    return &waiter;
}

void
thread_prepare_block(struct proc *t)
{
    (void)t;
}

int
thread_block(bool killable)
{
    host_blocks++;
    if (host_on_block == NULL)
        panic("blocks for ever");
    return host_on_block(killable);
}

void
thread_wake(struct proc *t)
{
    (void)t;
    host_wakes++;
}

int
preempt_point(void)
{
    return host_killed ? -EINTR : 0;
}
