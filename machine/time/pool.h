// SPDX-License-Identifier: MIT
// pool.h - the memory of snapshots: bytes in chains of small cells.
//
// Theory    The machine's allocator returns zeroed memory, which cannot be freed. So the pool takes
//           blocks of memory, up to a limit, divides them into cells, and keeps a list of free
//           cells.
#pragma once

#include "base/types.h"

#define POOL_CELL  128  // bytes
#define POOL_BLOCK 2048 // cells

struct pool_block {
    uint8 bytes[POOL_BLOCK][POOL_CELL];
    uint32 next[POOL_BLOCK]; // in its chain
};

// A pool of cells. They are numbered from 1 on; 0 ends a chain.
struct pool {
    void *(*alloc)(size_t bytes);
    struct pool_block **block;
    uint32 limit, made, used; // cells: at most, numbered so far, in use
    uint32 free;              // the chain of free ones
};

// The place of the next byte in a chain.
struct pool_place {
    struct pool *pool;
    uint32 cell, at;
};

// Prepares a pool that takes at most `bytes` of memory. Returns false if memory is short.
bool pool_open(struct pool *p, void *(*alloc)(size_t), uint64 bytes);
// Begins a new chain. Returns false if the limit is reached or memory is short.
bool pool_begin(struct pool *p, struct pool_place *at);
// Returns the first place of a chain.
struct pool_place pool_start(struct pool *p, uint32 first);
// Allocates memory for so many cells, if they are not free already. Returns whether they can be
//           taken.
bool pool_reserve(struct pool *p, uint64 cells);
// Writes the next bytes of a chain, which grows at its end. Returns false if there is no room; a
// part may have been written.
bool pool_put(struct pool_place *at, const void *from, uint64 bytes);
// Reads the next bytes of a chain, which must have as many.
void pool_get(struct pool_place *at, void *to, uint64 bytes);
// Ends a chain here, and frees the rest.
void pool_cut(struct pool_place *at);
// Frees a chain.
void pool_give(struct pool *p, uint32 first);
// Returns the bytes of a cell.
uint8 *pool_bytes(const struct pool *p, uint32 cell);
