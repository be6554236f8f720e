// SPDX-License-Identifier: MIT
// bmap.c - find, add and free the blocks of a file.
//
// Theory    An inode points to 12 blocks directly, to one that holds 1024 pointers, and to the
//           roots of trees of two and three levels. Blocks of pointers (indirect blocks) are cached
//           with the disk's own blocks.
// Promises  A pointer outside the disk or into the file system's tables is not followed: -EUCLEAN.
//           bmap_create() allocates all missing blocks before it links them: it adds the page or
//           changes nothing.
// Locks     ip->map_lock is held. The caller stores the inode afterwards (block[], sectors).
#include "fs/ext2/bmap.h"

#include "fs/ext2/alloc.h"
#include "fs/ext2/super.h"
#include "sync/thread.h"

#define SECTORS (BLKSIZE / 512)

// The way to a page's pointer: slot[0] in the inode, the others in indirect blocks.
struct bmap_path {
    uint32 depth; // 0: direct
    uint32 slot[4];
};

// Computes which slots lead to page `index` of a file: slot[0] in the inode, slot[1] to slot[depth]
// in the blocks of pointers below it.
static void
bmap_path(struct bmap_path *p, uint64 index)
{
    *p = (struct bmap_path){0};
    if (index < EXT2_NDIRECT) {
        p->slot[0] = (uint32)index;
        return;
    }
    index -= EXT2_NDIRECT;
    uint64 span = EXT2_NPTR;
    for (p->depth = 1; index >= span; p->depth++) {
        index -= span;
        span *= EXT2_NPTR;
    }
    p->slot[0] = EXT2_NDIRECT + p->depth - 1;
    for (uint32 d = p->depth; d > 0; d--) {
        p->slot[d] = index % EXT2_NPTR;
        index /= EXT2_NPTR;
    }
}

static int
bad_pointer(struct inode *ip, uint32 block)
{
    return ext2_damage(ip->fs, "inode %u points to block %u", ip->inum, block);
}

// Where a path ends.
struct bmap_end {
    uint32 depth;         // the number of indirect blocks on the way
    uint32 block;         // the number that the last slot has; 0: the block is missing
    struct frame *holder; // the indirect block with that slot, with a reference; NULL: the inode
};

// Follows the path as far as there are blocks.
static int
follow(struct inode *ip, const struct bmap_path *p, struct bmap_end *end)
{
    int error = 0;
    *end = (struct bmap_end){.block = ip->block[p->slot[0]]};
    while (end->block && !error) {
        if (!ext2_block_ok(ip->fs, end->block)) {
            error = bad_pointer(ip, end->block);
            break;
        }
        if (end->depth == p->depth)
            break;
        if (end->holder)
            frame_put(end->holder);
        end->holder = NULL;
        error = cache_get(&ip->fs->meta, end->block, &end->holder);
        if (!error)
            end->block = ((uint32 *)page_data(end->holder))[p->slot[++end->depth]];
    }
    if (error && end->holder)
        frame_put(end->holder);
    return error;
}

// Finds the block of page `index` of the file: its number in *block, 0 for a hole.
// On error  -EIO, -ENOMEM, -EUCLEAN.
// Sleeps    if a block of pointers is not in memory.
int
bmap_find(struct inode *ip, uint64 index, uint32 *block)
{
    struct bmap_path p;
    struct bmap_end end;
    bmap_path(&p, index);
    int error = follow(ip, &p, &end);
    *block = end.block;
    if (!error && end.holder)
        frame_put(end.holder);
    return error;
}

static void
give_back(struct ext2 *fs, const uint32 *blocks, uint32 n)
{
    struct group_bits bits = {.unused = true};
    for (uint32 i = 0; i < n; i++) {
        cache_forget(&fs->meta, blocks[i]);
        // The bitmap was in memory just now; if it cannot be read again, a block is lost until
        // e2fsck.
        if (!bits_open(&bits, fs, blocks[i]) && bits_free(&bits, fs, blocks[i]))
            break;
    }
    bits_close(&bits, fs);
}

// Allocates a chain of n blocks, each but the last an indirect block that points to the next.
// On error  nothing is allocated.
static int
build_chain(struct inode *ip, const uint32 *slots, uint32 *blocks, uint32 n)
{
    struct ext2 *fs = ip->fs;
    uint32 goal = ip->goal ? ip->goal : balloc_goal(fs, ip->inum);
    uint32 have = 0;
    int error = 0;
    for (; have < n && !error; have += !error)
        error = balloc(fs, have ? blocks[have - 1] + 1 : goal, &blocks[have]);
    for (uint32 i = 0; i + 1 < n && !error; i++) {
        struct frame *f;
        error = cache_zero(&fs->meta, blocks[i], &f);
        if (error)
            break;
        ((uint32 *)page_data(f))[slots[i]] = blocks[i + 1];
        cache_dirty(&fs->meta, f);
        frame_put(f);
    }
    if (error)
        give_back(fs, blocks, have);
    return error;
}

// Sets the goal for the file's next block behind its last one, if none was allocated since the
// inode was loaded.
static void
guess_goal(struct inode *ip, const struct bmap_path *p, struct frame *holder)
{
    const uint32 *ptr = holder ? page_data(holder) : ip->block;
    uint32 slot = p->slot[holder ? p->depth : 0];
    if (!ip->goal && slot && ptr[slot - 1] && slot != EXT2_NDIRECT)
        ip->goal = ptr[slot - 1] + 1;
}

// As bmap_find(), but a hole gets a new block, with the blocks of pointers that lead to it.
// On error  -ENOSPC, -EIO, -ENOMEM, -EUCLEAN: the file has the blocks it had.
// Sleeps    if a block of pointers or a bitmap is not in memory.
int
bmap_create(struct inode *ip, uint64 index, uint32 *block)
{
    struct bmap_path p;
    struct bmap_end end;
    uint32 blocks[4] = {0};
    bmap_path(&p, index);
    int error = follow(ip, &p, &end);
    *block = end.block;
    if (error)
        return error;
    if (!end.block) {
        uint32 n = p.depth - end.depth + 1;
        if (n == 1)
            guess_goal(ip, &p, end.holder);
        error = build_chain(ip, &p.slot[end.depth + 1], blocks, n);
        if (!error) {
            // Linking the chain makes it part of the file.
            uint32 *ptr = end.holder ? page_data(end.holder) : ip->block;
            ptr[p.slot[end.depth]] = blocks[0];
            if (end.holder)
                cache_dirty(&ip->fs->meta, end.holder);
            ip->sectors += n * SECTORS;
            *block = blocks[n - 1];
            ip->goal = *block + 1;
        }
    }
    if (end.holder)
        frame_put(end.holder);
    return error;
}

// The state of a truncation.
struct truncation {
    struct inode *ip;
    struct group_bits bits;
};

static int
free_block(struct truncation *c, uint32 *ptr)
{
    struct ext2 *fs = c->ip->fs;
    int error = bits_open(&c->bits, fs, *ptr);
    if (error)
        return error;
    error = bits_free(&c->bits, fs, *ptr);
    *ptr = 0;
    c->ip->sectors -= c->ip->sectors >= SECTORS ? SECTORS : c->ip->sectors;
    return error;
}

// Frees the blocks of the pages from `from` on in the tree of `level` levels at *ptr, and the tree
// itself if `from` is 0.
// On error  the tree is shorter, but whole.
static int
free_tree(struct truncation *c, uint32 *ptr, uint32 level, uint64 from)
{
    struct ext2 *fs = c->ip->fs;
    if (!*ptr)
        return 0;
    if (!ext2_block_ok(fs, *ptr))
        return bad_pointer(c->ip, *ptr);
    if (level == 0)
        return free_block(c, ptr);
    struct frame *f;
    int error = cache_get(&fs->meta, *ptr, &f);
    if (error)
        return error;
    uint64 span = 1UL << (10 * (level - 1));
    uint32 *slot = page_data(f), first = (uint32)(from / span);
    for (uint32 s = first; s < EXT2_NPTR && !error; s++)
        error = free_tree(c, &slot[s], level - 1, s == first ? from % span : 0);
    preempt_point_always();
    cache_dirty(&fs->meta, f);
    frame_put(f);
    if (error || from)
        return error;
    // Leaves the cache before it is free: another file may get the block, and a late write must not
    // overwrite that.
    cache_forget(&fs->meta, *ptr);
    return free_block(c, ptr);
}

// Frees the blocks of the pages from `from` on.
// On error  -EIO, -ENOMEM, -EUCLEAN: some are freed, the others still belong to the file.
// Sleeps
int
bmap_truncate(struct inode *ip, uint64 from)
{
    struct truncation c = {.ip = ip};
    int error = 0;
    for (uint64 i = from; i < EXT2_NDIRECT && !error; i++)
        error = free_tree(&c, &ip->block[i], 0, 0);
    uint64 start = EXT2_NDIRECT, span = EXT2_NPTR;
    for (uint32 level = 1; level <= 3 && !error; level++) {
        if (from < start + span)
            error = free_tree(&c, &ip->block[EXT2_NDIRECT + level - 1], level,
                              from > start ? from - start : 0);
        start += span;
        span *= EXT2_NPTR;
    }
    bits_close(&c.bits, ip->fs);
    ip->goal = 0;
    return error;
}
