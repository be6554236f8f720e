// SPDX-License-Identifier: MIT
// walk.c - pgtbl walk and explain: one address, entry by entry, and the rule that decides.
#include "pgtbl.h"

#include "json.h"

#include "user/user.h"

#include "ulib/cmd.h"
#include "ulib/out.h"

#include "abi/errno.h"

#define UPPER (~0UL << 38) // kernel addresses

static bool
leaf(unsigned long pte)
{
    return (pte & PTE_V) && (pte & (PTE_R | PTE_W | PTE_X));
}

// Calls ptwalk(); prints a message if there is no such process.
static int
ask(struct ptwalk *w, const char *pid)
{
    if (ptwalk(w) == 0)
        return 0;
    return errno() == ESRCH ? no_process(pid) : fail("pgtbl", pid);
}

// Returns whether the kernel uses this table while it works for the process.
static bool
in_kernel(const struct ptwalk *w)
{
    return w->pid != 0 && !(w->how & (PTW_USER | PTW_OWN));
}

static void
print_indices(const struct ptwalk *w)
{
    out_printf(tr("%s\nva 0x%lx: indices"), table_name(w->pid, in_kernel(w)), w->va);
    for (int level = w->levels - 1; level >= 0; level--)
        out_printf(" %lu,", PX(level, w->va));
    out_printf(tr(" offset 0x%lx\n"), w->va % PGSIZE);
}

// Returns the deferred pointer that ended the walk; 0: another entry did.
static unsigned long
deferred_at_last(const struct ptwalk *w)
{
    unsigned long pte = w->reads ? w->step[w->reads - 1].pte : 0;

    return is_deferred(pte) ? pte : 0;
}

// Returns the number of processes that share the deferred table that ended the walk; 0: it is deferred
// no more.
static unsigned int
sharers(const struct ptwalk *w)
{
    struct pgquery q = {.pid = w->pid, .va = w->va, .level = PGQ_TOP, .last = w->va};
    struct pgentry e[PTW_STEPS];
    int n;

    q.what = PGQ_POINTERS | (in_kernel(w) ? PGQ_KERNEL : 0);
    n = pgmap(&q, e, PTW_STEPS);
    for (int i = 0; i < n; i++) {
        if (e[i].pte == deferred_at_last(w))
            return e[i].refs;
    }
    return 0;
}

// Says why there is no translation.
static void
print_reason(const struct ptwalk *w)
{
    if (!deferred_at_last(w)) {
        out_printf("  %s\n", rule_text(w->rule, w->levels));
        return;
    }
    unsigned int n = sharers(w);
    out_str(tr("  V is 0: copying the table is deferred until an access needs it\n"));
    if (n)
        out_printf(n == 1 ? tr("  %u process leads to the table\n")
                          : tr("  %u processes lead to the table\n"),
                   n);
}

static void
print_steps(const struct ptwalk *w)
{
    char flags[TEXT], size[TEXT];

    for (int i = 0; i < w->reads; i++) {
        int level = w->levels - 1 - i;
        unsigned long pte = w->step[i].pte;
        out_printf(tr("%d  level %d entry %-3lu at 0x%010lx: 0x%010lx "), i + 1, level,
                   PX(level, w->va), w->step[i].pa, pte);
        if (is_deferred(pte))
            out_printf(tr("deferred table at 0x%lx\n"), PTE2PA(pte));
        else if (!(pte & PTE_V))
            out_str(tr("not valid\n"));
        else if (leaf(pte))
            out_printf(tr("%s %s leaf 0x%lx\n"), flags_text(pte, flags),
                       size_text(1UL << PXSHIFT(level), size), PTE2PA(pte));
        else
            out_printf(tr("table at 0x%lx\n"), PTE2PA(pte));
    }
}

static int
parse(char **args, struct ptwalk *w)
{
    if (!parse_pid(args[0], &w->pid))
        return 1;
    if (!address(args[1], &w->va))
        return fail_text("pgtbl", args[1], "not an address; 0x1000 or 4096 would be one");
    return 0;
}

int
cmd_walk(char **args, bool kernel)
{
    struct ptwalk w = {.how = PTW_READ};

    if (parse(args, &w))
        return 1;
    if (!kernel)
        w.how |= w.va < UPPER && w.pid != 0 ? PTW_USER : PTW_OWN;
    if (ask(&w, args[0]))
        return 1;
    if (json) {
        json_view("walk", w.pid, in_kernel(&w));
        json_walk(&w);
        json_end('}');
        return 0;
    }
    print_indices(&w);
    print_steps(&w);
    if (strcmp(w.rule, "ok") == 0) {
        out_printf(tr("%d  data             at 0x%010lx\n"), w.reads + 1, w.pa);
        out_printf(tr("%d memory accesses: %d entries and the data\n"), w.reads + 1, w.reads);
        return 0;
    }
    out_printf(w.reads == 1 ? tr("%d memory access, no data:\n")
                            : tr("%d memory accesses, no data:\n"),
               w.reads);
    print_reason(&w);
    return 0;
}

// ---- explain

static const char *const access_words[] = {"read", "write", "execute"};

// Parses `r`, `w`, `x` (the access) and `u`, `s` (the mode), at most one of each.
static int
parse_how(char **args, struct ptwalk *w)
{
    char who = w->pid != 0 && w->va < UPPER ? 'u' : 's', what = 'r';
    int given[2] = {0};

    for (int i = 2; args[i]; i++) {
        const char *s = args[i];
        bool asks_who = *s == 'u' || *s == 's';
        if (strlen(s) != 1 || !strchr("rwxus", *s) || given[asks_who]++)
            return fail_text("pgtbl", s, "expected r, w or x, and u (user) or s (kernel)");
        *(asks_who ? &who : &what) = *s;
    }
    w->how = what == 'r' ? PTW_READ : what == 'w' ? PTW_WRITE : PTW_EXEC;
    w->how |= who == 'u' ? PTW_USER : 0;
    return 0;
}

// How the kernel would handle the fault: a name for programs, and words.
static const struct outcome {
    const char *id, *text;
} outcomes[] = {
    {"stop", "the kernel would stop, except in a copy from or to user memory\n"},
    {"stack-full", "the stack is full: this is the guard page below it; the process is killed\n"},
    {"copy-table", "the process gets a copy of the table, then the access is made again\n"},
    {"return-table", "the table is brought back, then the access is made again\n"},
    {"bring-page", "the page is brought in at this first touch, then the access is made again\n"},
    {"copy-page", "copy-on-write: the process gets a page of its own, then writes again\n"},
    {"kill", "the process is killed\n"},
};

enum { STOP, STACK_FULL, COPY_TABLE, RETURN_TABLE, BRING_PAGE, COPY_PAGE, KILL };

static const struct outcome *
outcome(const struct ptwalk *w)
{
    static const int need[] = {1, 2, 4}; // PROT_ bit of each access
    bool permitted = w->prot & need[w->how & PTW_ACCESS];

    if (!(w->how & PTW_USER))
        return &outcomes[STOP];
    if (w->region == PGR_GUARD)
        return &outcomes[STACK_FULL];
    if (permitted && deferred_at_last(w))
        return &outcomes[sharers(w) > 1 ? COPY_TABLE : RETURN_TABLE];
    if (permitted && strcmp(w->rule, "valid") == 0)
        return &outcomes[BRING_PAGE];
    if (permitted && strcmp(w->rule, "write") == 0)
        return &outcomes[COPY_PAGE];
    return &outcomes[KILL];
}

static int
json_explain(const struct ptwalk *w)
{
    bool allowed = strcmp(w->rule, "ok") == 0;

    json_view("explain", w->pid, in_kernel(w));
    json_text("by", w->how & PTW_USER ? "user" : "kernel");
    json_text("access", access_words[w->how & PTW_ACCESS]);
    json_bool("allowed", allowed);
    json_walk(w);
    json_text("region", region_id(w->region, w->prot));
    json_prot("rights", w->prot);
    if (w->site[0])
        json_text("mapped_by", w->site);
    if (!allowed) {
        json_number("cause", (unsigned long)w->cause);
        json_text("outcome", outcome(w)->id);
    }
    json_end('}');
    return 0;
}

int
cmd_explain(char **args)
{
    struct ptwalk w = {0};
    const char *who;

    if (parse(args, &w) || parse_how(args, &w) || ask(&w, args[0]))
        return 1;
    if (json)
        return json_explain(&w);
    who = w.how & PTW_USER ? tr("user code") : tr("the kernel");
    out_printf(tr("may %s %s 0x%lx by %s?\n"), who, tr(access_words[w.how & PTW_ACCESS]), w.va,
               table_name(w.pid, in_kernel(&w)));
    print_steps(&w);
    out_printf(tr("region: %s"), region_name(w.region, w.prot));
    if (w.prot)
        out_printf(" (%s%s%s)", w.prot & 1 ? "r" : "-", w.prot & 2 ? "w" : "-",
                   w.prot & 4 ? "x" : "-");
    out_printf("\n");
    if (w.site[0])
        out_printf(tr("mapped by: %s\n"), w.site);
    if (strcmp(w.rule, "ok") == 0) {
        out_printf(tr("allowed: physical address 0x%lx\n"), w.pa);
        return 0;
    }
    out_printf(tr("not allowed by rule `%s' at level %d:\n"), w.rule, w.level);
    print_reason(&w);
    out_printf(tr("the hart raises exception %d:\n  "), w.cause);
    out_str(tr(outcome(&w)->text));
    return 0;
}
