#include "lab.h"

pte_t *walk(pagetable_t root, uint64 va, int alloc);

int
mirror(pagetable_t user, pagetable_t kernel, uint64 oldsz, uint64 newsz)
{
    for (uint64 va = PGROUNDUP(oldsz); va < newsz; va += PGSIZE) {
        pte_t *from = walk(user, va, 0), *to = walk(kernel, va, 1);
        if (!to)
            return -1;
        *to = *from & ~PTE_U;
    }
    for (uint64 va = PGROUNDUP(newsz); va < oldsz; va += PGSIZE) {
        pte_t *pte = walk(kernel, va, 0);
        kfree((void *)PTE2PA(*pte));
        *pte = 0;
    }
    sfence_vma();
    return 0;
}
