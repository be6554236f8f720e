// SPDX-License-Identifier: MIT
// vmprint.c - a page table as text.
//
// Theory    One line per valid entry, depth first, ascending; the depth shows as a row of double
//           dots.
// Promises  The 2020 lines are what a course's grader reads: their bytes are
//           fixed by golden files.
// Locks     none here; the caller owns the tree.
// Next      doc/pgtbl.md
#include "pt/read/vmprint.h"

#include "lib/panic.h"
#include "pt/span.h"

struct printer {
    const struct pt *t;
    enum vmprint_style style;
    vmprint_fn print;
    void *ctx;
};

static void
print_entry(const struct printer *p, pte_t pte, int level, uint64 va)
{
    static const char marks[] = " .. .. .. .. ..";
    int depth = p->t->env->levels - level;
    const char *mark = marks + 3 * (PT_MAX_LEVELS - depth) + (p->style == VMPRINT_PLAIN);
    if (p->style == VMPRINT_2024)
        p->print(p->ctx, "%s0x%016lx: ", mark, va);
    else
        p->print(p->ctx, "%s%lu: ", mark, PX(level, va));
    p->print(p->ctx, "pte 0x%016lx pa 0x%016lx\n", pte, pte_pa(pte));
    if (p->style == VMPRINT_VERBOSE)
        p->print(p->ctx, "level= %d, is it pgtbl? %s\n", level, pte_leaf(pte) ? "no" : "yes");
}

static void
print_table(const struct printer *p, pagetable_t table, int level, uint64 va, uint64 last)
{
    for (uint64 sub; va - 1 != last; va = sub + 1) {
        pte_t pte = pte_load(&table[PX(level, va)]);
        sub = span_last(level, va, last);
        if (!pte_valid(pte))
            continue;
        print_entry(p, pte, level, va & ~(pt_leaf_size(level) - 1));
        if (level > 0 && pte_table(pte))
            print_table(p, pt_child(p->t, pte), level - 1, va, sub);
    }
}

// Prints a line for the root and one for each valid entry that stands for some of [start, end).
void
vmprint(const struct pt *t, uint64 start, uint64 end, enum vmprint_style style, vmprint_fn print,
        void *ctx)
{
    assert(range_ok(t, start, end));
    struct printer p = {t, style, print, ctx};
    print(ctx, "page table 0x%016lx\n", pt_root_pa(t));
    print_table(&p, t->root, t->env->levels - 1, start, end - 1);
}
