// SPDX-License-Identifier: MIT
// dirindex.h - an index in memory of a directory's names. It may be missing at any time.
#pragma once

#include "fs/ext2/dcache.h"
#include "lib/types.h"

struct inode;

// A directory's index; all zero: there is none.
struct dirindex {
    uint32 busy;  // [x] try-only lock: held to use or free the index
    uint32 count; // the rest: [busy] slots in use
    uint32 slots; // a power of two, or 0
    struct dirindex_slot *table;
};

#define DIRINDEX_END (~0UL)

// The caller holds the directory's lock. A position is the entry's byte offset in the directory.
bool dirindex_take(struct inode *dp); // false: there is none, search the directory
void dirindex_put(struct inode *dp);
uint64 dirindex_first(struct inode *dp, const struct name *n,
                      uint32 *at); // taken; DIRINDEX_END: none
uint64 dirindex_next(struct inode *dp, const struct name *n,
                     uint32 *at);      // the next one with this hash
void dirindex_build(struct inode *dp); // if it is useful and memory allows
void dirindex_add(struct inode *dp, const struct name *n, uint64 pos);
void dirindex_remove(struct inode *dp, const struct name *n, uint64 pos);

bool dirindex_drop(struct inode *dp); // frees it, unless it is in use; never waits
