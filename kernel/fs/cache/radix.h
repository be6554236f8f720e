// SPDX-License-Identifier: MIT
// radix.h - a sparse array of pointers: the pages of a file by index.
#pragma once

#include "lib/types.h"

#define RADIX_BITS  6
#define RADIX_SLOTS (1 << RADIX_BITS)

// A tree that is all zero is empty. The owner's lock guards it.
struct radix {
    void *root;  // at 0 bits the item of index 0, else a node
    uint32 bits; // of the indexes that fit, RADIX_BITS for each level of nodes
};

struct radix_node {
    void *slot[RADIX_SLOTS]; // nodes, or items at the lowest level
    uint32 count;            // slots in use
};

void radix_setup(void);                                              // once, before the first tree
int radix_put(struct radix *t, uint64 index, void *item) must_check; // -ENOMEM; the slot is free
void *radix_del(struct radix *t, uint64 index);                      // the removed item, or NULL
void *radix_next(const struct radix *t, uint64 *index); // first item at *index or above, or NULL

// Returns whether the tree is high enough for `index`.
static inline bool
radix_fits(const struct radix *t, uint64 index)
{
    return index >> t->bits == 0;
}

// The item at `index`; NULL: there is none. Inline: it is on the way of each access to a page.
static inline void *
radix_get(const struct radix *t, uint64 index)
{
    void *p = radix_fits(t, index) ? t->root : NULL;
    for (uint32 bits = t->bits; bits > 0 && p;) {
        bits -= RADIX_BITS;
        p = ((struct radix_node *)p)->slot[index >> bits & (RADIX_SLOTS - 1)];
    }
    return p;
}
