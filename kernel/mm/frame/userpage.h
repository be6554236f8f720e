// SPDX-License-Identifier: MIT
// userpage.h - the references that leaves of user tables hold to frames.
#pragma once

#include "lib/types.h"
#include "mm/frame/frame.h"
#include "pt/read/translate.h"

// The use of the software bits of entries in user tables.
#define PTE_COW      PTE_RSW0 // a leaf that is shared until written; never together with W
#define PTE_DEFERRED PTE_RSW1 // instead of V, of a pointer: the table's copy is deferred

// Returns whether the entry leads to a deferred table. A hart sees a hole.
static inline bool
pte_deferred(pte_t pte)
{
    return (pte & (PTE_V | PTE_DEFERRED)) == PTE_DEFERRED;
}

extern struct frame *zero_frame; // a frame of zeroes, never written; guard pages map it

// A leaf's flags for a page that the process may use as `prot` says, and has not accessed yet.
static inline uint64
userpage_flags(uint64 prot)
{
    return PTE_V | PTE_U | prot;
}

// The flags that an access sets in the entry: by the hart, or by vmfault() for harts that do not.
static inline uint64
userpage_touched(enum pt_access access)
{
    return access == PT_WRITE ? PTE_A | PTE_D : PTE_A;
}

// Counts a new leaf that maps the frame: the caller's reference becomes the leaf's.
static inline void
userpage_mapped(struct frame *f)
{
    __atomic_fetch_add(&f->mapcount, 1, __ATOMIC_RELAXED); // a statistic; the reference counts
}

// Counts another leaf that maps a single frame, and its reference.
static inline void
userpage_share(struct frame *f)
{
    __atomic_fetch_add(&f->users, FRAME_LEAF, __ATOMIC_RELAXED); // as frame_get()
}

// Orders all accesses to the pages before the userpage_drop() calls that follow.
static inline void
userpage_release(void)
{
    __atomic_thread_fence(__ATOMIC_RELEASE); // pairs with the acquire in frame_dropped()
}

// Drops the reference of a leaf that is gone; the last one frees the frame.
// Returns   whether the frame has other users.
static inline bool
userpage_drop(struct frame *f)
{
    uint64 was = __atomic_fetch_sub(&f->users, FRAME_LEAF, __ATOMIC_RELAXED); // see above
    return (int32)was > 1 || frame_dropped(f, (int32)was);
}
