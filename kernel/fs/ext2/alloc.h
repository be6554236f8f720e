// SPDX-License-Identifier: MIT
// alloc.h - allocation of the disk's blocks and inodes.
#pragma once

#include "fs/cache/cache.h"
#include "fs/ext2/pending.h"
#include "lib/types.h"

struct ext2;

// The block bitmap of one group, held while blocks of it are freed. All zero: none.
struct group_bits {
    struct frame *bitmap;
    uint32 group;
    bool unused; // the blocks were allocated just now, and no pointer leads to them: freed at once
};

int balloc(struct ext2 *fs, uint32 goal, uint32 *block) must_check; // -ENOSPC, -EIO, -ENOMEM
uint32 balloc_goal(struct ext2 *fs, uint32 inum); // the best first block for a file of this number
int bits_open(struct group_bits *b, struct ext2 *fs,
              uint32 block) must_check; // then these cannot fail:
int bits_free(struct group_bits *b, struct ext2 *fs, uint32 block) must_check; // -EUCLEAN: was free
void bits_close(struct group_bits *b, struct ext2 *fs);

void ext2_dirty_group(struct ext2 *fs, uint32 g, struct frame *bitmap);

int ialloc(struct ext2 *fs, uint32 parent, bool dir, uint32 *inum) must_check; // -ENOSPC, -EIO ...
int ialloc_bitmap(struct ext2 *fs, uint32 inum, struct frame **out) must_check;
void ialloc_clear(struct ext2 *fs, uint32 inum, struct frame *bitmap, bool dir);
