// SPDX-License-Identifier: MIT
// late.h - stores to page tables that a walker has not seen yet.
//
// Theory    A store to an entry is ordered before a hart's walks only by that hart's fence (priv sfence.vma). Until
//           then its walker may read the entry's value before. So the values before are kept, each
//           with the moment of the store, and each hart has the moment of its last fence for each
//           identifier. A table is seen with all that was in it when it was linked: the kernel
//           publishes it so (pt/slot.h), and the walker reads through the pointer.
#pragma once

#include "lib/types.h"
#include "pt/sv.h"

#define LATE_ASIDS 64 // identifiers that harts of the model can have

void late_fence(int hart, uint64 asid);             // all addresses of it have been fenced
void late_fence_all(int hart);                      // of all, global ones too
void late_fence_page(int hart, uint64 va, int top); // for leaf entries, below level `top`

// Calls seen() with each value that the hart's walker may still read in the slot.
void late_values(int hart, const pte_t *slot, uint64 asid, bool global,
                 void (*seen)(pte_t pte, void *arg), void *arg);
