// SPDX-License-Identifier: MIT
// spinlock.c - takes and releases spinlocks.
#include "sync/spinlock.h"

#include "lib/panic.h"
#include "panic/panic.h"
#include "rv/cpu.h"
#include "sync/lockcheck.h"

// Makes the lock free. The name, which must stay, is for messages; `rank` is its place in the order
// of all locks.
void
initlock(struct spinlock *lk, const char *name, enum rank rank)
{
    *lk = (struct spinlock){.name = name, .rank = rank};
}

// Returns whether this hart holds the lock; for assertions.
static bool
holding(const struct spinlock *lk)
{
    return lk->locked && lk->holder == mycpu();
}

// Waits, reading only, until the lock looks free, and takes it. Panics if this hart holds the lock.
static struct spinlock *__attribute__((noinline)) spin(struct spinlock *lk)
{
    __atomic_fetch_add(&lk->contended, 1, __ATOMIC_RELAXED);
    if (holding(lk))
        panic("acquire: %s is already held by hart %d", lk->name, cpuid());
    do {
        while (__atomic_load_n(&lk->locked, __ATOMIC_RELAXED))
            panic_park(); // the holder may have been stopped by a panic elsewhere
    } while (__atomic_exchange_n(&lk->locked, 1, __ATOMIC_ACQUIRE));
    return lk;
}

static void noreturn __attribute__((noinline)) not_held(const struct spinlock *lk)
{
    panic("release: %s is not held by hart %d", lk->name, cpuid());
}

// Takes the lock, and spins until it is free. The caller sees all stores of earlier holders.
// Locks     only locks of a smaller rank are held. Checked in a DEBUG build.
void
acquire(struct spinlock *lk)
{
    if (DEBUG_BUILD)
        lockcheck_acquire(lk);
    // Pairs with the release store in release().
    if (unlikely(__atomic_exchange_n(&lk->locked, 1, __ATOMIC_ACQUIRE)))
        lk = spin(lk); // only this case makes a frame and saves registers
    lk->holder = mycpu();
}

// Takes the lock if it is free, whatever its rank.
// Returns   false: another hart holds it, or this one does.
bool
tryacquire(struct spinlock *lk)
{
    if (__atomic_exchange_n(&lk->locked, 1, __ATOMIC_ACQUIRE)) // pairs with release()
        return false;
    if (DEBUG_BUILD)
        lockcheck_tryacquire(lk);
    lk->holder = mycpu();
    return true;
}

// Frees the lock. Panics if this hart does not hold it.
void
release(struct spinlock *lk)
{
    if (DEBUG_BUILD)
        lockcheck_release(lk);
    if (unlikely(lk->holder != mycpu()))
        not_held(lk);
    lk->holder = NULL;
    __atomic_store_n(&lk->locked, 0, __ATOMIC_RELEASE); // pairs with the exchange in acquire()
}
