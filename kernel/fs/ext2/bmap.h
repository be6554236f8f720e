// SPDX-License-Identifier: MIT
// bmap.h - the map from a file's pages to the disk's blocks.
#pragma once

#include "fs/ext2/inode.h"

#define BMAP_PAGES                                                                                 \
    (EXT2_NDIRECT + 1024UL + 1024 * 1024UL + 1024 * 1024 * 1024UL) // pages of a file, at most

// The caller holds ip->map_lock.
int bmap_find(struct inode *ip, uint64 index, uint32 *block) must_check;   // 0: a hole
int bmap_create(struct inode *ip, uint64 index, uint32 *block) must_check; // a hole gets a block
int bmap_truncate(struct inode *ip, uint64 from) must_check; // frees the pages from `from` on
