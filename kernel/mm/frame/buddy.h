// SPDX-License-Identifier: MIT
// buddy.h - free blocks of 2^k frames, halved on demand and joined again when both halves are free.
#pragma once

#include "mm/frame/frame.h"

// Set in frame.order of a block that is on a free list here, and of no other.
#define BUDDY_FREE 0x80

// Protection: all fields by the caller's lock.
struct buddy {
    struct list free[FRAME_MAX_ORDER + 1]; // by order, linked through frame.link
    uint64 nfree;                          // frames on these lists
    uint64 kept;                           // how many of them only buddy_take_kept() hands out
};

// The free frames beside the kept ones; below 0: some of the kept ones are in use.
static inline int64
buddy_spare(const struct buddy *b)
{
    return (int64)(b->nfree - b->kept);
}

void buddy_init(struct buddy *b);
void buddy_put(struct buddy *b, struct frame *f, int order); // takes the block, joins it
struct frame *buddy_take(struct buddy *b, int order);        // a block of this order; NULL: none
struct frame *buddy_take_upto(struct buddy *b, int order);   // the smallest; f->order tells which
struct frame *buddy_take_kept(struct buddy *b);              // one frame, a kept one if need be
void buddy_put_run(struct buddy *b, struct frame *f,
                   uint64 n); // any n frames that follow each other
