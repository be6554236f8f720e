// SPDX-License-Identifier: MIT
// ram.h - RAM for tests of the allocators: an arena of the host whose addresses look physical.
#pragma once

#include "mm/frame/frame.h"
#include "mm/frame/ledger.h"
#include "rv/cpu.h"

extern uint64 host_direct_map;

#define RAM_BASE 0x80000000UL

static char *ram_arena;
static void *ram_ledger;

// Counts the frames of one kind.
__attribute__((unused)) static uint64
frames_of_kind(enum frame_kind kind)
{
    uint64 count[FRAME_KINDS];
    frames_by_kind(count);
    return count[kind];
}

// Boots the allocator with RAM [start, start + size) and an optional hole [hole, hole_end).
__attribute__((unused)) static void
ram_boot(uint64 start, uint64 size, uint64 hole, uint64 hole_end)
{
    free(ram_arena);
    free(ram_ledger);
    host_hart = 0;
    ram_arena = aligned_alloc(PGSIZE, PGROUNDUP(size) + 2 * PGSIZE);
    host_direct_map = (uint64)ram_arena - PGROUNDDOWN(start);
    ram_ledger = aligned_alloc(64, frames_ledger_size(start, start + size));
    memset(ram_ledger, 0xa5, frames_ledger_size(start, start + size));
    frames_init(start, start + size, ram_ledger);
    frames_reserve(hole, hole_end);
    frames_ready();
    frames_set_reclaim(NULL);
}
