// SPDX-License-Identifier: MIT
// virtio_ring.h - the device's side of a split virtqueue: taking chains, giving them back.
#pragma once

#include "base/types.h"
#include "board/virtio_blk.h"

#define VIRTIO_CHAIN_MAX VIRTIO_QUEUE_MAX // buffers in a chain

// One buffer of a chain.
struct virtio_buffer {
    uint64 pa;
    uint32 len;
    bool writable; // the device writes to it; else it reads it
};

struct virtio_chain {
    uint16 head; // the number of its first descriptor
    uint32 count;
    struct virtio_buffer buffer[VIRTIO_CHAIN_MAX];
};

// The functions that return a fault leave the address or number that is wrong in *value.

// Checks size and place of a queue that the driver has set up.
enum virtio_fault ring_check(const struct machine *m, const struct virtio_queue *q, uint64 *value);
// Counts the chains that are available; the queue has passed ring_check(), as for all below.
enum virtio_fault ring_available(const struct machine *m, const struct virtio_queue *q,
                                 uint16 *count, uint64 *value);
// Takes the next available chain.
enum virtio_fault ring_take(const struct machine *m, struct virtio_queue *q,
                            struct virtio_chain *chain, uint64 *value);
// Gives a chain back, into which the device has written `len` bytes.
void ring_give(struct machine *m, struct virtio_queue *q, uint16 head, uint32 len);
// Ends a round of work in which `done` entries were given back: tells the driver which entry it
// shall notify about next (`events`: VIRTIO_F_EVENT_IDX). Returns whether it wants an interrupt.
bool ring_end(struct machine *m, struct virtio_queue *q, uint16 done, bool events);
