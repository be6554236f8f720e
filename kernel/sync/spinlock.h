// SPDX-License-Identifier: MIT
// spinlock.h - locks for short critical sections that never sleep.
//
// Theory    The kernel runs with interrupts off (doc/decisions/), so a lock is one atomic word: no
//           interrupt handler can find it held by the code it interrupted.
// Promises  acquire/release order memory accesses inside the section against other holders.
//           In debug builds the order of rank.h is checked at each acquisition.
#pragma once

#include "lib/types.h"
#include "sync/rank.h"

struct spinlock {
    uint32 locked; // 0 or 1, by atomic operations only
    uint32 rank;   // enum rank
    const char *name;
    uint64 contended;   // acquisitions that had to wait
    const void *holder; // the holder's struct cpu, for spinlock.c
};

void initlock(struct spinlock *lk, const char *name, enum rank rank);
void acquire(struct spinlock *lk);
bool tryacquire(struct spinlock *lk); // false: it is held
void release(struct spinlock *lk);
