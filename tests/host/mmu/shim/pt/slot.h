// SPDX-License-Identifier: MIT
// slot.h - the kernel's own, but for stores to entries: the model's harts may see them late (mmu/late.c).
#pragma once

#define pte_store    hw_pte_store
#define pte_publish  hw_pte_publish
#define pte_exchange hw_pte_exchange
#define pte_replace  hw_pte_replace
#include "../../../../../kernel/pt/slot.h"
#undef pte_store
#undef pte_publish
#undef pte_exchange
#undef pte_replace

void late_store(const pte_t *slot, pte_t pte); // the entry is about to become `pte`

static inline void
pte_store(pte_t *slot, pte_t pte)
{
    late_store(slot, pte);
    hw_pte_store(slot, pte);
}

static inline void
pte_publish(pte_t *slot, pte_t pte)
{
    late_store(slot, pte);
    hw_pte_publish(slot, pte);
}

static inline pte_t
pte_exchange(pte_t *slot, pte_t pte)
{
    late_store(slot, pte);
    return hw_pte_exchange(slot, pte);
}

static inline bool
pte_replace(pte_t *slot, pte_t old, pte_t pte)
{
    late_store(slot, pte);
    return hw_pte_replace(slot, old, pte);
}
