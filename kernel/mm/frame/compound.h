// SPDX-License-Identifier: MIT
// compound.h - compound allocations: 2^order frames of user memory that are counted as one.
//
// Theory    A leaf holds a reference to each of its frames. A compound allocation has one count in
//           the ledger, which stands for the counts of all its frames. So a space that maps a part
//           of it maps all of it, at an address aligned to its size: by one leaf of level 1 for
//           2 MiB, by neighbouring leaves of one leaf table for less. Before a part is treated
//           differently from the rest, the allocation is split into single frames; leaves in
//           other spaces then refer to these.
// Locks     as->lock of the space whose leaves refer to the allocation, held by the caller.
#pragma once

#include "mm/frame/frame.h"

void compound_init(void);
void compound_get(struct frame *f, int order); // another space maps it as the caller does
void compound_put(struct frame *f, int order); // the caller's leaves are gone
void compound_split(struct frame *f);          // into single frames, as far as the caller can tell
void compound_cut(struct frame *f); // splits one that contains f, but does not begin there
bool compound_sole(struct frame *f, int order); // only the caller's leaves refer to any of it
bool compound_page_sole(struct frame *f);       // that page is the caller's alone; else it is split

// The order of the allocation that begins at f, or began there until just now; 0: single frames.
static inline int
compound_order(const struct frame *f)
{
    return __atomic_load_n(&f->order, __ATOMIC_ACQUIRE); // pairs with frame_split()
}

// Returns whether f is part of a compound allocation, or was until just now.
static inline bool
compound_part(const struct frame *f)
{
    return compound_order(f) || !__atomic_load_n(&f->refs, __ATOMIC_ACQUIRE); // as above
}
