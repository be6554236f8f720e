#include "lab.h"

pte_t *walk(pagetable_t root, uint64 va);

int
cowfault(pagetable_t root, uint64 va)
{
    pte_t *pte = va < MAXVA ? walk(root, va) : 0;
    if (!pte || !(*pte & PTE_V))
        return -1;
    char *old = (char *)PTE2PA(*pte), *page = old;
    if (kcount(old) > 1) {
        page = kalloc();
        if (!page)
            return -1;
        memmove(page, old, PGSIZE);
        kfree(old);
    }
    *pte = PA2PTE(page) | ((PTE_FLAGS(*pte) | PTE_W) & ~PTE_COW);
    sfence_vma();
    return 0;
}
