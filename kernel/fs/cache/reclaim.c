// SPDX-License-Identifier: MIT
// reclaim.c - clean pages of the cache are freed when memory is short.
//
// Theory    Second chance: reclaim takes the list of clean pages from its old end. A page that was
//           used since reclaim last checked it, that has other references, or whose cache is busy
//           goes to the young end.
// Promises  Never sleeps: any allocation may call it with any locks held. Waits only for
//           cache_lists.lock, and not for long.
// Locks     cache_lists.lock before pc->lock, the reverse of the order: so it only tries both.
#include "fs/cache/pageio.h"
#include "fs/fs.h"

#define PATIENCE 100000 // turns of the loop that tries the lock

// Frees the page if it may go.
// Locks     cache_lists.lock
static bool
reclaim_page(struct frame *f)
{
    struct pcache *pc = f->obj; // a listed page belongs to a cache
    if (!tryacquire(&pc->lock))
        return false;
    // References are taken from the tree under pc->lock, so no new one can appear now.
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

// Takes cache_lists.lock. Its holder releases it soon and waits for no lock that the caller may
// have, so spinning for a bounded time is better than failing the allocation.
// Returns   false: it is still held.
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
// Returns   the number of freed pages.
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

// Fills in the counts of the whole cache; the caller adds the hits and the contended acquisitions
// of the caches that exist.
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
