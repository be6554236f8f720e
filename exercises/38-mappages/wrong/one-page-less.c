#include "lab.h"

pte_t *walk(pagetable_t root, uint64 va, int alloc);

int
mappages(pagetable_t root, uint64 va, uint64 size, uint64 pa, int perm)
{
    for (uint64 at = PGROUNDDOWN(va); at + PGSIZE <= va + size; at += PGSIZE, pa += PGSIZE) {
        pte_t *pte = walk(root, at, 1);
        if (!pte)
            return -1;
        if (*pte & PTE_V)
            panic("remap");
        *pte = PA2PTE(pa) | (uint64)perm | PTE_V;
    }
    return 0;
}
