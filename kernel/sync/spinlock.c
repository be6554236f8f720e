// SPDX-License-Identifier: MIT
// spinlock.c - see spinlock.h.
#include "sync/spinlock.h"

#include "lib/panic.h"
#include "panic/panic.h"
#include "rv/cpu.h"
#include "sync/lockcheck.h"

void
initlock(struct spinlock *lk, const char *name, enum rank rank)
{
    *lk = (struct spinlock){.name = name, .rank = rank};
}

// Waits, reading only, until the lock looks free. A hart that finds itself waiting for itself has
// lost.
static void __attribute__((noinline)) spin(struct spinlock *lk)
{
    __atomic_fetch_add(&lk->contended, 1, __ATOMIC_RELAXED);
    if (holding(lk))
        panic("acquire: %s is already held by hart %d", lk->name, cpuid());
    do {
        while (__atomic_load_n(&lk->locked, __ATOMIC_RELAXED))
            panic_park(); // the holder may have been stopped by a panic elsewhere
    } while (__atomic_exchange_n(&lk->locked, 1, __ATOMIC_ACQUIRE));
    lk->holder = mycpu();
}

void
acquire(struct spinlock *lk)
{
    lockcheck_acquire(lk);
    // Pairs with the release store in release(): what earlier holders did is visible from here on.
    if (likely(!__atomic_exchange_n(&lk->locked, 1, __ATOMIC_ACQUIRE)))
        lk->holder = mycpu();
    else
        spin(lk); // the last that is done here: nothing has to be saved for the common way
}

bool
tryacquire(struct spinlock *lk)
{
    if (__atomic_exchange_n(&lk->locked, 1, __ATOMIC_ACQUIRE)) // pairs with release()
        return false;
    lockcheck_tryacquire(lk);
    lk->holder = mycpu();
    return true;
}

void
release(struct spinlock *lk)
{
    lockcheck_release(lk);
    lk->holder = NULL;
    __atomic_store_n(&lk->locked, 0, __ATOMIC_RELEASE); // pairs with the exchange in acquire()
}

bool
holding(const struct spinlock *lk)
{
    return lk->locked && lk->holder == mycpu();
}
