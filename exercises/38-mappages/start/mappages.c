// mappages.c - maps a range of pages.
#include "lab.h"

// Given: the entry for va; with `alloc` missing tables are made. 0: there is no memory for one.
pte_t *walk(pagetable_t root, uint64 va, int alloc);

// Maps [va, va + size) to [pa, pa + size) with the permissions. Returns 0, or -1 without memory.
int
mappages(pagetable_t root, uint64 va, uint64 size, uint64 pa, int perm)
{
    (void)root, (void)va, (void)size, (void)pa, (void)perm, (void)walk;
    return 0; // your code
}
