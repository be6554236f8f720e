// SPDX-License-Identifier: MIT
// sleeplock.h - locks that may be held across disk transfers, page faults and sleep.
//
// No spinlock may be held when one is acquired. A free lock is taken with one atomic operation.
#pragma once

#include "lib/types.h"
#include "sync/waitq.h"

struct sleeplock {
    uint32 state; // 0 free, 1 held, 2 held and waited for; atomic
    struct waitq q;
    const void *holder; // the thread that holds it
};

void initsleeplock(struct sleeplock *lk, const char *name);
void acquiresleep(struct sleeplock *lk);
void releasesleep(struct sleeplock *lk);
