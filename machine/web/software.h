// SPDX-License-Identifier: MIT
// software.h - a kernel's uses of the software bits of page-table entries, as far as the page
// shows it.
#pragma once

#include "pt/sv.h"

#define PTE_COW PTE_RSW0 // copy-on-write: in Vitrine, and in most labs

// Returns whether the entry leads to a table whose copy Vitrine has deferred. A hart sees a hole.
static inline bool
pte_deferred(uint64 pte)
{
    return (pte & (PTE_V | PTE_RSW1)) == PTE_RSW1;
}
