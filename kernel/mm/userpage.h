// SPDX-License-Identifier: MIT
// userpage.h - the references that leaves of user tables hold to frames.
#pragma once

#include "lib/types.h"
#include "mm/frame.h"
#include "pt/translate.h"

extern struct frame *zero_frame; // a frame of zeroes that nobody writes; guard pages map it

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

// A second leaf of level 0 refers to what `pte` maps.
static inline void
userpage_share(pte_t pte)
{
    struct frame *f = frame_of(pte_pa(pte));
    frame_get(f);
    userpage_mapped(f);
}

// Does the leaf share anonymous memory that each sharer may want a copy of? All leaves of such a
// frame do; a frame is promised for each but one (mm/frame_promise.c).
static inline bool
userpage_promised(pte_t pte)
{
    return (pte & PTE_COW) && frame_of(pte_pa(pte))->kind == FRAME_USER;
}

// A leaf is gone; its reference is still the caller's to drop.
static inline void
userpage_unmapped(struct frame *f)
{
    __atomic_fetch_sub(&f->mapcount, 1, __ATOMIC_RELAXED); // as above
}
