// SPDX-License-Identifier: MIT
// alloc.h - which blocks and inodes of the disk are in use.
#pragma once

#include "fs/cache/cache.h"
#include "fs/ext2/pending.h"
#include "lib/types.h"

struct ext2;

// The block bitmap of one group, in hand while blocks of it are freed. All zero: none.
struct group_bits {
    struct frame *bitmap;
    uint32 group;
    bool unused; // the blocks were allocated just now, and nothing leads to them: free at once
};

int balloc(struct ext2 *fs, uint32 goal, uint32 *block) must_check; // -ENOSPC, -EIO, -ENOMEM
uint32 balloc_goal(struct ext2 *fs, uint32 inum); // where a file of this number best begins
int bits_open(struct group_bits *b, struct ext2 *fs, uint32 block) must_check; // then, no failure:
int bits_free(struct group_bits *b, struct ext2 *fs, uint32 block) must_check; // -EUCLEAN: was free
void bits_close(struct group_bits *b, struct ext2 *fs);

int ialloc(struct ext2 *fs, uint32 parent, bool dir, uint32 *inum) must_check; // -ENOSPC, -EIO ...
int ialloc_bitmap(struct ext2 *fs, uint32 inum, struct frame **out) must_check;
void ialloc_clear(struct ext2 *fs, uint32 inum, struct frame *bitmap, bool dir);
