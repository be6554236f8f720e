// copyin.c - the kernel reads a program's memory.
#include "lab.h"

// Given: the level-0 entry for va, or 0 if there is no table for it.
pte_t *walk(pagetable_t root, uint64 va);

// Copies len bytes from va in the tree of a process to `to`. Returns 0, or -1 if not all of them are
// memory that the process itself may read.
int
copyin(pagetable_t root, char *to, uint64 va, uint64 len)
{
    pte_t *pte = walk(root, va);
    memmove(to, (char *)PTE2PA(*pte) + va % PGSIZE, len);
    return 0;
}
