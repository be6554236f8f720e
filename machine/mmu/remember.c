// SPDX-License-Identifier: MIT
// remember.c - keeps the data of the rules: active trees, fences, changes of entries.
//
// Theory    Each function here may only forget too much, never too little: a forgotten change is
//           taken for fenced, so that a mistake may be missed and none is invented.
// Next      mmu/rules.c
#include "mmu/remember.h"

#include "mmu/contexts.h"
#include "mmu/fetched.h"
#include "mmu/log.h"
#include "mmu/satp.h"
#include "mmu/trees.h"

// Spreads a number over 64 bits.
static uint64
mix(uint64 n)
{
    n = (n ^ n >> 32) * 0x9e3779b97f4a7c15ULL;
    return n ^ n >> 29;
}

bool
remember_others(const struct machine *m, unsigned hart, uint64 *others)
{
    const struct hart *h = &m->s.hart[hart];
    const struct remembered *r = &h->remembered;
    *others = 0;
    if (m->config.tlb == TLB_LAX)
        return true;
    int present = trees_find(m, h->satp);
    for (uint32 i = 0; i < r->actives; i++) {
        const struct active *a = &r->active[i];
        if (a->dead || a->satp == h->satp)
            continue;
        int other = trees_find(m, a->satp);
        if (present < 0 || other < 0)
            return false;
        const struct tree *t = &m->trees.tree[other];
        if (satp_asid(a->satp) == satp_asid(h->satp) ||
            t->globals != m->trees.tree[present].globals)
            *others += mix(a->satp + mix(t->epoch));
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

// Notes that satp led to another tree.
static void
activate(struct machine *m, unsigned hart, uint64 old, uint64 satp, uint64 pc)
{
    struct remembered *r = &m->s.hart[hart].remembered;
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
            r->active[i].from = r->active[i].began = m->s.log.next;
        r->active[i].dead = false;
        r->active[i].when = machine_position(m);
        r->active[i].pc = pc;
        return;
    }
    if (r->actives == ACTIVE_MAX)
        drop_active(r, r->active[0].satp == old ? 1 : 0); // never the tree that satp has just left
    r->active[r->actives++] = (struct active){.satp = satp,
                                              .when = machine_position(m),
                                              .pc = pc,
                                              .began = m->s.log.next,
                                              .from = m->s.log.next,
                                              .until = PRESENT};
}

void
remember_satp(struct machine *m, unsigned hart, uint64 old, uint64 satp, uint64 pc)
{
    if (m->config.tlb != TLB_LAX && satp != old)
        activate(m, hart, old, satp, pc);
    contexts_anew(m, hart);
}

// Of the trees of an ASID (ANY_ASID: of all), nothing from before change `at` is remembered.
static void
fence_trees(struct remembered *r, uint32 asid, uint32 at)
{
    uint32 kept = 0;
    for (uint32 i = 0; i < r->actives; i++) {
        struct active a = r->active[i];
        bool covered = asid == ANY_ASID || satp_asid(a.satp) == asid;
        if (covered && a.until <= at)
            continue;
        if (covered && a.from < at)
            a.from = at;
        r->active[kept++] = a;
    }
    r->actives = kept;
}

// Ends the validity of all translations, global ones included.
static void
fence_all(struct remembered *r, uint32 at)
{
    uint32 kept = 0;
    fence_trees(r, ANY_ASID, at);
    if (r->globals_from < at)
        r->globals_from = at;
    for (uint32 i = 0; i < r->fences; i++)
        if (r->fence[i].at > at)
            r->fence[kept++] = r->fence[i];
    r->fences = kept;
}

// A fence takes the place of an earlier one that is equal. With no room for another one, the oldest
// is taken for a fence of everything.
static void
fence_page(struct remembered *r, uint64 va, uint32 asid, uint32 at)
{
    uint32 i = 0;
    while (i < r->fences && (r->fence[i].va != va || r->fence[i].asid != asid))
        i++;
    if (i == PAGE_FENCES) {
        i = 0;
        uint32 oldest = r->fence[0].at;
        for (uint32 n = 0; n < r->actives; n++)
            if (r->active[n].from < oldest)
                r->active[n].from = oldest;
        if (r->globals_from < oldest)
            r->globals_from = oldest;
    }
    if (i < r->fences)
        for (r->fences--; i < r->fences; i++)
            r->fence[i] = r->fence[i + 1];
    r->fence[r->fences++] = (struct page_fence){va, asid, at};
}

// Drops the translations that the fence covers, of entries before change `f->what.at`.
static void
apply(struct remembered *r, const struct inval *f)
{
    if (f->by_va)
        fence_page(r, f->what.va, f->what.asid, f->what.at);
    else if (f->what.asid != ANY_ASID)
        fence_trees(r, f->what.asid, f->what.at);
    else
        fence_all(r, f->what.at);
}

void
remember_fence(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid, uint32 asid)
{
    const struct inval f = {{va, by_asid ? asid : ANY_ASID, m->s.log.next}, by_va};
    if (!by_va && !by_asid)
        m->s.hart[hart].pmp_unfenced = false;
    if (m->config.tlb == TLB_LAX)
        return;
    apply(&m->s.hart[hart].remembered, &f);
    if (m->config.tlb == TLB_EXACT && m->s.hart[hart].mode == MODE_S) // the SBI promises no fence
        m->s.hart[hart].remembered.fence_epoch = fetched_begin(m);
    contexts_anew(m, hart);
}

void
remember_inval_before(struct machine *m, unsigned hart)
{
    m->s.hart[hart].remembered.ordered = m->s.log.next;
}

void
remember_inval(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid, uint32 asid)
{
    struct remembered *r = &m->s.hart[hart].remembered;
    if (r->invals == INVALS) // no room: those before are taken for done
        remember_inval_after(m, hart);
    r->inval[r->invals++] = (struct inval){{va, by_asid ? asid : ANY_ASID, r->ordered}, by_va};
}

void
remember_inval_after(struct machine *m, unsigned hart)
{
    struct remembered *r = &m->s.hart[hart].remembered;
    if (m->config.tlb == TLB_LAX)
        return;
    for (uint32 i = 0; i < r->invals; i++)
        apply(r, &r->inval[i]);
    r->invals = 0;
    contexts_anew(m, hart);
}

void
remember_change(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is)
{
    struct table_log *log = &m->s.log;
    uint32 *last = &log->last[log_bucket(pa)];
    log->change[log->next % TABLE_CHANGES] =
        (struct table_change){pa, was, is, machine_position(m), m->s.hart[hart].pc, hart, *last};
    *last = ++log->next;
}
