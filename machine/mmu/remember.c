// SPDX-License-Identifier: MIT
// remember.c - keeps what the rules speak of: active trees, fences, changes of entries.
//
// Theory    Each function here may only forget too much, never too little: what is forgotten is
//           taken for fenced, so that a mistake may be missed and none is invented.
// Next      mmu/rules.c
#include "mmu/remember.h"

#include "mmu/contexts.h"
#include "mmu/trees.h"

// Is nothing else remembered than what the present tree has, as far as it matters?
bool
rules_trusted(const struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    const struct remembered *r = &h->remembered;
    if (m->config.tlb == TLB_LAX)
        return true;
    int present = trees_find(m, h->satp);
    for (uint32 i = 0; i < r->actives; i++) {
        const struct active *a = &r->active[i];
        if (a->dead || a->satp == h->satp)
            continue;
        int other = trees_find(m, a->satp);
        if (asid_of(a->satp) == asid_of(h->satp) || present < 0 || other < 0 ||
            m->trees.tree[other].globals != m->trees.tree[present].globals)
            return false;
    }
    return true;
}

// Forgets the tree at index `i`.
static void
drop_active(struct remembered *r, uint32 i)
{
    for (r->actives--; i < r->actives; i++)
        r->active[i] = r->active[i + 1];
}

void
rules_satp(struct machine *m, unsigned hart, uint64 old, uint64 satp, uint64 pc)
{
    struct remembered *r = &m->s.hart[hart].remembered;
    if (m->config.tlb == TLB_LAX || satp == old)
        return;
    for (uint32 i = 0; i < r->actives; i++)
        if (r->active[i].satp == old)
            r->active[i].until = m->s.log.next;
    if (trees_learn(m, satp) < 0)
        return;
    for (uint32 i = 0; i < r->actives; i++) {
        if (r->active[i].satp != satp)
            continue;
        r->active[i].until = PRESENT;
        if (r->active[i].dead)
            r->active[i].from = m->s.log.next;
        r->active[i].dead = false;
        r->active[i].when = machine_position(m);
        r->active[i].pc = pc;
        return;
    }
    if (r->actives == ACTIVE_MAX)
        drop_active(r, r->active[0].satp == old);
    r->active[r->actives++] = (struct active){.satp = satp,
                                              .when = machine_position(m),
                                              .pc = pc,
                                              .from = m->s.log.next,
                                              .until = PRESENT};
}

// All that is remembered is gone, but for the present tree from now on.
static void
fence_all(struct machine *m, unsigned hart)
{
    struct hart *h = &m->s.hart[hart];
    struct remembered *r = &h->remembered;
    uint32 kept = 0;
    for (uint32 i = 0; i < r->actives; i++)
        if (r->active[i].satp == h->satp)
            r->active[kept++] = r->active[i];
    r->actives = kept;
    if (kept != 0)
        r->active[0].from = m->s.log.next;
    r->globals_from = m->s.log.next;
    r->fences = 0;
}

static void
fence_asid(struct machine *m, unsigned hart, uint32 asid)
{
    struct hart *h = &m->s.hart[hart];
    struct remembered *r = &h->remembered;
    for (uint32 i = 0; i < r->actives;) {
        if (asid_of(r->active[i].satp) != asid) {
            i++;
        } else if (r->active[i].satp != h->satp) {
            drop_active(r, i);
        } else {
            r->active[i++].from = m->s.log.next;
        }
    }
}

// With no room for a fence of a page, the oldest one is taken for a fence of everything.
static void
fence_page(struct machine *m, unsigned hart, uint64 va, uint32 asid)
{
    struct remembered *r = &m->s.hart[hart].remembered;
    if (r->fences == PAGE_FENCES) {
        uint32 at = r->fence[0].at;
        for (uint32 i = 0; i < r->actives; i++)
            if (r->active[i].from < at)
                r->active[i].from = at;
        if (r->globals_from < at)
            r->globals_from = at;
        r->fences--;
        for (uint32 i = 0; i < r->fences; i++)
            r->fence[i] = r->fence[i + 1];
    }
    r->fence[r->fences++] = (struct page_fence){va, asid, m->s.log.next};
}

void
rules_fence(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid, uint32 asid)
{
    if (m->config.tlb == TLB_LAX)
        return;
    if (by_va)
        fence_page(m, hart, va, by_asid ? asid : ANY_ASID);
    else if (by_asid)
        fence_asid(m, hart, asid);
    else
        fence_all(m, hart);
    contexts_select(m, hart);
}

void
rules_change(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is)
{
    struct table_log *log = &m->s.log;
    uint32 *last = &log->last[log_bucket(pa)];
    log->change[log->next % TABLE_CHANGES] =
        (struct table_change){pa, was, is, machine_position(m), m->s.hart[hart].pc, hart, *last};
    *last = ++log->next;
}
