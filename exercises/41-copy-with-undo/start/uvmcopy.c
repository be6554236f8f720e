// uvmcopy.c - the child gets a copy of the parent's memory.
#include "lab.h"

// Given: the entry for va; with `alloc` missing tables are made. 0: there is none, or no memory.
pte_t *walk(pagetable_t root, uint64 va, int alloc);

// Copies the pages of [start, end) that `from` has into new frames, mapped in `to`. Returns 0, or -1
// without memory: then no page of `to` is mapped that was not before, and no frame is lost.
int
uvmcopy(pagetable_t from, pagetable_t to, uint64 start, uint64 end)
{
    for (uint64 va = start; va < end; va += PGSIZE) {
        pte_t *pte = walk(from, va, 0);
        if (!pte || !(*pte & PTE_V))
            continue;
        void *page = kalloc();
        memmove(page, (void *)PTE2PA(*pte), PGSIZE);
        *walk(to, va, 1) = PA2PTE(page) | PTE_FLAGS(*pte);
    }
    return 0;
}
