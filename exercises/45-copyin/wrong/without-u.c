#include "lab.h"

pte_t *walk(pagetable_t root, uint64 va);

int
copyin(pagetable_t root, char *to, uint64 va, uint64 len)
{
    while (len > 0) {
        pte_t *pte = va < MAXVA ? walk(root, va) : 0;
        uint64 n = PGSIZE - va % PGSIZE;
        if (!pte || !(*pte & PTE_V))
            return -1;
        if (n > len)
            n = len;
        memmove(to, (char *)PTE2PA(*pte) + va % PGSIZE, n);
        to += n;
        va += n;
        len -= n;
    }
    return 0;
}
