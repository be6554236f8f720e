// SPDX-License-Identifier: MIT
// hooks.c - a hash table with linear probing; removing closes the gap.
#include "hart/hooks.h"

static uint32
home(uint64 pa)
{
    return (uint32)((pa * 0x9e3779b97f4a7c15ULL) >> 40) % HOOKS_SLOTS;
}

// The slot that holds `pa`, or the empty one where it would go. The table is never full.
static uint32
find(const struct hooks *h, uint64 pa)
{
    uint32 i = home(pa);
    while (h->owners[i] != 0 && h->pa[i] != pa)
        i = (i + 1) % HOOKS_SLOTS;
    return i;
}

uint8
hooks_at(const struct hooks *h, uint64 pa)
{
    return h->owners[find(h, pa)];
}

bool
hooks_add(struct hooks *h, uint64 pa, uint8 owner)
{
    uint32 i = find(h, pa), most = owner == HOOK_REST ? HOOKS_MAX : HOOKS_MAX - HOOKS_KEPT;
    if (h->owners[i] == 0) {
        if (h->count >= most)
            return false;
        h->count++;
        h->pa[i] = pa;
    }
    h->owners[i] |= owner;
    return true;
}

// Moves up the entries that were put behind the slot only because it was taken.
static void
close_gap(struct hooks *h, uint32 gap)
{
    h->owners[gap] = 0;
    for (uint32 i = (gap + 1) % HOOKS_SLOTS; h->owners[i] != 0; i = (i + 1) % HOOKS_SLOTS) {
        uint32 distance = (i - home(h->pa[i])) % HOOKS_SLOTS;
        if (distance < (i - gap) % HOOKS_SLOTS)
            continue;
        h->pa[gap] = h->pa[i];
        h->owners[gap] = h->owners[i];
        h->owners[i] = 0;
        gap = i;
    }
}

void
hooks_remove(struct hooks *h, uint64 pa, uint8 owner)
{
    uint32 i = find(h, pa);
    if (h->owners[i] == 0)
        return;
    h->owners[i] &= (uint8)~owner;
    if (h->owners[i] == 0) {
        h->count--;
        close_gap(h, i);
    }
}
