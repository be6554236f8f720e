// SPDX-License-Identifier: MIT
// rules.c - lists the walks that a TLB may hold and compares them with memory.
//
// Theory    A walk reads one entry a level. Where an entry changed since the last fence, the walk
//           is repeated with each value that it had: a counter with one digit a level steps
//           through all combinations (struct pick). may_hold() says whether a TLB may hold the
//           result, and compare() whether it differs from memory in a way that matters. If both
//           say yes, the access is stale.
#include "mmu/rules.h"

#include "base/random.h"
#include "machine.h"
#include "mmu/fetched.h"
#include "mmu/log.h"
#include "mmu/satp.h"

#define WALKS_MAX 64 // combinations that are tried for one access

// A walk with chosen values of the entries that changed.
struct pick {
    const struct machine *m;
    uint32 from;                  // changes before this one are covered by a fence
    uint32 tree_from;             // likewise, without global entries
    uint32 until;                 // number of the first change after satp left the tree
    int depth;                    // entries read so far in this walk
    uint8 choice[PT_MAX_LEVELS];  // 0: memory; n: the value before the n-th last change
    bool more[PT_MAX_LEVELS];     // the entry at this depth had a value older than the choice
    uint32 number[PT_MAX_LEVELS]; // of the change that ended the chosen value, or PRESENT
    uint32 since[PT_MAX_LEVELS];  // 1 + number of the change that stored that value; 0: unknown
};

static const struct table_change *
change_at(const struct machine *m, uint32 number)
{
    return &m->s.log.change[number % TABLE_CHANGES];
}

// Returns the newest change of the entry at `pa` that is older than `next`; PRESENT: there is none.
static uint32
change_of(const struct machine *m, uint64 pa, uint32 next)
{
    uint32 start = log_start(&m->s.log);
    while (next > start) {
        const struct table_change *c = change_at(m, next - 1);
        if (c->pa == pa)
            return next - 1;
        next = c->before;
    }
    return PRESENT;
}

static uint32
older_change(const struct machine *m, uint64 pa, uint32 number)
{
    return change_of(m, pa, change_at(m, number)->before);
}

// Searches the changes of the entry at `pa` backwards from `number`. Returns the first one whose
// old value a TLB may still hold: an entry of this tree, or a global leaf. PRESENT: there is none.
static uint32
useful_change(const struct pick *p, uint64 pa, uint32 number)
{
    const pte_t global = PTE_V | PTE_G;
    for (; number != PRESENT && number >= p->from; number = older_change(p->m, pa, number)) {
        pte_t was = change_at(p->m, number)->was;
        if (number >= p->tree_from || (pte_leaf(was) && (was & global) == global))
            return number;
    }
    return PRESENT;
}

// Returns the value of the entry at `pa` that this walk has chosen.
static pte_t
read_picked(void *arg, uint64 pa)
{
    struct pick *p = arg;
    const struct machine *m = p->m;
    int d = p->depth++;
    pte_t value = *(const pte_t *)ram_at(&m->ram, pa);
    p->number[d] = PRESENT;
    uint32 next = change_of(m, pa, m->s.log.last[log_bucket(pa)]), last;
    for (; next != PRESENT && next >= p->until; next = older_change(m, pa, next))
        value = change_at(m, next)->was;
    last = next;
    next = useful_change(p, pa, next);
    for (int n = 0; n < p->choice[d]; n++) {
        value = change_at(m, next)->was;
        p->number[d] = next;
        last = older_change(m, pa, next);
        next = useful_change(p, pa, last);
    }
    p->more[d] = next != PRESENT;
    p->since[d] = last + 1; // PRESENT + 1 is 0
    return value;
}

// Steps to the next combination. Returns false after the last.
static bool
next_pick(struct pick *p)
{
    for (int d = p->depth - 1; d >= 0; d--) {
        if (p->more[d] && p->choice[d] < 255) {
            p->choice[d]++;
            for (int below = d + 1; below < PT_MAX_LEVELS; below++)
                p->choice[below] = 0;
            return true;
        }
    }
    return false;
}

static bool
in_ram(void *arg, uint64 pa)
{
    const struct pick *p = arg;
    return ram_has(&p->m->ram, pa, sizeof(pte_t));
}

// Walks the tree of `satp` with the picked values.
static void
walk_picked(struct pick *p, uint64 satp, uint64 va, enum pt_access access,
            const struct pt_hart *state, struct pt_trace *out)
{
    struct pt_hart hart = *state;
    struct pt_env env = {.levels = satp_levels(satp)};
    struct pt t = {.root = (pagetable_t)(size_t)satp_root(satp), .env = &env};
    hart.present = in_ram;
    hart.read = read_picked;
    hart.arg = p;
    p->depth = 0;
    translate(&t, va, access, &hart, out);
}

// Returns whether a fence for the page has removed the walk's leaf since memory changed. `exact`:
// an invalid entry in place of a pointer is no leaf (rule 3).
static bool
fenced(const struct remembered *r, const struct pick *p, const struct pt_trace *t, uint64 va,
       uint32 asid, bool exact)
{
    uint32 number = t->reads == 0 ? PRESENT : p->number[t->reads - 1];
    if (number == PRESENT || (exact && t->level > 0 && !pte_leaf(t->pte)))
        return false;
    for (uint32 i = 0; i < r->fences; i++)
        if (r->fence[i].at > number && (r->fence[i].va ^ va) < pt_leaf_size(t->level) &&
            (r->fence[i].asid == ANY_ASID || (r->fence[i].asid == asid && !(t->pte & PTE_G))))
            return true;
    return false;
}

// Returns the oldest of the changes that the walk ignores; PRESENT: it ignores none.
static uint32
guilty(const struct pick *p)
{
    uint32 oldest = PRESENT;
    for (int d = 0; d < p->depth; d++)
        if (p->number[d] < oldest)
            oldest = p->number[d];
    return oldest;
}

// Returns whether a walk could read the chosen values one after the other. It reads an entry after
// the pointer to it, so it cannot read a value that was replaced before the pointer was written.
static bool
in_order(const struct pick *p)
{
    uint32 when = 0;
    for (int d = 0; d < p->depth; d++) {
        if (when < p->since[d])
            when = p->since[d];
        if (when > p->number[d])
            return false;
    }
    return true;
}

// To set D, the hart compares its copy of the entry with memory. If they differ, it does not store
// (rule 10): this returns true. A hart may have set A before the access, so A is not compared.
static bool
sets_old_entry(const struct machine *m, const struct pt_trace *t)
{
    return (t->set & PTE_D) && *(const pte_t *)ram_at(&m->ram, t->step[t->reads - 1].pa) != t->pte;
}

// Returns whether every change that the walk ignores is newer than the last fence of the whole
// tree. A change of a global leaf may be older than that fence, but not older than the write of
// satp that led to the tree. Under another ASID than the present one, only a global leaf counts.
static bool
tree_unfenced(const struct pick *p, const struct active *a, const struct pt_trace *t,
              bool same_asid)
{
    bool global = pte_leaf(t->pte) && (t->pte & PTE_G);
    if (!same_asid && !global)
        return false;
    for (int d = 0; d < t->reads; d++)
        if (p->number[d] < (global && d == t->reads - 1 ? a->began : a->from))
            return false;
    return true;
}

// The state of rules_check() while walks are found.
struct verdict {
    struct machine *m;
    bool reported, narrower;
    struct pt_trace use; // the walk that the adversary chooses
};

struct search {
    const struct machine *m;
    unsigned hart;
    uint64 va;
    enum pt_access access;
    const struct pt_hart *state;
    const struct pt_trace *now;
    uint32 found;            // walks that differ in their result for an access
    struct verdict *verdict; // NULL: only `found` is asked for
};

// Returns whether a TLB may hold the walk's result. This decides whether a translation can be
// stale.
static bool
may_hold(const struct search *s, const struct active *a, const struct pick *p,
         const struct pt_trace *old)
{
    const struct hart *h = &s->m->s.hart[s->hart];
    uint32 asid = satp_asid(a->satp);
    return tree_unfenced(p, a, old, asid == satp_asid(h->satp)) && in_order(p) &&
           !sets_old_entry(s->m, old) && !fenced(&h->remembered, p, old, s->va, asid, true);
}

// An old walk compared with that of memory.
enum likeness {
    SAME,     // the right and the frame are the same
    NARROWER, // it refuses what memory allows; the kernel must handle that fault (rule 14)
    OTHER,
};

// Compares two walks. They are SAME even if software has cleared A since the old one; but an old
// walk that lacks a needed update of D is not. Only a walk of the present tree can be NARROWER.
static enum likeness
compare(const struct pt_trace *now, const struct pt_trace *old, bool same_tree)
{
    bool same = now->rule != RULE_OK; // both refuse
    if (now->rule == RULE_OK && old->rule == RULE_OK)
        same = now->pa == old->pa && !(now->set & ~old->set & PTE_D);
    else if (old->rule == RULE_OK)
        same = now->rule == RULE_ACCESSED && now->level == old->level &&
               !((now->pte ^ old->pte) & ~PTE_A);
    else if (now->rule == RULE_OK && same_tree)
        return NARROWER;
    return same ? SAME : OTHER;
}

// Returns the machine's record of the hart's present tree, or one with its satp alone.
static struct active
present_tree(const struct hart *h)
{
    for (uint32 i = 0; i < h->remembered.actives; i++)
        if (h->remembered.active[i].satp == h->satp)
            return h->remembered.active[i];
    return (struct active){.satp = h->satp};
}

void
stale_found(struct machine *m, const struct stale *s)
{
    if (m->host.stale != NULL)
        m->host.stale(m->host.arg, m, s);
    sight_stale(m, s);
}

static void
report(const struct search *s, const struct active *a, const struct pick *p,
       const struct pt_trace *old)
{
    const struct hart *h = &s->m->s.hart[s->hart];
    uint32 number = guilty(p);
    struct stale r = {.kind = a->satp == h->satp ? STALE_ENTRY : STALE_TREE,
                      .hart = s->hart,
                      .va = s->va,
                      .pc = h->pc,
                      .when = machine_position(s->m),
                      .access = s->access,
                      .now = *s->now,
                      .old = *old,
                      .satp = h->satp,
                      .active = *a,
                      .present = present_tree(h)};
    if (number != PRESENT)
        r.change = *change_at(s->m, number);
    stale_found(s->verdict->m, &r);
}

// Returns whether the adversary uses this walk in place of its choice so far. The search finds the
// oldest walk of the present tree last, so TLB_OLDEST takes every walk. TLB_RANDOM takes the first
// walk with a probability of 1/2, the second of 2/3, and so on: it favours older walks.
static bool
adversary_takes(const struct search *s, const struct pick *p, bool same_tree)
{
    uint32 number = guilty(p);
    switch (s->m->config.tlb) {
    case TLB_OLDEST:
    case TLB_EXACT:
        return true;
    case TLB_RANDOM:
        return random_below(&s->verdict->m->s.turns.random, s->found + 1) != 0;
    case TLB_LATE:
        return same_tree && number != PRESENT && change_at(s->m, number)->hart == s->hart;
    default:
        return false;
    }
}

// Reports the first walk that differs in a way that matters, notes a fault that only an old entry
// causes, and lets the adversary choose. `differs`: the walk's result is not that of memory.
// `excused`: it is noted at most.
static void
judge(const struct search *s, const struct active *a, const struct pick *p,
      const struct pt_trace *old, bool differs, bool excused)
{
    struct verdict *v = s->verdict;
    bool same_tree = a->satp == v->m->s.hart[s->hart].satp;
    enum likeness like = compare(s->now, old, same_tree);
    v->narrower |= like == NARROWER;
    if (excused)
        return;
    if (like == OTHER && !v->reported)
        report(s, a, p, old);
    v->reported |= like == OTHER;
    if (differs && adversary_takes(s, p, same_tree))
        v->use = *old;
}

// Tries each combination of old values in the tree of `a`.
static void
search_tree(struct search *s, const struct active *a)
{
    const struct remembered *r = &s->m->s.hart[s->hart].remembered;
    bool same_tree = a->satp == s->m->s.hart[s->hart].satp;
    uint32 from = a->from < r->globals_from ? a->from : r->globals_from;
    struct pick p = {.m = s->m, .from = from, .tree_from = a->from, .until = a->until};
    for (int walks = 0; walks < WALKS_MAX; walks++) {
        struct pt_trace old;
        walk_picked(&p, a->satp, s->va, s->access, s->state, &old);
        bool memory = same_tree && guilty(&p) == PRESENT;
        if (!memory && may_hold(s, a, &p, &old)) {
            bool excused = s->m->config.tlb != TLB_EXACT &&
                           fenced(r, &p, &old, s->va, satp_asid(a->satp), false);
            bool differs = old.rule != s->now->rule || old.pa != s->now->pa;
            s->found += differs && !excused;
            if (s->verdict != NULL)
                judge(s, a, &p, &old, differs, excused);
        }
        if (!next_pick(&p))
            break;
    }
}

// Searches all trees of which the TLB may hold entries. Returns whether no walk differs.
static bool
search_all(struct search *s)
{
    const struct machine *m = s->m;
    const struct remembered *r = &m->s.hart[s->hart].remembered;
    bool unchanged = r->active[0].from == m->s.log.next && r->globals_from == m->s.log.next;
    if (m->config.tlb == TLB_LAX || (r->actives <= 1 && unchanged))
        return true;
    for (uint32 i = 0; i < r->actives; i++)
        if (!r->active[i].dead && r->active[i].until >= log_start(&m->s.log))
            search_tree(s, &r->active[i]);
    return s->found == 0;
}

bool
rules_check(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
            const struct pt_hart *state, struct pt_trace *now)
{
    struct verdict v = {.m = m, .use = *now};
    struct search s = {m, hart, va, access, state, now, 0, &v};
    bool same = search_all(&s);
    if (m->config.tlb == TLB_EXACT)
        fetched_order(m, hart, va, access, now);
    m->s.hart[hart].remembered.spurious += v.narrower;
    if (!same)
        *now = v.use;
    return same;
}

bool
rules_settled(const struct machine *m, unsigned hart, uint64 va, enum pt_access access,
              const struct pt_hart *state, const struct pt_trace *now)
{
    struct search s = {m, hart, va, access, state, now, 0, NULL};
    return search_all(&s);
}
