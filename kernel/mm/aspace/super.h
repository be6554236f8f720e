// SPDX-License-Identifier: MIT
// super.h - user memory in compound allocations: 2 MiB by one superpage, less by neighbouring
// leaves.
//
// Theory    Memory that is brought in at once, and memory that is touched from one end to the other
//           while much is free, comes in compound allocations. The largest, of 2 MiB, are mapped by
//           one leaf of level 1, a superpage. A fork shares them as they are. Before a part is
//           unmapped, or written to while another space maps it, the superpage is split into single
//           pages and the allocation into single frames (mm/frame/compound.h). They stay so
//           (doc/decisions/0028-what-pays-in-memory.md).
// Locks     as->lock, held by the caller.
#pragma once

#include "mm/aspace/aspace.h"

// How a fork treats superpages; `superpages=` lists these in the same order.
enum {
    SUPER_SHARE, // a fork shares them copy-on-write
    SUPER_COPY,  // a fork copies them, as far as memory for superpages can be had
    SUPER_OFF,   // there are none
};

extern int super_policy; // constant after boot

#define SUPER_SIZE         (2UL << 20)
#define SUPER_ROUNDDOWN(a) ((a) & ~(SUPER_SIZE - 1))
#define SUPER_ROUNDUP(a)   SUPER_ROUNDDOWN((a) + SUPER_SIZE - 1)

// Maps fresh memory at va, below end. Returns its size; 0: the caller maps a single page.
uint64 super_add(struct aspace *as, uint64 va, uint64 end, uint64 prot);
// Maps fresh memory where a hole is touched. false: the caller maps one page.
bool super_touch(struct aspace *as, const struct region *r, struct pt_cursor at);
int super_split(struct aspace *as, uint64 va) must_check; // the superpage that holds va; -ENOMEM
// Makes start and end begin a leaf and an allocation, and unshares the tables between.
int super_split_edges(struct aspace *as, uint64 start, uint64 end) must_check;
