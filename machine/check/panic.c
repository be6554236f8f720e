// SPDX-License-Identifier: MIT
// panic.c - explains panics of xv6-like kernels, by the function that panics and its arguments.
//
// Theory    The string of a panic is only shown. The mistake is looked for with the arguments of
//           the function that panics: for mappages(), in the table that it was to fill. A panic
//           that is not known is reported with its place and its calls alone.
#include "check/buffers.h"
#include "check/explain.h"
#include "check/fatal.h"
#include "check/inodes.h"
#include "check/locktable.h"
#include "check/releases.h"
#include "machine.h"
#include "mmu/satp.h"
#include "sight/frames.h"
#include "sight/guest.h"

static uint64
page_down(uint64 a)
{
    return a & ~(PAGE_BYTES - 1);
}

// Returns a satp for the table to which this pointer of the kernel leads, in Sv39, as all xv6 use.
static uint64
satp_of(uint64 root)
{
    return (uint64)SATP_SV39 << SATP_MODE_SHIFT | root >> PAGE_BITS;
}

static struct fatal *
state(const struct machine *m)
{
    return SIGHT_STATE(m, fatal, struct fatal);
}

// Returns whether this function has called panic(): the return address of the call lies in it.
static bool
in(const struct machine *m, const struct call *c, enum known what)
{
    const struct symbols *s = &m->sight->symbols;
    uint64 offset, pa;
    return known_has(m, what) && symbols_find(s, c->ra - 1, &offset) != NULL &&
           symbols_physical(s, c->ra - 1 - offset, &pa) && pa == m->sight->known.entry[what];
}

// Returns the address of the last entry that was read.
static uint64
entry_pa(const struct pt_trace *t)
{
    return t->step[t->reads - 1].pa;
}

static bool
look_up(const struct machine *m, uint64 root, uint64 va, struct pt_trace *t)
{
    return ram_has(&m->ram, root, PAGE_BYTES) &&
           guest_walk_tree(m, satp_of(root), va, PT_READ, false, true, t) && t->reads > 0;
}

// --- remap -----------------------------------------------------------------------------------

// Finds the first address of [va, va + size) that is mapped.
static bool
first_mapped(const struct machine *m, uint64 root, uint64 va, uint64 size, uint64 *at,
             struct pt_trace *t)
{
    for (*at = page_down(va); *at < va + size; *at += PAGE_BYTES)
        if (look_up(m, root, *at, t) && pte_leaf(t->pte))
            return true;
    return false;
}

static void
remap_advice(const struct machine *m, const struct call *c, uint64 va, const struct pt_trace *t,
             struct report *r)
{
    const struct fatal *f = state(m);
    const struct fault *fault = NULL;
    for (unsigned i = 0; i < FATAL_STACKS; i++)
        if (f->user[i].on && f->user[i].pid == r->moment.pid && page_fault(f->user[i].cause))
            fault = &f->user[i];
    if ((c->arg[1] & (PAGE_BYTES - 1)) && va == page_down(c->arg[1]))
        r->todo = (struct fact){.word = WORD_REMAP_DO_ALIGN, .arg = {c->arg[1]}};
    else if (!ram_has(&m->ram, pte_pa(t->pte), PAGE_BYTES) && ram_has(&m->ram, c->arg[3], 1))
        r->todo.word = WORD_REMAP_DO_DEVICE;
    else if (t->level > 0)
        r->todo.word = WORD_REMAP_DO_LARGE;
    else if (fault != NULL && page_down(fault->tval) != va)
        r->todo = (struct fact){.word = WORD_REMAP_DO_OTHER, .arg = {fault->tval}};
    else if (fault != NULL)
        r->todo.word = WORD_REMAP_DO_FAULT;
    else
        r->todo.word = WORD_REMAP_DO;
}

static void
remap(const struct machine *m, const struct call *panic, struct report *r)
{
    const struct call *c = known_inside(m, panic->hart, KNOWN_MAPPAGES);
    struct pt_trace t;
    uint64 va;
    if (c == NULL || !first_mapped(m, c->arg[0], c->arg[1], c->arg[2], &va, &t))
        return;
    r->what = (struct fact){.word = WORD_PANIC_REMAP, .arg = {c->ra - 1, va}};
    r->walk = (struct fact){.word = WORD_WALK, .arg = {satp_of(c->arg[0])}, .trace = t};
    struct fact *old = report_since(r, WORD_REMAP_OLD);
    old->arg[0] = old->stored = entry_pa(&t);
    old->arg[7] = t.pte;
    r->rule.word = WORD_REMAP_RULE;
    *report_near(r, WORD_NONE) =
        (struct fact){.word = WORD_REMAP_NEW, .arg = {c->arg[2], c->arg[1], c->arg[3]}};
    if (t.level > 0)
        *report_near(r, WORD_NONE) = (struct fact){
            .word = WORD_REMAP_LARGE, .arg = {(uint64)t.level, PAGE_BYTES << (9 * t.level)}};
    if (!ram_has(&m->ram, pte_pa(t.pte), PAGE_BYTES))
        report_near(r, WORD_REMAP_DEVICE)->arg[0] = pte_pa(t.pte);
    remap_advice(m, c, va, &t, r);
}

// --- freewalk: leaf --------------------------------------------------------------------------

// Finds the first leaf below a table. Adds to *va the bits of the address that follow from its
// place.
static bool
find_leaf(const struct machine *m, uint64 table, int level, uint64 *va, uint64 *pa)
{
    if (!ram_has(&m->ram, table, PAGE_BYTES))
        return false;
    for (uint64 i = 0; i < PT_ENTRIES; i++) {
        uint64 pte = *(const uint64 *)ram_at(&m->ram, table + 8 * i), here = *va;
        *va |= i << (12 + 9 * level);
        *pa = table + 8 * i;
        if (pte_leaf(pte) ||
            (pte_table(pte) && level > 0 && find_leaf(m, pte_pa(pte), level - 1, va, pa)))
            return true;
        *va = here;
    }
    return false;
}

// Returns the process that has this table; 0: not known.
static uint64
owner(const struct machine *m, uint64 root)
{
    uint64 at, its;
    for (unsigned i = 0; (at = facts_slot(m, i)) != 0; i++)
        if (facts_field(m, at, FACT_PROC_PAGETABLE, 8, &its) && its == root)
            return at;
    return 0;
}

static void
leaf_size(const struct machine *m, uint64 root, uint64 va, struct report *r)
{
    uint64 proc = owner(m, root), sz, pa;
    const struct call *c = known_inside(m, r->hart, KNOWN_UVMFREE);
    r->todo.word = WORD_LEAF_DO;
    if (proc == 0 || !facts_field(m, proc, FACT_PROC_SZ, 8, &sz))
        sz = c != NULL ? c->arg[1] : ~0ULL;
    if (va < sz || va >= 1ULL << 37)
        return;
    report_near(r, WORD_LEAF_BEHIND)->arg[1] = sz;
    r->todo.word = WORD_LEAF_DO_SZ;
    if (proc != 0 && symbols_physical(&m->sight->symbols, proc + fact(m, FACT_PROC_SZ), &pa))
        report_since(r, WORD_LEAF_SZ)->stored = pa;
}

static void
leaf(const struct machine *m, const struct call *panic, struct report *r)
{
    const struct call *c = known_inside(m, panic->hart, KNOWN_UVMFREE);
    const struct call *inner = known_inside(m, panic->hart, KNOWN_FREEWALK);
    uint64 va = 0, pa, root = c != NULL ? c->arg[0] : inner != NULL ? inner->arg[0] : 0;
    if (root == 0 || !find_leaf(m, root, 2, &va, &pa))
        return;
    uint64 pte = *(const uint64 *)ram_at(&m->ram, pa);
    r->what = (struct fact){.word = WORD_PANIC_LEAF, .arg = {0, va, pte}};
    explain_entry(r, pa, pte);
    r->rule.word = WORD_LEAF_RULE;
    leaf_size(m, root, va, r);
}

// --- uvmunmap --------------------------------------------------------------------------------

// Returns whether a register of the function that panics has this value. panic() has changed none
// yet.
static bool
held(const struct machine *m, unsigned hart, uint64 value)
{
    const uint64 *x = m->s.hart[hart].x;
    bool found = x[8] == value || x[9] == value;
    for (unsigned i = 18; i < 28; i++)
        found |= x[i] == value;
    return found;
}

// Finds the address at which uvmunmap() has stopped: the last unmapped one in its range that a
// register holds, or else the first unmapped one. This call has unmapped the pages before it.
static bool
stands(const struct machine *m, const struct call *c, unsigned hart, uint64 *va, struct pt_trace *t)
{
    uint64 end = c->arg[1] + c->arg[2] * PAGE_BYTES;
    bool found = false;
    struct pt_trace here;
    for (uint64 at = c->arg[1]; at < end; at += PAGE_BYTES) {
        if (!look_up(m, c->arg[0], at, &here) || pte_leaf(here.pte) ||
            (found && !held(m, hart, at)))
            continue;
        found = true;
        *va = at;
        *t = here;
    }
    return found;
}

static void
unmap_advice(const struct machine *m, uint64 root, uint64 va, struct report *r)
{
    uint64 proc = owner(m, root), sz;
    r->todo.word = WORD_UNMAP_DO;
    if (proc == 0 || !facts_field(m, proc, FACT_PROC_SZ, 8, &sz))
        return;
    r->todo =
        (struct fact){.word = va < sz ? WORD_UNMAP_DO_LAZY : WORD_UNMAP_DO_RANGE, .arg = {sz}};
}

static void
unmapped(const struct machine *m, const struct call *panic, struct report *r)
{
    const struct call *c = known_inside(m, panic->hart, KNOWN_UVMUNMAP);
    struct pt_trace t = {0};
    uint64 va = 0;
    if (c == NULL || (c->arg[1] & (PAGE_BYTES - 1)) || !stands(m, c, panic->hart, &va, &t))
        return;
    r->what = (struct fact){.word = t.level > 0 ? WORD_PANIC_UNMAP_WALK : WORD_PANIC_UNMAP,
                            .arg = {c->ra - 1, va, t.pte}};
    r->walk = (struct fact){.word = WORD_WALK, .arg = {satp_of(c->arg[0])}, .trace = t};
    explain_entry(r, entry_pa(&t), t.pte);
    r->rule.word = WORD_UNMAP_RULE;
    *report_near(r, WORD_NONE) =
        (struct fact){.word = WORD_UNMAP_RANGE, .arg = {c->arg[2], c->arg[1]}};
    unmap_advice(m, c->arg[0], va, r);
}

// --- uvmcopy ---------------------------------------------------------------------------------

static void
copied(const struct machine *m, const struct call *panic, struct report *r)
{
    const struct call *c = known_inside(m, panic->hart, KNOWN_UVMCOPY);
    struct pt_trace t;
    uint64 va = 0;
    while (c != NULL && va < c->arg[2] && look_up(m, c->arg[0], va, &t) && pte_leaf(t.pte))
        va += PAGE_BYTES;
    if (c == NULL || va >= c->arg[2] || !look_up(m, c->arg[0], va, &t))
        return;
    r->what = (struct fact){.word = WORD_PANIC_COPY, .arg = {0, va, c->arg[2]}};
    r->walk = (struct fact){.word = WORD_WALK, .arg = {satp_of(c->arg[0])}, .trace = t};
    explain_entry(r, entry_pa(&t), t.pte);
    r->rule.word = WORD_COPY_RULE;
    r->todo.word = WORD_COPY_DO;
}

// --- kvmpa -----------------------------------------------------------------------------------

static void
kvmpa(const struct machine *m, const struct call *panic, struct report *r)
{
    const struct call *c = known_inside(m, panic->hart, KNOWN_KVMPA);
    uint64 satp = m->s.hart[panic->hart].satp, here = satp_root(satp);
    uint64 root, va, at;
    struct pt_trace t;
    if (c == NULL)
        return;
    bool given = ram_has(&m->ram, c->arg[0], PAGE_BYTES) && !(c->arg[0] & (PAGE_BYTES - 1));
    root = c->arg[0];
    va = given ? c->arg[1] : c->arg[0];
    if (!given && !(symbols_any(&m->sight->symbols, "kernel_pagetable", &at) &&
                    facts_memory(m, at, 8, &root)))
        return;
    r->what = (struct fact){.word = WORD_PANIC_KVMPA, .arg = {0, va, root}};
    if (look_up(m, root, va, &t)) {
        r->walk = (struct fact){.word = WORD_WALK, .arg = {satp_of(root)}, .trace = t};
        if (!pte_leaf(t.pte))
            explain_entry(r, entry_pa(&t), t.pte);
    }
    if (here == root || !look_up(m, here, va, &t) || !pte_leaf(t.pte)) {
        r->todo.word = WORD_KVMPA_DO_NOWHERE;
        return;
    }
    *report_near(r, WORD_NONE) = (struct fact){.word = WORD_KVMPA_HERE, .arg = {here, t.pte}};
    r->todo.word = WORD_KVMPA_DO;
}

// --- kfree -----------------------------------------------------------------------------------

static void
free_page(struct machine *m, const struct call *panic, struct report *r)
{
    const struct call *c = &state(m)->last[panic->hart][LAST_KFREE];
    const struct frame *f = frames_at(m, c->arg[0]);
    r->what = (struct fact){.word = c->arg[0] == 0 ? WORD_KFREE_ZERO : WORD_PANIC_KFREE,
                            .arg = {0, c->arg[0], c->ra - 1}};
    r->rule.word = WORD_KFREE_RULE;
    r->todo.word = WORD_KFREE_DO;
    if (f == NULL || (c->arg[0] & (PAGE_BYTES - 1)))
        return;
    r->what = (struct fact){.word = WORD_PANIC, .arg = {panic->arg[0], panic->ra - 1}};
    if (f->allocated.position != 0)
        report_since(r, WORD_KFREE_ALLOCATED)->moment = f->allocated;
    if (f->freed.position > f->allocated.position)
        report_since(r, WORD_KFREE_FREED)->moment = f->freed;
    if (f->state != FRAME_ALLOCATED || releases_low(m, c->arg[0]) != KNOWN_KALLOC)
        return;
    report_near(r, WORD_KFREE_COUNT)->arg[0] = m->sight->known.entry[KNOWN_KALLOC];
    r->todo.word = WORD_LOST_COUNT_DO;
}

// --- which one -------------------------------------------------------------------------------

// Returns whether the panic's string contains these words.
static bool
says(const struct machine *m, const struct call *c, const char *words)
{
    char text[80];
    return facts_string(m, c->arg[0], text, sizeof(text)) && text_has(text, words);
}

const struct moment *
fatal_starved(const struct machine *m, unsigned hart, uint64 steps)
{
    const struct moment *null = &state(m)->null;
    bool just = null->position != 0 && null->hart == hart && m->sight->now - null->position < steps;
    return just ? null : NULL;
}

void
panic_explain(struct machine *m, const struct call *c, struct report *r)
{
    r->what = (struct fact){.word = WORD_PANIC, .arg = {c->arg[0], c->ra - 1}};
    r->todo.word = WORD_PANIC_DO;
    if (says(m, c, "remap"))
        remap(m, c, r);
    else if (in(m, c, KNOWN_FREEWALK))
        leaf(m, c, r);
    else if (in(m, c, KNOWN_UVMUNMAP))
        unmapped(m, c, r);
    else if (in(m, c, KNOWN_UVMCOPY))
        copied(m, c, r);
    else if (in(m, c, KNOWN_KVMPA))
        kvmpa(m, c, r);
    else if (in(m, c, KNOWN_KFREE))
        free_page(m, c, r);
    else if (in(m, c, KNOWN_ACQUIRE))
        panic_lock(m, c, LAST_ACQUIRE, r);
    else if (in(m, c, KNOWN_RELEASE))
        panic_lock(m, c, LAST_RELEASE, r);
    else if (in(m, c, KNOWN_SCHED))
        panic_sched(m, c, r);
    else if (in(m, c, KNOWN_EXIT) && r->moment.pid == 1) {
        r->todo.word = WORD_INIT_DO;
        if (state(m)->told_pid == 1)
            report_since(r, WORD_PANIC_KILLED)->arg[0] = 1;
    } else if (buffers_explain(m, c, r) || inodes_explain(m, c, r)) {
        return;
    } else if (fatal_starved(m, c->hart, STARVED_STEPS) != NULL) {
        report_near(r, WORD_NEAR_FULL)->moment = state(m)->null;
        r->todo.word = WORD_DO_FULL;
    }
}
