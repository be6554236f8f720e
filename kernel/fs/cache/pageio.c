// SPDX-License-Identifier: MIT
// pageio.c - reading pages from the disk.
//
// Theory    A page first goes into the tree in state PG_READING; then its block is looked up. A
//           truncate that comes between finds the page and waits for it, and the lookup sees the
//           new size. The requests of a reader and of its read-ahead are collected and submitted as
//           one list, so that the disk gets one transfer for each run of consecutive blocks. Every
//           request is asynchronous; a thread that needs the page waits for its state.
// Promises  A page that cannot be read leaves the cache and wakes its waiters, which try for
//           themselves. The part of a page beyond the end of the file is zero.
// Locks     pc->lock; none is held while a block is looked up.
#include "fs/cache/pageio.h"

#include "abi/errno.h"
#include "lib/page.h"
#include "lib/string.h"
#include "mm/frame/kmem.h"

struct read {
    struct blk_req req;
    struct pcache *pc;
    struct frame *frame;
};

static struct kmem_cache reads;

// Prepares the object cache of reads; once at boot.
void
pageio_setup(void)
{
    kmem_cache_init(&reads, "page read", sizeof(struct read));
}

static void
zero_tail(struct pcache *pc, struct frame *f)
{
    uint64 start = f->index * PGSIZE, size = pc->ops->size(pc);
    if (start + PGSIZE <= size)
        return;
    uint64 keep = size > start ? size - start : 0;
    memset((char *)page_data(f) + keep, 0, PGSIZE - keep);
}

// Ends a read, with success or an error.
static void
finish_read(struct pcache *pc, struct frame *f, int status)
{
    acquire(&pc->lock);
    f->flags &= (uint16)~PG_READING;
    if (status) {
        f->flags |= PG_FAILED;
        page_wake(f);
        page_remove(pc, f);
    } else {
        zero_tail(pc, f);
        f->flags |= PG_UPTODATE;
        page_settle(f);
        page_wake(f);
    }
    release(&pc->lock);
}

static void
read_done(struct blk_req *req)
{
    struct read *r = container_of(req, struct read, req);
    struct pcache *pc = r->pc;
    struct frame *f = r->frame;
    int status = req->status;
    kmem_cache_free(&reads, r);
    finish_read(pc, f, status);
}

// Looks the block up and adds the request to the list, or fills a hole at once.
// Sleeps    to look the block up.
static int
collect_read(struct pcache *pc, struct frame *f, struct read *r, struct list *reqs)
{
    uint64 block;
    int error = pc->ops->map(pc, f->index, false, &block);
    if (error || block == BLOCK_HOLE) {
        kmem_cache_free(&reads, r);
        if (!error)
            page_zero(page_data(f));
        finish_read(pc, f, error);
        return error;
    }
    acquire(&pc->lock);
    page_place(f, (uint32)block);
    release(&pc->lock);
    *r = (struct read){.pc = pc, .frame = f};
    r->req = (struct blk_req){
        .op = BLK_READ, .block = block, .pa = frame_pa(f), .done = read_done, .arg = r};
    list_push_back(reqs, &r->req.link);
    return 0;
}

// Allocates a frame and a request for page `index` and puts the frame into the tree as PG_READING.
// On error  -EEXIST: there is a page already; -ENOMEM. Nothing changed.
static int
prepare(struct pcache *pc, uint64 index, uint16 flags, struct frame **fp, struct read **rp)
{
    struct read *r = kmem_cache_alloc(&reads);
    void *data = r ? kalloc(FRAME_CACHE, pc->owner) : NULL;
    int error = -ENOMEM;
    if (data) {
        struct frame *f = frame_of(v2p(data));
        acquire(&pc->lock);
        error = page_insert(pc, index, f, PG_READING | flags);
        release(&pc->lock);
        *fp = f;
        *rp = r;
        if (error)
            frame_put(f);
    }
    if (error && r)
        kmem_cache_free(&reads, r);
    return error;
}

// Prepares to read one page, and adds the request to the list. The page waits for submit().
// Returns   0 with a reference to the page in *out. On error: nothing handed out; -EEXIST as
//           prepare().
static int
start_read(struct pcache *pc, uint64 index, uint16 flags, struct frame **out, struct list *reqs)
{
    struct read *r;
    int error = prepare(pc, index, flags, out, &r);
    if (error)
        return error;
    error = collect_read(pc, *out, r, reqs);
    if (error)
        frame_put(*out);
    return error;
}

// As page_readahead(), but the requests are only added to the list.
static void
start_readahead(struct pcache *pc, uint64 index, uint32 count, struct list *reqs)
{
    for (uint32 i = 0; i < count; i++) {
        struct frame *f;
        int error = start_read(pc, index + i, i == count / 2 ? PG_READAHEAD : 0, &f, reqs);
        if (!error)
            frame_put(f);
        else if (error != -EEXIST)
            return;
    }
}

static void
submit(struct pcache *pc, struct list *reqs)
{
    uint64 n = 0;
    list_for_each (node, reqs)
        n++;
    acquire(&cache_lists.lock);
    cache_lists.reads += n;
    release(&cache_lists.lock);
    blk_submit_all(pc->dev, reqs);
}

// Starts `count` reads from `index` on, as memory permits; a use of the middle page starts the next
// readahead.
// Sleeps    to look up blocks.
void
page_readahead(struct pcache *pc, uint64 index, uint32 count)
{
    struct list reqs = LIST_INIT(reqs);
    start_readahead(pc, index, count, &reqs);
    submit(pc, &reqs);
}

// Starts the reads of the page at `index` and of the pages behind it.
// On error  -EEXIST: there is a page by now; -ENOMEM, or why the block is not known.
// Sleeps    to look up blocks.
int
page_read(struct pcache *pc, uint64 index, uint32 count, struct frame **out)
{
    struct list reqs = LIST_INIT(reqs);
    int error = start_read(pc, index, 0, out, &reqs);
    if (!error && count > 1)
        start_readahead(pc, index + 1, count - 1, &reqs);
    submit(pc, &reqs);
    return error;
}
