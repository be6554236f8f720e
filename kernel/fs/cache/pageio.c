// SPDX-License-Identifier: MIT
// pageio.c - reading pages from the disk.
//
// Theory    A page first goes into the tree in state PG_READING; then its block is looked up. A
//           truncate that comes between finds the page and waits for it, and the lookup sees the
//           new size. Every request is asynchronous; a thread that needs the page waits for its
//           state.
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

// Looks the block up and sends the request, or fills a hole at once.
static int
submit(struct pcache *pc, struct frame *f, struct read *r)
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
    acquire(&cache_lists.lock);
    cache_lists.reads++;
    release(&cache_lists.lock);
    release(&pc->lock);
    *r = (struct read){.pc = pc, .frame = f};
    r->req = (struct blk_req){
        .op = BLK_READ, .block = block, .pa = frame_pa(f), .done = read_done, .arg = r};
    blk_submit(pc->dev, &r->req);
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

// Starts to read one page.
// Returns   0 with a reference to the page in *out. On error: nothing handed out; -EEXIST as
//           prepare().
static int
start_read(struct pcache *pc, uint64 index, uint16 flags, struct frame **out)
{
    struct read *r;
    int error = prepare(pc, index, flags, out, &r);
    if (error)
        return error;
    error = submit(pc, *out, r);
    if (error)
        frame_put(*out);
    return error;
}

// Starts `count` reads from `index` on, fewer if memory is short. The page in the middle gets
// PG_READAHEAD, so that its reader starts the next ones.
void
page_readahead(struct pcache *pc, uint64 index, uint32 count)
{
    for (uint32 i = 0; i < count; i++) {
        struct frame *f;
        int error = start_read(pc, index + i, i == count / 2 ? PG_READAHEAD : 0, &f);
        if (!error)
            frame_put(f);
        else if (error != -EEXIST)
            return;
    }
}

// Starts reading the page at `index`, which it returns, and the pages behind it.
// On error  -EEXIST: there is a page by now; -ENOMEM, or the error of looking up the block.
// Sleeps    to look up blocks.
int
page_read(struct pcache *pc, uint64 index, uint32 count, struct frame **out)
{
    int error = start_read(pc, index, 0, out);
    if (!error && count > 1)
        page_readahead(pc, index + 1, count - 1);
    return error;
}
