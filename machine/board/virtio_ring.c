// SPDX-License-Identifier: MIT
// virtio_ring.c - the device's side of a split virtqueue: taking chains, giving them back.
//
// Theory    A queue has a table of descriptors, a ring of available chains that the driver writes,
//           and a ring of used chains that the device writes. A descriptor may name a table of
//           further descriptors instead of a buffer.
// Promises  distrust: every number and address that the driver wrote is checked before use, and a
//           chain is followed for at most as many steps as its table has entries.
// Manual    virtio 1.2: 2.7 split virtqueues
// Next      board/virtio_blk.c
#include "board/virtio_ring.h"

#include "board/dma.h"
#include "machine.h"

#define DESC_SIZE 16

#define DESC_NEXT     1
#define DESC_WRITE    2
#define DESC_INDIRECT 4

#define AVAIL_NO_INTERRUPT 1

struct descriptor {
    uint64 pa;
    uint32 len;
    uint16 flags, next;
};

_Static_assert(sizeof(struct descriptor) == DESC_SIZE, "as drivers lay it out");

// A word of a ring. ring_check() has shown that the rings lie in RAM.
static uint16
load16(const struct machine *m, uint64 pa)
{
    uint16 value = 0;
    dma_load(m, pa, &value, sizeof(value));
    return value;
}

static void
store16(struct machine *m, uint64 pa, uint16 value)
{
    dma_store(m, pa, &value, sizeof(value));
}

enum virtio_fault
ring_check(const struct machine *m, const struct virtio_queue *q, uint64 *value)
{
    const uint64 start[] = {q->desc, q->avail, q->used};
    const uint64 size[] = {DESC_SIZE * (uint64)q->num, 6 + 2 * (uint64)q->num,
                           6 + 8 * (uint64)q->num};
    *value = q->num;
    if (q->num == 0 || q->num > VIRTIO_QUEUE_MAX || (q->num & (q->num - 1)))
        return VIRTIO_QUEUE_SIZE;
    for (unsigned i = 0; i < NELEM(start); i++) {
        *value = start[i];
        if (!ram_has(&m->ram, start[i], size[i]))
            return VIRTIO_RING;
    }
    return VIRTIO_OK;
}

enum virtio_fault
ring_available(const struct machine *m, const struct virtio_queue *q, uint16 *count, uint64 *value)
{
    uint16 published = load16(m, q->avail + 2);
    *count = published - q->seen;
    *value = published;
    return *count > q->num ? VIRTIO_AVAIL : VIRTIO_OK;
}

// A table of descriptors: the queue's own, or an indirect one.
struct table {
    uint64 pa;
    uint32 entries;
    bool indirect;
};

static bool
append(struct virtio_chain *chain, const struct descriptor *d)
{
    if (chain->count == VIRTIO_CHAIN_MAX)
        return false;
    chain->buffer[chain->count++] =
        (struct virtio_buffer){d->pa, d->len, (d->flags & DESC_WRITE) != 0};
    return true;
}

// Enters the indirect table that a descriptor names.
static enum virtio_fault
enter(const struct machine *m, struct table *t, const struct descriptor *d, uint64 *value)
{
    *value = d->pa;
    if (t->indirect || d->flags & DESC_NEXT || d->len == 0 || d->len % DESC_SIZE != 0 ||
        !ram_has(&m->ram, d->pa, d->len))
        return VIRTIO_INDIRECT;
    *t = (struct table){d->pa, d->len / DESC_SIZE, true};
    return VIRTIO_OK;
}

// Follows a chain from entry `i` of the table to its end.
static enum virtio_fault
follow(const struct machine *m, struct table t, uint32 i, struct virtio_chain *chain, uint64 *value)
{
    struct descriptor d;
    do {
        *value = i;
        if (i >= t.entries || !dma_load(m, t.pa + DESC_SIZE * (uint64)i, &d, sizeof(d)))
            return VIRTIO_INDEX;
        i = d.next;
        if (d.flags & DESC_INDIRECT) {
            enum virtio_fault fault = enter(m, &t, &d, value);
            if (fault)
                return fault;
            d.flags = DESC_NEXT;
            i = 0;
        } else if (!append(chain, &d)) {
            return VIRTIO_LOOP;
        }
    } while (d.flags & DESC_NEXT);
    return VIRTIO_OK;
}

enum virtio_fault
ring_take(const struct machine *m, struct virtio_queue *q, struct virtio_chain *chain,
          uint64 *value)
{
    chain->head = load16(m, q->avail + 4 + 2 * (uint64)(q->seen++ % q->num));
    chain->count = 0;
    return follow(m, (struct table){q->desc, q->num, false}, chain->head, chain, value);
}

void
ring_give(struct machine *m, struct virtio_queue *q, uint16 head, uint32 len)
{
    uint32 entry[] = {head, len};
    dma_store(m, q->used + 4 + 8 * (uint64)(q->done++ % q->num), entry, sizeof(entry));
    store16(m, q->used + 2, q->done);
}

bool
ring_end(struct machine *m, struct virtio_queue *q, uint16 done, bool events)
{
    if (!events)
        return done > 0 && !(load16(m, q->avail) & AVAIL_NO_INTERRUPT);
    store16(m, q->used + 4 + 8 * (uint64)q->num, q->seen);
    // The driver wants to hear when the entry after this number of entries has been given back.
    uint16 event = load16(m, q->avail + 4 + 2 * (uint64)q->num);
    return (uint16)(q->done - event - 1) < done;
}
