// SPDX-License-Identifier: MIT
// pool.c - gives and takes back slots of one page.
#include "time/pool.h"

bool
pool_open(struct pool *p, void *(*alloc)(size_t), uint64 bytes)
{
    uint64 slots = bytes / (POOL_SLOT + sizeof(struct pool_slot) + 1);
    slots -= slots % POOL_BLOCK;
    if (slots == 0 || slots > 0x7fffffff)
        return false;
    *p = (struct pool){.alloc = alloc, .limit = (uint32)slots};
    p->slot = alloc((size_t)(slots + 1) * sizeof(p->slot[0]));
    p->block = alloc((size_t)(slots / POOL_BLOCK) * sizeof(p->block[0]));
    return p->slot != NULL && p->block != NULL;
}

uint32
pool_take(struct pool *p)
{
    uint32 slot = p->free;
    if (slot != 0) {
        p->free = p->slot[slot].next;
    } else {
        uint8 **block = &p->block[p->made / POOL_BLOCK];
        if (p->made == p->limit)
            return 0;
        if (*block == NULL && (*block = p->alloc(POOL_BLOCK * POOL_SLOT)) == NULL)
            return 0;
        slot = ++p->made;
    }
    p->used++;
    p->slot[slot] = (struct pool_slot){0, 0};
    return slot;
}

uint32
pool_give(struct pool *p, uint32 slot)
{
    uint32 next = p->slot[slot].next;
    p->slot[slot].next = p->free;
    p->free = slot;
    p->used--;
    return next;
}

void
pool_give_chain(struct pool *p, uint32 first)
{
    while (first != 0)
        first = pool_give(p, first);
}

uint8 *
pool_bytes(const struct pool *p, uint32 slot)
{
    return p->block[(slot - 1) / POOL_BLOCK] + (size_t)((slot - 1) % POOL_BLOCK) * POOL_SLOT;
}
