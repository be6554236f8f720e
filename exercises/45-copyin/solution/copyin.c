// copyin.c - the kernel reads a program's memory.
#include "lab.h"

// Given: the level-0 entry for va, or 0 if there is no table for it.
pte_t *walk(pagetable_t root, uint64 va);

// Copies len bytes from va in the tree of a process to `to`. Returns 0, or -1 if not all of them are
// memory that the process itself may read.
int
copyin(pagetable_t root, char *to, uint64 va, uint64 len)
{
    while (len > 0) {
        pte_t *pte = va < MAXVA ? walk(root, va) : 0;
        uint64 need = PTE_V | PTE_R | PTE_U, n = PGSIZE - va % PGSIZE;
        if (!pte || (*pte & need) != need)
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
