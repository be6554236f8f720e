// SPDX-License-Identifier: MIT
// io.h - many transfers at once, and one wait for all. Needs no memory.
//
// They are collected, in the order of their blocks, and sent to the disk together: those of
// consecutive blocks become one transfer (dev/disk/blk.h).
#pragma once

#include "dev/disk/blk.h"
#include "sync/spinlock.h"
#include "sync/waitq.h"

#define JIO_MAX 64

// Protection: [l] lock  [o] its user
struct jio {
    struct spinlock lock;
    struct waitq q;
    uint32 pending;              // [l] sent, and not ended yet
    int error;                   // [l] the last one
    uint32 n;                    // [o] requests used
    struct list collected;       // [o] those not sent yet, by block
    struct blkdev *dev;          // [o]
    struct blk_req req[JIO_MAX]; // [o]
};

void jio_init(struct jio *io, struct blkdev *dev);
void jio_write(struct jio *io, uint64 block, uint64 pa); // sleeps when too many are collected
void jio_read(struct jio *io, uint64 block, uint64 pa);  // likewise
int jio_flush(struct jio *io) must_check;                // all writes that have ended are safe
int jio_wait(struct jio *io) must_check; // all are sent and done: 0 or the last error
