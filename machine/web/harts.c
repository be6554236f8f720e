// SPDX-License-Identifier: MIT
// harts.c - the state of the harts, the known trees, and the translations that TLBs may hold.
//
// Theory    The machine has no TLB that fills: the rows shown are the shortcuts of the hart's
//           present state, the translations that it has used and still trusts. The stale
//           translations that a TLB may hold follow from changes of entries that no fence has
//           covered.
// Next      mmu/rules.h, mmu/contexts.h
#include "mmu/log.h"
#include "mmu/rules.h"
#include "mmu/satp.h"
#include "web/web.h"

struct hart_view {
    uint64 pc, mode, waiting, satp, sepc, scause, stval, stvec, sscratch, mstatus, mie, steps;
    uint64 x[32];
    uint64 actives; // trees that its TLB may still hold something of
};

struct tree_view {
    uint64 root, levels, used, number;
};

struct row {
    uint64 va, pa;
    uint64 kinds; // bit 0 loads, 1 stores, 2 fetches
    uint64 since; // the position where the hart used it first
};

// An entry that has changed, where the old value may still be in the hart's TLB.
struct doubt {
    uint64 va, pa, was, is, when, pc, hart, satp;
};

EXPORT uint32 web_harts(const struct machine *m, struct hart_view *out);
EXPORT uint32 web_trees(const struct machine *m, struct tree_view *out);
EXPORT uint32 web_rows(const struct machine *m, uint32 hart, struct row *out, uint32 max);
EXPORT uint32 web_doubts(const struct machine *m, uint32 hart, struct doubt *out, uint32 max);
EXPORT uint32 web_turn(const struct machine *m);
EXPORT bool web_changed(const struct machine *m, uint64 pa, struct table_change *out);
EXPORT uint32 web_changes(const struct machine *m);

// Fills in a struct hart_view for each hart; returns how many there are.
uint32
web_harts(const struct machine *m, struct hart_view *out)
{
    for (unsigned i = 0; i < m->config.harts; i++) {
        const struct hart *h = &m->s.hart[i];
        out[i] = (struct hart_view){.pc = h->pc,
                                    .mode = h->mode,
                                    .waiting = h->waiting,
                                    .satp = h->satp,
                                    .sepc = h->sepc,
                                    .scause = h->scause,
                                    .stval = h->stval,
                                    .stvec = h->stvec,
                                    .sscratch = h->sscratch,
                                    .mstatus = h->mstatus,
                                    .mie = h->mie,
                                    .steps = h->steps,
                                    .actives = h->remembered.actives};
        for (int r = 0; r < 32; r++)
            out[i].x[r] = h->x[r];
    }
    return m->config.harts;
}

// Which hart made the last step.
uint32
web_turn(const struct machine *m)
{
    return m->s.turns.hart;
}

// Lists the known trees: struct tree_view, TREES_MAX at most.
uint32
web_trees(const struct machine *m, struct tree_view *out)
{
    uint32 count = 0;
    for (unsigned n = 0; n < TREES_MAX; n++) {
        const struct tree *t = &m->trees.tree[n];
        if (t->root != 0)
            out[count++] = (struct tree_view){t->root, t->levels, t->used, n};
    }
    return count;
}

static bool
held(const struct shortcut *s)
{
    return (s->tag & (PAGE_BYTES - 1)) == 0;
}

// The physical address that a shortcut of a kind leads to.
static uint64
target(const struct machine *m, const struct shortcut *s, int kind)
{
    size_t host = (size_t)(s->host + s->tag);
    if (kind == CUT_FETCH)
        return ((const struct code_page *)host)->pa;
    return (uint64)(host - (size_t)m->ram.bytes) + m->ram.base;
}

static void
add_row(struct row *rows, uint32 *count, const struct row *r)
{
    for (uint32 i = *count; i-- > 0;) {
        if (rows[i].va == r->va) {
            rows[i].kinds |= r->kinds;
            if (r->since < rows[i].since)
                rows[i].since = r->since;
            return;
        }
    }
    rows[(*count)++] = *r;
}

// Lists the translations that the hart has used and trusts: struct row, at most `max`.
uint32
web_rows(const struct machine *m, uint32 hart, struct row *out, uint32 max)
{
    static const uint8 bit[CUT_KINDS] = {
        [CUT_LOAD] = 1, [CUT_STORE] = 2, [CUT_FETCH] = 4, [CUT_READ] = 1, [CUT_WRITE] = 2};
    const struct shortcuts *cuts = m->lane[hart].now;
    uint32 count = 0;
    for (int kind = 0; kind < CUT_KINDS; kind++) {
        for (int i = 0; i < SHORTCUTS && count < max; i++) {
            const struct shortcut *s = &cuts->entry[kind][i];
            if (held(s))
                add_row(out, &count,
                        &(struct row){s->tag, target(m, s, kind), bit[kind], cuts->since[kind][i]});
        }
    }
    return count;
}

static bool
fenced(const struct remembered *r, uint64 va, uint32 change, uint32 asid)
{
    for (uint32 i = 0; i < r->fences; i++) {
        const struct page_fence *f = &r->fence[i];
        if (f->at > change && (f->va ^ va) < PAGE_BYTES && (f->asid == ANY_ASID || f->asid == asid))
            return true;
    }
    return false;
}

// Returns whether the change took a right away, so that the old value may do harm.
static bool
narrows(const struct table_change *c)
{
    return (c->was & PTE_V) &&
           ((c->was & ~c->is & (PTE_V | PTE_RWX | PTE_U)) != 0 || pte_pa(c->was) != pte_pa(c->is));
}

static bool
doubtful(const struct machine *m, const struct remembered *r, const struct active *a,
         const struct table_change *c, uint32 number, uint64 *va)
{
    bool known = trees_find(m, a->satp) >= 0 && web_address_of(m, a->satp, c->pa, va);
    return narrows(c) && known && !fenced(r, *va, number, satp_asid(a->satp));
}

// Lists the entries that the hart's TLB may hold and memory does not: struct doubt, at most `max`.
uint32
web_doubts(const struct machine *m, uint32 hart, struct doubt *out, uint32 max)
{
    const struct remembered *r = &m->s.hart[hart].remembered;
    const struct table_log *log = &m->s.log;
    uint32 count = 0;
    for (uint32 i = 0; i < r->actives; i++) {
        const struct active *a = &r->active[i];
        uint32 from = a->from > log_start(log) ? a->from : log_start(log);
        for (uint32 n = from; n < log->next && n < a->until && !a->dead && count < max; n++) {
            const struct table_change *c = &log->change[n % TABLE_CHANGES];
            uint64 va;
            if (doubtful(m, r, a, c, n, &va))
                out[count++] =
                    (struct doubt){va, c->pa, c->was, c->is, c->when, c->pc, c->hart, a->satp};
        }
    }
    return count;
}

// The number of the next change of an entry.
uint32
web_changes(const struct machine *m)
{
    return m->s.log.next;
}

// The last store to the entry at `pa` that the machine remembers. Returns false if there is none.
bool
web_changed(const struct machine *m, uint64 pa, struct table_change *out)
{
    const struct table_log *log = &m->s.log;
    for (uint32 n = log->next; n > log_start(log); n--) {
        if (log->change[(n - 1) % TABLE_CHANGES].pa == pa) {
            *out = log->change[(n - 1) % TABLE_CHANGES];
            return true;
        }
    }
    return false;
}
