// SPDX-License-Identifier: MIT
// arguments.c - the arguments that a program finds when exec() returns.
//
// Theory    exec() copies the strings of argv to the new stack, then an array of pointers to them,
//           and leaves its address in a1. It returns their number. The strings that it was given
//           are still in the kernel when it returns: they must be the same.
// Promises  silence: exec() has returned the number of strings in the array that it was given, and
//           copyout() has not been reported for what it copies.
#include "check/explain.h"
#include "check/leaves.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/guest.h"

#define ARGUMENTS_MAX 64

// The memory of the new program, and where it finds its arguments.
struct given {
    const struct call *call;
    uint64 root, a1;
};

// Reads `n` bytes of the program's memory. Returns false if they are not mapped.
static bool
read_user(struct machine *m, const struct given *g, uint64 va, unsigned n, uint64 *value,
          uint64 *pa)
{
    struct leaf leaf;
    *value = 0;
    if (!leaves_find(m, g->root, PT_MIN_LEVELS, va, &leaf))
        return false;
    *pa = pte_translate(leaf.pte, leaf.level, va);
    return facts_memory(m, *pa, n, value);
}

// A string of the kernel, by its number; 0: there is none.
static uint64
string_of(const struct machine *m, const struct call *c, uint64 i)
{
    uint64 at = 0;
    (void)guest_read(m, c->hart, c->arg[1] + 8 * i, 8, PT_READ, &at);
    return at;
}

static void
tell(struct machine *m, const struct given *g, const struct fact *what, uint64 pa, enum word todo)
{
    struct report r;
    report_begin(m, &r, REPORT_ARGUMENTS, g->call->hart, m->sight->known.entry[KNOWN_EXEC]);
    r.what = *what;
    r.what.arg[0] = r.site;
    r.what.moment = r.moment;
    if (pa != 0)
        report_since(&r, WORD_ARGUMENTS_BY)->stored = pa;
    r.rule.word = WORD_ARGUMENTS_RULE;
    r.todo = (struct fact){.word = todo, .arg = {r.site}};
    report_send(m, &r);
}

// Compares a string. Returns false, and reports, where it differs.
static bool
same(struct machine *m, const struct given *g, uint64 i)
{
    uint64 ours = string_of(m, g->call, i), at = 0, pa = 0, is, was = 1;
    bool there = read_user(m, g, g->a1 + 8 * i, 8, &at, &pa);
    for (; there && was != 0; ours++, at++) {
        there = read_user(m, g, at, 1, &is, &pa);
        if (!guest_read(m, g->call->hart, ours, 1, PT_READ, &was))
            return true;
        if (!there || is == was)
            continue;
        tell(m, g, &(struct fact){.word = WORD_ARGUMENT, .arg = {0, i, at, is, was}}, pa,
             WORD_ARGUMENTS_DO);
        return false;
    }
    if (!there)
        tell(m, g, &(struct fact){.word = WORD_ARGUMENT_NOWHERE, .arg = {0, i, at, g->a1}}, 0,
             WORD_ARGUMENTS_DO_A1);
    return there;
}

// A copy to the new stack has failed. The guard page below the stack may refuse it, the highest
// page may not.
static void
refused(struct machine *m, const struct call *c)
{
    const uint64 need = PTE_U | PTE_W;
    struct leaf leaf, above;
    struct report r;
    if (known_inside(m, c->hart, KNOWN_EXEC) == NULL ||
        !leaves_find(m, c->arg[0], PT_MIN_LEVELS, c->arg[1], &leaf) || (leaf.pte & need) == need ||
        leaves_find(m, c->arg[0], PT_MIN_LEVELS, c->arg[1] + PAGE_BYTES, &above))
        return;
    report_begin(m, &r, REPORT_ARGUMENTS, c->hart, m->sight->known.entry[KNOWN_EXEC]);
    r.what = (struct fact){.word = WORD_ARGUMENT_REFUSED, .arg = {r.site, c->arg[1], leaf.pte}};
    explain_entry(&r, leaf.slot, leaf.pte);
    r.todo.word = leaf.pte & PTE_U ? WORD_DO_NO_USER : WORD_ARGUMENT_REFUSED_DO;
    report_send(m, &r);
}

static void
exec_returned(struct machine *m, const struct call *c, uint64 result)
{
    struct given g = {.call = c, .root = facts_root(m, c->hart)};
    uint64 proc = facts_current(m, c->hart), frame, end, pa, n = (uint32)result, i = 0;
    if (g.root == 0 || n == 0 || n > ARGUMENTS_MAX || string_of(m, c, n) != 0 ||
        string_of(m, c, n - 1) == 0 ||
        report_sent(m, REPORT_COPY_BYTES, m->sight->known.entry[KNOWN_COPYOUT]) ||
        !facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &frame) ||
        !facts_memory(m, frame + fact(m, FACT_TRAPFRAME_A0) + 8, 8, &g.a1))
        return;
    while (i < n && string_of(m, c, i) != 0 && same(m, &g, i))
        i++;
    if (i == n && read_user(m, &g, g.a1 + 8 * n, 8, &end, &pa) && end != 0)
        tell(m, &g, &(struct fact){.word = WORD_ARGUMENTS_END, .arg = {0, n, end}}, pa,
             WORD_ARGUMENTS_DO_END);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    if (c->what == KNOWN_EXEC)
        exec_returned(m, c, result);
    else if ((int)result < 0)
        refused(m, c);
}

static bool
start(struct machine *m)
{
    return facts_have(m,
                      FACT_BIT(PROC_TRAPFRAME) | FACT_BIT(TRAPFRAME_A0) | FACT_BIT(PROC_PAGETABLE));
}

const struct check arguments_check = {
    .name = "arguments",
    .returns = KNOWN_BIT(EXEC) | KNOWN_BIT(COPYOUT),
    .start = start,
    .returned = returned,
};
