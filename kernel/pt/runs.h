// SPDX-License-Identifier: MIT
// runs.h - the loops over the slots of a leaf table: taking leaves out, sharing and mirroring them.
//
// Theory    Neighbouring leaves of one allocation are handled as a run, with one call for all of
//           them. The caller passes functions that tell how long the run is that begins with a
//           leaf, and what happens to its pages; the compiler inlines them into the loop. A hole
//           costs next to nothing: eight are tested together.
// Promises  unhook-first: a run is out of the table, and recorded in the batch, before gone() is
//           called for it. hole-zero. The leaves are all global, or none is.
// Locks     the caller owns the trees.
// Fences    none here: the batch says what is due.
#pragma once

#include "pt/note.h"
#include "pt/slot.h"

#define in_loop static inline __attribute__((always_inline))

typedef int run_order_fn(pte_t leaf); // the run that begins with this leaf has 2^order leaves
typedef void run_shared_fn(pte_t leaf, int order);
// Returns   whether all that the batch has recorded so far has been fenced, and the batch reset.
typedef bool run_gone_fn(struct tlb_batch *b, uint64 va, pte_t leaf, int order);
typedef pte_t run_image_fn(pte_t pte);

enum run_tree {
    RUN_LIVE,  // harts may walk the tree and remember its leaves: the batch records what goes
    RUN_NOTED, // RUN_LIVE, but the caller records the range itself: gone() frees nothing
    RUN_DEAD,  // no hart can use the leaves any more
};

// Takes out the leaves of the n slots from `slot` on, which serve va and the pages above it.
// Returns   how many there were.
in_loop uint64
runs_take(struct tlb_batch *b, pte_t *slot, uint64 va, int n, enum run_tree tree,
          run_order_fn *order_of, run_gone_fn *gone)
{
    uint64 size, taken = 0, end_va = va + (uint64)n * PGSIZE;
    bool recorded = tree != RUN_LIVE;
    for (const pte_t *end = slot + n; slot < end; slot += size, va += size * PGSIZE) {
        pte_t leaf = pte_load(slot);
        if (!pte_valid(leaf)) {
            size = slots_holes(slot, end);
            continue;
        }
        int order = order_of(leaf);
        size = 1UL << order;
        if (tree != RUN_DEAD)
            leaf = pte_exchange(slot, 0);
        else
            pte_store(slot, 0); // no hart stores through it any more, so no D can come late
#pragma GCC unroll 8            // most of what the exit of a large process does
        for (uint64 i = 1; i < size; i++)
            tree != RUN_DEAD ? (void)pte_exchange(&slot[i], 0) : pte_store(&slot[i], 0);
        if (!recorded)
            note_stale_range(b, va, end_va);
        recorded = !gone(b, va, leaf, order) || tree != RUN_LIVE;
        taken += size;
    }
    return taken;
}

// Copies the leaf in `from` to `to`. With a `mark`, both lose W and get the mark.
in_loop void
run_share_leaf(pte_t *from, pte_t *to, pte_t mark)
{
    pte_t pte = pte_load(from);
    if ((pte & mark) != mark) {
        pte = (pte & ~PTE_W) | mark;
        pte_exchange(from, pte);
    }
    pte_store(to, pte);
}

// Copies the leaves of the n slots from `from` on to those from `to` on, of a tree that no hart can
// walk yet; `mark` as in run_share_leaf(). shared() is called for each run first.
// Returns   how many leaves there are.
in_loop uint64
runs_share(pte_t *from, pte_t *to, int n, pte_t mark, run_order_fn *order_of, run_shared_fn *shared)
{
    uint64 size, pages = 0;
    for (const pte_t *end = from + n; from < end; from += size, to += size) {
        pte_t leaf = pte_load(from);
        if (!pte_valid(leaf)) {
            size = slots_holes(from, end);
            continue;
        }
        int order = order_of(leaf);
        size = 1UL << order;
        shared(leaf, order);
        run_share_leaf(from, to, mark);
#pragma GCC unroll 8 // most of what the fork of a large process does
        for (uint64 i = 1; i < size; i++)
            run_share_leaf(&from[i], &to[i], mark);
        pages += size;
    }
    return pages;
}

// Sets the n entries from `to` on to image() of those from `from` on.
in_loop void
runs_follow(pte_t *from, pte_t *to, int n, run_image_fn *image)
{
    for (int i = 0; i < n; i++) {
        pte_t want = image(pte_load(&from[i]));
        if (pte_load(&to[i]) != want)
            pte_exchange(&to[i], want);
    }
}
