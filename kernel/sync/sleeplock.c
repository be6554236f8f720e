// SPDX-License-Identifier: MIT
// sleeplock.c - locks that sleep.
//
// Theory    The state is 0 (free), 1 (held) or 2 (held, and there may be waiters). A waiter sets 2
//           under the queue's lock. Releasing a lock in state 2 wakes one waiter, which takes it
//           with state 2 again, because others may still wait. A needless 2 costs one look at an
//           empty queue.
#include "sync/sleeplock.h"

#include "lib/panic.h"
#include "sync/thread.h"

void
initsleeplock(struct sleeplock *lk, const char *name)
{
    lk->state = 0;
    lk->holder = NULL;
    waitq_init(&lk->q, name);
}

bool
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

void
acquiresleep(struct sleeplock *lk)
{
    if (likely(tryacquiresleep(lk)))
        return;
    assert(!holdingsleep(lk));
    waitq_lock_slow(&lk->q, &lk->state);
    lk->holder = thread_self();
}

void
releasesleep(struct sleeplock *lk)
{
    assert(lk->state);
    lk->holder = NULL;
    // Pairs with the compare-exchange in tryacquiresleep() and the exchange in waitq_lock_slow().
    if (__atomic_exchange_n(&lk->state, 0, __ATOMIC_RELEASE) == 2)
        wakeup_one(&lk->q);
}

bool
holdingsleep(const struct sleeplock *lk)
{
    return lk->state && lk->holder == thread_self();
}
