// SPDX-License-Identifier: MIT
// bmap.h - which block of the disk holds which page of a file.
#pragma once

#include "fs/ext2/inode.h"

#define BMAP_PAGES                                                                                 \
    (EXT2_NDIRECT + 1024UL + 1024 * 1024UL + 1024 * 1024 * 1024UL) // of a file, at most

// The way to a page's pointer: slot[0] in the inode, the others in indirect blocks.
struct bmap_path {
    uint32 depth; // 0: direct
    uint32 slot[4];
};

void bmap_path(struct bmap_path *p, uint64 index); // index < BMAP_PAGES

// All with ip->map held.
int bmap_find(struct inode *ip, uint64 index, uint32 *block) must_check;   // 0: a hole
int bmap_create(struct inode *ip, uint64 index, uint32 *block) must_check; // a hole gets a block
int bmap_cut(struct inode *ip, uint64 from) must_check; // frees what holds the pages from `from` on
