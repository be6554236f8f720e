// SPDX-License-Identifier: MIT
// userstack.c - a program's stack without a guard page below it.
//
// Theory    After exec(), sp is in the new stack. Between the stack and the code below it there
//           must be a guard page, which the program cannot use. Otherwise a stack that overflows
//           destroys the program without a fault.
// Promises  silence: only the first return to user mode after exec() is checked. Later, sp may be
//           in a stack that the program has made for itself.
#include "check/leaves.h"
#include "machine.h"
#include "sight/check.h"

#define FRESH     16
#define PAGES_MAX 1024 // of stack and data

enum { SP = 2 };

struct userstack {
    uint64 fresh[FRESH]; // struct proc of the processes that have just called exec()
    uint32 next;
};

static void
tell(struct machine *m, unsigned hart, uint64 stack, const struct leaf *below)
{
    struct report r;
    report_begin(m, &r, REPORT_NO_USER_GUARD, hart, m->sight->known.entry[KNOWN_EXEC]);
    r.what = (struct fact){
        .word = WORD_NO_USER_GUARD, .arg = {stack, below->va, r.site}, .moment = r.moment};
    leaf_mapped_by(&r, below);
    r.rule.word = WORD_NO_USER_GUARD_RULE;
    r.todo.word = WORD_NO_USER_GUARD_DO;
    report_send(m, &r);
}

// Looks at the pages below the stack, down to one that is not mapped for the user, or to the code.
static void
look(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 stack = (h->x[SP] - 1) & ~(PAGE_BYTES - 1), code = h->pc & ~(PAGE_BYTES - 1);
    struct leaf own, below = {0};
    uint64 root = satp_root(h->satp);
    int levels = satp_levels(h->satp);
    if (stack <= code || !leaves_find(m, root, levels, stack, &own) || own.level != 0)
        return;
    for (uint64 page = stack; page > code && stack - page < PAGES_MAX * PAGE_BYTES;) {
        page -= PAGE_BYTES;
        if (!leaves_find(m, root, levels, page, &own) || !(own.pte & PTE_U))
            return;
        if (below.va == 0)
            below = own;
        if (page == code || !(own.pte & PTE_W)) {
            tell(m, hart, stack, &below);
            return;
        }
    }
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct userstack *w = SIGHT_STATE(m, userstack, struct userstack);
    if ((int32)result >= 0)
        w->fresh[w->next++ % FRESH] = facts_current(m, c->hart);
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    struct userstack *w = SIGHT_STATE(m, userstack, struct userstack);
    const struct hart *h = &m->s.hart[hart];
    uint64 proc;
    if (w->next == 0 || !supervisor || h->mode != MODE_U || satp_levels(h->satp) == 0)
        return;
    proc = facts_current(m, hart);
    for (unsigned i = 0; proc != 0 && i < FRESH; i++) {
        if (w->fresh[i] != proc)
            continue;
        w->fresh[i] = 0;
        look(m, hart);
    }
}

const struct check userstack_check = {
    .name = "userstack",
    .bytes = sizeof(struct userstack),
    .returns = KNOWN_BIT(EXEC),
    .returned = returned,
    .trap_return = trap_return,
};
