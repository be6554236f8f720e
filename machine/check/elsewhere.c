// SPDX-License-Identifier: MIT
// elsewhere.c - a page that a tree lacks, and another tree or another address has.
//
// Theory    Some kernels have a table for each process and one for all. A page may be missing in
//           the one that satp has, and be mapped in another: in that of the process for user mode,
//           in kernel_pagetable, or in one that struct proc holds and that was not written to
//           satp.
// Next      check/explain.c
#include "check/elsewhere.h"

#include "check/leaves.h"
#include "machine.h"
#include "mmu/satp.h"
#include "sight/guest.h"

#define NULL_BYTES PAGE_BYTES

// Adds the sentence `word` to the report if the tree has the page, for the kernel or for user mode,
// and returns it; NULL: the tree has not.
static struct fact *
tree_has(const struct machine *m, const struct access *a, uint64 root, bool user, enum word word,
         struct report *r)
{
    uint64 satp = (a->satp & ~SATP_PPN_MASK) | root >> PAGE_BITS;
    struct pt_trace t;
    if (!guest_walk_tree(m, satp, a->va, a->kind, user, false, &t) || t.rule != RULE_OK)
        return NULL;
    struct fact *f = report_near(r, word);
    f->arg[0] = root;
    f->arg[1] = t.step[t.reads - 1].pte;
    f->stored = t.step[t.reads - 1].pa;
    return f;
}

// Adds to the report that the process's own tree has the page, if it has.
static bool
process_has(const struct machine *m, const struct access *a, uint64 proc, enum word word,
            struct report *r)
{
    uint64 root, pid;
    struct fact *f;
    if (proc == 0 || !facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &root) ||
        !facts_field(m, proc, FACT_PROC_PID, 4, &pid) ||
        (f = tree_has(m, a, root, true, word, r)) == NULL)
        return false;
    f->arg[0] = pid;
    return true;
}

void
elsewhere_parent(const struct machine *m, const struct access *a, uint64 proc, struct report *r)
{
    uint64 parent;
    if (a->user && facts_field(m, proc, FACT_PROC_PARENT, 8, &parent) &&
        process_has(m, a, parent, WORD_NEAR_PARENT, r))
        r->todo.word = WORD_DO_PARENT;
}

// Returns whether a tree of struct proc has the page: the kernel runs with the table that all
// processes have in common, and has a table for each process, too.
static bool
not_switched(const struct machine *m, const struct access *a, struct report *r)
{
    uint64 proc = explain_process(m, a), user = 0, root;
    if (proc == 0 || !facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &user))
        return false;
    for (uint64 at = 0; at + 8 <= fact(m, FACT_PROC_SIZE); at += 8) {
        if (!facts_memory(m, proc + at, 8, &root) || root == user || root % PAGE_BYTES != 0 ||
            !ram_has(&m->ram, root, PAGE_BYTES) || !tree_has(m, a, root, false, WORD_NEAR_TREE, r))
            continue;
        r->todo =
            (struct fact){.word = WORD_DO_SWITCH, .arg = {m->sight->known.entry[KNOWN_SCHEDULER]}};
        return true;
    }
    return false;
}

struct trapframe_place {
    uint64 pa;
    struct leaf leaf; // that maps it elsewhere than at its own address; slot 0: none
};

static void
find_trapframe(void *arg, const struct leaf *leaf)
{
    struct trapframe_place *p = arg;
    if (pte_pa(leaf->pte) == p->pa && leaf->va != p->pa)
        p->leaf = *leaf;
}

// Returns whether the tree has the process's trapframe at another address than that of the access.
static bool
trapframe_elsewhere(const struct machine *m, const struct access *a, struct report *r)
{
    struct trapframe_place p = {0};
    struct visitor to = {.arg = &p, .leaf = find_trapframe};
    uint64 proc = explain_process(m, a);
    if (a->user || proc == 0 || !facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &p.pa))
        return false;
    leaves_visit(m, satp_root(a->satp), satp_levels(a->satp), &to);
    if (p.leaf.slot == 0)
        return false;
    *report_near(r, WORD_NONE) = (struct fact){
        .word = WORD_NEAR_TRAPFRAME, .arg = {p.leaf.va, p.leaf.pte}, .stored = p.leaf.slot};
    r->todo.word = WORD_DO_TRAPFRAME;
    return true;
}

// Returns whether the kernel's present tree lacks a page that another tree has: that of the
// process, or another one of the kernel. An address near 0 must be one that the process has passed.
static bool
other_has(const struct machine *m, const struct access *a, struct report *r)
{
    uint64 at, common;
    const struct call *in = known_inside(m, r->hart, KNOWN_COPYIN);
    if (in == NULL)
        in = known_inside(m, r->hart, KNOWN_COPYINSTR);
    if (a->user || !symbols_any(&m->sight->symbols, "kernel_pagetable", &at) ||
        !facts_memory(m, at, 8, &common) || (a->va < NULL_BYTES && in == NULL))
        return false;
    if (common == satp_root(a->satp))
        return not_switched(m, a, r);
    r->todo.word = WORD_DO_OWN;
    if (tree_has(m, a, common, false, WORD_NEAR_COMMON, r) ||
        process_has(m, a, explain_process(m, a), WORD_NEAR_OWN, r))
        return true;
    r->todo.word = WORD_NONE;
    return false;
}

bool
elsewhere(const struct machine *m, const struct access *a, struct report *r)
{
    return other_has(m, a, r) || trapframe_elsewhere(m, a, r);
}
