// SPDX-License-Identifier: MIT
// check.c - the shape that every page table of ours has.
//
// Theory    Stricter than the hart: a finding may be an entry on which it faults, or that it
//           allows.
// Promises  The names of the invariants are stable; doc/page-tables.md explains each.
// Locks     none here; the caller owns the tree.
// Manual    priv: sv39pte
// Next      pt/read/translate.c for what the hart accepts
#include "pt/read/check.h"

#include "lib/panic.h"
#include "pt/span.h"

struct check {
    const struct pt *t;
    const struct pt_checker *c;
    int findings;
};

// The invariant that an entry breaks by itself; NULL: none.
static const char *
judge(const struct pt_env *env, pte_t pte, int level, uint64 va)
{
    if (!pte_valid(pte))
        return pte == 0 || (level == 1 && pt_deferred(env, pte)) ? NULL : "hole-zero";
    if (pte & PTE_RESERVED)
        return "reserved-clear";
    if ((pte & (PTE_W | PTE_R)) == PTE_W)
        return "w-needs-r";
    if (pte_table(pte)) {
        if (level == 0)
            return "tree-ends";
        return pte & (PTE_A | PTE_D | PTE_U) ? "pointer-plain" : NULL;
    }
    if (pte_pa(pte) & (pt_leaf_size(level) - 1))
        return "leaf-aligned";
    if ((pte & PTE_W) && (pte & PTE_X))
        return "no-wx";
    if ((pte & PTE_W) && (pte & env->readonly))
        return "cow-readonly";
    return (pte & PTE_U) && (int64)va < 0 ? "user-low" : NULL;
}

// Reports what is wrong with one entry; true if the walk may follow it.
static bool
check_entry(struct check *k, pte_t pte, int level, uint64 va)
{
    const char *broken = judge(k->t->env, pte, level, va);
    bool table = pte_table(pte);
    if (broken == NULL && pte_valid(pte) && k->c->frame != NULL)
        broken = k->c->frame(k->c->arg, pte_pa(pte), level, table);
    if (broken != NULL) {
        k->findings++;
        k->c->report(k->c->arg, &(struct pt_finding){broken, va, level, pte});
    }
    return broken == NULL && table;
}

static void
check_table(struct check *k, pagetable_t table, int level, uint64 va, uint64 last)
{
    for (uint64 sub; va - 1 != last; va = sub + 1) {
        const pte_t *slot = &table[PX(level, va)];
        if (slots_aligned(slot) && slots_empty(slot)) {
            sub = span_run_last(level, va, last);
            continue;
        }
        pte_t pte = pte_load(slot);
        sub = span_last(level, va, last);
        if (check_entry(k, pte, level, va & ~(pt_leaf_size(level) - 1)))
            check_table(k, pt_child(k->t, pte), level - 1, va, sub);
    }
}

// Reports every entry for [start, end) that breaks an invariant; the entries below one are
// not looked at.
// Returns   the number of findings.
int
pt_check(const struct pt *t, uint64 start, uint64 end, const struct pt_checker *c)
{
    assert(range_ok(t, start, end));
    struct check k = {t, c, 0};
    check_table(&k, t->root, t->env->levels - 1, start, end - 1);
    return k.findings;
}
