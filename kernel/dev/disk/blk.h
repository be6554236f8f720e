// SPDX-License-Identifier: MIT
// blk.h - block devices: requests of whole 4 KiB blocks to and from frames.
//
// Requests are submitted one at a time or as a list. A driver transfers consecutive requests of a
// list that form a run (the same operation on consecutive blocks) at once, whatever frames they
// name; each request still has its own status and its own done().
#pragma once

#include "lib/list.h"
#include "lib/types.h"

#define BLKSIZE     4096
#define BLK_DEVICES 32
#define BLK_RUN     254 // blocks that a driver transfers at once, at most: QEMU's disk takes no more

enum blk_op { BLK_READ, BLK_WRITE, BLK_FLUSH };

struct blkdev;

// One transfer of one block. The device owns the request and its frame from blk_submit() until
// done() is called. done() runs on any hart, with no lock held, perhaps before blk_submit()
// returns; it must not sleep. Other fields are zero when the request is submitted.
struct blk_req {
    enum blk_op op;
    uint64 block; // in units of BLKSIZE
    uint64 pa;    // physical address of BLKSIZE bytes (not for BLK_FLUSH)
    int status;   // 0 or -EIO, valid in done()
    uint16 desc;  // for the driver
    bool alone;   // for the driver: the request is part of no run, because its run has failed
    void (*done)(struct blk_req *r);
    void *arg;        // for done()
    struct list link; // the submitter's list, then the device's queue
};

struct blkdev {
    const char *name;
    uint64 blocks; // capacity in units of BLKSIZE (a partial one at the end does not count)
    bool readonly;
    bool writes_through; // a write that has ended is safe: a flush has nothing to do
    void (*submit)(struct blkdev *d,
                   struct list *reqs); // leaves the list empty; never fails, never sleeps
    uint64 reads, writes, flushes;     // transfers that have ended, for statistics
    uint64 blocks_written;             // by these writes
};

void blk_submit(struct blkdev *d, struct blk_req *r);
void blk_insert(struct list *reqs, struct blk_req *r); // by block
void blk_submit_all(struct blkdev *d, struct list *reqs);
int blk_rw(struct blkdev *d, enum blk_op op, uint64 block,
           uint64 pa) must_check; // sleeps till done

void blk_add(struct blkdev *d);            // at boot, by drivers
struct blkdev *blk_get(int index);         // in the order of their slots; NULL: no more
struct blkdev *blk_find(const char *name); // "vda"; NULL: there is none
