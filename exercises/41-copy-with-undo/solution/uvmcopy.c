// uvmcopy.c - the child gets a copy of the parent's memory.
#include "lab.h"

// Given: the entry for va; with `alloc` missing tables are made. 0: there is none, or no memory.
pte_t *walk(pagetable_t root, uint64 va, int alloc);

static void
undo(pagetable_t to, uint64 start, uint64 end)
{
    for (uint64 va = start; va < end; va += PGSIZE) {
        pte_t *pte = walk(to, va, 0);
        if (pte && (*pte & PTE_V)) {
            kfree((void *)PTE2PA(*pte));
            *pte = 0;
        }
    }
}

// Copies the pages of [start, end) that `from` has into new frames, mapped in `to`. Returns 0, or -1
// without memory: then no page of `to` is mapped that was not before, and no frame is lost.
int
uvmcopy(pagetable_t from, pagetable_t to, uint64 start, uint64 end)
{
    for (uint64 va = start; va < end; va += PGSIZE) {
        pte_t *pte = walk(from, va, 0);
        if (!pte || !(*pte & PTE_V))
            continue;
        pte_t *copy = walk(to, va, 1);
        void *page = copy ? kalloc() : 0;
        if (!page) {
            undo(to, start, va);
            return -1;
        }
        memmove(page, (void *)PTE2PA(*pte), PGSIZE);
        *copy = PA2PTE(page) | PTE_FLAGS(*pte);
    }
    return 0;
}
