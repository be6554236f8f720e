#include "lab.h"

pte_t *walk(pagetable_t root, uint64 va);

int
copyin(pagetable_t root, char *to, uint64 va, uint64 len)
{
    for (uint64 at = va; at < va + len; at++) {
        pte_t *pte = at < MAXVA ? walk(root, at) : 0;
        if (!pte || !(*pte & PTE_V) || !(*pte & PTE_U) || !(*pte & PTE_R))
            return -1;
        *to++ = *((char *)PTE2PA(*pte) + at % PGSIZE);
    }
    return 0;
}
