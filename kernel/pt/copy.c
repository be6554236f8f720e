// SPDX-License-Identifier: MIT
// copy.c - walking two trees side by side: fork, mirrors of user memory, copies of the kernel half.
//
// Theory    Where `from` has a table, `to` gets one. The caller's function changes the entries; it
//           is called for whole leaf tables, so once for up to 512 pages. A clone begins with an
//           empty half, which no hart can walk: it needs one pass, by groups of SLOT_RUN entries.
// Promises  map-atomic: all tables that `to` will need are taken before the first store; a clone
//           that fails frees those that it has made.
// Locks     none here; the caller owns both trees.
// Fences    none here: a caller whose function narrows entries of `from` fences that tree.
// Next      mm/aspace/aspace.c
#include "pt/pt.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "pt/span.h"
#include "pt/stock.h"

struct copy_job {
    struct pt *to;
    const struct pt *from;
    struct stock stock;
    pt_copy_fn fn;
    void *arg;
};

// The last address of [va, last] that the entry of `va` stands for, which is *lead; or that the
// group of holes stands for that begins there.
static inline uint64
step_last(const pte_t *lead, int level, uint64 va, uint64 last)
{
    bool run = !pte_load(lead) && slots_aligned(lead) && slots_empty(lead);
    return run ? span_run_last(level, va, last) : span_last(level, va, last);
}

// Takes the table frames that `table` of `to` (NULL: not there yet) lacks below `level`.
// On error  -ENOMEM; the stock is empty.
static int
copy_reserve(struct copy_job *job, pagetable_t table, pagetable_t from, int level, uint64 va,
             uint64 last)
{
    for (uint64 sub; va - 1 != last; va = sub + 1) {
        pte_t lead = pte_load(&from[PX(level, va)]);
        sub = step_last(&from[PX(level, va)], level, va, last);
        if (!pte_table(lead))
            continue;
        pte_t pte = table != NULL ? pte_load(&table[PX(level, va)]) : 0;
        if (!pte_valid(pte) && stock_fill(job->to, &job->stock, 1) < 0)
            return -ENOMEM;
        pagetable_t child = pte_valid(pte) ? pt_child(job->to, pte) : NULL;
        if (level > 1 &&
            copy_reserve(job, child, pt_child(job->from, lead), level - 1, va, sub) < 0)
            return -ENOMEM;
    }
    return 0;
}

// The table of `to` below `slot`, made of the stock if missing.
static pagetable_t
table_below(struct copy_job *job, pte_t *slot, uint64 va)
{
    pte_t pte = pte_load(slot);
    if (pte_valid(pte)) {
        if (!pte_table(pte))
            panic("pt_copy_range: a leaf in the way: va 0x%lx, pte 0x%lx", va, pte);
        return pt_child(job->to, pte);
    }
    pagetable_t table = stock_take(job->to, &job->stock);
    pte_publish(slot, pt_pointer(job->to, table));
    return table;
}

// Hands the slots of [va, last] in two tables at `level` to the function, or goes below them.
// Returns   what the function returned.
static int
copy(struct copy_job *job, pagetable_t to, pagetable_t from, int level, uint64 va, uint64 last)
{
    if (level == 0) {
        int n = (int)(PX(0, last) - PX(0, va)) + 1;
        return job->fn(&from[PX(0, va)], &to[PX(0, va)], va, n, 0, job->arg);
    }
    int stop = 0;
    for (uint64 sub; va - 1 != last && stop == 0; va = sub + 1) {
        pte_t *lead = &from[PX(level, va)], *slot = &to[PX(level, va)];
        pte_t pte = pte_load(lead);
        sub = step_last(lead, level, va, last);
        if (pte_table(pte))
            stop =
                copy(job, table_below(job, slot, va), pt_child(job->from, pte), level - 1, va, sub);
        else if (pte_valid(pte) && pte_table(pte_load(slot)))
            panic("pt_copy_range: a table in the way: va 0x%lx, pte 0x%lx", va, pte_load(slot));
        else if (pte_valid(pte))
            stop = job->fn(lead, slot, va & ~(pt_leaf_size(level) - 1), 1, level, job->arg);
    }
    return stop;
}

// Calls `fn` for the slots of `from` in [start, end) and those of `to` for the same addresses,
// until it returns nonzero.
// Returns   what the last call returned, 0 if there was none. On error -EINVAL: not a range;
//           -ENOMEM: before any call, nothing changed. After a call that failed `to` keeps what
//           it has got so far.
int
pt_copy_range(struct pt *to, const struct pt *from, uint64 start, uint64 end, pt_copy_fn fn,
              void *arg)
{
    if (start == end)
        return 0;
    if (!range_ok(from, start, end) || to->env->levels != from->env->levels)
        return -EINVAL;
    struct copy_job job = {.to = to, .from = from, .fn = fn, .arg = arg};
    int top = from->env->levels - 1;
    if (copy_reserve(&job, to->root, from->root, top, start, end - 1) < 0)
        return -ENOMEM;
    int stop = copy(&job, to->root, from->root, top, start, end - 1);
    stock_drain(to, &job.stock); // what a call that failed has left
    return stop;
}

// ---- The upper half, into an empty one

struct clone_job {
    struct pt *to;
    const struct pt *from;
    pte_t drop; // flags that the new leaves lack
};

static int clone_slots(const struct clone_job *job, pte_t *to, const pte_t *from, int n, int level);

// Stores in `to`, at `level` > 0, what the entry `pte` asks for: a table of its own, the leaf, or
// 0.
// On error  -ENOMEM: `to` leads to the tables that are there.
static inline int
clone_entry(const struct clone_job *job, pte_t *to, pte_t pte, int level)
{
    if (!pte_table(pte)) {
        pte_store(to, pte & ~job->drop);
        return 0;
    }
    uint64 pa = job->to->env->alloc(job->to);
    if (pa == 0)
        return -ENOMEM;
    pte_store(to, pte_make(pa, PTE_V));
    return clone_slots(job, pt_table_at(job->to, pa), pt_child(job->from, pte), PT_ENTRIES,
                       level - 1);
}

static int
clone_group(const struct clone_job *job, pte_t *to, const pte_t *from, int level)
{
    int error = 0;
    for (int i = 0; !error && i < SLOT_RUN; i++)
        error = clone_entry(job, &to[i], pte_load(&from[i]), level);
    return error;
}

static inline void
clone_leaves(pte_t *to, const pte_t *from, pte_t drop)
{
#pragma GCC unroll 8 // the direct map and the image are full tables
    for (int i = 0; i < SLOT_RUN; i++)
        pte_store(&to[i], pte_load(&from[i]) & ~drop);
}

// Makes the n slots from `to` on, whole groups at `level`, what those from `from` on are.
// On error  as clone_entry().
static int
clone_slots(const struct clone_job *job, pte_t *to, const pte_t *from, int n, int level)
{
    for (const pte_t *end = from + n; from < end; from += SLOT_RUN, to += SLOT_RUN) {
        if (slots_empty(from))
            continue;
        if (level == 0)
            clone_leaves(to, from, job->drop);
        else if (clone_group(job, to, from, level) < 0)
            return -ENOMEM;
    }
    return 0;
}

// Copies the upper half: its leaves, without the flags `drop`, and its tables. `to`, which no hart
// can walk yet, maps nothing there.
// On error  -ENOMEM: `to` is as before.
int
pt_clone_upper(struct pt *to, const struct pt *from, pte_t drop)
{
    const struct clone_job job = {.to = to, .from = from, .drop = drop};
    const int half = PT_ENTRIES / 2, levels = from->env->levels;
    assert(to->env->levels == levels);
    int error = clone_slots(&job, &to->root[half], &from->root[half], half, levels - 1);
    if (error)
        pt_free_tables(to, -pt_half(levels), 0);
    return error;
}
