// SPDX-License-Identifier: MIT
// virtio_blk.c - disks behind virtio.
//
// Theory    A request is a chain of three descriptors: header, data, status; a flush has no data.
//           The queue is divided into fixed slots of three, linked once, each with a header and a
//           status byte of its own, so a request fills in only the fields that differ. Requests
//           that find no free slot wait on a list in their order.
// Promises  done() is called once for each request, with no lock held. A chain number that the
//           driver has not pushed is ignored.
// Locks     disk.lock (RANK_BLK): slots, queue, waiting list.
// Manual    virtio 1.2: 5.2 block device
// Next      dev/disk/virtio.c, dev/disk/blk.c
#include "dev/disk/virtio_blk.h"

#include "abi/errno.h"
#include "dev/disk/blk.h"
#include "dev/disk/virtio.h"
#include "dev/machine.h"
#include "dev/plic.h"
#include "lib/printf.h"
#include "mm/frame/direct.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "sync/spinlock.h"

#define F_READONLY (1UL << 5)
#define F_FLUSH    (1UL << 9)

#define T_IN    0
#define T_OUT   1
#define T_FLUSH 4

#define ST_OK      0
#define ST_PENDING 0xff // no status that a device reports

#define CONFIG_CAPACITY   0 // in sectors
#define SECTORS_PER_BLOCK (BLKSIZE / 512)

#define CHAIN 3 // descriptors of a slot
#define SLOTS (VIRTQ_MAXNUM / CHAIN)

// The memory that the device reads and writes beside the data.
struct slot {
    uint32 type;
    uint32 reserved;
    uint64 sector;
    uint8 status;
    uint8 pad[15];
};

_Static_assert(sizeof(struct slot) * SLOTS <= PGSIZE, "the slots share a frame");

#define HEADER_LEN offsetof(struct slot, status)

// Protection: [c] constant after init  [l] lock
struct disk {
    struct blkdev blk;     // [c] but for the counters [l]
    struct virtio_dev dev; // [c]
    char name[4];          // [c]
    bool can_flush;        // [c]
    struct spinlock lock;
    struct virtq q;                  // [l]
    struct slot *slot;               // [l] in DMA memory
    struct blk_req *inflight[SLOTS]; // [l] NULL: the slot is free
    uint8 free[SLOTS];               // [l] numbers of free slots
    uint32 nfree;                    // [l]
    struct list waiting;             // [l] requests without a slot
};

// Links the descriptors of slot i.
static void
prepare_slot(struct disk *d, uint32 i)
{
    struct virtq_desc *desc = d->q.desc + CHAIN * i;
    uint64 pa = v2p(&d->slot[i]);
    uint16 next = (uint16)(CHAIN * i + 1);
    desc[0] = (struct virtq_desc){pa, HEADER_LEN, VIRTQ_NEXT, next};
    desc[1] = (struct virtq_desc){0, BLKSIZE, VIRTQ_NEXT, (uint16)(next + 1)};
    desc[2] = (struct virtq_desc){pa + HEADER_LEN, 1, VIRTQ_WRITE, 0};
    d->free[d->nfree++] = (uint8)i;
}

// Puts a request into a free slot and on the queue; the device is not told yet.
// Locks     d->lock is held.
static void
start_request(struct disk *d, struct blk_req *r)
{
    uint32 i = d->free[--d->nfree];
    struct slot *s = &d->slot[i];
    struct virtq_desc *desc = d->q.desc + CHAIN * i;
    uint16 first = (uint16)(CHAIN * i);

    d->inflight[i] = r;
    s->status = ST_PENDING;
    s->sector = 0;
    if (r->op == BLK_FLUSH) {
        s->type = T_FLUSH;
        desc[0].next = first + 2;
    } else {
        s->type = r->op == BLK_READ ? T_IN : T_OUT;
        s->sector = r->block * SECTORS_PER_BLOCK;
        desc[0].next = first + 1;
        desc[1].pa = r->pa;
        desc[1].flags = r->op == BLK_READ ? VIRTQ_NEXT | VIRTQ_WRITE : VIRTQ_NEXT;
    }
    virtq_push(&d->q, first);
}

// Starts a request, or puts it on the waiting list.
// Locks     takes d->lock.
static void
disk_submit(struct blkdev *b, struct blk_req *r)
{
    struct disk *d = container_of(b, struct disk, blk);
    if (r->op == BLK_FLUSH && !d->can_flush) { // every write is on the disk when it has ended
        r->status = 0;
        r->done(r);
        return;
    }
    acquire(&d->lock);
    if (d->nfree > 0) {
        start_request(d, r);
        virtq_kick(&d->q);
    } else {
        list_push_back(&d->waiting, &r->link);
    }
    release(&d->lock);
}

static void
count(struct blkdev *b, enum blk_op op)
{
    if (op == BLK_READ)
        b->reads++;
    else if (op == BLK_WRITE)
        b->writes++, b->blocks_written++;
    else
        b->flushes++;
}

// Takes back the chain that starts at descriptor `head`.
// Returns   its request, NULL if there is none.
// Locks     d->lock is held.
static struct blk_req *
finish_request(struct disk *d, uint32 head)
{
    uint32 i = head / CHAIN;
    if (head % CHAIN != 0 || i >= SLOTS || !d->inflight[i])
        return NULL;
    struct blk_req *r = d->inflight[i];
    d->inflight[i] = NULL;
    d->free[d->nfree++] = (uint8)i;
    r->status = d->slot[i].status == ST_OK ? 0 : -EIO;
    count(&d->blk, r->op);
    return r;
}

// Gives free slots to waiting requests.
// Locks     d->lock is held.
static void
start_waiting(struct disk *d)
{
    if (list_empty(&d->waiting))
        return;
    while (d->nfree > 0 && !list_empty(&d->waiting))
        start_request(d, list_entry(list_pop_front(&d->waiting), struct blk_req, link));
    virtq_kick(&d->q);
}

// Handles the device's interrupt: completes the requests that it has served.
static void
disk_intr(void *arg)
{
    struct disk *d = arg;
    struct list finished = LIST_INIT(finished);
    struct list *node;
    uint32 head;

    virtio_ack(&d->dev);
    acquire(&d->lock);
    while (virtq_pop(&d->q, &head)) {
        struct blk_req *r = finish_request(d, head);
        if (r)
            list_push_back(&finished, &r->link);
    }
    start_waiting(d);
    release(&d->lock);
    while ((node = list_pop_front(&finished))) {
        struct blk_req *r = list_entry(node, struct blk_req, link);
        r->done(r);
    }
}

// Makes the disk of an opened device ready for requests.
// Returns   0; -EIO, -ENODEV, -EBUSY, -EINVAL or -ENOMEM, and then d is good for disk_free() only.
static int
disk_init(struct disk *d)
{
    int err = virtio_negotiate(&d->dev, F_READONLY | F_FLUSH);
    if (!err)
        err = virtq_init(&d->q, &d->dev, 0);
    if (!err)
        err = d->q.num < CHAIN ? -ENODEV : irq_register(d->dev.irq, disk_intr, d);
    if (err)
        return err;
    for (uint32 i = 0; i < d->q.num / CHAIN; i++)
        prepare_slot(d, i);
    d->can_flush = d->dev.features & F_FLUSH;
    d->blk.readonly = d->dev.features & F_READONLY;
    d->blk.blocks = virtio_config64(&d->dev, CONFIG_CAPACITY) / SECTORS_PER_BLOCK;
    d->blk.submit = disk_submit;
    virtio_ready(&d->dev);
    return 0;
}

// Frees a disk that has not become ready.
static void
disk_free(struct disk *d)
{
    virtio_fail(&d->dev); // from here on the device touches no memory
    if (d->q.desc)
        kfree(d->q.desc);
    kfree(d->slot);
    kmem_free(d);
}

// Makes the object of the index-th disk, on an opened device; NULL: no memory.
static struct disk *
disk_new(const struct virtio_dev *dev, int index)
{
    struct disk *d = kmem_zalloc(sizeof(*d));
    struct slot *slot = kzalloc(FRAME_DMA, 0);
    if (!d || !slot) {
        kmem_free(d);
        if (slot)
            kfree(slot);
        return NULL;
    }
    d->dev = *dev;
    d->slot = slot;
    initlock(&d->lock, "disk", RANK_BLK);
    list_init(&d->waiting);
    snprintf(d->name, sizeof(d->name), "vd%c", 'a' + index % 26);
    d->blk.name = d->name;
    return d;
}

// Adds every disk in the machine's slots to the block devices; one that does not work is named and
// left out.
// Returns   how many were added.
int
virtio_blk_init(const struct machine *m)
{
    int disks = 0;
    for (int i = 0; i < m->nvirtio; i++) {
        struct virtio_dev dev;
        if (virtio_open(&dev, &m->virtio[i]) != 0 || dev.id != VIRTIO_ID_BLOCK)
            continue;
        struct disk *d = disk_new(&dev, disks);
        int err = d ? disk_init(d) : -ENOMEM;
        if (err) {
            printf("vitrine: the disk at 0x%lx cannot be used%s (error %d)\n", m->virtio[i].base,
                   dev.irq ? "" : ": it has no interrupt", -err);
            if (d)
                disk_free(d);
            continue;
        }
        blk_add(&d->blk);
        disks++;
    }
    return disks;
}
