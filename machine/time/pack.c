// SPDX-License-Identifier: MIT
// pack.c - stores the machine's state in a chain of cells, for a snapshot.
//
// Theory    The known trees (mmu/trees.h) are saved with the state, since memory alone does not
//           determine them: a page stays in a known tree when the entry that led to it is cleared.
//           The log of the rules depends on them.
#include "base/mem.h"
#include "machine.h"
#include "time/snapshot.h"

// A page of RAM that is a table of known trees.
struct table_page {
    uint32 page, level;
    uint64 trees;
};

#define LAST_PAGE (~0u)

// Returns whether the run depends on the age of code (mmu/fetched.h). If not, the ages are not
// saved: after going back, all code counts as fenced.
static bool
plays_old_code(const struct machine *m)
{
    return tlb_oldest(m->config.tlb) || m->config.tlb == TLB_RANDOM;
}

static uint64
stored_bytes(const struct machine *m)
{
    return (m->ram.size >> PAGE_BITS) * sizeof(m->stored[0]);
}

static bool
put_all(struct machine *m, struct pool_place *p)
{
    const struct table_page last = {.page = LAST_PAGE};
    if (!pool_put(p, &m->s, sizeof(m->s)) || !pool_put(p, m->trees.tree, sizeof(m->trees.tree)))
        return false;
    for (uint32 i = 0; i < m->ram.size >> PAGE_BITS; i++) {
        struct table_page t = {i, m->trees.level[i], m->trees.of_page[i]};
        if (t.trees != 0 && !pool_put(p, &t, sizeof(t)))
            return false;
    }
    return pool_put(p, &last, sizeof(last)) &&
           (!plays_old_code(m) || pool_put(p, m->stored, stored_bytes(m)));
}

uint32
history_pack(struct machine *m)
{
    struct pool *pool = &m->history->pool;
    struct pool_place p;
    if (!pool_begin(pool, &p))
        return 0;
    uint32 first = p.cell;
    if (put_all(m, &p))
        return first;
    pool_give(pool, first);
    return 0;
}

void
history_unpack(struct machine *m, uint32 state)
{
    struct pool_place p = pool_start(&m->history->pool, state);
    struct table_page t;
    pool_get(&p, &m->s, sizeof(m->s));
    pool_get(&p, m->trees.tree, sizeof(m->trees.tree));
    for (uint64 i = 0; i < m->ram.size >> PAGE_BITS; i++) {
        m->trees.of_page[i] = 0;
        m->trees.level[i] = 0;
        m->ram.marks[i] &= (uint8)~RAM_TABLE;
    }
    for (pool_get(&p, &t, sizeof(t)); t.page != LAST_PAGE; pool_get(&p, &t, sizeof(t))) {
        m->trees.of_page[t.page] = t.trees;
        m->trees.level[t.page] = (uint8)t.level;
        m->ram.marks[t.page] |= RAM_TABLE;
    }
    mem_set(m->stored, 0, stored_bytes(m));
    if (plays_old_code(m))
        pool_get(&p, m->stored, stored_bytes(m));
}
