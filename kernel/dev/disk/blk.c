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

static bool
possible(const struct blkdev *d, const struct blk_req *r)
{
    if (r->op == BLK_FLUSH)
        return true;
    return r->block < d->blocks && (r->op == BLK_READ || !d->readonly);
}

// Starts a request; r->done() is called when it has ended, with -EIO for a block that is not there
// or a write to a device that is read-only.
// Locks     none that done() takes may be held.
void
blk_submit(struct blkdev *d, struct blk_req *r)
{
    if (possible(d, r)) {
        d->submit(d, r);
    } else {
        r->status = -EIO;
        r->done(r);
    }
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

static void
wait_end(struct rw *rw)
{
    acquire(&rw->lock);
    while (!rw->ended)
        sleep_unkillable(&rw->q, &rw->lock);
    release(&rw->lock);
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
    wait_end(rw);
    int status = rw->req.status;
    kmem_free(rw);
    return status;
}
