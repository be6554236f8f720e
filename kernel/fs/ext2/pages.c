// SPDX-License-Identifier: MIT
// pages.c - a file's pages for the page cache and for mappings.
//
// Promises  inode_pager()'s get() takes the block map's lock and no other sleeplock: it can be
//           called from a page fault, even one that a copy into or out of the same file caused.
// Locks     ip->map_lock, inside the inode's lock if that is held. Truncation sets the size first,
//           then drops the pages, then frees the blocks: a look-up before the first step leaves a
//           page that the second step drops, a look-up after it fails.
#include "abi/errno.h"
#include "fs/ext2/bmap.h"
#include "fs/ext2/inode.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"

static struct inode *
of_pages(struct pcache *pc)
{
    return container_of(pc, struct inode, pages);
}

// Gives a block to a hole that was written through a mapping, when its page is written to the disk.
static int
fill_hole(struct inode *ip, uint64 index, uint32 *block)
{
    struct frame *pin;
    if (!ext2_writable(ip->fs))
        return -EROFS;
    int error = inode_pin(ip, &pin);
    if (error)
        return error;
    error = bmap_create(ip, index, block);
    inode_store(ip, pin);
    return error;
}

static int
map(struct pcache *pc, uint64 index, bool create, uint64 *block)
{
    struct inode *ip = of_pages(pc);
    uint32 b = 0;
    int error = 0;
    if (!ip->fs->mounted && ip->fs->root == NULL)
        return -EIO; // the file system has been unmounted
    acquiresleep(&ip->map_lock);
    if (index >= inode_pages_count(ip))
        error = -EINVAL;
    else
        error = bmap_find(ip, index, &b);
    if (!error && !b && create)
        error = fill_hole(ip, index, &b);
    releasesleep(&ip->map_lock);
    *block = b ? b : BLOCK_HOLE;
    return error;
}

static uint64
size(struct pcache *pc)
{
    return inode_length(of_pages(pc));
}

// Orders nothing: a mapping that got a page before has released pc->lock, which the caller holds.
static bool
shared(struct pcache *pc)
{
    return __atomic_load_n(&of_pages(pc)->pager.sharers, __ATOMIC_RELAXED) > 0;
}

const struct pcache_ops inode_pages = {.map = map, .size = size, .shared = shared, .file = true};

static struct inode *
of_pager(struct pager *p)
{
    return container_of(p, struct inode, pager);
}

static int
pager_get(struct pager *p, uint64 index, struct frame **out)
{
    struct inode *ip = of_pager(p);
    if (index >= inode_pages_count(ip))
        return -EINVAL;
    return cache_get(&ip->pages, index, out);
}

static struct frame *
pager_peek(struct pager *p, uint64 index)
{
    struct pcache *pc = &of_pager(p)->pages;
    if (__atomic_load_n(&pc->lock.locked, __ATOMIC_RELAXED)) // orders nothing: acquire() does
        return NULL;                                         // a panic may have stopped its holder
    return cache_peek(pc, index);
}

static uint32
pager_ready(struct pager *p, uint64 index, uint32 count, struct frame **out)
{
    return cache_ready(&of_pager(p)->pages, index, count, out);
}

static void
pager_dirty(struct pager *p, struct frame *f)
{
    if (ext2_writable(of_pager(p)->fs))
        cache_dirty(&of_pager(p)->pages, f);
}

static uint64
pager_size(struct pager *p)
{
    return inode_length(of_pager(p));
}

static void
pager_ref(struct pager *p)
{
    idup(of_pager(p));
}

// Called when an address space ends, inside or outside of an operation.
static void
pager_unref(struct pager *p)
{
    iput_later(of_pager(p));
}

const struct pager_ops inode_pager_ops = {
    .get = pager_get,
    .peek = pager_peek,
    .ready = pager_ready,
    .dirty = pager_dirty,
    .size = pager_size,
    .ref = pager_ref,
    .unref = pager_unref,
};

// The pager of a regular file, for mappings; a reference to the inode is taken by its ref().
struct pager *
inode_pager(struct inode *ip)
{
    return &ip->pager;
}
