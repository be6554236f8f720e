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

void
fetched_fence(struct machine *m, unsigned hart)
{
    if (m->config.tlb == TLB_LAX)
        return;
    m->s.hart[hart].fetch_epoch = ++m->s.fetch_epoch;
    contexts_drop_stores(m); // so that the next store to each page is noted
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
    return m->s.fetch_epoch != 0 && !(t->pte & PTE_W) &&
           ram_has(&m->ram, t->pa & ~(PAGE_BYTES - 1), PAGE_BYTES) && *stored(m, t->pa) != 0 &&
           *stored(m, t->pa) >= m->s.hart[hart].fetch_epoch;
}

bool
fetched_report(struct machine *m, unsigned hart, uint64 va, const struct pt_trace *t)
{
    struct stale s = {.kind = STALE_CODE,
                      .hart = hart,
                      .va = va,
                      .pc = m->s.hart[hart].pc,
                      .when = machine_position(m),
                      .access = PT_EXEC,
                      .now = *t,
                      .old = *t,
                      .satp = m->s.hart[hart].satp};
    stale_found(m, &s);
    if (m->config.tlb == TLB_RANDOM)
        return random_below(&m->s.turns.random, 2) != 0;
    return m->config.tlb == TLB_OLDEST;
}
