// SPDX-License-Identifier: MIT
// pool.h - the memory of snapshots: slots of one page each, in chains.
//
// Theory    A machine's allocator gives zeroed memory and takes none back. So the pool takes blocks
//           of it, up to a limit, and keeps a list of the slots that are free.
#pragma once

#include "base/types.h"

#define POOL_SLOT  4096
#define POOL_BLOCK 256 // slots

// Slots have numbers from 1 on; 0 ends a chain.
struct pool_slot {
    uint32 next;
    uint32 page; // which page of memory the slot holds (time/snapshot.h)
};

struct pool {
    void *(*alloc)(size_t bytes);
    struct pool_slot *slot; // slot[0] is unused
    uint8 **block;
    uint32 limit, made, used; // slots: at most, numbered so far, in use
    uint32 free;              // the chain of free ones
};

// Prepares a pool that takes at most `bytes`. Returns false if memory is lacking.
bool pool_open(struct pool *p, void *(*alloc)(size_t), uint64 bytes);
// A slot that is in no chain, or 0: the limit is reached or memory is lacking.
uint32 pool_take(struct pool *p);
// Gives back a slot; returns the next one of its chain.
uint32 pool_give(struct pool *p, uint32 slot);
// Gives back a chain.
void pool_give_chain(struct pool *p, uint32 first);
// The contents of a slot.
uint8 *pool_bytes(const struct pool *p, uint32 slot);
