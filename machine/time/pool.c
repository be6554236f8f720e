// SPDX-License-Identifier: MIT
// pool.c - gives and takes back slots of one page.
#include "time/pool.h"

#include "base/mem.h"

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

// A slot of one of the two chains, or 0.
static uint32
reuse(struct pool *p, bool touched)
{
    uint32 slot = p->free[touched];
    if (slot != 0)
        p->free[touched] = p->slot[slot].next;
    return slot;
}

// A slot that has not been used yet, or 0.
static uint32
make(struct pool *p)
{
    uint8 **block = &p->block[p->made / POOL_BLOCK];
    if (p->made == p->limit)
        return 0;
    if (*block == NULL && (*block = p->alloc(POOL_BLOCK * POOL_SLOT)) == NULL)
        return 0;
    return ++p->made;
}

uint32
pool_take(struct pool *p, bool plain)
{
    uint32 slot = reuse(p, !plain);
    if (slot == 0)
        slot = make(p);
    if (slot == 0)
        slot = reuse(p, plain);
    if (slot == 0)
        return 0;
    p->used++;
    p->slot[slot] = (struct pool_slot){.touched = p->slot[slot].touched};
    return slot;
}

uint32
pool_give(struct pool *p, uint32 slot)
{
    struct pool_slot *s = &p->slot[slot];
    uint32 next = s->next;
    s->next = p->free[s->touched];
    p->free[s->touched] = slot;
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
pool_bytes(struct pool *p, uint32 slot)
{
    p->slot[slot].touched = true;
    return p->block[(slot - 1) / POOL_BLOCK] + (size_t)((slot - 1) % POOL_BLOCK) * POOL_SLOT;
}

// Is the page one word, repeated?
static bool
is_plain(const uint8 *page)
{
    return mem_equal(page, page + sizeof(uint64), POOL_SLOT - sizeof(uint64));
}

static void
fill(struct pool *p, uint32 slot, const uint8 *page, bool plain)
{
    struct pool_slot *s = &p->slot[slot];
    s->plain = plain;
    if (plain)
        mem_copy(&s->word, page, sizeof(s->word));
    else
        mem_copy(pool_bytes(p, slot), page, POOL_SLOT);
}

uint32
pool_save(struct pool *p, const uint8 *page)
{
    bool plain = is_plain(page);
    uint32 slot = pool_take(p, plain);
    if (slot != 0)
        fill(p, slot, page, plain);
    return slot;
}

void
pool_put(struct pool *p, uint32 slot, const uint8 *page)
{
    fill(p, slot, page, is_plain(page));
}

void
pool_get(struct pool *p, uint32 slot, uint8 *page)
{
    const struct pool_slot *s = &p->slot[slot];
    if (!s->plain) {
        mem_copy(page, pool_bytes(p, slot), POOL_SLOT);
        return;
    }
    for (uint32 i = 0; i < POOL_SLOT; i += sizeof(s->word))
        mem_copy(page + i, &s->word, sizeof(s->word));
}
