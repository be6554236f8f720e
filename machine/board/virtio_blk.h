// SPDX-License-Identifier: MIT
// virtio_blk.h - disks: virtio block devices behind the MMIO transport, legacy and modern.
#pragma once

#include "base/types.h"

#define VIRTIO_BASE 0x10001000ULL // of slot 0; the others follow
#define VIRTIO_SIZE 0x1000ULL

#define VIRTIO_BLK_DELAY 2000 // cycles from a notification to the device's work
#define VIRTIO_QUEUE_MAX 128  // descriptors

struct machine;

// Errors of drivers. The device counts these and never stops the machine.
enum virtio_fault {
    VIRTIO_OK,
    VIRTIO_ACCESS,     // a register accessed in a size that is not 4 bytes
    VIRTIO_NOT_READY,  // a notification before DRIVER_OK, or for a queue that is not set up
    VIRTIO_QUEUE_SIZE, // not a power of two, or larger than the maximum
    VIRTIO_RING,       // a part of the queue lies outside RAM
    VIRTIO_AVAIL,      // the available ring claims more entries than the queue has
    VIRTIO_INDEX,      // a descriptor's number is not below the queue's size
    VIRTIO_LOOP,       // a chain is longer than its table
    VIRTIO_INDIRECT,   // an indirect table is nested, has a bad size, or lies outside RAM
    VIRTIO_HEADER,     // a chain does not begin with 16 bytes that the device reads
    VIRTIO_NO_STATUS,  // a chain does not end with a byte that the device writes
    VIRTIO_DATA,       // a buffer lies outside RAM
    VIRTIO_DIRECTION,  // a buffer of a read that the device may not write, or the reverse
    VIRTIO_SECTOR,     // the request does not lie on the disk, or is no whole number of sectors
    VIRTIO_READONLY,   // a write to a disk that is read-only
};

struct virtio_queue {
    uint64 desc, avail, used; // physical addresses
    uint32 num, align;
    uint32 pfn;  // legacy
    bool ready;  // the driver has told where the queue is
    uint16 seen; // entries of the available ring taken
    uint16 done; // entries of the used ring written
};

struct virtio_blk {
    uint64 due;      // the cycle at which it looks at its queue; ~0: it has not been notified
    uint64 accepted; // features
    uint32 status, isr;
    uint32 device_half, driver_half, queue_select;
    uint32 page_size; // legacy
    struct virtio_queue queue;
    uint32 faults;      // how many
    uint32 fault;       // the first of them: enum virtio_fault
    uint64 fault_value; // the address or number that was wrong
};

void virtio_blk_power_on(struct virtio_blk *v);
// Serves the queue of the disk in slot `unit` when it is due.
void virtio_blk_tick(struct machine *m, unsigned unit);
// The cycle at which virtio_blk_tick() has something to do; ~0: none.
uint64 virtio_blk_due(const struct machine *m, unsigned unit);
bool virtio_blk_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value);
bool virtio_blk_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value);
// A driver's mistake in words: a sentence without its end, which is `fault_value`.
const char *virtio_words(enum virtio_fault fault);
