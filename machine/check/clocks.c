// SPDX-License-Identifier: MIT
// clocks.c - the order of accesses of several harts (vector clocks).
#include "check/clocks.h"

// Returns the slot of an address, a new one if it has none. NULL: there is no room.
static struct sync *
sync_at(struct clocks *c, uint64 at)
{
    uint32 i = (uint32)((at * 0x9e3779b97f4a7c15ULL) >> 40) % SYNCS_MAX;
    while (c->sync[i].at != 0 && c->sync[i].at != at)
        i = (i + 1) % SYNCS_MAX;
    if (c->sync[i].at == 0 && c->syncs == SYNCS_MAX / 2)
        return NULL;
    c->syncs += c->sync[i].at == 0;
    c->sync[i].at = at;
    return &c->sync[i];
}

static void
join(clock_vector to, const clock_vector from)
{
    for (unsigned i = 0; i < HARTS_MAX; i++)
        if (from[i] > to[i])
            to[i] = from[i];
}

void
clocks_start(struct clocks *c)
{
    for (unsigned h = 0; h < HARTS_MAX; h++)
        c->hart[h][h] = 1;
}

void
clocks_take(struct clocks *c, unsigned hart, uint64 at)
{
    const struct sync *s = sync_at(c, at);
    if (s != NULL)
        join(c->hart[hart], s->known);
}

void
clocks_give(struct clocks *c, unsigned hart, uint64 at)
{
    struct sync *s = sync_at(c, at);
    if (s != NULL)
        join(s->known, c->hart[hart]);
    c->hart[hart][hart]++;
}

uint32
clocks_now(const struct clocks *c, unsigned hart)
{
    return c->hart[hart][hart];
}

bool
clocks_ordered(const struct clocks *c, unsigned hart, unsigned other, uint32 clock)
{
    return hart == other || clock <= c->hart[hart][other];
}
