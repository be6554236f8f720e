// SPDX-License-Identifier: MIT
// truncate.c - remove the pages of a truncated file from the cache.
//
// Theory    A page without other references is freed. A page with one, such as the text of a
//           running program, is detached from its file and keeps its contents. If a process maps
//           the file shared, the page must show later writes to the file: it stays in the cache as
//           a page of zeroes, like a hole's, until the file covers it again or reclaim takes it.
// Locks     pc->lock, released while a page is busy. The caller keeps the file from growing.
#include "fs/cache/cache.h"

#include "fs/cache/pageio.h"
#include "sync/thread.h"

#define SOME 1024 // pages that are taken out before others may run

// Waits until no read or write-back of the page is under way.
// Returns   whether the page is still in this cache.
static bool
ready(struct pcache *pc, struct frame *f)
{
    page_wait(pc, f, PG_READING | PG_WRITEBACK);
    return f->obj == pc;
}

// Returns whether a process that maps the file shared has the page, or is about to get it. The
// cache and the caller hold a reference each.
static bool
is_shared(struct pcache *pc, const struct frame *f)
{
    return pc->ops->shared && pc->ops->shared(pc) &&
           __atomic_load_n(&f->refs, __ATOMIC_RELAXED) >
               2; // a mapping's first reference: under pc->lock
}

// Removes the pages from *index on, some at a time.
// Returns   whether there may be more, at *index or above.
// Locks     takes pc->lock. Sleeps
static bool
remove_some(struct pcache *pc, uint64 *index)
{
    struct frame *f = NULL;
    acquire(&pc->lock);
    for (int n = 0; n < SOME && (f = radix_next(&pc->tree, index)) != NULL; n++) {
        frame_get(f);
        bool here = ready(pc, f), stays = here && is_shared(pc, f);
        *index += stays;
        if (stays)
            page_hollow(pc, f);
        else if (here)
            page_remove(pc, f);
        frame_put(f);
    }
    release(&pc->lock);
    return f != NULL;
}

// Removes the pages from index `from` on. Other processes may run meanwhile.
// Locks     takes pc->lock. Sleeps
void
cache_truncate(struct pcache *pc, uint64 from)
{
    while (remove_some(pc, &from))
        preempt_point_always();
}

// Removes one page, if it is in the cache.
// Locks     takes pc->lock. Sleeps
void
cache_forget(struct pcache *pc, uint64 index)
{
    acquire(&pc->lock);
    struct frame *f = radix_get(&pc->tree, index);
    if (f) {
        frame_get(f);
        if (ready(pc, f))
            page_remove(pc, f);
        frame_put(f);
    }
    release(&pc->lock);
}

// Drops all pages of the cache, dirty ones too, and adds its counts to those of all caches.
// Sleeps    until reads and write-backs of its pages have ended.
void
pcache_destroy(struct pcache *pc)
{
    cache_truncate(pc, 0);
    writers_wait(pc);
    pcache_count(pc);
}

// Returns whether the cache has no page and no write-back under way. Then it may be freed if its
// owner makes sure that no page is added: a write-back begins only if there is a dirty page.
// Returns   false also when the lock is taken. Never sleeps.
bool
pcache_idle(struct pcache *pc)
{
    if (!tryacquire(&pc->lock))
        return false;
    bool empty = pc->pages == 0;
    release(&pc->lock);
    return empty &&
           __atomic_load_n(&pc->writers, __ATOMIC_ACQUIRE) == 0; // pairs with writer_ends()
}
