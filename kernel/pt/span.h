// SPDX-License-Identifier: MIT
// span.h - how a range falls on the entries of a table. For pt/ alone.
//
// Theory    Inside the library a range is [va, last], both inclusive, so that the top of the
//           address space needs no exception: an `end` of 0 becomes the highest address.
#pragma once

#include "pt/batch.h"
#include "pt/pt.h"

// Returns whether [start, end) is page-aligned, canonical, not empty and within one half.
static inline bool
range_ok(const struct pt *t, uint64 start, uint64 end)
{
    uint64 last = end - 1;
    return ((start | end) & (PGSIZE - 1)) == 0 && start <= last && (int64)(start ^ last) >= 0 &&
           pt_canonical(t->env->levels, start) && pt_canonical(t->env->levels, last);
}

// The last address of [va, last] that the entry of `va` at `level` stands for.
static inline uint64
span_last(int level, uint64 va, uint64 last)
{
    uint64 mine = va | (pt_leaf_size(level) - 1);
    return mine < last ? mine : last;
}

// The last address of [va, last] that the SLOT_RUN entries from that of `va` on stand for.
static inline uint64
span_run_last(int level, uint64 va, uint64 last)
{
    uint64 run = va | (SLOT_RUN * pt_leaf_size(level) - 1);
    return run < last ? run : last;
}

// Returns whether [va, sub] is all that an entry at `level` stands for.
static inline bool
span_whole(int level, uint64 va, uint64 sub)
{
    return sub - va == pt_leaf_size(level) - 1;
}

// The table that `pte` points at.
static inline pagetable_t
pt_child(const struct pt *t, pte_t pte)
{
    return pt_table_at(t, pte_pa(pte));
}

// The entry that points at `table`.
static inline pte_t
pt_pointer(const struct pt *t, pagetable_t table)
{
    return pte_make((uint64)(size_t)table - t->env->direct, PTE_V); // back through the linear map
}

// walk.c: panics, as the entry for va, which is to map `pa`, is in use.
void pt_remap(const struct pt *t, const pte_t *slot, int level, uint64 va, uint64 pa) noreturn;
// super.c: splits the larger leaves that [start, end) would cut. -ENOMEM: nothing changed.
int split_edges(struct pt *t, uint64 start, uint64 end, struct tlb_batch *b) must_check;
