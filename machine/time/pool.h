// SPDX-License-Identifier: MIT
// pool.h - the memory of snapshots: slots of one page each, in chains.
//
// Theory    A machine's allocator gives zeroed memory and takes none back. So the pool takes blocks
//           of it, up to a limit, and keeps lists of the slots that are free.
//           Most pages that a kernel changes were full of zeros, or of the pattern that its
//           allocator leaves. A page of one word, repeated, is kept as that word, and the slot's
//           memory is not touched: the host then spends no memory on it.
#pragma once

#include "base/types.h"

#define POOL_SLOT  4096
#define POOL_BLOCK 256 // slots

// Slots have numbers from 1 on; 0 ends a chain.
struct pool_slot {
    uint32 next;
    uint32 page;  // which page of memory the slot holds (time/snapshot.h)
    bool plain;   // the page is `word`, repeated
    bool touched; // the slot's memory has been used
    uint64 word;
};

struct pool {
    void *(*alloc)(size_t bytes);
    struct pool_slot *slot; // slot[0] is unused
    uint8 **block;
    uint32 limit, made, used; // slots: at most, numbered so far, in use
    uint32 free[2];           // the chains of free ones: untouched, touched
};

// Prepares a pool that takes at most `bytes`. Returns false if memory is lacking.
bool pool_open(struct pool *p, void *(*alloc)(size_t), uint64 bytes);
// A slot that is in no chain, or 0: the limit is reached or memory is lacking. `plain`: it is for a
// page of one word.
uint32 pool_take(struct pool *p, bool plain);
// Gives back a slot; returns the next one of its chain.
uint32 pool_give(struct pool *p, uint32 slot);
// Gives back a chain.
void pool_give_chain(struct pool *p, uint32 first);
// The memory of a slot.
uint8 *pool_bytes(struct pool *p, uint32 slot);
// Copies a page into a slot that it takes. Returns the slot, or 0 as pool_take().
uint32 pool_save(struct pool *p, const uint8 *page);
// Copies a page into a slot, and back.
void pool_put(struct pool *p, uint32 slot, const uint8 *page);
void pool_get(struct pool *p, uint32 slot, uint8 *page);
