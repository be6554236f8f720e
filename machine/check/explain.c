// SPDX-License-Identifier: MIT
// explain.c - why an access fails.
//
// Theory    A walk of the tables finds the rule that the access breaks. The rule, the entry and
//           what is known of the process decide the sentences. The report asks for the last store
//           to the entry (struct fact); for a page or table that is free, it names the call that
//           freed it.
// Next      check/elsewhere.c, mmu/trees.c, pt/read/translate.h
#include "check/explain.h"

#include "check/elsewhere.h"
#include "check/leaves.h"
#include "check/lawful.h"
#include "check/mapped.h"
#include "machine.h"
#include "mmu/satp.h"
#include "sight/frames.h"
#include "sight/guest.h"

#define PTE_SOFT      (3ULL << 8)
#define NULL_BYTES    PAGE_BYTES
#define JUST_BEHIND   (16 * PAGE_BYTES)
#define MAPPING_BYTES (64 * PAGE_BYTES)
#define CONTEXT_BYTES (14 * 8ULL)
#define TRAPFRAME_AT  0x3fffffe000ULL
#define STACK_NEAR    (2 * PAGE_BYTES)
#define LEAF_BITS     0x3ffULL

bool
access_succeeds(const struct machine *m, const struct access *a)
{
    struct pt_trace t;
    return guest_walk_tree(m, a->satp, a->va, a->kind, a->user, a->sum, &t) && t.rule == RULE_OK;
}

void
explain_entry(struct report *r, uint64 pa, uint64 pte)
{
    struct fact *f = report_since(r, WORD_ENTRY_BY);
    f->arg[0] = pa;
    f->arg[7] = pte;
    f->stored = pa;
}

bool
explain_free(const struct machine *m, uint64 pa, enum word word, struct report *r)
{
    const struct frame *f = frames_at(m, pa);
    if (f == NULL || f->state != FRAME_FREE)
        return false;
    struct fact *near = report_near(r, word);
    near->arg[0] = pa & ~(PAGE_BYTES - 1);
    near->moment = f->freed;
    return true;
}

// --- tables ----------------------------------------------------------------------------------

// Reports a table of the walk that is free memory. Returns whether there is one.
static bool
free_table(const struct machine *m, const struct access *a, const struct pt_trace *t,
           struct report *r)
{
    uint64 root = satp_root(a->satp);
    for (int i = 0; i < t->reads; i++) {
        uint64 page = t->step[i].pa & ~(PAGE_BYTES - 1);
        if (!explain_free(m, page, page == root ? WORD_NEAR_ROOT_FREE : WORD_NEAR_TABLE_FREE, r))
            continue;
        r->todo.word = WORD_DO_ROOT_FREE;
        return true;
    }
    return false;
}

// The kernel cannot fetch its own code: the slot of the root is empty. Returns whether software has
// filled another slot instead, by taking another number of bits than 9 for a level.
static bool
wrong_slot(const struct machine *m, const struct access *a, const struct pt_trace *t,
           struct report *r)
{
    uint64 root = satp_root(a->satp);
    int levels = satp_levels(a->satp);
    unsigned right = 12 + 9 * (unsigned)(levels - 1), filled = 0;
    uint64 code;
    if (a->user || a->kind != PT_EXEC || !symbols_physical(&m->sight->symbols, a->va, &code) ||
        t->reads != 1 || t->rule != RULE_VALID || !ram_has(&m->ram, root, PAGE_BYTES))
        return false;
    const uint64 *slot = (const uint64 *)ram_at(&m->ram, root);
    for (unsigned i = 0; i < PT_ENTRIES; i++)
        filled += slot[i] & PTE_V;
    for (unsigned width = 7; width <= 11; width++) {
        unsigned shift = 12 + width * (unsigned)(levels - 1);
        unsigned other = (unsigned)(a->va >> shift) % PT_ENTRIES;
        if (width == 9 || filled == 0 || filled > 8 || !(slot[other] & PTE_V))
            continue;
        struct fact *f = report_near(r, WORD_NEAR_SLOT);
        f->arg[0] = (a->va >> right) % PT_ENTRIES;
        f->arg[1] = other;
        f->arg[2] = shift;
        f->arg[3] = right;
        explain_entry(r, root + other * 8, slot[other]);
        r->todo.word = WORD_DO_SLOT;
        return true;
    }
    return false;
}

// --- where it lies ---------------------------------------------------------------------------

uint64
explain_process(const struct machine *m, const struct access *a)
{
    return a->pid > 0 ? facts_process(m, a->pid) : 0;
}

static bool
size_of(const struct machine *m, uint64 proc, uint64 *sz)
{
    return proc != 0 && facts_field(m, proc, FACT_PROC_SZ, 8, sz);
}

enum side { SIDE_UNKNOWN, SIDE_INSIDE, SIDE_BEHIND, SIDE_BEYOND };

// Looks for a mapping of the parent, noted in its struct proc, where the child has 0. The meaning
// of the structure is not known, so the word must be the address of a page above the program, at
// most MAPPING_BYTES below the access, and no kernel pointer.
static void
parent_notes(const struct machine *m, const struct access *a, uint64 proc, struct report *r)
{
    uint64 parent, sz, pid, its, best = 0, fork = m->sight->known.entry[KNOWN_FORK];
    if (!size_of(m, proc, &sz) || a->va < sz || fork == 0 ||
        !facts_field(m, proc, FACT_PROC_PARENT, 8, &parent) || parent == 0 ||
        !facts_field(m, parent, FACT_PROC_PID, 4, &pid))
        return;
    for (uint64 at = 0; at + 8 <= fact(m, FACT_PROC_SIZE); at += 8) {
        uint64 value;
        if (at == fact(m, FACT_PROC_KSTACK) || at - fact(m, FACT_PROC_CONTEXT) < CONTEXT_BYTES)
            continue;
        if (!facts_memory(m, parent + at, 8, &value) || !facts_memory(m, proc + at, 8, &its))
            return;
        bool page =
            value != 0 && !(value & (PAGE_BYTES - 1)) && value >= sz && !ram_has(&m->ram, value, 1);
        if (page && its == 0 && value <= a->va && a->va - value < MAPPING_BYTES && value > best)
            best = value;
    }
    if (best == 0)
        return;
    *report_near(r, WORD_NONE) = (struct fact){.word = WORD_NEAR_FORK, .arg = {pid, best, fork}};
    r->todo = (struct fact){.word = WORD_DO_FORK, .arg = {fork}};
    r->site = fork;
}

// Says where the address lies in the process, and returns that.
static enum side
near_process(const struct machine *m, const struct access *a, struct report *r)
{
    uint64 proc = explain_process(m, a), sz;
    if (!size_of(m, proc, &sz))
        return SIDE_UNKNOWN;
    bool inside = a->va < sz, behind = !inside && a->va - sz < JUST_BEHIND;
    if (!inside && !behind && !a->user)
        return SIDE_BEYOND;
    struct fact *f = report_near(r, inside   ? WORD_NEAR_INSIDE
                                    : behind ? WORD_NEAR_BEHIND
                                             : WORD_NEAR_BEYOND);
    f->arg[0] = (uint64)a->pid;
    f->arg[1] = sz;
    f->arg[2] = a->va - sz;
    return inside ? SIDE_INSIDE : behind ? SIDE_BEHIND : SIDE_BEYOND;
}

// --- rules -----------------------------------------------------------------------------------

// Explains an access to an address where nothing is mapped.
static enum blame
not_mapped(const struct machine *m, const struct access *a, const struct pt_trace *t,
           struct report *r)
{
    uint64 entry = t->step[t->reads - 1].pa;
    bool other = elsewhere(m, a, r);
    if (a->va < NULL_BYTES && !a->user && !other) {
        report_near(r, WORD_NEAR_NULL);
        r->todo.word = WORD_DO_NULL;
        return BLAME_KERNEL;
    }
    explain_entry(r, entry, t->pte);
    if (other)
        return BLAME_KERNEL;
    if (wrong_slot(m, a, t, r))
        return BLAME_KERNEL;
    enum side side = near_process(m, a, r);
    if (lawful_refusal(m, a)) {
        r->todo.word = WORD_DO_USER_UNMAPPED;
        return BLAME_PROGRAM;
    }
    bool inside = side == SIDE_INSIDE;
    uint64 proc = explain_process(m, a);
    if (proc != 0 && !inside)
        elsewhere_parent(m, a, proc, r);
    if (proc != 0 && a->user && side == SIDE_BEYOND)
        parent_notes(m, a, proc, r);
    if (r->todo.word != WORD_NONE)
        return r->todo.word == WORD_DO_FORK ? BLAME_KERNEL : BLAME_PROGRAM;
    if (a->user)
        r->todo.word = inside ? WORD_DO_LAZY : WORD_DO_USER_UNMAPPED;
    else
        r->todo.word = side == SIDE_BEHIND ? WORD_DO_KERNEL_USER : WORD_DO_KERNEL_UNMAPPED;
    return a->user && !inside ? BLAME_PROGRAM : BLAME_KERNEL;
}

// Returns whether the program's stack has overflowed into the page of `va`, which sp has reached.
static bool
stack_over(const struct machine *m, uint64 proc, uint64 va, uint64 *sp)
{
    uint64 frame, page = va & ~(PAGE_BYTES - 1);
    *sp = 0;
    return facts_have(m, FACT_BIT(PROC_TRAPFRAME) | FACT_BIT(TRAPFRAME_SP)) &&
           facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &frame) &&
           facts_memory(m, frame + fact(m, FACT_TRAPFRAME_SP), 8, sp) && *sp <= va &&
           *sp + STACK_NEAR > page;
}

struct unreachable {
    uint64 size, lowest; // of the process; the first such page
    unsigned pages;
};

static void
count_unreachable(void *arg, const struct leaf *leaf)
{
    struct unreachable *u = arg;
    if (leaf->va >= u->size || (leaf->pte & PTE_U))
        return;
    u->lowest = u->pages == 0 ? leaf->va : u->lowest;
    u->pages++;
}

// Finds the pages below the process's size that it may not use. exec() makes one, below the stack.
static struct unreachable
unreachable(const struct machine *m, uint64 satp, uint64 size)
{
    struct unreachable u = {.size = size};
    struct visitor to = {.arg = &u, .leaf = count_unreachable};
    leaves_visit(m, satp_root(satp), satp_levels(satp), &to);
    return u;
}

// Explains an access of user mode to a leaf without U. xv6 has three such pages on purpose.
static enum blame
no_user(const struct machine *m, const struct access *a, const struct pt_trace *t, struct report *r)
{
    uint64 proc = explain_process(m, a), frame = 0, sz = 0, trampoline = 0, va;
    explain_entry(r, t->step[t->reads - 1].pa, t->pte);
    if (symbols_any(&m->sight->symbols, "trampoline", &va))
        (void)symbols_physical(&m->sight->symbols, va, &trampoline);
    if (proc != 0)
        (void)facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &frame);
    bool kept = pte_pa(t->pte) == trampoline || (frame != 0 && pte_pa(t->pte) == frame) ||
                a->va >= TRAPFRAME_AT;
    uint64 page = a->va & ~(PAGE_BYTES - 1), sp = 0;
    bool inside = size_of(m, proc, &sz) && a->va < sz;
    struct unreachable u = unreachable(m, a->satp, sz);
    bool over = inside && page == u.lowest && stack_over(m, proc, a->va, &sp);
    if (inside && (over || u.pages == 1)) {
        struct fact *near = report_near(r, over ? WORD_NEAR_STACK : WORD_NEAR_GUARD);
        near->arg[0] = page;
        near->arg[1] = sp;
        r->todo.word = over ? WORD_DO_STACK : sp > a->va ? WORD_DO_DATA : WORD_DO_GUARD;
        return BLAME_PROGRAM;
    }
    report_near(r, kept ? WORD_NEAR_KEPT : WORD_NEAR_NO_USER);
    r->todo.word = kept ? WORD_DO_KEPT : WORD_DO_NO_USER;
    return kept || sz == 0 ? BLAME_PROGRAM : BLAME_KERNEL;
}

// Explains an access that the leaf does not allow.
static enum blame
no_right(const struct machine *m, const struct access *a, const struct pt_trace *t,
         struct report *r)
{
    explain_entry(r, t->step[t->reads - 1].pa, t->pte);
    uint64 va;
    // Since 2023 xv6's exec() maps code without W; before, all pages of a program had W and X.
    bool code = (t->pte & PTE_X) && symbols_address(&m->sight->symbols, "flags2perm", &va);
    // mprotect() can take a right that the entry's software bit, or the call of mmap(), promises.
    bool protects = symbols_address(&m->sight->symbols, "sys_mprotect", &va);
    // A page without the right to store can be shared, too.
    const struct frame *f = frames_at(m, pte_pa(t->pte));
    bool cow = f != NULL && f->cow && !protects;
    if (a->kind == PT_WRITE && (t->pte & PTE_SOFT) && !code && cow) {
        report_near(r, WORD_NEAR_COW)->arg[0] = t->pte;
        r->todo.word = WORD_DO_COW;
        return BLAME_KERNEL;
    }
    near_process(m, a, r);
    if (a->user && !protects && mapped_allows(m, satp_root(a->satp), a->va, a->kind)) {
        r->todo.word = WORD_DO_PROT;
        return BLAME_KERNEL;
    }
    if (a->kind == PT_WRITE && code)
        r->todo.word = WORD_DO_TEXT;
    else
        r->todo.word = WORD_DO_RIGHT;
    return a->user ? BLAME_PROGRAM : BLAME_KERNEL;
}

static enum blame
by_rule(const struct machine *m, const struct access *a, const struct pt_trace *t, struct report *r)
{
    struct leaf leaf;
    switch (t->rule) {
    case RULE_CANONICAL:
        r->todo.word = WORD_DO_CANONICAL;
        if (leaves_find(m, satp_root(a->satp), satp_levels(a->satp), a->va, &leaf) &&
            a->va >> 39 == 0) {
            explain_entry(r, leaf.slot, leaf.pte);
            r->todo.word = WORD_DO_MAXVA;
        }
        return a->user ? BLAME_PROGRAM : BLAME_KERNEL;
    case RULE_VALID:
        return not_mapped(m, a, t, r);
    case RULE_USER:
        return no_user(m, a, t, r);
    case RULE_SUM:
    case RULE_USER_FETCH:
        explain_entry(r, t->step[t->reads - 1].pa, t->pte);
        r->todo.word = a->va >= TRAPFRAME_AT ? WORD_DO_KEPT_USER : WORD_DO_SUM;
        return BLAME_KERNEL;
    case RULE_READ:
    case RULE_WRITE:
    case RULE_EXEC:
        return no_right(m, a, t, r);
    case RULE_ACCESSED:
    case RULE_DIRTY:
        r->todo.word = WORD_DO_AD;
        return BLAME_KERNEL;
    default:
        if (t->reads > 0)
            explain_entry(r, t->step[t->reads - 1].pa, t->pte);
        r->todo.word = t->reads > 0 ? WORD_DO_BROKEN : WORD_DO_NO_ROOT;
        return BLAME_KERNEL;
    }
}

// Says that there is no memory at `pa`, if there is none.
static void
no_ram(const struct machine *m, uint64 pa, struct report *r)
{
    uint64 end = m->ram.base + m->ram.size;
    if (ram_has(&m->ram, pa, 1))
        return;
    report_near(r, WORD_NEAR_NOTHING)->arg[0] = pa;
    if (pa >= end)
        r->todo = (struct fact){.word = WORD_DO_PHYSTOP, .arg = {end}};
}

enum blame
explain_access(const struct machine *m, const struct access *a, struct report *r)
{
    struct pt_trace t;
    enum blame blame;
    if (!guest_walk_tree(m, a->satp, a->va, a->kind, a->user, a->sum, &t)) {
        no_ram(m, a->va, r);
        if (ram_has(&m->ram, a->va, 1)) {
            report_near(r, WORD_NEAR_RAM)->arg[0] = a->va;
            r->todo.word = WORD_NO_PMP_DO;
        }
        return BLAME_KERNEL;
    }
    r->walk = (struct fact){.word = WORD_WALK, .arg = {a->satp}, .trace = t};
    if (t.rule == RULE_OK) {
        no_ram(m, t.pa, r);
        return BLAME_KERNEL;
    }
    r->rule = (struct fact){.word = (enum word)(WORD_LONG_OK + t.rule)};
    if (free_table(m, a, &t, r))
        blame = BLAME_KERNEL;
    else
        blame = by_rule(m, a, &t, r);
    if (pte_leaf(t.pte) && explain_free(m, pte_pa(t.pte), WORD_NEAR_PAGE_FREE, r))
        blame = BLAME_KERNEL;
    return blame;
}
