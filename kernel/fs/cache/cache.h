// SPDX-License-Identifier: MIT
// cache.h - the page cache: pages of files, and pages of the disk itself for metadata.
#pragma once

#include "dev/disk/blk.h"
#include "fs/cache/radix.h"
#include "lib/list.h"
#include "lib/types.h"
#include "mm/frame/frame.h"
#include "sync/spinlock.h"

// frame.flags of a page; guarded by the lock of its cache.
enum page_flag {
    PG_READING = 1,    // being filled: wait
    PG_UPTODATE = 2,   // the contents are valid
    PG_DIRTY = 4,      // newer than the disk: on its cache's dirty list
    PG_WRITEBACK = 8,  // on its way to the disk
    PG_USED = 16,      // used since reclaim last checked it
    PG_READAHEAD = 32, // a reader of this page starts the next readahead
    PG_FAILED = 64,    // could not be read; no longer in the cache
    PG_BLOCK = 128,    // has a block on the disk: frame.block
    PG_RUNNING =
        256, // dirty, and part of the running transaction instead of its cache's dirty list
};

struct pcache;
struct fs_stats;

#define BLOCK_HOLE (~0UL)

struct pcache_ops {
    // The disk block of a page, or BLOCK_HOLE; with `create` a hole is given a block. May sleep,
    // takes no lock that may be held around a copy to or from user memory. 0 or -E.
    int (*map)(struct pcache *pc, uint64 index, bool create, uint64 *block);
    uint64 (*size)(struct pcache *pc); // bytes: data beyond reads as zero
    bool (*shared)(struct pcache *pc); // whether processes share its pages; NULL: never
    // How many pages to read when the page is missing, itself included; NULL: more and more for a
    // reader that goes on in order, ahead_max at most.
    uint32 (*near)(struct pcache *pc, uint64 index);
    bool file; // pages of a file; else the disk's own blocks, by number
};

// Protection: [c] constant  [p] lock  [l] lock of the list of all clean pages, see cache.c
struct pcache {
    struct spinlock lock;
    struct radix tree;            // [p] struct frame
    struct list dirty;            // [p] frames, the longest dirty first
    struct list link;             // [l] among the caches with dirty pages
    const struct pcache_ops *ops; // [c]
    struct blkdev *dev;           // [c]
    uint32 owner;                 // [c] for the ledger
    uint32 readahead_max;         // [c] pages to read at a time, at most
    bool journalled;              // [c] changed pages belong to transactions: see journal.h
    uint32 writers;               // [l] write-backs under way: the cache stays until they end
    uint32 pages;                 // [p]
    uint32 ndirty;                // [p]
    uint32 window;                // [p] pages of the last readahead
    uint64 next;                  // [p] the index at which a sequential reader continues
    uint64 hits;                  // [p]
};

void cache_setup(void); // once, before the first cache
void pcache_init(struct pcache *pc, const struct pcache_ops *ops, struct blkdev *dev, uint32 owner,
                 uint32 readahead_max);
void pcache_destroy(struct pcache *pc);     // drops all pages, dirty ones as well, and waits for
                                            // write-backs under way; may sleep
bool pcache_idle(struct pcache *pc);        // has no pages and no write-back; never sleeps
void pcache_count(const struct pcache *pc); // adds its counts to the totals, before its end

// Pages come with a reference: frame_put() ends it.
struct frame *cache_hit(struct pcache *pc, uint64 index); // NULL: not there, or work to do
int cache_fetch(struct pcache *pc, uint64 index, struct frame **out) must_check; // cache_get()
struct frame *cache_peek(struct pcache *pc, uint64 index); // only if cached; never sleeps
uint32 cache_ready(struct pcache *pc, uint64 index, uint32 count,
                   struct frame **out); // those in the cache, in order; never sleeps
int cache_add(struct pcache *pc, uint64 index, struct frame *f) must_check;     // -EEXIST, -ENOMEM
int cache_zero(struct pcache *pc, uint64 index, struct frame **out) must_check; // a page of zeroes
void cache_dirty(struct pcache *pc, struct frame *f); // the page was changed
void cache_written(struct pcache *pc, struct frame *f,
                   uint32 block);                    // the page was changed, and has this block
void cache_truncate(struct pcache *pc, uint64 from); // pages from `from` on leave; may sleep
void cache_forget(struct pcache *pc, uint64 index);  // drops one page; may sleep

int cache_flush(struct pcache *pc) must_check; // writes all dirty pages; sleeps; -EIO, -ENOMEM
void cache_flush_some(struct pcache *pc);      // as cache_flush(), without pages over holes
int cache_flush_all(bool fill) must_check;     // all files; `fill`: pages over holes too
void cache_balance(void);                      // writes some if too much is dirty; sleeps
uint64 cache_reclaim(uint64 want);             // frees clean pages; never sleeps
void cache_stats(struct fs_stats *st);

// Gets a page; reads it from the disk if it is not in the cache.
// On error  -EIO, -ENOMEM, -EUCLEAN; -EINVAL beyond the end of the file. *out is NULL.
// Sleeps    unless the page is in the cache.
static inline must_check int
cache_get(struct pcache *pc, uint64 index, struct frame **out)
{
    *out = cache_hit(pc, index);
    return likely(*out != NULL) ? 0 : cache_fetch(pc, index, out);
}

// The block of a page that is part of a file: false if it has none yet. It gets one only once.
static inline bool
page_block(const struct frame *f, uint32 *block)
{
    // Pairs with page_place(): a reader that sees the flag sees the block.
    bool placed = __atomic_load_n(&f->flags, __ATOMIC_ACQUIRE) & PG_BLOCK;
    *block = f->block;
    return placed;
}

// The caller holds the cache's lock.
static inline void
page_place(struct frame *f, uint32 block)
{
    f->block = block;
    __atomic_store_n(&f->flags, f->flags | PG_BLOCK, __ATOMIC_RELEASE); // pairs with page_block()
}

// The page's contents, at their address in the direct map.
static inline void *
page_data(const struct frame *f)
{
    return f->mem;
}
