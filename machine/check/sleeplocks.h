// SPDX-License-Identifier: MIT
// sleeplocks.h - sleep locks: which thread holds which, and which it waits for.
//
// Theory    A thread of the kernel is identified by its context, the second argument of swtch().
//           The thread of a hart is the one to which swtch() has switched last.
#pragma once

#include "hart/hart.h"
#include "sight/moment.h"

struct machine;

#define SLEEPLOCKS_MAX 256
#define THREADS_MAX    256

// A lock that is held, or waited for.
struct sleeper {
    uint64 lock; // 0: an empty slot
    uint64 thread;
    bool waits; // acquiresleep() was called and has not returned
    struct moment since;
};

struct sleeplocks {
    uint64 thread[HARTS_MAX];
    struct sleeper of[SLEEPLOCKS_MAX];
    uint32 used; // the slots after these are empty
    bool over;
    struct sleeper
        first; // a holder of a lock, when another thread has taken it as well; lock 0: none
    struct moment second; // when that returned from acquiresleep()
};

// The table of the machine's checks; NULL: the kernel has no such locks.
struct sleeplocks *sleeplocks(const struct machine *m);
// Returns the holder of the lock, or NULL.
struct sleeper *sleeplocks_holder(struct sleeplocks *s, uint64 lock);
// Returns whether the hart's thread holds a lock.
bool sleeplocks_held(const struct machine *m, unsigned hart);
// Returns the object for which the thread waits, or NULL.
struct sleeper *sleeplocks_wait(struct sleeplocks *s, uint64 thread);
