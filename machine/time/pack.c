// SPDX-License-Identifier: MIT
// pack.c - the state of a snapshot as a chain of slots.
//
// Theory    The trees that are known (mmu/trees.h) follow from the run, not from memory alone: the
//           pages of a tree keep their marks when an entry that led to them is cleared. The log of
//           the rules depends on them, so they are saved with the state.
#include "base/mem.h"
#include "machine.h"
#include "time/snapshot.h"

// Where in a chain the next byte is.
struct place {
    struct pool *pool;
    uint32 slot, at;
};

// How many of `bytes` are in the present slot, from the place on.
static uint64
span(const struct place *p, uint64 bytes)
{
    return bytes < POOL_SLOT - p->at ? bytes : POOL_SLOT - p->at;
}

// Returns false if there is no room.
static bool
put(struct place *p, const void *from, uint64 bytes)
{
    const uint8 *f = from;
    for (uint64 n; bytes > 0; bytes -= n, f += n) {
        if (p->at == POOL_SLOT) {
            uint32 slot = pool_take(p->pool, false);
            if (slot == 0)
                return false;
            p->pool->slot[p->slot].next = slot;
            p->slot = slot;
            p->at = 0;
        }
        n = span(p, bytes);
        mem_copy(pool_bytes(p->pool, p->slot) + p->at, f, n);
        p->at += (uint32)n;
    }
    return true;
}

static void
get(struct place *p, void *to, uint64 bytes)
{
    uint8 *t = to;
    for (uint64 n; bytes > 0; bytes -= n, t += n) {
        if (p->at == POOL_SLOT) {
            p->slot = p->pool->slot[p->slot].next;
            p->at = 0;
        }
        n = span(p, bytes);
        mem_copy(t, pool_bytes(p->pool, p->slot) + p->at, n);
        p->at += (uint32)n;
    }
}

// A page of RAM that is a table of known trees.
struct table_page {
    uint32 page, level;
    uint64 trees;
};

#define LAST_PAGE (~0u)

// Does the run depend on when code was stored (mmu/fetched.h)? Without that, the ages of code are
// not worth their room: after going back, code counts as fenced.
static bool
plays_old_code(const struct machine *m)
{
    return m->config.tlb == TLB_OLDEST || m->config.tlb == TLB_RANDOM;
}

static uint64
stored_bytes(const struct machine *m)
{
    return (m->ram.size >> PAGE_BITS) * sizeof(m->stored[0]);
}

static bool
put_all(struct machine *m, struct place *p)
{
    const struct table_page last = {.page = LAST_PAGE};
    if (!put(p, &m->s, sizeof(m->s)) || !put(p, m->trees.tree, sizeof(m->trees.tree)))
        return false;
    for (uint32 i = 0; i < m->ram.size >> PAGE_BITS; i++) {
        struct table_page t = {i, m->trees.level[i], m->trees.of_page[i]};
        if (t.trees != 0 && !put(p, &t, sizeof(t)))
            return false;
    }
    return put(p, &last, sizeof(last)) &&
           (!plays_old_code(m) || put(p, m->stored, stored_bytes(m)));
}

uint32
history_pack(struct machine *m)
{
    struct pool *pool = &m->history->pool;
    uint32 first = pool_take(pool, false);
    struct place p = {pool, first, 0};
    if (first == 0)
        return 0;
    if (put_all(m, &p))
        return first;
    pool_give_chain(pool, first);
    return 0;
}

void
history_unpack(struct machine *m, uint32 state)
{
    struct place p = {&m->history->pool, state, 0};
    struct table_page t;
    get(&p, &m->s, sizeof(m->s));
    get(&p, m->trees.tree, sizeof(m->trees.tree));
    for (uint64 i = 0; i < m->ram.size >> PAGE_BITS; i++) {
        m->trees.of_page[i] = 0;
        m->trees.level[i] = 0;
        m->ram.marks[i] &= (uint8)~RAM_TABLE;
    }
    for (get(&p, &t, sizeof(t)); t.page != LAST_PAGE; get(&p, &t, sizeof(t))) {
        m->trees.of_page[t.page] = t.trees;
        m->trees.level[t.page] = (uint8)t.level;
        m->ram.marks[t.page] |= RAM_TABLE;
    }
    mem_set(m->stored, 0, stored_bytes(m));
    if (plays_old_code(m))
        get(&p, m->stored, stored_bytes(m));
}
