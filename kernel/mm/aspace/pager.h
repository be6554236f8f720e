// SPDX-License-Identifier: MIT
// pager.h - the source of a mapped object's pages. The file system provides it for files.
#pragma once

#include "lib/types.h"

struct pager;
struct frame;

struct pager_ops {
    // The frame of page `index`, read in if necessary, with a reference for the caller. May sleep;
    // takes no lock that a copy to or from user memory may be made under. 0 or -EIO, -ENOMEM.
    int (*get)(struct pager *p, uint64 index, struct frame **out);
    struct frame *(*peek)(struct pager *p,
                          uint64 index); // only if resident; never sleeps; else NULL
    // As many of the `count` pages from `index` on as are resident, up to the first that is not,
    // with a reference to each for the caller; their number. Never sleeps, and reads nothing.
    uint32 (*ready)(struct pager *p, uint64 index, uint32 count, struct frame **out);
    void (*dirty)(struct pager *p, struct frame *f); // a shared mapping wrote to it
    uint64 (*size)(struct pager *p);                 // bytes
    void (*ref)(struct pager *p);
    void (*unref)(struct pager *p); // may sleep
};

struct pager {
    const struct pager_ops *ops;
    uint32 sharers; // [a] regions in which it is shared memory
    int32 claims;   // [a] above 0: possible writers; below 0: regions of running programs
};

#define PAGER_WRITE 1    // an open file, or shared memory that may be written
#define PAGER_RUN   (-1) // a region of a program, whose pages are read when they are touched

// Claims the object for writing or for running; each claim ends by pager_unclaim().
// Returns   false: there are claims of the other kind.
static inline bool
pager_claim(struct pager *p, int32 claim)
{
    int32 n = __atomic_load_n(&p->claims, __ATOMIC_RELAXED);
    do {
        if (claim > 0 ? n < 0 : n > 0)
            return false;
        // Pairs with pager_unclaim(): the program that runs sees what was written before.
    } while (!__atomic_compare_exchange_n(&p->claims, &n, n + claim, false, __ATOMIC_ACQUIRE,
                                          __ATOMIC_RELAXED));
    return true;
}

// Ends a claim that pager_claim() has granted.
static inline void
pager_unclaim(struct pager *p, int32 claim)
{
    __atomic_fetch_sub(&p->claims, claim, __ATOMIC_RELEASE); // pairs with pager_claim()
}
