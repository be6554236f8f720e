// SPDX-License-Identifier: MIT
// waitq.h - the processes that wait for one object, which owns the queue.
//
// A waiter checks its condition under the object's lock and calls sleep(), which queues it before
// the lock is dropped: a waker that changes the condition under that lock cannot miss it.
#pragma once

#include "lib/list.h"
#include "lib/types.h"
#include "sync/spinlock.h"

struct sleeplock;

// One process in a queue. It is part of the process, not of its stack: with some designs of the
// kernel's page table no other process can see that.
struct waiter {
    struct list node;
    struct proc *proc;
    uint32 queued; // 1 while on the queue; the waker's clearing store is its last touch
};

struct waitq {
    struct spinlock lock;
    struct list waiters; // struct waiter, first come first
};

void waitq_init(struct waitq *q, const char *name);

// Sleep until woken; `lk`, held on entry and on return, is released meanwhile.
// The killable forms return -EINTR when the process was killed, else 0: check the condition again.
int sleep(struct waitq *q, struct spinlock *lk) must_check;
void sleep_unkillable(struct waitq *q, struct spinlock *lk);
int sleep_on(struct waitq *q, struct sleeplock *lk) must_check;

// Tells, without the queue's lock, whether a process waits. A sleeper queues itself under the
// condition's lock: with that lock held, or after a change under it, none is missed.
static inline bool
waitq_used(const struct waitq *q)
{
    return !list_empty(&q->waiters);
}

void wakeup(struct waitq *q);     // all that wait now
void wakeup_one(struct waitq *q); // the one that has waited longest

// For sleeplock.c: blocks until *state could be set from 0 to 2.
void waitq_lock_slow(struct waitq *q, uint32 *state);
