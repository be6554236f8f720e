// SPDX-License-Identifier: MIT
// blk.c - block devices: the part that all drivers share.
//
// Promises  A driver gets only requests that its device can serve.
// Locks     the table of devices is written at boot, by one hart. Each blk_rw() has a lock of its
//           own.
// Next      dev/disk/virtio_blk.c, fs/
#include "dev/disk/blk.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/frame/kmem.h"
#include "sync/waitq.h"

static struct blkdev *devices[BLK_DEVICES];
static int ndevices;

// Adds a device, which must stay. At boot, by drivers. Panics if there are more than BLK_DEVICES.
void
blk_add(struct blkdev *d)
{
    if (ndevices == BLK_DEVICES)
        panic("blk_add: %s is device %d, more than the machine has slots", d->name, ndevices);
    devices[ndevices++] = d;
}

// The device with that index, in the order of their slots; NULL: there is none.
struct blkdev *
blk_get(int index)
{
    return index >= 0 && index < ndevices ? devices[index] : NULL;
}

// The device of that name, such as "vda"; NULL: there is none.
struct blkdev *
blk_find(const char *name)
{
    for (int i = 0; i < ndevices; i++) {
        if (strcmp(devices[i]->name, name) == 0)
            return devices[i];
    }
    return NULL;
}

// Returns whether the device has to do anything for the request; if not, sets its status.
static bool
needs_device(const struct blkdev *d, struct blk_req *r)
{
    bool flush = r->op == BLK_FLUSH;
    bool possible = flush || (r->block < d->blocks && (r->op == BLK_READ || !d->readonly));
    r->status = possible ? 0 : -EIO;
    return possible && !(flush && d->writes_through);
}

// Puts a request into a list that is in the order of blocks, behind those of its own block. Cheap
// when requests come nearly in order.
void
blk_insert(struct list *reqs, struct blk_req *r)
{
    struct list *behind = reqs->prev;
    while (behind != reqs && list_entry(behind, struct blk_req, link)->block > r->block)
        behind = behind->prev;
    list_insert_after(&r->link, behind);
}

// Starts the requests of the list, in its order, and leaves the list empty. Each request's done()
// is called when it has ended, with status -EIO for a block that does not exist, a write to a
// read-only device, or a block that the device cannot transfer; such a block does not affect
// others of its run.
// Locks     none that a done() takes may be held.
void
blk_submit_all(struct blkdev *d, struct list *reqs)
{
    struct list ended = LIST_INIT(ended);
    struct list *node;
    list_for_each_safe (r, reqs) {
        if (needs_device(d, list_entry(r, struct blk_req, link)))
            continue;
        list_remove(r);
        list_push_back(&ended, r);
    }
    if (!list_empty(reqs))
        d->submit(d, reqs);
    while ((node = list_pop_front(&ended))) {
        struct blk_req *r = list_entry(node, struct blk_req, link);
        r->done(r);
    }
}

// blk_submit_all() of one request.
void
blk_submit(struct blkdev *d, struct blk_req *r)
{
    struct list one = LIST_INIT(one);
    list_push_back(&one, &r->link);
    blk_submit_all(d, &one);
}

// Shared with the handler of the device's interrupt, so it is not on the caller's stack, which may
// be mapped for the caller alone.
struct rw {
    struct blk_req req;
    struct spinlock lock; // guards ended
    struct waitq q;
    bool ended;
};

static void
rw_done(struct blk_req *r)
{
    struct rw *rw = r->arg;
    acquire(&rw->lock);
    rw->ended = true;
    wakeup(&rw->q);
    release(&rw->lock); // the last access: the sleeper frees *rw after it
}

// Transfers one block and waits for the end.
// Returns   0, -EIO or -ENOMEM.
// Sleeps    yes; not even a killed process leaves before the device is done with the memory.
int
blk_rw(struct blkdev *d, enum blk_op op, uint64 block, uint64 pa)
{
    struct rw *rw = kmem_alloc(sizeof *rw);
    if (!rw)
        return -ENOMEM;
    rw->req = (struct blk_req){.op = op, .block = block, .pa = pa, .done = rw_done, .arg = rw};
    rw->ended = false;
    initlock(&rw->lock, "blk_rw", RANK_BLK);
    waitq_init(&rw->q, "blk_rw");
    blk_submit(d, &rw->req);
    acquire(&rw->lock);
    while (!rw->ended)
        sleep_unkillable(&rw->q, &rw->lock);
    release(&rw->lock);
    int status = rw->req.status;
    kmem_free(rw);
    return status;
}
