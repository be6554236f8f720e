// SPDX-License-Identifier: MIT
// balloc.c - the bitmaps of blocks.
//
// Theory    A search starts at the goal, so that files are contiguous, goes to the end of the
//           group, then to its start, then to the next groups; each group remembers where its last
//           search ended.
// Promises  An allocated block was marked free, exists, and is not part of the file system's
//           tables. Bitmap, descriptor and total change together.
// Locks     fs->alloc, a spinlock: bitmaps are read into memory before it is taken.
#include "fs/ext2/alloc.h"

#include "abi/errno.h"
#include "fs/ext2/super.h"
#include "fs/journal/journal.h"
#include "lib/bitmap.h"

static uint32
group_length(const struct ext2 *fs, uint32 g)
{
    uint32 left = fs->blocks - g * fs->blocks_per_group;
    return left < fs->blocks_per_group ? left : fs->blocks_per_group;
}

// Marks a bitmap of the group, and the group's descriptor, as changed.
void
ext2_dirty_group(struct ext2 *fs, uint32 g, struct frame *bitmap)
{
    cache_dirty(&fs->meta, bitmap);
    cache_dirty(&fs->meta, fs->gdt[g / (BLKSIZE / sizeof(struct ext2_group))]);
}

// Finds a free bit of the group's bitmap and marks it used; the group's length: there is none.
static uint32
take_bit(struct ext2 *fs, uint32 g, uint64 *map, uint32 from)
{
    struct ext2_group *gd = ext2_group(fs, g);
    acquire(&fs->alloc);
    uint32 bit = (uint32)bitmap_find_zero(map, group_length(fs, g), from);
    if (bit != group_length(fs, g)) {
        bitmap_set(map, bit);
        gd->free_blocks -= gd->free_blocks > 0;
        fs->free_blocks -= fs->free_blocks > 0;
        fs->block_hint[g] = bit + 1;
    }
    release(&fs->alloc);
    return bit;
}

// Tries one group.
// Returns   -EAGAIN: it is full.
static int
alloc_in(struct ext2 *fs, uint32 g, uint32 from, uint32 *block)
{
    struct ext2_group *gd = ext2_group(fs, g);
    if (!gd->free_blocks) // lockless read: may miss a block that is freed at this moment
        return -EAGAIN;
    struct frame *bitmap;
    int error = cache_get(&fs->meta, gd->block_bitmap, &bitmap);
    if (error)
        return error;
    uint32 bit = take_bit(fs, g, page_data(bitmap), from);
    if (bit == group_length(fs, g)) {
        error = ext2_damage(fs, "group %u: counts free blocks that its bitmap does not have", g);
    } else {
        *block = g * fs->blocks_per_group + bit;
        ext2_dirty_group(fs, g, bitmap);
        if (!ext2_block_ok(fs, *block))
            error = ext2_damage(fs, "block %u: the file system's own, but marked free", *block);
    }
    frame_put(bitmap);
    return error;
}

// Allocates a block, the first free one behind the goal if possible.
// On error  -ENOSPC, -EIO, -ENOMEM, -EUCLEAN.
// Sleeps    if the bitmap is not in memory.
int
balloc(struct ext2 *fs, uint32 goal, uint32 *block)
{
    if (goal >= fs->blocks)
        goal = 0;
    uint32 first = goal / fs->blocks_per_group;
    for (uint32 i = 0; i < fs->groups; i++) {
        uint32 g = (first + i) % fs->groups;
        uint32 from = i == 0 ? goal % fs->blocks_per_group : fs->block_hint[g];
        int error = alloc_in(fs, g, from, block);
        if (error != -EAGAIN)
            return error;
    }
    return -ENOSPC;
}

// A block near which the blocks of a new file of that inode number may be allocated; a hint.
uint32
balloc_goal(struct ext2 *fs, uint32 inum)
{
    uint32 g = (inum - 1) / fs->inodes_per_group;
    return g * fs->blocks_per_group + fs->block_hint[g]; // a hint: it may be stale
}

// Makes sure that `b` holds the bitmap with `block`.
// On error  -EIO, -ENOMEM, -EAGAIN (continue in another operation): `b` is unchanged.
// Sleeps    if the bitmap is not in memory.
int
bits_open(struct group_bits *b, struct ext2 *fs, uint32 block)
{
    uint32 g = block / fs->blocks_per_group;
    if (b->bitmap && b->group == g)
        return 0;
    if (!b->unused && !journal_room())
        return -EAGAIN;
    struct frame *bitmap;
    int error = cache_get(&fs->meta, ext2_group(fs, g)->block_bitmap, &bitmap);
    if (error)
        return error;
    error = b->unused ? 0 : pending_reserve(fs, g, bitmap);
    if (error) {
        frame_put(bitmap);
        return error;
    }
    bits_close(b, fs);
    *b = (struct group_bits){bitmap, g, b->unused};
    return 0;
}

// Marks a block free at once. False: it was free already.
// Locks     fs->alloc
static bool
free_now(struct group_bits *b, struct ext2 *fs, uint32 bit)
{
    bool was = bitmap_test(page_data(b->bitmap), bit);
    bitmap_clear(page_data(b->bitmap), bit);
    ext2_group(fs, b->group)->free_blocks += was;
    fs->free_blocks += was;
    return was;
}

// Frees a block whose bitmap `b` holds; with a journal, it becomes free when the transaction is on
// the disk.
int
bits_free(struct group_bits *b, struct ext2 *fs, uint32 block)
{
    uint32 bit = block % fs->blocks_per_group;
    acquire(&fs->alloc);
    bool was = fs->pending && !b->unused
                   ? bitmap_test(page_data(b->bitmap), bit) && pending_add(fs, b->group, bit)
                   : free_now(b, fs, bit);
    release(&fs->alloc);
    return was ? 0 : ext2_damage(fs, "block %u: in use but marked free", block);
}

// Marks the bitmap that *b keeps as dirty, and drops the reference to it; does nothing without one.
void
bits_close(struct group_bits *b, struct ext2 *fs)
{
    if (!b->bitmap)
        return;
    ext2_dirty_group(fs, b->group, b->bitmap);
    frame_put(b->bitmap);
    b->bitmap = NULL;
}
