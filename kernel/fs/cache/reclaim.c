// SPDX-License-Identifier: MIT
// reclaim.c - pages go back when memory is short.
//
// Theory    Second chance: the list of clean pages is taken from its old end; a page that was
//           used since the last time, that somebody refers to, or whose cache is busy goes to the
//           young end.
// Promises  Never sleeps, and waits for no lock but a bounded while for cache_lists.lock: it may be
//           called from any allocation, whatever is held.
// Locks     cache_lists.lock first and pc->lock within, against their order: both only if free at once.
#include "fs/cache/pageio.h"
#include "fs/fs.h"

#define PATIENCE 100000 // turns

// Frees the page if it may go.
// Locks     cache_lists.lock
static bool
reclaim_page(struct frame *f)
{
    struct pcache *pc = f->obj; // a page on the list belongs to a cache
    if (!tryacquire(&pc->lock))
        return false;
    // References come from the tree, under pc->lock: one that is not there now cannot appear.
    bool free = __atomic_load_n(&f->refs, __ATOMIC_ACQUIRE) == 1 && !(f->flags & PG_USED);
    f->flags &= (uint16)~PG_USED;
    if (free) {
        radix_del(&pc->tree, f->index);
        pc->pages--;
        cache_lists.pages--;
        f->obj = NULL;
    }
    release(&pc->lock);
    return free;
}

// Whoever holds the lock of the lists is soon done, and holds no other lock that the caller may
// have: it is worth some turns before an allocation fails, but not more.
static bool
get_lists(void)
{
    for (uint32 turns = PATIENCE; turns > 0; turns--) {
        if (tryacquire(&cache_lists.lock))
            return true;
    }
    return false;
}

// Frees up to `want` clean pages.
// Returns   how many.
uint64
cache_reclaim(uint64 want)
{
    uint64 freed = 0;
    if (!get_lists())
        return 0;
    for (uint64 turns = 2 * cache_lists.pages; turns > 0 && freed < want; turns--) {
        struct list *node = list_pop_front(&cache_lists.clean);
        if (!node)
            break;
        struct frame *f = list_entry(node, struct frame, link);
        if (reclaim_page(f)) {
            frame_put(f);
            freed++;
        } else {
            list_push_back(&cache_lists.clean, node);
        }
    }
    release(&cache_lists.lock);
    return freed;
}

// What concerns the whole cache; the caller adds the hits and lost turns of the caches that it
// knows.
void
cache_stats(struct fs_stats *st)
{
    acquire(&cache_lists.lock);
    *st = (struct fs_stats){.hits = cache_lists.hits,
                            .reads = cache_lists.reads,
                            .writes = cache_lists.writes,
                            .pages = cache_lists.pages,
                            .dirty = cache_lists.dirty + cache_lists.nrunning,
                            .contended = cache_lists.lost + cache_lists.lock.contended};
    release(&cache_lists.lock);
}
