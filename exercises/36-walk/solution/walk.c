// walk.c - the entry of a page.
#include "lab.h"

// Returns the level-0 entry for va; with `alloc` missing tables are made. 0: there is none.
pte_t *
walk(pagetable_t root, uint64 va, int alloc)
{
    if (va >= MAXVA)
        panic("walk");
    for (int level = 2; level > 0; level--) {
        pte_t *pte = &root[va >> (12 + 9 * level) & 511];
        if (!(*pte & PTE_V)) {
            void *table = alloc ? kalloc() : 0;
            if (!table)
                return 0;
            memset(table, 0, PGSIZE);
            *pte = PA2PTE(table) | PTE_V;
        }
        root = (pagetable_t)PTE2PA(*pte);
    }
    return &root[va >> 12 & 511];
}
