// SPDX-License-Identifier: MIT
// virtio_blk.c - disks behind virtio.
//
// Theory    The device is asked for runs: requests of the same operation on consecutive blocks. A
//           run is a chain of descriptors: header, one for the page of each request, status; a
//           flush has no data. Each slot has a header and a status byte, whose descriptors are
//           linked once; the descriptors for data are shared by all slots. Requests wait on a list
//           in their order. As long as there is a free slot and a free descriptor, the requests at
//           the head of the list that form a run are started.
// Promises  done() is called once for each request, with no lock held. When the device fails a run
//           of several requests, each of them is repeated alone: only the blocks that the device
//           cannot transfer get an error. A chain number that the device makes up is ignored.
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

#define F_SEG_MAX  (1UL << 2)
#define F_READONLY (1UL << 5)
#define F_FLUSH    (1UL << 9)

#define T_IN    0
#define T_OUT   1
#define T_FLUSH 4

#define ST_OK      0
#define ST_PENDING 0xff // no status that a device reports

#define CONFIG_CAPACITY   0 // in sectors
#define CONFIG_SEG_MAX    12
#define SECTORS_PER_BLOCK (BLKSIZE / 512)

// Slot i has descriptors 2 * i for its header and 2 * i + 1 for its status byte. The descriptors
// behind those of all slots are for data.
#define SLOT_SHARE 8 // one in so many descriptors is a slot's header
#define SLOTS_MAX  (VIRTQ_MAXNUM / SLOT_SHARE)

// The memory that the device reads and writes beside the data.
struct slot {
    uint32 type;
    uint32 reserved;
    uint64 sector;
    uint8 status;
    uint8 pad[15];
};

_Static_assert(sizeof(struct slot) * SLOTS_MAX <= PGSIZE, "the slots share a frame");

#define HEADER_LEN offsetof(struct slot, status)

// Numbers that are free.
struct stack {
    uint32 n;
    uint16 item[VIRTQ_MAXNUM];
};

// Protection: [c] constant after init  [l] lock
struct disk {
    struct blkdev blk;     // [c] but for the counters [l]
    struct virtio_dev dev; // [c]
    char name[4];          // [c]
    uint32 nslots;         // [c]
    uint32 run_max;        // [c] blocks in a run
    struct spinlock lock;
    struct virtq q;             // [l]
    struct slot *slot;          // [l] in DMA memory
    struct list run[SLOTS_MAX]; // [l] the requests of each slot; empty: the slot is free
    struct stack slots;         // [l] free slots
    struct stack descs;         // [l] free descriptors for data
    struct list waiting;        // [l] requests that are not started
};

static void
push(struct stack *s, uint32 item)
{
    s->item[s->n++] = (uint16)item;
}

static uint16
pop(struct stack *s)
{
    return s->item[--s->n];
}

static struct blk_req *
request_of(struct list *node)
{
    return list_entry(node, struct blk_req, link);
}

// Prepares slot i and its two descriptors.
static void
prepare_slot(struct disk *d, uint32 i)
{
    struct virtq_desc *desc = d->q.desc + 2 * i;
    uint64 pa = v2p(&d->slot[i]);
    desc[0] = (struct virtq_desc){pa, HEADER_LEN, VIRTQ_NEXT, 0};
    desc[1] = (struct virtq_desc){pa + HEADER_LEN, 1, VIRTQ_WRITE, 0};
    list_init(&d->run[i]);
    push(&d->slots, i);
}

// Divides the queue into slots and descriptors for data.
static void
prepare_queue(struct disk *d)
{
    d->nslots = d->q.num < SLOT_SHARE ? 1 : d->q.num / SLOT_SHARE;
    for (uint32 i = 0; i < d->nslots; i++)
        prepare_slot(d, i);
    for (uint32 i = 2 * d->nslots; i < d->q.num; i++)
        push(&d->descs, i);
    // A device that does not tell how many buffers it takes may take a single one.
    uint32 most = d->dev.features & F_SEG_MAX ? virtio_config32(&d->dev, CONFIG_SEG_MAX) : 1;
    d->run_max = most < 1 ? 1 : most > BLK_RUN ? BLK_RUN : most;
}

// Gives the request a descriptor, behind descriptor `last` of its chain.
// Returns   the descriptor.
// Locks     d->lock is held.
static uint16
describe_page(struct disk *d, struct blk_req *r, uint16 last)
{
    r->desc = pop(&d->descs);
    d->q.desc[r->desc] = (struct virtq_desc){
        r->pa, BLKSIZE, r->op == BLK_READ ? VIRTQ_NEXT | VIRTQ_WRITE : VIRTQ_NEXT, 0};
    d->q.desc[last].next = r->desc;
    return r->desc;
}

// Returns whether the first waiting request continues a run of `n` requests that ends with `r`.
// Locks     d->lock is held.
static bool
continues(struct disk *d, const struct blk_req *r, uint32 n)
{
    if (list_empty(&d->waiting) || n == d->run_max || !d->descs.n || r->op == BLK_FLUSH)
        return false;
    const struct blk_req *next = request_of(d->waiting.next);
    return next->op == r->op && next->block == r->block + 1 && !next->alone && !r->alone;
}

// Puts the waiting requests that form the first run into a free slot and on the queue; the device
// is not told yet.
// Locks     d->lock is held.
static void
start_run(struct disk *d)
{
    uint32 i = pop(&d->slots), n = 0;
    struct slot *s = &d->slot[i];
    struct blk_req *r = request_of(d->waiting.next);
    uint16 head = (uint16)(2 * i), last = head;

    s->type = r->op == BLK_FLUSH ? T_FLUSH : r->op == BLK_READ ? T_IN : T_OUT;
    s->sector = r->op == BLK_FLUSH ? 0 : r->block * SECTORS_PER_BLOCK;
    s->status = ST_PENDING;
    do {
        r = request_of(list_pop_front(&d->waiting));
        list_push_back(&d->run[i], &r->link);
        if (r->op != BLK_FLUSH)
            last = describe_page(d, r, last);
        n++;
    } while (continues(d, r, n));
    d->q.desc[last].next = head + 1;
    virtq_push(&d->q, head);
}

// Starts as many waiting requests as there are slots and descriptors for.
// Locks     d->lock is held.
static void
start_waiting(struct disk *d)
{
    bool any = false;
    while (!list_empty(&d->waiting) && d->slots.n && d->descs.n) {
        start_run(d);
        any = true;
    }
    if (any)
        virtq_kick(&d->q);
}

// Starts requests, or has them wait for a slot.
// Locks     takes d->lock.
static void
disk_submit(struct blkdev *b, struct list *reqs)
{
    struct disk *d = container_of(b, struct disk, blk);
    acquire(&d->lock);
    list_append(&d->waiting, reqs);
    start_waiting(d);
    release(&d->lock);
}

static void
count(struct blkdev *b, enum blk_op op, uint32 n)
{
    b->reads += op == BLK_READ;
    b->flushes += op == BLK_FLUSH;
    b->writes += op == BLK_WRITE;
    b->blocks_written += op == BLK_WRITE ? n : 0;
}

// Takes back the chain that starts at descriptor `head`, if there is one, and frees its slot. Its
// requests go to `finished`; if the device has failed a run of several, to the waiting list.
// Locks     d->lock is held.
static void
finish_run(struct disk *d, uint32 head, struct list *finished)
{
    uint32 i = head / 2, n = 0;
    if (head % 2 != 0 || i >= d->nslots || list_empty(&d->run[i]))
        return;
    struct list *run = &d->run[i];
    int status = d->slot[i].status == ST_OK ? 0 : -EIO;
    bool repeat = status && run->next != run->prev;
    enum blk_op op = request_of(run->next)->op;
    list_for_each (node, run) {
        struct blk_req *r = request_of(node);
        r->status = status;
        r->alone = repeat;
        if (op != BLK_FLUSH)
            push(&d->descs, r->desc);
        n++;
    }
    count(&d->blk, op, n);
    list_append(repeat ? &d->waiting : finished, run);
    push(&d->slots, i);
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
    while (virtq_pop(&d->q, &head))
        finish_run(d, head, &finished);
    start_waiting(d);
    release(&d->lock);
    while ((node = list_pop_front(&finished))) {
        struct blk_req *r = request_of(node);
        r->done(r);
    }
}

// Makes the disk of an opened device ready for requests.
// Returns   0; -EIO, -ENODEV, -EBUSY, -EINVAL or -ENOMEM, and then d is good for disk_free() only.
static int
disk_init(struct disk *d)
{
    int err = virtio_negotiate(&d->dev, F_SEG_MAX | F_READONLY | F_FLUSH);
    if (!err)
        err = virtq_init(&d->q, &d->dev, 0);
    if (!err)
        err = d->q.num < 3 ? -ENODEV : irq_register(d->dev.irq, disk_intr, d);
    if (err)
        return err;
    prepare_queue(d);
    d->blk.writes_through = !(d->dev.features & F_FLUSH);
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
