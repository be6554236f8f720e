// SPDX-License-Identifier: MIT
// io.h - many writes at once, and one wait for all. Needs no memory.
#pragma once

#include "dev/disk/blk.h"
#include "sync/spinlock.h"
#include "sync/waitq.h"

#define JIO_MAX 64

// Protection: [l] lock  [o] its user
struct jio {
    struct spinlock lock;
    struct waitq q;
    uint32 pending;              // [l]
    int error;                   // [l] the last one
    uint32 n;                    // [o] requests used
    struct blkdev *dev;          // [o]
    struct blk_req req[JIO_MAX]; // [o]
};

void jio_init(struct jio *io, struct blkdev *dev);
void jio_write(struct jio *io, uint64 block, uint64 pa); // sleeps while too many are under way
int jio_flush(struct jio *io) must_check;                // all writes are on stable storage
int jio_wait(struct jio *io) must_check;                 // all are done: 0 or the last error
