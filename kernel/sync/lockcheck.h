// SPDX-License-Identifier: MIT
// lockcheck.h - the order of rank.h, checked at each acquisition in debug builds
// (checked/lockcheck.c, a listed upcall).
#pragma once

struct spinlock;

void lockcheck_acquire(struct spinlock *lk);    // before waiting: panics on a rank out of order
void lockcheck_tryacquire(struct spinlock *lk); // after a success: any order
void lockcheck_release(struct spinlock *lk);
void lockcheck_none(void); // panics if this hart holds any spinlock
