#include "lab.h"

pte_t *walk(pagetable_t root, uint64 va, int alloc);

int
uvmcopy(pagetable_t from, pagetable_t to, uint64 start, uint64 end)
{
    for (uint64 va = start; va < end; va += PGSIZE) {
        pte_t *pte = walk(from, va, 0), *copy;
        if (!pte || !(*pte & PTE_V))
            continue;
        void *page = kalloc();
        if (!page || !(copy = walk(to, va, 1))) {
            for (uint64 at = start; at < va; at += PGSIZE)
                if ((pte = walk(to, at, 0)) && *pte) {
                    kfree((void *)PTE2PA(*pte));
                    *pte = 0;
                }
            return -1;
        }
        memmove(page, (void *)PTE2PA(*pte), PGSIZE);
        *copy = PA2PTE(page) | PTE_FLAGS(*pte);
    }
    return 0;
}
