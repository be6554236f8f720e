#include "lab.h"

void
unmap(pagetable_t root, uint64 start, uint64 end)
{
    for (uint64 va = start; va < end; va += PGSIZE) {
        pagetable_t table = root;
        for (int level = 2; level > 0 && table; level--) {
            pte_t pte = table[va >> (12 + 9 * level) & 511];
            table = pte & PTE_V ? (pagetable_t)PTE2PA(pte) : 0;
        }
        if (!table || !(table[va >> 12 & 511] & PTE_V))
            continue;
        kfree((void *)PTE2PA(table[va >> 12 & 511]));
        table[va >> 12 & 511] = 0;
    }
    sfence_vma();
}
