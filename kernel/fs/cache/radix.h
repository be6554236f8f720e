// SPDX-License-Identifier: MIT
// radix.h - a sparse array of pointers: the pages of a file by index.
#pragma once

#include "lib/types.h"

#define RADIX_BITS  6
#define RADIX_SLOTS (1 << RADIX_BITS)

// A tree that is all zero is empty. The owner's lock guards it.
struct radix {
    void *root;    // at height 0 the item of index 0, else a node
    uint32 height; // levels of nodes: indexes below 64^height fit
};

void radix_setup(void);                                              // once, before the first tree
void *radix_get(const struct radix *t, uint64 index);                // NULL: no item
int radix_put(struct radix *t, uint64 index, void *item) must_check; // -ENOMEM; the slot is free
void *radix_del(struct radix *t, uint64 index);                      // the removed item, or NULL
void *radix_next(const struct radix *t, uint64 *index); // first item at *index or above, or NULL
