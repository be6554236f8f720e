// SPDX-License-Identifier: MIT
// blk.h - block devices: requests of whole 4 KiB blocks to and from frames.
#pragma once

#include "lib/list.h"
#include "lib/types.h"

#define BLKSIZE     4096
#define BLK_DEVICES 32

enum blk_op { BLK_READ, BLK_WRITE, BLK_FLUSH };

struct blkdev;

// One transfer of one block. Owned by the device from blk_submit() until done() is called, which
// may be on any hart with no lock held, even before blk_submit() returns; done() must not sleep.
struct blk_req {
    enum blk_op op;
    uint64 block; // in units of BLKSIZE
    uint64 pa;    // physical address of BLKSIZE bytes (not for BLK_FLUSH)
    int status;   // 0 or -EIO, valid in done()
    void (*done)(struct blk_req *r);
    void *arg;        // for done()
    struct list link; // the device's queue
};

struct blkdev {
    const char *name;
    uint64 blocks; // capacity in units of BLKSIZE (a partial one at the end does not count)
    bool readonly;
    void (*submit)(struct blkdev *d, struct blk_req *r); // never fails, never sleeps
    uint64 reads, writes, flushes; // requests to the device that have ended, for statistics
    uint64 blocks_written;         // by these writes
};

void blk_submit(struct blkdev *d, struct blk_req *r);
int blk_rw(struct blkdev *d, enum blk_op op, uint64 block,
           uint64 pa) must_check; // sleeps till done

void blk_add(struct blkdev *d);            // at boot, by drivers
struct blkdev *blk_get(int index);         // in the order of their slots; NULL: no more
struct blkdev *blk_find(const char *name); // "vda"; NULL: there is none
