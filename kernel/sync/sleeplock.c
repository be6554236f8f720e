// SPDX-License-Identifier: MIT
// sleeplock.c - locks that sleep.
//
// Theory    The state is 0 (free), 1 (held) or 2 (held, and there may be waiters). A waiter sets 2
//           under the queue's lock. Releasing a lock in state 2 wakes one waiter, which takes it
//           with state 2 again, because others may still wait. A needless 2 costs one wakeup of an
//           empty queue.
#include "sync/sleeplock.h"

#include "lib/panic.h"
#include "sync/thread.h"

// Makes the lock free. The name, which must stay, is that of its wait queue's spinlock.
void
initsleeplock(struct sleeplock *lk, const char *name)
{
    lk->state = 0;
    lk->holder = NULL;
    waitq_init(&lk->q, name);
}

// Takes the lock if it is free.
// Returns   false: another thread holds it, or the caller does.
static bool
tryacquiresleep(struct sleeplock *lk)
{
    uint32 free = 0;
    // Pairs with the exchange in releasesleep().
    if (!__atomic_compare_exchange_n(&lk->state, &free, 1, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return false;
    lk->holder = thread_self();
    return true;
}

// Returns whether the calling thread holds the lock; for assertions.
static bool
holdingsleep(const struct sleeplock *lk)
{
    return lk->state && lk->holder == thread_self();
}

// Takes the lock, and waits until it is free. The caller does not hold it yet.
// Locks     no spinlock held.
// Sleeps    until the holder releases it; a kill does not end the wait.
void
acquiresleep(struct sleeplock *lk)
{
    if (likely(tryacquiresleep(lk)))
        return;
    assert(!holdingsleep(lk));
    waitq_lock_slow(&lk->q, &lk->state);
    lk->holder = thread_self();
}

// Frees the lock, which the caller holds, and wakes the thread that has waited longest, if any.
void
releasesleep(struct sleeplock *lk)
{
    assert(lk->state);
    lk->holder = NULL;
    // Pairs with the compare-exchange in tryacquiresleep() and the exchange in waitq_lock_slow().
    if (__atomic_exchange_n(&lk->state, 0, __ATOMIC_RELEASE) == 2)
        wakeup_one(&lk->q);
}
