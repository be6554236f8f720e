// SPDX-License-Identifier: MIT
// mmap.h - files and fresh memory in an address space, at addresses outside of the heap.
#pragma once

#include "lib/types.h"
#include "mm/aspace/region.h"

struct aspace;

// Adds a region like `model` of `size` bytes, at model->start if that is free, else where there
// is room. 0 and its address in *at; -ENOMEM.
int mmap_add(struct aspace *as, const struct region *model, uint64 size, uint64 *at) must_check;
int mmap_remove(struct aspace *as, uint64 start, uint64 size) must_check; // -EINVAL, -ENOMEM
int mmap_protect(struct aspace *as, uint64 start, uint64 size,
                 uint8 prot) must_check;                                // also -EACCES
int mmap_sync(struct aspace *as, uint64 start, uint64 size) must_check; // -EINVAL, -ENOMEM

// Tells the pagers which pages of shared regions in [start, end) have been written to. as->lock
// held.
void mmap_collect(struct aspace *as, uint64 start, uint64 end);
