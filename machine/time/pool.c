// SPDX-License-Identifier: MIT
// pool.c - allocates and frees cells, and reads and writes chains of them.
#include "time/pool.h"

#include "base/mem.h"

bool
pool_open(struct pool *p, void *(*alloc)(size_t), uint64 bytes)
{
    uint64 blocks = bytes / (sizeof(struct pool_block) + sizeof(p->block[0]));
    if (blocks == 0 || blocks > 0x7fffffff / POOL_BLOCK)
        return false;
    *p = (struct pool){.alloc = alloc, .limit = (uint32)blocks * POOL_BLOCK};
    p->block = alloc((size_t)blocks * sizeof(p->block[0]));
    return p->block != NULL;
}

static uint32 *
next_of(const struct pool *p, uint32 cell)
{
    return &p->block[(cell - 1) / POOL_BLOCK]->next[(cell - 1) % POOL_BLOCK];
}

uint8 *
pool_bytes(const struct pool *p, uint32 cell)
{
    return p->block[(cell - 1) / POOL_BLOCK]->bytes[(cell - 1) % POOL_BLOCK];
}

bool
pool_reserve(struct pool *p, uint64 cells)
{
    uint64 kept = p->made - p->used, make = cells > kept ? cells - kept : 0;
    if (make > p->limit - p->made)
        return false;
    for (uint64 i = p->made / POOL_BLOCK; i * POOL_BLOCK < p->made + make; i++)
        if (p->block[i] == NULL && (p->block[i] = p->alloc(sizeof(*p->block[i]))) == NULL)
            return false;
    return true;
}

// Takes a cell for the end of a chain. Returns 0 if the limit is reached or memory is short.
static uint32
take(struct pool *p)
{
    uint32 cell = p->free;
    if (cell != 0)
        p->free = *next_of(p, cell);
    else if (pool_reserve(p, 1))
        cell = ++p->made;
    else
        return 0;
    p->used++;
    *next_of(p, cell) = 0;
    return cell;
}

void
pool_give(struct pool *p, uint32 first)
{
    while (first != 0) {
        uint32 next = *next_of(p, first);
        *next_of(p, first) = p->free;
        p->free = first;
        p->used--;
        first = next;
    }
}

// --- chains ------------------------------------------------------------------------------------

struct pool_place
pool_start(struct pool *p, uint32 first)
{
    return (struct pool_place){p, first, 0};
}

bool
pool_begin(struct pool *p, struct pool_place *at)
{
    *at = pool_start(p, take(p));
    return at->cell != 0;
}

// Returns how many of the next `bytes` bytes are in the present cell.
static uint64
span(const struct pool_place *p, uint64 bytes)
{
    return bytes < POOL_CELL - p->at ? bytes : POOL_CELL - p->at;
}

bool
pool_put(struct pool_place *at, const void *from, uint64 bytes)
{
    const uint8 *f = from;
    for (uint64 n; bytes > 0; bytes -= n, f += n) {
        if (at->at == POOL_CELL) {
            uint32 *next = next_of(at->pool, at->cell);
            if (*next == 0 && (*next = take(at->pool)) == 0)
                return false;
            at->cell = *next;
            at->at = 0;
        }
        n = span(at, bytes);
        mem_copy(pool_bytes(at->pool, at->cell) + at->at, f, n);
        at->at += (uint32)n;
    }
    return true;
}

void
pool_cut(struct pool_place *at)
{
    uint32 *next = next_of(at->pool, at->cell);
    pool_give(at->pool, *next);
    *next = 0;
}

void
pool_get(struct pool_place *at, void *to, uint64 bytes)
{
    uint8 *t = to;
    for (uint64 n; bytes > 0; bytes -= n, t += n) {
        if (at->at == POOL_CELL) {
            at->cell = *next_of(at->pool, at->cell);
            at->at = 0;
        }
        n = span(at, bytes);
        mem_copy(t, pool_bytes(at->pool, at->cell) + at->at, n);
        at->at += (uint32)n;
    }
}
