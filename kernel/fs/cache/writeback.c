// SPDX-License-Identifier: MIT
// writeback.c - write dirty pages to the disk.
//
// Theory    One batch at a time: pages are taken off the dirty lists of one cache or of several,
//           their blocks looked up, the requests sorted by block and submitted as one list, so that
//           the disk gets one transfer for each run of consecutive blocks. A page may change while
//           it is being written; it is then dirty again and goes with a later batch.
// Promises  Pages that were dirty when a flush began are on the disk when it ends, or the flush
//           returns an error. A page is in the batch once. A page whose write fails is not written
//           again: its contents stay in memory until it is reclaimed. A cache with pages in the
//           batch is not freed.
// Locks     batch.lock (a sleeplock, first), pc->lock for each page; no lock of a file except those
//           that map() takes.
#include "abi/errno.h"
#include "fs/cache/pageio.h"
#include "sync/sleeplock.h"

#define BATCH BLK_RUN

struct write {
    struct blk_req req;
    struct frame *frame;
    struct pcache *pc;
    uint64 block;
};

// Protection: [b] lock
static struct {
    struct sleeplock lock;
    uint32 n;                    // [b] pages
    struct write w[BATCH];       // [b]
    uint32 ncaches;              // [b] caches that these pages are from, each time that they came
    struct pcache *cache[BATCH]; // [b]
} batch;

static struct waitq ended; // wakes when a write-back of a cache has ended; with cache_lists.lock

// Prepares the write-back's lock and wait queue; once at boot.
void
writeback_setup(void)
{
    initsleeplock(&batch.lock, "write-back");
    waitq_init(&ended, "write-back");
}

static void
write_done(struct blk_req *req)
{
    struct write *w = req->arg;
    struct pcache *pc = w->pc;
    acquire(&pc->lock);
    w->frame->flags &= (uint16)~PG_WRITEBACK;
    if (!(w->frame->flags & PG_DIRTY))
        page_settle(w->frame);
    page_wake(w->frame);
    release(&pc->lock);
}

// Moves up to `most` dirty pages, with a reference each, into the batch: they count as clean from
// now on. The cache counts a write-back until the batch is written. A page that changed again after
// it came into the batch stays there once: its write, which is still to come, has its present
// contents.
// Returns   how many: 0 if there are none, or no room.
// Locks     batch.lock; takes pc->lock.
static uint32
collect_dirty(struct pcache *pc, uint32 most)
{
    uint32 n = 0, before = batch.n;
    acquire(&pc->lock);
    acquire(&cache_lists.lock);
    for (; n < most && batch.n < BATCH && !list_empty(&pc->dirty); n++) {
        struct frame *f = list_entry(list_pop_front(&pc->dirty), struct frame, link);
        bool there = f->flags & PG_WRITEBACK;
        f->flags = (uint16)((f->flags & ~PG_DIRTY) | PG_WRITEBACK);
        if (there)
            continue;
        frame_get(f);
        batch.w[batch.n++] = (struct write){.frame = f, .pc = pc};
    }
    pc->ndirty -= n;
    cache_lists.dirty -= n;
    cache_lists.writes += batch.n - before;
    if (!pc->ndirty)
        list_remove(&pc->link);
    if (batch.n > before) {
        batch.cache[batch.ncaches++] = pc;
        __atomic_fetch_add(&pc->writers, 1,
                           __ATOMIC_RELAXED); // it has had a dirty page: it is alive
    }
    release(&cache_lists.lock);
    release(&pc->lock);
    return n;
}

// Puts back a page that cannot be written now: it stays dirty, unless the file has been truncated
// before it; then the truncating thread will drop it.
static void
give_back(struct write *w, int error)
{
    write_done(&w->req);
    if (error != -EINVAL)
        cache_dirty(w->pc, w->frame);
    frame_put(w->frame);
}

// Looks up the block of a page. With `fill`, a page over a hole, which was changed through a
// mapping, gets a block.
// On error  -EAGAIN: it has none.
static int
block_of(struct write *w, bool fill)
{
    struct frame *f = w->frame;
    uint32 block;
    bool placed = page_block(f, &block);
    w->block = block;
    if (placed)
        return 0;
    int error = w->pc->ops->map(w->pc, f->index, fill, &w->block);
    if (error || w->block == BLOCK_HOLE)
        return error ? error : -EAGAIN;
    acquire(&w->pc->lock);
    page_place(f, (uint32)w->block);
    release(&w->pc->lock);
    return 0;
}

// Looks up the blocks of the pages; those without one are given back. *error: the last failure.
static void
locate(bool fill, int *error)
{
    uint32 kept = 0;
    for (uint32 i = 0; i < batch.n; i++) {
        struct write *w = &batch.w[i];
        w->req.arg = w;
        int e = block_of(w, fill);
        if (e) {
            give_back(w, e);
            if (e != -EINVAL && e != -EAGAIN)
                *error = e;
            continue;
        }
        batch.w[kept++] = *w;
    }
    batch.n = kept;
}

static void
send(void)
{
    struct list reqs = LIST_INIT(reqs);
    for (struct write *w = batch.w; w < &batch.w[batch.n]; w++) {
        w->req = (struct blk_req){.op = BLK_WRITE,
                                  .block = w->block,
                                  .pa = frame_pa(w->frame),
                                  .done = write_done,
                                  .arg = w};
        blk_insert(&reqs, &w->req);
    }
    if (batch.n)
        blk_submit_all(batch.w[0].pc->dev, &reqs); // there is one file system, on one disk
}

static void
await(int *error)
{
    for (struct write *w = batch.w; w < &batch.w[batch.n]; w++) {
        acquire(&w->pc->lock);
        page_wait(w->pc, w->frame, PG_WRITEBACK);
        release(&w->pc->lock);
        if (w->req.status)
            *error = w->req.status;
        frame_put(w->frame);
    }
}

// Ends a write-back. The cache may be freed from now on.
static void
writer_ends(struct pcache *pc)
{
    acquire(&cache_lists.lock);
    if (__atomic_sub_fetch(&pc->writers, 1, __ATOMIC_RELEASE) == 0) // pairs with pcache_idle()
        wakeup(&ended);
    release(&cache_lists.lock);
}

// Writes the batch, which is empty afterwards.
// Locks     batch.lock. Sleeps
static void
write_batch(bool fill, int *error)
{
    locate(fill, error);
    send();
    await(error);
    while (batch.ncaches)
        writer_ends(batch.cache[--batch.ncaches]);
    batch.n = 0;
}

// Adds the dirty pages that the cache has now to the batch, and writes the batch each time that it
// is full; the rest is left in it.
// Locks     batch.lock, released while the batch is empty. Sleeps
static void
add_dirty(struct pcache *pc, bool fill, int *error)
{
    uint32 left = __atomic_load_n(&pc->ndirty, __ATOMIC_RELAXED); // later ones are not ours
    while (left > 0) {
        uint32 n = collect_dirty(pc, left);
        if (!n)
            break;
        left -= n;
        if (batch.n < BATCH)
            continue;
        write_batch(fill, error);
        releasesleep(&batch.lock); // it is another flush's turn
        acquiresleep(&batch.lock);
    }
}

static int
flush(struct pcache *pc, bool fill)
{
    int error = 0;
    acquiresleep(&batch.lock);
    add_dirty(pc, fill, &error);
    write_batch(fill, &error);
    releasesleep(&batch.lock);
    return error;
}

// Writes all dirty pages of the cache, and waits for them.
// On error  the last one of -EIO, -ENOMEM, -ENOSPC (a page over a hole), -EUCLEAN; all other pages
//           are written.
// Locks     none is held; in an operation, since holes are filled. Sleeps
int
cache_flush(struct pcache *pc)
{
    return flush(pc, true);
}

// As cache_flush(), but pages over holes stay dirty. Calls that need the pages on the disk, such as
// fsync(), report the errors.
void
cache_flush_some(struct pcache *pc)
{
    flush(pc, false);
}

// Chooses the cache that has had dirty pages for longest and moves it to the end of the list.
// Returns   the cache, which is not freed until writer_ends(); NULL: none has dirty pages.
static struct pcache *
next_dirty(bool devices)
{
    struct pcache *found = NULL;
    acquire(&cache_lists.lock);
    list_for_each (node, &cache_lists.caches) {
        struct pcache *pc = list_entry(node, struct pcache, link);
        if (!pc->ops->file && !devices)
            continue;
        __atomic_fetch_add(&pc->writers, 1, __ATOMIC_RELAXED); // not freed yet: it has a dirty page
        list_remove(node);
        list_push_back(&cache_lists.caches, node);
        found = pc;
        break;
    }
    release(&cache_lists.lock);
    return found;
}

static uint32
count_dirty(void)
{
    uint32 n = 0;
    acquire(&cache_lists.lock);
    list_for_each (node, &cache_lists.caches)
        n++;
    release(&cache_lists.lock);
    return n;
}

// Waits until no write-back of the cache is under way. The cache has no dirty pages, so none
// begins, and each that is under way ends with its present batch.
// Locks     no lock that a write-back takes. Sleeps
void
writers_wait(struct pcache *pc)
{
    acquire(&cache_lists.lock);
    while (__atomic_load_n(&pc->writers, __ATOMIC_RELAXED))
        sleep_unkillable(&ended, &cache_lists.lock);
    release(&cache_lists.lock);
}

// Writes the dirty pages of all files; as cache_flush(). With `fill` the caller is in an
// operation, without it pages over holes are left dirty. Pages of batches under way are on the
// disk as well. Pages of different files share batches.
int
cache_flush_all(bool fill)
{
    int error = 0;
    acquiresleep(&batch.lock);
    for (uint32 n = count_dirty(); n > 0; n--) {
        struct pcache *pc = next_dirty(false);
        if (!pc)
            break;
        add_dirty(pc, fill, &error);
        writer_ends(pc);
    }
    write_batch(fill, &error);
    releasesleep(&batch.lock);
    return error;
}

// Writes one batch if more than a quarter of memory is dirty: each caller that changes files helps.
// Locks     none is held; in an operation. Sleeps
void
cache_balance(void)
{
    // A stale count does no harm.
    if (likely(__atomic_load_n(&cache_lists.dirty, __ATOMIC_RELAXED) < frames_total() / 4))
        return;
    struct pcache *pc = next_dirty(true);
    if (!pc)
        return;
    int error = 0;
    acquiresleep(&batch.lock);
    collect_dirty(pc, BATCH);
    write_batch(true, &error);
    releasesleep(&batch.lock);
    writer_ends(pc);
}
