// SPDX-License-Identifier: MIT
// ptdiff.c - in what two page tables differ.
//
// Theory    Both trees are walked side by side. Where one has a leaf and the other a table, the
//           leaf is taken apart in thought, so that the translations below can be compared one by
//           one. Tables that both trees share need no look.
// Locks     none here; the caller owns both trees.
// Next      doc/page-tables.md
#include "ptdiff.h"

#include "lib/panic.h"
#include "pt/span.h"

struct diff_job {
    const struct pt *a, *b;
    uint64 ignore;
    pt_diff_fn fn;
    void *arg;
    int found;
};

// One side of the comparison: the entry for a stretch of addresses, at some level.
struct side {
    const struct pt *t;
    pte_t pte; // 0: nothing
};

static void
tell(struct diff_job *job, enum pt_diff_kind kind, uint64 va, int level, pte_t a, pte_t b)
{
    job->found++;
    job->fn(job->arg, &(struct pt_diff){kind, va, level, a, b});
}

// The entry for `va` one level below `side`, which is at `level`.
static struct side
below(struct side side, int level, uint64 va)
{
    uint64 index = PX(level - 1, va);
    if (pte_table(side.pte))
        side.pte = pte_load(&pt_child(side.t, side.pte)[index]);
    else if (pte_valid(side.pte))
        side.pte = pte_part(side.pte, level, index);
    return side;
}

// Compares what is a leaf or nothing on both sides.
static void
compare_leaves(struct diff_job *job, pte_t a, pte_t b, int level, uint64 va)
{
    if (!pte_valid(a) && !pte_valid(b))
        return;
    if (!pte_valid(b))
        tell(job, DIFF_ONLY_A, va, level, a, b);
    else if (!pte_valid(a))
        tell(job, DIFF_ONLY_B, va, level, a, b);
    else if (pte_pa(a) != pte_pa(b))
        tell(job, DIFF_PA, va, level, a, b);
    else if ((pte_flags(a) ^ pte_flags(b)) & ~job->ignore)
        tell(job, DIFF_FLAGS, va, level, a, b);
}

// Compares two entries at `level` for [va, last].
static void
compare(struct diff_job *job, struct side a, struct side b, int level, uint64 va, uint64 last)
{
    bool deeper_a = level > 0 && pte_table(a.pte), deeper_b = level > 0 && pte_table(b.pte);
    uint64 base = va & ~(pt_leaf_size(level) - 1);
    if (!deeper_a && !deeper_b) {
        compare_leaves(job, a.pte, b.pte, level, base);
        return;
    }
    if (deeper_a && deeper_b && pte_pa(a.pte) == pte_pa(b.pte))
        return;
    if (deeper_a ? pte_leaf(b.pte) : pte_leaf(a.pte))
        tell(job, DIFF_SHAPE, base, level, a.pte, b.pte);
    for (uint64 sub; va - 1 != last; va = sub + 1) {
        sub = span_last(level - 1, va, last);
        compare(job, below(a, level, va), below(b, level, va), level - 1, va, sub);
    }
}

// Calls `fn` for each difference between `a` and `b` in [start, end), flags in `ignore` aside.
// Returns   their number.
int
pt_diff(const struct pt *a, const struct pt *b, uint64 start, uint64 end, uint64 ignore,
        pt_diff_fn fn, void *arg)
{
    int levels = a->env->levels;
    assert(levels == b->env->levels && range_ok(a, start, end));
    struct diff_job job = {a, b, ignore, fn, arg, 0};
    struct side root_a = {a, pt_pointer(a, a->root)}, root_b = {b, pt_pointer(b, b->root)};
    compare(&job, root_a, root_b, levels, start, end - 1);
    return job.found;
}
