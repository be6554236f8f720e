// SPDX-License-Identifier: MIT
// slot.h - one entry in memory, which the page-table walkers of all harts read and may update.
//
// Theory    A slot is read and written whole, by the functions below and nothing else. A hart
//           with hardware A/D updating may set A or D at any time, so an entry that is in use is
//           replaced by an exchange or a compare-and-swap, never by a load and a store.
// Fences    pte_publish() orders all earlier stores (the new table, the zeroed page) before the
//           entry for every hart; the walker's address dependency is its other half. TLBs are
//           mm/aspace/tlb.c's.
// Manual    priv: sv32algorithm step 9, sfence.vma
#pragma once

#include "pt/sv.h"

// Reads a slot whole and once: harts may set A or D in it meanwhile.
static inline pte_t
pte_load(const pte_t *slot)
{
    return *(const volatile pte_t *)slot;
}

// Writes a slot to which no hart's walker stores: an invalid entry, a pointer, or any entry of a
// table that no hart can walk.
static inline void
pte_store(pte_t *slot, pte_t pte)
{
    *(volatile pte_t *)slot = pte; // whole; the store that links the table orders it
}

// Makes an invalid slot valid. No hart writes to an invalid slot, so a plain store is enough.
static inline void
pte_publish(pte_t *slot, pte_t pte)
{
    __atomic_thread_fence(__ATOMIC_RELEASE); // pairs with the walkers' reading through the entry
    pte_store(slot, pte);
}

// Replaces an entry in use.
// Returns   the old entry, with the A and D that walkers have set in it until now.
// Fences    none: until the batch's fence, harts may go on using the old entry.
static inline pte_t
pte_exchange(pte_t *slot, pte_t pte)
{
    return __atomic_exchange_n(slot, pte, __ATOMIC_RELAXED); // pairs with the walkers' A/D updates
}

// Replaces the entry if it is still `old`.
// Returns   false: a walker has set A or D meanwhile, and nothing changed.
static inline bool
pte_replace(pte_t *slot, pte_t old, pte_t pte)
{
    return __atomic_compare_exchange_n(slot, &old, pte, false, __ATOMIC_RELEASE,
                                       __ATOMIC_RELAXED); // pairs as the two above
}

#define SLOT_RUN 8 // entries that are tested together: most tables are nearly empty

// Returns whether a group of SLOT_RUN entries starts at `slot`.
static inline bool
slots_aligned(const pte_t *slot)
{
    return (uint64)slot % (SLOT_RUN * sizeof *slot) == 0;
}

// Returns whether the SLOT_RUN entries from `slot` on are all 0.
static inline bool
slots_empty(const pte_t *slot)
{
    const volatile pte_t *s = slot; // as pte_load()
    return (s[0] | s[1] | s[2] | s[3] | s[4] | s[5] | s[6] | s[7]) == 0;
}

// Counts the holes at the beginning of [slot, end).
static inline uint64
slots_holes(const pte_t *slot, const pte_t *end)
{
    const pte_t *at = slot;
    while (at < end && !pte_load(at))
        at += slots_aligned(at) && slots_empty(at) ? SLOT_RUN : 1;
    return (uint64)((at < end ? at : end) - slot);
}
