// SPDX-License-Identifier: MIT
// pool.h - inside the allocator of frames: where free frames are.
#pragma once

#include "mm/frame/buddy.h"
#include "mm/frame/magazine.h"
#include "rv/cpu.h"
#include "sync/spinlock.h"

#define MAGAZINE_FRAMES 60
#define BATCH_ORDER     5
#define BATCH           (1U << BATCH_ORDER) // frames that move between a magazine and the lists at once

struct frame_pool {
    struct spinlock lock; // RANK_FRAME
    struct buddy lists;   // by lock
};

// Protection: [h] only this hart, but for the steals of mm/frame/magazine.h
struct frame_harts {
    struct magazine ready, zero;                                              // [h]
    void *ready_slots[1 + MAGAZINE_FRAMES], *zero_slots[1 + MAGAZINE_FRAMES]; // [h]
};

_Static_assert(sizeof(struct frame_harts) == 1024, "a hart's part is found by shifting");

extern struct frame_pool frame_pool;
extern struct frame_harts frame_harts[MAXHART];

// This hart's magazines of frames.
static inline struct frame_harts *
my_frames(void)
{
    return &frame_harts[cpuid()];
}
