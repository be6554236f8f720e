// SPDX-License-Identifier: MIT
// rights.c - uvmcopy() that gives the child fewer rights to a page than the parent has.
//
// Theory    The child runs the parent's program, so it must be able to fetch and load all that the
//           parent can. A page that was copied belongs to the child alone: it must be able to store
//           to it.
// Promises  silence: W may be missing where both have one frame, or where a software bit marks the
//           entry: that is copy-on-write.
#include "check/explain.h"
#include "check/leaves.h"
#include "machine.h"
#include "sight/check.h"

struct pair {
    const struct machine *m;
    uint64 child; // root
    struct leaf parent, copy;
    bool found;
};

static void
compare(void *arg, const struct leaf *leaf)
{
    struct pair *p = arg;
    struct leaf copy;
    if (p->found || !(leaf->pte & PTE_U) ||
        !leaves_find(p->m, p->child, PT_MIN_LEVELS, leaf->va, &copy) || !(copy.pte & PTE_U))
        return;
    bool own = pte_pa(copy.pte) != pte_pa(leaf->pte) && !(copy.pte & (PTE_RSW0 | PTE_RSW1));
    uint64 rights = PTE_R | PTE_X | (own ? PTE_W : 0);
    if ((leaf->pte & ~copy.pte & rights) == 0)
        return;
    p->found = true;
    p->parent = *leaf;
    p->copy = copy;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct pair p = {.m = m, .child = c->arg[1]};
    struct visitor to = {.arg = &p, .leaf = compare};
    uint64 function = m->sight->known.entry[KNOWN_UVMCOPY];
    struct report r;
    if ((int)result != 0 || report_sent(m, REPORT_RIGHTS, function) ||
        !ram_has(&m->ram, p.child, PAGE_BYTES))
        return;
    leaves_visit(m, c->arg[0], PT_MIN_LEVELS, &to);
    if (!p.found)
        return;
    report_begin(m, &r, REPORT_RIGHTS, c->hart, function);
    r.what = (struct fact){.word = WORD_RIGHTS,
                           .arg = {function, p.parent.va, p.copy.pte, p.parent.pte},
                           .moment = r.moment};
    explain_entry(&r, p.copy.slot, p.copy.pte);
    r.todo.word = WORD_RIGHTS_DO;
    report_send(m, &r);
}

const struct check rights_check = {
    .name = "rights",
    .returns = KNOWN_BIT(UVMCOPY),
    .returned = returned,
};
