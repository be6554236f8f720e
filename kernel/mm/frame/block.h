// SPDX-License-Identifier: MIT
// block.h - blocks of user memory, as the leaves of several tables refer to them.
//
// Theory    A leaf holds a reference to each of its frames. Memory that is brought in at once comes
//           in blocks of 2^order frames, which have one count in the ledger: it stands for the
//           counts of all its frames, so a space that maps any of it maps all of it, at a place
//           that is aligned to its size - by one leaf of level 1 for 2 MiB, by neighbouring leaves
//           of one leaf table below that. Before a part is treated differently from the rest,
//           the block becomes single frames; leaves in other spaces then refer to these.
// Locks     as->lock of the space whose leaves refer to the block, held by the caller.
#pragma once

#include "mm/frame/frame.h"

void block_init(void);
void block_get(struct frame *f, int order);  // others refer to it as the caller does
void block_put(struct frame *f, int order);  // the caller's leaves are gone
void block_split(struct frame *f);           // for the caller, it is single frames from now on
void block_cut(struct frame *f);             // no block goes on across the beginning of f
bool block_sole(struct frame *f, int order); // only the caller's leaves refer to any of it
bool block_page_sole(struct frame *f);       // the same for one page; if not, it is a single frame

// The order that the block beginning at f has, or has just had; 0: these are single frames.
static inline int
block_order(const struct frame *f)
{
    return __atomic_load_n(&f->order, __ATOMIC_ACQUIRE); // pairs with frame_split()
}

// Is it one of several frames with one count, or has it just ceased to be?
static inline bool
block_part(const struct frame *f)
{
    return block_order(f) || !__atomic_load_n(&f->refs, __ATOMIC_ACQUIRE); // as above
}
