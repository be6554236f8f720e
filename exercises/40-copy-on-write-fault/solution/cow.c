// cow.c - a store to a page that is shared.
#include "lab.h"

// Given: the level-0 entry for va, or 0 if there is no table for it.
pte_t *walk(pagetable_t root, uint64 va);

// Handles the page fault of a store to va. Returns 0 if the store may be repeated, -1 if the process
// has to be killed.
int
cowfault(pagetable_t root, uint64 va)
{
    pte_t *pte = va < MAXVA ? walk(root, va) : 0;
    if (!pte || !(*pte & PTE_V) || !(*pte & PTE_U) || !(*pte & PTE_COW))
        return -1;
    char *old = (char *)PTE2PA(*pte), *page = old;
    if (kcount(old) > 1) {
        page = kalloc();
        if (!page)
            return -1;
        memmove(page, old, PGSIZE);
    }
    *pte = PA2PTE(page) | ((PTE_FLAGS(*pte) | PTE_W) & ~PTE_COW);
    sfence_vma();
    if (page != old)
        kfree(old);
    return 0;
}
