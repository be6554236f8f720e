// SPDX-License-Identifier: MIT
// ialloc.c - the bitmaps of inodes.
//
// Theory    A file gets an inode in its directory's group, near it; a new directory gets one in the
//           group with the most free blocks, so that its files have room.
// Promises  Bitmap, descriptor and total change together. A number is free again only when
//           ialloc_clear() is called, which the inode table does last.
// Locks     fs->alloc, as in balloc.c.
#include "fs/ext2/alloc.h"

#include "abi/errno.h"
#include "fs/ext2/super.h"
#include "lib/bitmap.h"

#define BIT_NONE (~0U)

static uint32
roomiest_group(struct ext2 *fs)
{
    uint32 best = 0;
    for (uint32 g = 0; g < fs->groups; g++) {
        const struct ext2_group *gd = ext2_group(fs, g);
        if (gd->free_inodes && gd->free_blocks > ext2_group(fs, best)->free_blocks)
            best = g;
    }
    return best;
}

static uint32
take_bit(struct ext2 *fs, uint32 g, uint64 *map, bool dir)
{
    struct ext2_group *gd = ext2_group(fs, g);
    uint32 reserved = g == 0 ? fs->first_ino - 1 : 0;
    acquire(&fs->alloc);
    uint32 from = fs->inode_hint[g] > reserved ? fs->inode_hint[g] : reserved;
    uint32 bit = (uint32)bitmap_zero_in(map, from, fs->inodes_per_group);
    if (bit >= fs->inodes_per_group) {
        bit = (uint32)bitmap_zero_in(map, reserved, from);
        bit = bit < from ? bit : BIT_NONE;
    }
    if (bit != BIT_NONE) {
        bitmap_set(map, bit);
        gd->free_inodes -= gd->free_inodes > 0;
        gd->used_dirs += dir;
        fs->free_inodes -= fs->free_inodes > 0;
        fs->inode_hint[g] = bit + 1;
    }
    release(&fs->alloc);
    return bit;
}

// Tries one group.
// Returns   -EAGAIN: it is full.
static int
alloc_in(struct ext2 *fs, uint32 g, bool dir, uint32 *inum)
{
    struct ext2_group *gd = ext2_group(fs, g);
    if (!gd->free_inodes) // lockless read, as in balloc.c
        return -EAGAIN;
    struct frame *bitmap;
    int error = cache_get(&fs->meta, gd->inode_bitmap, &bitmap);
    if (error)
        return error;
    uint32 bit = take_bit(fs, g, page_data(bitmap), dir);
    if (bit == BIT_NONE) {
        error = ext2_damage(fs, "group %u: counts free inodes that its bitmap does not have", g);
    } else {
        *inum = g * fs->inodes_per_group + bit + 1;
        ext2_dirty_group(fs, g, bitmap);
    }
    frame_put(bitmap);
    return error;
}

// Allocates an inode number for a new entry of directory `parent`.
// On error  -ENOSPC, -EIO, -ENOMEM, -EUCLEAN.
// Sleeps    if the bitmap is not in memory.
int
ialloc(struct ext2 *fs, uint32 parent, bool dir, uint32 *inum)
{
    uint32 first = dir ? roomiest_group(fs) : (parent - 1) / fs->inodes_per_group;
    for (uint32 i = 0; i < fs->groups; i++) {
        int error = alloc_in(fs, (first + i) % fs->groups, dir, inum);
        if (error != -EAGAIN)
            return error;
    }
    return -ENOSPC;
}

// Pins the bitmap that ialloc_clear() will need.
int
ialloc_bitmap(struct ext2 *fs, uint32 inum, struct frame **out)
{
    uint32 g = (inum - 1) / fs->inodes_per_group;
    return cache_get(&fs->meta, ext2_group(fs, g)->inode_bitmap, out);
}

// Marks inode `inum` free, in the bitmap's page, the group's descriptor and the totals; `dir`: it
// was a directory.
// Locks     takes fs->alloc.
void
ialloc_clear(struct ext2 *fs, uint32 inum, struct frame *bitmap, bool dir)
{
    uint32 g = (inum - 1) / fs->inodes_per_group, bit = (inum - 1) % fs->inodes_per_group;
    struct ext2_group *gd = ext2_group(fs, g);
    acquire(&fs->alloc);
    bool was = bitmap_test(page_data(bitmap), bit);
    bitmap_clear(page_data(bitmap), bit);
    gd->free_inodes += was;
    gd->used_dirs -= was && dir && gd->used_dirs;
    fs->free_inodes += was;
    if (bit < fs->inode_hint[g])
        fs->inode_hint[g] = bit; // low numbers first: few pages of the table are in use
    release(&fs->alloc);
    ext2_dirty_group(fs, g, bitmap);
    if (!was)
        ext2_complain(fs, "inode %u: in use but marked free", inum);
}
