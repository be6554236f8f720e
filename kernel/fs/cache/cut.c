// SPDX-License-Identifier: MIT
// cut.c - pages leave a file that gets shorter.
//
// Theory    A page that nobody refers to is dropped. One that somebody does lives on without the
//           file: a program goes on running although its file is written anew. But where a process
//           has the file as shared memory, what is written to it later must show there. So its
//           pages stay as well: as zeroes, like those of a hole, until they are part of the file
//           again or reclaimed.
// Locks     pc->lock, dropped while a page is busy. The caller sees to it that the file does not
//           grow meanwhile.
#include "fs/cache/cache.h"

#include "fs/cache/pageio.h"

// Waits until the page can be taken out.
// Returns   whether it is still a page of this cache.
static bool
ready(struct pcache *pc, struct frame *f)
{
    page_wait(pc, f, PG_READING | PG_WRITEBACK);
    return f->obj == pc;
}

// Does somebody have the page, or is about to, who shares the file's memory? The cache and the
// caller have a reference each.
static bool
is_shared(struct pcache *pc, const struct frame *f)
{
    return pc->ops->shared && pc->ops->shared(pc) &&
           __atomic_load_n(&f->refs, __ATOMIC_RELAXED) > 2; // who gets the first needs pc->lock
}

void
cache_truncate(struct pcache *pc, uint64 from)
{
    acquire(&pc->lock);
    struct frame *f;
    for (uint64 index = from; (f = radix_next(&pc->tree, &index)) != NULL;) {
        frame_get(f);
        bool here = ready(pc, f), stays = here && is_shared(pc, f);
        index += stays;
        if (stays)
            page_hollow(pc, f);
        else if (here)
            page_remove(pc, f);
        frame_put(f);
    }
    release(&pc->lock);
}

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

void
pcache_destroy(struct pcache *pc)
{
    cache_truncate(pc, 0);
    writers_wait(pc);
    pcache_count(pc);
}

// Has the cache no page, and no write-back under way? It may be freed then, if its owner sees to it
// that no page is added: a write-back begins only where there is a dirty page.
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
