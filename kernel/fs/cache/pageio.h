// SPDX-License-Identifier: MIT
// pageio.h - internal header of the page cache: shared lists of pages, reads and waits.
#pragma once

#include "fs/cache/cache.h"
#include "lib/panic.h"
#include "sync/waitq.h"

// Protection: [l] lock
struct page_lists {
    struct spinlock lock; // inside a pcache's lock
    struct list clean;    // [l] frames that could be freed, the oldest first
    struct list caches;   // [l] pcaches with dirty pages, the longest dirty first
    struct list running;  // [l] pages of the running transaction
    uint64 nrunning;      // [l]
    uint64 nrevoked;      // [l] copies in the journal whose pages are gone
    uint64 pages, dirty;  // [l]
    uint64 reads, writes; // [l]
    uint64 hits, lost;    // [l] of freed caches
};

extern struct page_lists cache_lists;

// The caller of these holds pc->lock.
int page_insert(struct pcache *pc, uint64 index, struct frame *f, uint16 flags) must_check;
void page_remove(struct pcache *pc, struct frame *f); // drops the cache's reference
void page_hollow(struct pcache *pc, struct frame *f); // it stays, as a hole's
void page_settle(struct frame *f);                    // clean and idle from now on
void page_stop_running(struct frame *f);              // in no transaction; with cache_lists.lock
void page_wait(struct pcache *pc, struct frame *f,
               uint16 flags); // waits until none is set; drops the lock
void page_wake(struct frame *f);

// The copy of a page in the journal, or NULL. With cache_lists.lock.
static inline struct frame *
page_copy_of(const struct frame *f)
{
    return f->copy ? &frame_map.ledger[f->copy - 1] : NULL;
}

// Makes `copy` the page's copy in the journal, until the block is home.
// Locks     cache_lists.lock held.
static inline void
page_tie(struct frame *f, struct frame *copy)
{
    f->copy = (uint32)(copy - frame_map.ledger) + 1; // plus 1: 0 means no copy
    copy->obj = f;
}

// Puts a clean page on the list that reclaim takes from. With cache_lists.lock.
static inline void
page_idle(struct frame *f)
{
    assert(f->obj && !f->copy && !(f->flags & (PG_DIRTY | PG_RUNNING | PG_WRITEBACK)));
    assert(list_empty(&f->link));
    list_push_back(&cache_lists.clean, &f->link);
}

void writers_wait(struct pcache *pc); // until no write-back of the cache is under way; sleeps
void pageio_setup(void);
void writeback_setup(void);

// Starts `count` reads from `index` on; returns the first page with a reference, perhaps still
// being read. -EEXIST: it is there by now. Sleeps.
int page_read(struct pcache *pc, uint64 index, uint32 count, struct frame **out) must_check;
void page_readahead(struct pcache *pc, uint64 index,
                    uint32 count); // starts reads, without returning a page
