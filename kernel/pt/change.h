// SPDX-License-Identifier: MIT
// change.h - what a caller of the library may do to a slot that it was given.
//
// Theory    pt/ alone stores page-table entries (tools/check_writers.py). A caller that has found a
//           slot, by a walk or a visit, changes it by one of these; each says in which state of
//           the tree it is allowed. Whole runs of leaves: pt/runs.h.
// Locks     the caller owns the tree.
// Fences    none here: the caller fences, or says why it need not.
#pragma once

#include "pt/slot.h"

// Makes a hole a leaf. A hart that sees the leaf sees all earlier stores, above all to the page.
static inline void
pt_fill(pte_t *slot, pte_t leaf)
{
    pte_publish(slot, leaf);
}

// Makes an entry in use another leaf, or a hole if `pte` is 0.
// Returns   the old entry, with the A and D that harts have set until now.
static inline pte_t
pt_change(pte_t *slot, pte_t pte)
{
    return pte_exchange(slot, pte);
}

// pt_change(), unless a hart has set A or D since `old` was read.
// Returns   false: it has, and nothing changed.
static inline bool
pt_change_from(pte_t *slot, pte_t old, pte_t pte)
{
    return pte_replace(slot, old, pte);
}

// Stores an entry in a tree that no hart can walk yet.
static inline void
pt_prepare(pte_t *slot, pte_t pte)
{
    pte_store(slot, pte);
}

// Makes an entry that no hart can use any more a hole: the tree is in no satp, or the entry has
// been invalid since all harts fenced.
static inline void
pt_forget(pte_t *slot)
{
    pte_store(slot, 0);
}

// Takes a pointer out of use: it keeps its address and gets the bit `deferred` in place of V.
// Returns   the entry that a hart now takes for a hole.
static inline pte_t
pt_defer(pte_t *slot, pte_t deferred)
{
    pte_t pte = (pte_load(slot) & ~PTE_V) | deferred;
    pte_exchange(slot, pte);
    return pte;
}

// Makes a deferred pointer, or a hole, a pointer to the table at `pa`.
static inline void
pt_resume(pte_t *slot, uint64 pa)
{
    pte_publish(slot, pte_make(pa, PTE_V));
}
