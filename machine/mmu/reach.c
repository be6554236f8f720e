// SPDX-License-Identifier: MIT
// reach.c - translates an address for an access and asks the rules and PMP.
#include "mmu/reach.h"

#include "hart/pmp.h"
#include "machine.h"
#include "mmu/contexts.h"
#include "mmu/fetched.h"
#include "mmu/satp.h"
#include "mmu/store.h"
#include "time/snapshot.h"

bool
reach_fault(struct machine *m, unsigned hart, int cause, uint64 tval)
{
    m->lane[hart].trap = (struct trap){cause, tval};
    return false;
}

bool
reach_access_fault(struct machine *m, unsigned hart, enum pt_access access, uint64 va)
{
    static const int cause[] = {[PT_READ] = CAUSE_LOAD_ACCESS,
                                [PT_WRITE] = CAUSE_STORE_ACCESS,
                                [PT_EXEC] = CAUSE_FETCH_ACCESS};
    return reach_fault(m, hart, cause[access], va);
}

// The state of the hart that translation depends on, for an access in `mode`.
static struct pt_hart
pt_state(const struct machine *m, unsigned hart, unsigned mode)
{
    const struct hart *h = &m->s.hart[hart];
    return (struct pt_hart){.user = mode == MODE_U,
                            .sum = (h->mstatus & STATUS_SUM) != 0,
                            .mxr = (h->mstatus & STATUS_MXR) != 0,
                            .update_ad = !m->config.svade};
}

struct entry_reader {
    const struct machine *m;
    unsigned hart;
};

// Returns whether the hart's walker may read the entry at `pa`.
static bool
entry_present(void *arg, uint64 pa)
{
    const struct entry_reader *r = arg;
    return ram_has(&r->m->ram, pa, sizeof(pte_t)) &&
           pmp_allows(r->m, r->hart, MODE_S, pa, sizeof(pte_t), PT_READ);
}

static pte_t
entry_read(void *arg, uint64 pa)
{
    const struct entry_reader *r = arg;
    return *(const pte_t *)ram_at(&r->m->ram, pa);
}

// Walks the hart's present tree as memory has it.
static void
walk_present(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
             const struct pt_hart *state, struct pt_trace *out)
{
    struct entry_reader reader = {m, hart};
    struct pt_hart with = *state;
    uint64 satp = m->s.hart[hart].satp;
    struct pt_env env = {.levels = satp_levels(satp)};
    struct pt t = {.root = (pagetable_t)(size_t)satp_root(satp), .env = &env};
    with.present = entry_present;
    with.read = entry_read;
    with.arg = &reader;
    translate(&t, va, access, &with, out);
}

// Sets A and D in the entry, as the hart's walker does; no fence is due for that change. If the
// walk has used a remembered value, and the entry in memory is another one, nothing is set.
static void
set_accessed(struct machine *m, const struct pt_trace *t)
{
    uint64 pa = t->step[t->reads - 1].pa;
    pte_t *entry = (pte_t *)ram_at(&m->ram, pa);
    if (*entry != t->pte)
        return;
    if (*ram_marks(&m->ram, pa) & RAM_CLEAN)
        history_save(m, pa);
    *entry |= t->set;
}

// Translates `va`. Sets `*pa`, and `*keep` if the result may become a shortcut.
static bool
translate_for(struct machine *m, unsigned hart, uint64 va, enum pt_access access, uint64 *pa,
              bool *keep)
{
    const struct hart *h = &m->s.hart[hart];
    unsigned mode = access == PT_EXEC ? h->mode : contexts_data_mode(m, hart);
    struct pt_trace t;
    *keep = true;
    *pa = va;
    if (mode == MODE_M || (h->satp >> SATP_MODE_SHIFT) == SATP_BARE)
        return true;
    struct pt_hart state = pt_state(m, hart, mode);
    walk_present(m, hart, va, access, &state, &t);
    sight_walk(m, hart, va, access, &t);
    *keep = rules_check(m, hart, va, access, &state, &t);
    if (t.rule != RULE_OK)
        return reach_fault(m, hart, pt_rule_cause(t.rule, access), va);
    if (t.set != 0)
        set_accessed(m, &t);
    *pa = t.pa;
    if (access == PT_EXEC && fetched_stale(m, hart, &t)) {
        *keep = false;
        if (fetched_report(m, hart, va, &t))
            return reach_fault(m, hart, CAUSE_ILLEGAL, 0);
    }
    return true;
}

bool
reach(struct machine *m, unsigned hart, uint64 va, int bytes, enum pt_access access, uint64 *pa,
      bool *keep)
{
    unsigned mode = access == PT_EXEC ? m->s.hart[hart].mode : contexts_data_mode(m, hart);
    if (!translate_for(m, hart, va, access, pa, keep))
        return false;
    if (!pmp_allows(m, hart, mode, *pa, (uint64)bytes, access))
        return reach_access_fault(m, hart, access, va);
    if (*keep)
        *keep = !m->s.hart[hart].pmp_unfenced &&
                pmp_allows(m, hart, mode, *pa & ~(PAGE_BYTES - 1), PAGE_BYTES, access);
    return true;
}

bool
reach_plain(struct machine *m, unsigned hart, uint64 va, enum pt_access access, uint64 *pa)
{
    const struct hart *h = &m->s.hart[hart];
    unsigned mode = access == PT_EXEC ? h->mode : contexts_data_mode(m, hart);
    struct pt_trace t;
    *pa = va;
    if (mode != MODE_M && (h->satp >> SATP_MODE_SHIFT) != SATP_BARE) {
        struct pt_hart state = pt_state(m, hart, mode);
        walk_present(m, hart, va, access, &state, &t);
        if (t.rule != RULE_OK || t.set != 0 || !rules_settled(m, hart, va, access, &state, &t))
            return false;
        if (access == PT_EXEC && fetched_stale(m, hart, &t))
            return false;
        *pa = t.pa;
    }
    uint64 page = *pa & ~(PAGE_BYTES - 1);
    return ram_has(&m->ram, page, PAGE_BYTES) &&
           pmp_allows(m, hart, mode, page, PAGE_BYTES, access);
}
