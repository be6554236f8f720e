// SPDX-License-Identifier: MIT
// virtio.h - devices behind the virtio-mmio transport, and the queues shared with them.
#pragma once

#include "lib/types.h"

struct machine_dev;

#define VIRTIO_ID_BLOCK    2
#define VIRTIO_F_VERSION_1 (1UL << 32)

#define VIRTQ_NEXT   1 // the descriptor has a successor
#define VIRTQ_WRITE  2 // the device writes to it
#define VIRTQ_MAXNUM 512

struct virtq_desc {
    uint64 pa;
    uint32 len;
    uint16 flags;
    uint16 next;
};

struct virtq_avail {
    uint16 flags, idx;
    uint16 ring[];
};

struct virtq_used {
    uint16 flags, idx;
    struct {
        uint32 id, len;
    } ring[];
};

_Static_assert(sizeof(struct virtq_desc) == 16, "the layout that devices know");

struct virtio_dev {
    uint8 *regs;
    uint32 version; // 1: legacy, 2: modern
    uint32 id;      // what kind of device
    uint32 irq;
    uint64 features; // agreed on
};

struct virtq {
    struct virtio_dev *dev;
    uint32 index; // among the device's queues
    uint32 num;   // descriptors; a power of two
    struct virtq_desc *desc;
    struct virtq_avail *avail;
    struct virtq_used *used;
    uint16 published; // chains ever made available
    uint16 consumed;  // chains ever taken back
};

// In this order:
int virtio_open(struct virtio_dev *d, const struct machine_dev *slot) must_check;
int virtio_negotiate(struct virtio_dev *d, uint64 wanted) must_check;
int virtq_init(struct virtq *q, struct virtio_dev *d, uint32 index) must_check;
void virtio_ready(struct virtio_dev *d);
void virtio_fail(struct virtio_dev *d); // gives the device up instead

uint32 virtio_config32(struct virtio_dev *d, uint32 offset);
uint64 virtio_config64(struct virtio_dev *d, uint32 offset);
void virtio_ack(struct virtio_dev *d); // in the interrupt handler, before the queues are read

void virtq_push(struct virtq *q, uint16 head); // makes the chain that starts there available
void virtq_kick(struct virtq *q);              // publishes what was pushed
bool virtq_pop(struct virtq *q, uint32 *head); // a chain that the device is done with
