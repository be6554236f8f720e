// SPDX-License-Identifier: MIT
// lockcheck.h - the order of rank.h, checked at each acquisition in debug builds
// (checked/lockcheck.c, a listed upcall); in others, nothing.
#pragma once

struct spinlock;

#ifdef DEBUG
void lockcheck_acquire(struct spinlock *lk);    // before waiting: panics on a rank out of order
void lockcheck_tryacquire(struct spinlock *lk); // after a success: any order
void lockcheck_release(struct spinlock *lk);
void lockcheck_none(void); // panics if this hart holds any spinlock
#else
// A release build checks nothing before an acquisition.
static inline void
lockcheck_acquire(struct spinlock *lk)
{
    (void)lk;
}

// A release build records no acquisition.
static inline void
lockcheck_tryacquire(struct spinlock *lk)
{
    (void)lk;
}

// A release build records no release.
static inline void
lockcheck_release(struct spinlock *lk)
{
    (void)lk;
}

// A release build does not check that no spinlock is held.
static inline void
lockcheck_none(void)
{
}
#endif
