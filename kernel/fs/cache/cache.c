// SPDX-License-Identifier: MIT
// cache.c - finding, adding and dirtying pages.
//
// Theory    Each cache has a tree of pages by index and a list of its dirty pages. Pages that could
//           be freed are on one list of all clean pages. A page is in at most one of four states:
//           being read, clean (listed), dirty (listed), being written; a page that changes while it
//           is being written is in the last two.
// Promises  The cache holds one reference to a page in the tree, and each caller that gets a page
//           holds one more. Reclaim takes no page that has another reference. A hit costs one
//           spinlock and no list operation.
// Locks     pc->lock for a cache, its pages' flags, obj, index and link; then cache_lists.lock, for
//           the shared lists.
// Next      fs/cache/pageio.c (reading), fs/cache/writeback.c, fs/cache/reclaim.c
#include "fs/cache/cache.h"

#include "abi/errno.h"
#include "fs/cache/pageio.h"
#include "lib/page.h"

#define WAITQS          16
#define READAHEAD_FIRST 4

struct page_lists cache_lists;
static struct waitq waitqs[WAITQS];

// Prepares the page cache: its lists, wait queues and object caches. Once at boot, before the first
// cache.
void
cache_setup(void)
{
    initlock(&cache_lists.lock, "page lists", RANK_FS);
    list_init(&cache_lists.clean);
    list_init(&cache_lists.caches);
    list_init(&cache_lists.running);
    for (uint32 i = 0; i < WAITQS; i++)
        waitq_init(&waitqs[i], "page");
    radix_setup();
    pageio_setup();
    writeback_setup();
}

// Makes an empty cache of pages of the device; `owner` is for the ledger of frames, and
// readahead_max the most pages that are read at a time.
void
pcache_init(struct pcache *pc, const struct pcache_ops *ops, struct blkdev *dev, uint32 owner,
            uint32 readahead_max)
{
    *pc = (struct pcache){.ops = ops, .dev = dev, .owner = owner, .readahead_max = readahead_max};
    initlock(&pc->lock, "page cache", RANK_CACHE);
    list_init(&pc->dirty);
    list_init(&pc->link);
}

// Adds the counts of a cache that is about to go to those of all caches.
void
pcache_count(const struct pcache *pc)
{
    __atomic_fetch_add(&cache_lists.hits, pc->hits, __ATOMIC_RELAXED); // only statistics
    __atomic_fetch_add(&cache_lists.lost, pc->lock.contended, __ATOMIC_RELAXED);
}

static struct waitq *
waitq_of(const struct frame *f)
{
    return &waitqs[((uint64)f / sizeof *f) % WAITQS]; // the address is only a number to hash
}

// Waits until none of `flags` is set; the lock is dropped meanwhile.
// Locks     pc->lock is held, and the caller has a reference to the page.
void
page_wait(struct pcache *pc, struct frame *f, uint16 flags)
{
    while (f->flags & flags)
        sleep_unkillable(waitq_of(f), &pc->lock);
}

// Wakes the threads that wait for a state of the page.
void
page_wake(struct frame *f)
{
    wakeup(waitq_of(f));
}

// Makes a page clean and idle: from now on it may be reclaimed.
void
page_settle(struct frame *f)
{
    acquire(&cache_lists.lock);
    page_idle(f);
    release(&cache_lists.lock);
}

// Puts the frame into the tree with a reference of the cache's own; it is clean, or being read.
// On error  -EEXIST: there is a page; -ENOMEM. Nothing changed.
int
page_insert(struct pcache *pc, uint64 index, struct frame *f, uint16 flags)
{
    if (radix_get(&pc->tree, index))
        return -EEXIST;
    int error = radix_put(&pc->tree, index, f);
    if (error)
        return error;
    f->obj = pc;
    f->index = index;
    f->flags = flags;
    f->copy = 0;
    if (!pc->ops->file) // the disk's own blocks
        page_place(f, (uint32)index);
    list_init(&f->link);
    frame_get(f);
    pc->pages++;
    acquire(&cache_lists.lock);
    cache_lists.pages++;
    if (!(flags & PG_READING))
        page_idle(f);
    release(&cache_lists.lock);
    return 0;
}

// Takes a dirty page out of the running transaction, and marks it clean.
// Locks     pc->lock, cache_lists.lock
void
page_stop_running(struct frame *f)
{
    f->flags &= (uint16) ~(PG_DIRTY | PG_RUNNING);
    cache_lists.nrunning--;
    list_remove(&f->link);
}

static void
undirty(struct pcache *pc, struct frame *f)
{
    if (f->flags & PG_RUNNING) {
        page_stop_running(f);
        return;
    }
    f->flags &= (uint16)~PG_DIRTY;
    cache_lists.dirty--;
    if (!--pc->ndirty)
        list_remove(&pc->link);
}

// Makes the page independent of its block, which becomes free: clean, and its copies in the journal
// revoked.
// Locks     cache_lists.lock
static void
detach(struct pcache *pc, struct frame *f)
{
    if (f->flags & PG_DIRTY)
        undirty(pc, f);
    if (f->copy) {
        page_copy_of(f)->obj = NULL;
        f->copy = 0;
        cache_lists.nrevoked++;
    }
    list_remove(&f->link);
}

// Makes an idle page a hole's: zeroes, clean, without a block.
void
page_hollow(struct pcache *pc, struct frame *f)
{
    page_zero(page_data(f));
    acquire(&cache_lists.lock);
    detach(pc, f);
    f->flags = PG_UPTODATE;
    page_idle(f);
    release(&cache_lists.lock);
}

// Takes an idle page out of the cache, dirty or not.
void
page_remove(struct pcache *pc, struct frame *f)
{
    radix_del(&pc->tree, f->index);
    pc->pages--;
    acquire(&cache_lists.lock);
    cache_lists.pages--;
    detach(pc, f);
    release(&cache_lists.lock);
    f->obj = NULL;
    frame_put(f);
}

// Returns the number of pages to read for a reader at `index`; it doubles while the reader goes on
// in order.
static uint32
readahead_size(struct pcache *pc, uint64 index)
{
    if (pc->ops->near)
        return pc->ops->near(pc, index); // pc->next stays 0: nothing is read ahead of a reader
    bool sequential = index == pc->next || index == 0;
    uint64 end = (pc->ops->size(pc) + PGSIZE - 1) / PGSIZE;
    uint32 n = !sequential ? 1 : pc->window < READAHEAD_FIRST ? READAHEAD_FIRST : pc->window * 2;
    if (n > pc->readahead_max)
        n = pc->readahead_max;
    if (index + n > end)
        n = index < end ? (uint32)(end - index) : 1;
    pc->window = sequential ? n : 0;
    pc->next = index + n;
    return n;
}

// Handles a page that is being read, or at which the next readahead starts: waits, or starts it.
// Returns   with the lock released, whether the page could be read.
static bool
get_busy(struct pcache *pc, struct frame *f)
{
    page_wait(pc, f, PG_READING);
    uint16 flags = f->flags;
    uint64 from = pc->next;
    uint32 n = 0;
    if (flags & PG_READAHEAD) {
        f->flags &= (uint16)~PG_READAHEAD;
        if (from > f->index && from * PGSIZE < pc->ops->size(pc))
            n = readahead_size(pc, from);
    }
    release(&pc->lock);
    if (n)
        page_readahead(pc, from, n);
    return !(flags & PG_FAILED);
}

// Finds a page in the cache or reads it in: *fresh says which. The page comes with a reference.
// Returns   0 with pc->lock held; an error with it released.
static int
find_or_read(struct pcache *pc, uint64 index, struct frame **out, bool *fresh)
{
    int error;
    do {
        acquire(&pc->lock);
        *out = radix_get(&pc->tree, index);
        *fresh = !*out;
        if (*out) {
            frame_get(*out);
            return 0;
        }
        uint32 n = readahead_size(pc, index);
        release(&pc->lock);
        error = page_read(pc, index, n, out);
    } while (error == -EEXIST); // another process reads it, too
    if (!error)
        acquire(&pc->lock);
    return error;
}

// Gets a page as cache_get() does, after cache_hit(): it is missing, or get_busy() must handle it.
// On error  as cache_get().
// Sleeps
int
cache_fetch(struct pcache *pc, uint64 index, struct frame **out)
{
    bool fresh = false;
    int error;
    while (!(error = find_or_read(pc, index, out, &fresh)) && !get_busy(pc, *out)) {
        frame_put(*out);
        if (fresh) {
            error = -EIO;
            break;
        }
    }
    if (error)
        *out = NULL;
    return error;
}

// Returns whether cache_hit() finds the page.
static bool
simple(const struct frame *f)
{
    return f && (f->flags & (PG_UPTODATE | PG_READAHEAD)) == PG_UPTODATE;
}

// Gets a page that is in the cache and needs no work: the usual case of cache_get(). Never sleeps.
// Returns   the page with a reference, or NULL.
struct frame *
cache_hit(struct pcache *pc, uint64 index)
{
    acquire(&pc->lock);
    struct frame *f = radix_get(&pc->tree, index);
    if (likely(simple(f))) {
        f->flags |= PG_USED;
        pc->hits++;
        frame_get(f);
    } else {
        f = NULL;
    }
    release(&pc->lock);
    return f;
}

// Gets the pages from `index` on, `count` at most, up to the first one that cache_hit() would not
// return.
// Returns   how many are in out[].
uint32
cache_ready(struct pcache *pc, uint64 index, uint32 count, struct frame **out)
{
    uint32 n = 0;
    acquire(&pc->lock);
    for (struct frame *f; n < count && simple(f = radix_get(&pc->tree, index + n)); n++) {
        f->flags |= PG_USED;
        frame_get(f);
        out[n] = f;
    }
    release(&pc->lock);
    return n;
}

// Finds a page that is in memory and valid. Never sleeps.
// Returns   the page with a reference; NULL: it is not there.
// Locks     takes pc->lock.
struct frame *
cache_peek(struct pcache *pc, uint64 index)
{
    acquire(&pc->lock);
    struct frame *f = radix_get(&pc->tree, index);
    if (f && f->flags & PG_UPTODATE) {
        f->flags |= PG_USED;
        frame_get(f);
    } else {
        f = NULL;
    }
    release(&pc->lock);
    return f;
}

// Makes a frame that the caller has filled a page of the cache, clean until cache_dirty().
// On error  -EEXIST: there is a page; -ENOMEM. The frame is the caller's alone, as before.
int
cache_add(struct pcache *pc, uint64 index, struct frame *f)
{
    acquire(&pc->lock);
    int error = page_insert(pc, index, f, PG_UPTODATE | PG_USED);
    release(&pc->lock);
    return error;
}

// Gets a page of zeroes without reading the disk: for a block that has just been allocated.
int
cache_zero(struct pcache *pc, uint64 index, struct frame **out)
{
    void *data = kzalloc(FRAME_CACHE, pc->owner);
    if (!data)
        return -ENOMEM;
    struct frame *f = frame_of(v2p(data));
    int error = cache_add(pc, index, f);
    if (error)
        frame_put(f);
    if (error == -EEXIST) {
        error = cache_get(pc, index, &f);
        if (!error)
            page_zero(page_data(f));
    }
    *out = f;
    return error;
}

// Makes a page dirty that is clean and still in the cache.
// Locks     pc->lock
static void
make_dirty(struct pcache *pc, struct frame *f)
{
    if (f->flags & PG_DIRTY || f->obj != pc)
        return;
    acquire(&cache_lists.lock);
    list_remove(&f->link); // a page on its way to the disk is on no list: harmless
    f->flags |= PG_DIRTY;
    if (pc->journalled && f->flags & PG_BLOCK) {
        f->flags |= PG_RUNNING;
        cache_lists.nrunning++;
        list_push_back(&cache_lists.running, &f->link);
    } else {
        cache_lists.dirty++;
        if (!pc->ndirty++)
            list_push_back(&cache_lists.caches, &pc->link);
        list_push_back(&pc->dirty, &f->link);
    }
    release(&cache_lists.lock);
}

// Notes that the page is newer than the disk. A page that has left the cache is left alone.
// Locks     takes pc->lock; the caller has a reference to the page.
void
cache_dirty(struct pcache *pc, struct frame *f)
{
    acquire(&pc->lock);
    make_dirty(pc, f);
    release(&pc->lock);
}

// Records that the page was changed, and that `block` is its block on the disk.
// Locks     takes pc->lock.
void
cache_written(struct pcache *pc, struct frame *f, uint32 block)
{
    acquire(&pc->lock);
    page_place(f, block);
    make_dirty(pc, f);
    release(&pc->lock);
}
