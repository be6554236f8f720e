// SPDX-License-Identifier: MIT
// super.h - 2 MiB pages of user memory.
//
// Theory    A block of 2^9 frames, mapped by one leaf of level 1, for memory that is brought in
//           at once. A fork shares it as it is. Before a part of it is treated differently - it is
//           unmapped, has other rights, or is written to while others see it - the leaf is split
//           into single pages, and the block too (mm/block.h).
// Locks     as->lock, held by the caller.
#pragma once

#include "mm/aspace.h"

#define SUPER_SIZE (2UL << 20)

// The tables that splitting a leaf takes; they are promised (mm/frame_promise.c) for each leaf that
// is copy-on-write.
static inline uint64
super_tables(int level)
{
    return level == 0 ? 0 : kpt->private_table ? 2 : 1;
}

bool super_add(struct aspace *as, uint64 va,
               uint64 prot); // zeroes; false: single pages will have to do
int super_split(struct aspace *as, uint64 va) must_check; // the one that holds va, if any; -ENOMEM
int super_split_edges(struct aspace *as, uint64 start,
                      uint64 end) must_check; // those cut by either end
