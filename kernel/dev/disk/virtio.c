// SPDX-License-Identifier: MIT
// virtio.c - devices behind the virtio-mmio transport, and the queues shared with them.
//
// Theory    A queue is a table of descriptors, a ring of chains for the device, and a ring of
//           chains that it has used. Each side writes one ring and a counter of entries, and
//           reads the other's. Legacy and modern transports differ in the registers for the rings'
//           addresses; the layout that legacy prescribes suits both.
// Promises  The device is not trusted: the receiver checks each chain number.
// Locks     none: the owner of a queue serialises its use.
// Fences    release before a counter is published, acquire after one is read; a full fence between
//           publishing and testing whether the device wants to be notified.
// Manual    virtio 1.2: 2.7 split virtqueues, 4.2 virtio over MMIO
// Next      dev/disk/virtio_blk.c
#include "dev/disk/virtio.h"

#include "abi/errno.h"
#include "dev/machine.h"
#include "dev/mmio.h"
#include "lib/string.h"
#include "mm/frame/direct.h"
#include "mm/frame/frame.h"
#include "mm/kvm/kvm.h"

#define MAGIC               0x000
#define VERSION             0x004
#define DEVICE_ID           0x008
#define DEVICE_FEATURES     0x010
#define DEVICE_FEATURES_SEL 0x014
#define DRIVER_FEATURES     0x020
#define DRIVER_FEATURES_SEL 0x024
#define GUEST_PAGE_SIZE     0x028 // legacy
#define QUEUE_SEL           0x030
#define QUEUE_NUM_MAX       0x034
#define QUEUE_NUM           0x038
#define QUEUE_ALIGN         0x03c // legacy
#define QUEUE_PFN           0x040 // legacy
#define QUEUE_READY         0x044
#define QUEUE_NOTIFY        0x050
#define INTERRUPT_STATUS    0x060
#define INTERRUPT_ACK       0x064
#define STATUS              0x070
#define QUEUE_DESC          0x080 // and the upper half in the next register, as below
#define QUEUE_DRIVER        0x090
#define QUEUE_DEVICE        0x0a0
#define CONFIG_GENERATION   0x0fc
#define CONFIG              0x100

#define THE_MAGIC 0x74726976
#define LEGACY    1
#define MODERN    2

#define ST_ACKNOWLEDGE 1
#define ST_DRIVER      2
#define ST_DRIVER_OK   4
#define ST_FEATURES_OK 8
#define ST_FAILED      128

#define USED_NO_NOTIFY 1 // the device polls its queue at the moment

#define CONFIG_TURNS 100 // attempts to read the configuration between two changes of it

// A queue's memory: descriptors and available ring, then, in the next page, the used ring.
#define QUEUE_ORDER 3
#define USED_AT(num)                                                                               \
    PGROUNDUP((num) * sizeof(struct virtq_desc) + sizeof(struct virtq_avail) + 2 * ((num) + 1))

_Static_assert(USED_AT(VIRTQ_MAXNUM) + 6 + 8 * VIRTQ_MAXNUM <= PGSIZE << QUEUE_ORDER, "it fits");

static uint32
virtio_read(const struct virtio_dev *d, uint32 reg)
{
    return mmio_read32(d->regs + reg);
}

static void
virtio_write(struct virtio_dev *d, uint32 reg, uint32 v)
{
    mmio_write32(d->regs + reg, v);
}

static void
put64(struct virtio_dev *d, uint32 reg, uint64 v)
{
    virtio_write(d, reg, (uint32)v);
    virtio_write(d, reg + 4, (uint32)(v >> 32));
}

static void
add_status(struct virtio_dev *d, uint32 bits)
{
    virtio_write(d, STATUS, virtio_read(d, STATUS) | bits);
}

// Maps the registers of a slot and identifies its device.
// Returns   0; -ENODEV for an empty slot, a transport of another version, or no room for its
//           registers.
int
virtio_open(struct virtio_dev *d, const struct machine_dev *slot)
{
    d->regs = kvm_map_device(slot->base, slot->size);
    if (!d->regs || virtio_read(d, MAGIC) != THE_MAGIC)
        return -ENODEV;
    d->version = virtio_read(d, VERSION);
    if (d->version != LEGACY && d->version != MODERN)
        return -ENODEV;
    d->id = virtio_read(d, DEVICE_ID);
    d->irq = slot->irq;
    return d->id ? 0 : -ENODEV;
}

static uint32
offered(struct virtio_dev *d, uint32 half)
{
    virtio_write(d, DEVICE_FEATURES_SEL, half);
    return virtio_read(d, DEVICE_FEATURES);
}

static void
accept(struct virtio_dev *d, uint32 half)
{
    virtio_write(d, DRIVER_FEATURES_SEL, half);
    virtio_write(d, DRIVER_FEATURES, (uint32)(d->features >> 32 * half));
}

// Resets the device and agrees with it on those of the features in `wanted` that it offers.
// Returns   0; -EIO when the device does not agree.
int
virtio_negotiate(struct virtio_dev *d, uint64 wanted)
{
    virtio_write(d, STATUS, 0);
    add_status(d, ST_ACKNOWLEDGE);
    add_status(d, ST_DRIVER);
    d->features = offered(d, 0) & wanted;
    if (d->version == MODERN)
        d->features |= (uint64)offered(d, 1) << 32 & (wanted | VIRTIO_F_VERSION_1);
    accept(d, 0);
    if (d->version == LEGACY) {
        virtio_write(d, GUEST_PAGE_SIZE, PGSIZE);
        return 0;
    }
    if (!(d->features & VIRTIO_F_VERSION_1))
        return -EIO;
    accept(d, 1);
    add_status(d, ST_FEATURES_OK);
    return virtio_read(d, STATUS) & ST_FEATURES_OK ? 0 : -EIO;
}

// Gives the device the addresses of the queue.
static void
announce(struct virtq *q)
{
    struct virtio_dev *d = q->dev;
    virtio_write(d, QUEUE_NUM, q->num);
    if (d->version == LEGACY) {
        virtio_write(d, QUEUE_ALIGN, PGSIZE);
        virtio_write(d, QUEUE_PFN, (uint32)(v2p(q->desc) / PGSIZE));
        return;
    }
    put64(d, QUEUE_DESC, v2p(q->desc));
    put64(d, QUEUE_DRIVER, v2p(q->avail));
    put64(d, QUEUE_DEVICE, v2p(q->used));
    virtio_write(d, QUEUE_READY, 1);
}

// Sets up queue `index` of the device, with at most VIRTQ_MAXNUM descriptors.
// Returns   0; -ENODEV when there is no such queue, -EBUSY when it is in use, -ENOMEM.
int
virtq_init(struct virtq *q, struct virtio_dev *d, uint32 index)
{
    virtio_write(d, QUEUE_SEL, index);
    if (virtio_read(d, d->version == LEGACY ? QUEUE_PFN : QUEUE_READY) != 0)
        return -EBUSY;
    uint32 max = virtio_read(d, QUEUE_NUM_MAX);
    if (max == 0)
        return -ENODEV;
    uint8 *mem = kalloc_order(FRAME_DMA, index, QUEUE_ORDER);
    if (!mem)
        return -ENOMEM;
    memset(mem, 0, PGSIZE << QUEUE_ORDER);
    *q = (struct virtq){.dev = d, .index = index, .num = VIRTQ_MAXNUM};
    while (q->num > max)
        q->num /= 2;
    q->desc = (struct virtq_desc *)mem;
    q->avail = (struct virtq_avail *)(mem + q->num * sizeof(struct virtq_desc));
    q->used = (struct virtq_used *)(mem + USED_AT(q->num));
    announce(q);
    return 0;
}

// Tells the device that the driver is ready: from now on it serves its queues.
void
virtio_ready(struct virtio_dev *d)
{
    add_status(d, ST_DRIVER_OK);
}

// Stops the device; it forgets its queues.
void
virtio_fail(struct virtio_dev *d)
{
    virtio_write(d, STATUS, 0);
    add_status(d, ST_FAILED);
}

// Reads 32 bits of the device's configuration at `offset`.
uint32
virtio_config32(struct virtio_dev *d, uint32 offset)
{
    return virtio_read(d, CONFIG + offset);
}

// Reads 64 bits of the configuration, both halves from the same state of it unless the device
// changes that all the time.
uint64
virtio_config64(struct virtio_dev *d, uint32 offset)
{
    uint32 before, after, low, high, turns = 0;
    do {
        before = d->version == MODERN ? virtio_read(d, CONFIG_GENERATION) : 0;
        low = virtio_config32(d, offset);
        high = virtio_config32(d, offset + 4);
        after = d->version == MODERN ? virtio_read(d, CONFIG_GENERATION) : 0;
    } while (before != after && ++turns < CONFIG_TURNS);
    return (uint64)high << 32 | low;
}

// Acknowledges the device's interrupt, before its queues are read: a chain that comes later raises
// a new one.
void
virtio_ack(struct virtio_dev *d)
{
    virtio_write(d, INTERRUPT_ACK, virtio_read(d, INTERRUPT_STATUS));
}

// Puts the chain that starts at descriptor `head` on the available ring. The device sees it after
// virtq_kick().
// Locks     the owner serialises the queue's use.
void
virtq_push(struct virtq *q, uint16 head)
{
    q->avail->ring[q->published++ % q->num] = head;
}

// Publishes the chains that were pushed, and notifies the device unless it polls.
// Locks     the owner serialises the queue's use.
void
virtq_kick(struct virtq *q)
{
    // Release: the descriptors and the ring's entries come before the counter that the device
    // reads.
    __atomic_store_n(&q->avail->idx, q->published, __ATOMIC_RELEASE);
    // The device sets the flag, then looks at the counter; one of the two must see the other's
    // store.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (!(__atomic_load_n(&q->used->flags, __ATOMIC_RELAXED) & USED_NO_NOTIFY)) // device's, above
        virtio_write(q->dev, QUEUE_NOTIFY, q->index);
}

// Takes back a chain that the device has used.
// Returns   false: there is none; else *head is the number that the device gave, to be checked.
// Locks     the owner serialises the queue's use.
bool
virtq_pop(struct virtq *q, uint32 *head)
{
    // Acquire: pairs with the device's write of the counter after the entry and the data.
    if (__atomic_load_n(&q->used->idx, __ATOMIC_ACQUIRE) == q->consumed)
        return false;
    *head = q->used->ring[q->consumed++ % q->num].id;
    return true;
}
