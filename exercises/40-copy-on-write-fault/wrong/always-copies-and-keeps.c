#include "lab.h"

pte_t *walk(pagetable_t root, uint64 va);

int
cowfault(pagetable_t root, uint64 va)
{
    pte_t *pte = va < MAXVA ? walk(root, va) : 0;
    if (!pte || !(*pte & PTE_V) || !(*pte & PTE_COW))
        return -1;
    char *page = kalloc();
    if (!page)
        return -1;
    memmove(page, (char *)PTE2PA(*pte), PGSIZE);
    *pte = PA2PTE(page) | ((PTE_FLAGS(*pte) | PTE_W) & ~PTE_COW);
    sfence_vma();
    return 0;
}
