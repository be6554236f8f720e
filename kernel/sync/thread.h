// SPDX-License-Identifier: MIT
// thread.h - what wait queues need of the scheduler (listed upcalls, defined in proc/sched/sched.c; a
// host test brings its own).
#pragma once

#include "lib/types.h"

struct proc; // opaque here

struct waiter;

struct proc *thread_self(void);
struct waiter *thread_waiter(struct proc *self); // its record for wait queues
void thread_prepare_block(struct proc *self);    // from now on thread_wake() counts
int thread_block(bool killable) must_check;      // off the hart until woken; -EINTR when killed
void thread_wake(struct proc *t);                // no-op unless it is blocked or preparing to block
int preempt_point(void) must_check; // takes pending interrupts, lets others run; -EINTR when killed

// preempt_point() in the middle of work that is done in any case, even for a process that has been
// killed.
static inline void
preempt_point_always(void)
{
    int killed = preempt_point();
    (void)killed;
}
