// SPDX-License-Identifier: MIT
// pool.h - the memory of snapshots: bytes in chains of small cells.
//
// Theory    A machine's allocator gives zeroed memory and takes none back. So the pool takes blocks
//           of it, up to a limit, and keeps a list of the cells that are free.
#pragma once

#include "base/types.h"

#define POOL_CELL  128  // bytes
#define POOL_BLOCK 2048 // cells

struct pool_block {
    uint8 bytes[POOL_BLOCK][POOL_CELL];
    uint32 next[POOL_BLOCK]; // in its chain
};

// Cells have numbers from 1 on; 0 ends a chain.
struct pool {
    void *(*alloc)(size_t bytes);
    struct pool_block **block;
    uint32 limit, made, used; // cells: at most, numbered so far, in use
    uint32 free;              // the chain of free ones
};

// Where in a chain the next byte is.
struct pool_place {
    struct pool *pool;
    uint32 cell, at;
};

// Prepares a pool that takes at most `bytes`. Returns false if memory is lacking.
bool pool_open(struct pool *p, void *(*alloc)(size_t), uint64 bytes);
// Begins a chain. Returns false if the limit is reached or memory is lacking.
bool pool_begin(struct pool *p, struct pool_place *at);
// The beginning of a chain.
struct pool_place pool_start(struct pool *p, uint32 first);
// Returns whether so many cells are left; they are there to be taken then.
bool pool_reserve(struct pool *p, uint64 cells);
// Writes the next bytes of a chain, which grows when it ends. Returns false if there is no room: a
// part may be written.
bool pool_put(struct pool_place *at, const void *from, uint64 bytes);
// Reads the next bytes of a chain, which has as many.
void pool_get(struct pool_place *at, void *to, uint64 bytes);
// Ends a chain here, and gives back the rest.
void pool_cut(struct pool_place *at);
// Gives back a chain.
void pool_give(struct pool *p, uint32 first);
// The bytes of a cell.
uint8 *pool_bytes(const struct pool *p, uint32 cell);
