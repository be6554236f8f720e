#include "lab.h"

void
unmap(pagetable_t root, uint64 start, uint64 end)
{
    for (uint64 va = start; va < end; va += PGSIZE) {
        pte_t *l2 = &root[va >> 30 & 511];
        if (!(*l2 & PTE_V))
            continue;
        pte_t *l1 = &((pagetable_t)PTE2PA(*l2))[va >> 21 & 511];
        if (!(*l1 & PTE_V))
            continue;
        pte_t *l0 = &((pagetable_t)PTE2PA(*l1))[va >> 12 & 511];
        if (*l0 & PTE_V)
            kfree((void *)PTE2PA(*l0));
        *l0 = 0;
        if (va + PGSIZE == end) {
            kfree((void *)PTE2PA(*l1));
            *l1 = 0;
        }
    }
    sfence_vma();
}
