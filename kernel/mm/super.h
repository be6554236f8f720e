// SPDX-License-Identifier: MIT
// super.h - 2 MiB pages of user memory.
//
// Theory    A block of 2^9 frames, mapped by one leaf of level 1, for memory that is brought in
//           at once. Such a leaf has its block for itself: it is split into single pages, leaf
//           and block together, before a fork shares it and before a part of it is treated
//           differently.
// Locks     as->lock, held by the caller.
#pragma once

#include "lib/types.h"

struct aspace;

#define SUPER_SIZE (2UL << 20)

bool super_add(struct aspace *as, uint64 va,
               uint64 prot); // zeroes; false: single pages will have to do
int super_split(struct aspace *as, uint64 va) must_check; // the one that holds va, if any; -ENOMEM
int super_split_edges(struct aspace *as, uint64 start,
                      uint64 end) must_check; // those cut by either end
int super_split_all(struct aspace *as, uint64 start,
                    uint64 end) must_check; // -ENOMEM: some are split
