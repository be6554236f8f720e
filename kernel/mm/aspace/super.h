// SPDX-License-Identifier: MIT
// super.h - user memory in blocks: 2 MiB by one leaf, less by neighbouring ones.
//
// Theory    Memory that is brought in at once comes in aligned blocks of 2^order frames, and so does
//           what is touched from one end to the other while there is plenty. The largest, 2 MiB,
//           are mapped by one leaf of level 1. A fork shares them as they are. Before a part is
//           treated differently - it is unmapped, or written to while others see it - a large leaf
//           is split into single pages, and the block into single frames (mm/frame/block.h); they stay so
//           (doc/decisions/0028-what-pays-in-memory.md).
// Locks     as->lock, held by the caller.
#pragma once

#include "mm/aspace/aspace.h"

// What a process does with leaves of 2 MiB.
enum super_policy {
    SUPER_SHARE, // a fork shares them copy-on-write
    SUPER_COPY,  // a fork copies them, as far as there are blocks for it
    SUPER_OFF,   // it has none
};

extern enum super_policy super_policy;

#define SUPER_SIZE         (2UL << 20)
#define SUPER_ROUNDDOWN(a) ((a) & ~(SUPER_SIZE - 1))
#define SUPER_ROUNDUP(a)   SUPER_ROUNDDOWN((a) + SUPER_SIZE - 1)

int super_select(const char *name) must_check; // "share", "copy", "off"; -EINVAL
// Maps a fresh block at va, below end; its size, 0: a single page will have to do.
uint64 super_add(struct aspace *as, uint64 va, uint64 end, uint64 prot);
// The same for a hole that is touched; false: one page will do. The cursor's tables may be new.
bool super_touch(struct aspace *as, const struct region *r, struct pt_cursor at);
int super_split(struct aspace *as, uint64 va) must_check; // the one that holds va, if any; -ENOMEM
// And blocks, that are cut by either end. What is between is in use, not deferred.
int super_split_edges(struct aspace *as, uint64 start, uint64 end) must_check;
