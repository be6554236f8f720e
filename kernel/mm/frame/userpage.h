// SPDX-License-Identifier: MIT
// userpage.h - the references that leaves of user tables hold to frames.
#pragma once

#include "lib/types.h"
#include "mm/frame/frame.h"
#include "pt/read/translate.h"

// What user tables use the software bits of entries for.
#define PTE_COW      PTE_RSW0 // a leaf that is shared until written; never together with W
#define PTE_DEFERRED PTE_RSW1 // instead of V, of a pointer: the table waits to be used again

// Does the entry lead to a deferred table? A hart sees a hole.
static inline bool
pte_deferred(pte_t pte)
{
    return (pte & (PTE_V | PTE_DEFERRED)) == PTE_DEFERRED;
}

extern struct frame *zero_frame; // a frame of zeroes, never written; guard pages map it

void userpage_init(void);

// A leaf's flags for a page that the process may use as `prot` says, and has not touched yet.
static inline uint64
userpage_flags(uint64 prot)
{
    return PTE_V | PTE_U | prot;
}

// What an access leaves in the entry: the hart sets it, or vmfault() for harts that do not.
static inline uint64
userpage_touched(enum pt_access access)
{
    return access == PT_WRITE ? PTE_A | PTE_D : PTE_A;
}

// A new leaf refers to the frame: the caller's reference becomes the leaf's.
static inline void
userpage_mapped(struct frame *f)
{
    __atomic_fetch_add(&f->mapcount, 1, __ATOMIC_RELAXED); // a statistic; the reference counts
}

// A second leaf refers to a single frame.
static inline void
userpage_share(struct frame *f)
{
    __atomic_fetch_add(&f->users, FRAME_LEAF, __ATOMIC_RELAXED); // as frame_get()
}

// Before the first userpage_drop() of some: what was done with the pages is done.
static inline void
userpage_release(void)
{
    __atomic_thread_fence(__ATOMIC_RELEASE); // pairs with the acquire in frame_dropped()
}

// A leaf is gone, and its reference with it.
// Returns   whether the frame has other users.
static inline bool
userpage_drop(struct frame *f)
{
    uint64 was = __atomic_fetch_sub(&f->users, FRAME_LEAF, __ATOMIC_RELAXED); // see above
    return (int32)was > 1 || frame_dropped(f, (int32)was);
}
