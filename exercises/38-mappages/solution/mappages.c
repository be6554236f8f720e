// mappages.c - maps a range of pages.
#include "lab.h"

// Given: the entry for va; with `alloc` missing tables are made. 0: there is no memory for one.
pte_t *walk(pagetable_t root, uint64 va, int alloc);

// Maps [va, va + size) to [pa, pa + size) with the permissions. Returns 0, or -1 without memory.
int
mappages(pagetable_t root, uint64 va, uint64 size, uint64 pa, int perm)
{
    uint64 at = PGROUNDDOWN(va), last = PGROUNDDOWN(va + size - 1);
    for (;; at += PGSIZE, pa += PGSIZE) {
        pte_t *pte = walk(root, at, 1);
        if (!pte)
            return -1;
        if (*pte & PTE_V)
            panic("remap");
        *pte = PA2PTE(pa) | (uint64)perm | PTE_V;
        if (at == last)
            return 0;
    }
}
