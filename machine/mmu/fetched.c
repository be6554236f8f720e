// SPDX-License-Identifier: MIT
// fetched.c - compares the age of code with that of the last fence.i.
#include "mmu/fetched.h"

#include "base/random.h"
#include "machine.h"
#include "mmu/contexts.h"

static uint32 *
stored(const struct machine *m, uint64 pa)
{
    return &m->stored[(size_t)((pa - m->ram.base) >> PAGE_BITS)];
}

uint32
fetched_begin(struct machine *m)
{
    contexts_drop_stores(m); // so that the next store to each page is noted
    return ++m->s.fetch_epoch;
}

void
fetched_fence(struct machine *m, unsigned hart)
{
    if (m->config.tlb != TLB_LAX)
        m->s.hart[hart].fetch_epoch = fetched_begin(m);
}

void
fetched_stored(struct machine *m, uint64 pa)
{
    uint32 *epoch = stored(m, pa);
    if (*epoch == m->s.fetch_epoch)
        return;
    *epoch = m->s.fetch_epoch;
    if (*ram_marks(&m->ram, pa) & RAM_CODE)
        contexts_drop_all(m); // fetches by shortcut are not judged
}

bool
fetched_stale(const struct machine *m, unsigned hart, const struct pt_trace *t)
{
    bool judged = m->s.fetch_epoch != 0 && (!(t->pte & PTE_W) || m->config.tlb == TLB_EXACT);
    return judged && ram_has(&m->ram, t->pa & ~(PAGE_BYTES - 1), PAGE_BYTES) &&
           *stored(m, t->pa) != 0 && *stored(m, t->pa) >= m->s.hart[hart].fetch_epoch;
}

// Tells that the page of the word at `pa` was stored to.
static void
tell(struct machine *m, enum stale_kind kind, unsigned hart, uint64 va, enum pt_access access,
     const struct pt_trace *t, uint64 pa)
{
    struct stale s = {.kind = kind,
                      .hart = hart,
                      .va = va,
                      .pc = m->s.hart[hart].pc,
                      .when = machine_position(m),
                      .access = access,
                      .now = *t,
                      .old = *t,
                      .pa = pa,
                      .satp = m->s.hart[hart].satp};
    stale_found(m, &s);
}

bool
fetched_report(struct machine *m, unsigned hart, uint64 va, const struct pt_trace *t)
{
    tell(m, STALE_CODE, hart, va, PT_EXEC, t, t->pa);
    if (m->config.tlb == TLB_RANDOM)
        return random_below(&m->s.turns.random, 2) != 0;
    return tlb_oldest(m->config.tlb);
}

// Returns whether the walker may miss a store to the table of the entry at `pa` that is older than
// what is known of the tree: none but this tree has the table, so the log has no such store.
static bool
unordered(const struct machine *m, const struct hart *h, uint64 pa)
{
    int n = trees_find(m, h->satp);
    return n >= 0 && ram_has(&m->ram, pa, sizeof(pte_t)) &&
           m->trees.of_page[(pa - m->ram.base) >> PAGE_BITS] == (uint64)1 << n &&
           *stored(m, pa) >= h->remembered.fence_epoch && *stored(m, pa) < m->trees.tree[n].born;
}

void
fetched_order(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
              const struct pt_trace *t)
{
    for (int i = 0; i < t->reads; i++) {
        if (unordered(m, &m->s.hart[hart], t->step[i].pa)) {
            tell(m, STALE_TABLE, hart, va, access, t, t->step[i].pa);
            return;
        }
    }
}
