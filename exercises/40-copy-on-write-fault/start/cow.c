// cow.c - a store to a page that is shared.
#include "lab.h"

// Given: the level-0 entry for va, or 0 if there is no table for it.
pte_t *walk(pagetable_t root, uint64 va);

// Handles the page fault of a store to va. Returns 0 if the store may be repeated, -1 if the process
// has to be killed.
int
cowfault(pagetable_t root, uint64 va)
{
    (void)root, (void)va, (void)walk;
    return -1; // your code
}
