// mirror.c - the process's memory a second time, in the table that the kernel uses for it.
#include "lab.h"

// Given: the entry for va; with `alloc` missing tables are made. 0: there is none, or no memory.
pte_t *walk(pagetable_t root, uint64 va, int alloc);

// The process's size has changed from oldsz to newsz; `user` has its new memory already. Makes the
// kernel's table agree: the same frames, the same rights, without U. Returns 0, or -1 without memory:
// then the kernel's table is as it was for oldsz.
int
mirror(pagetable_t user, pagetable_t kernel, uint64 oldsz, uint64 newsz)
{
    for (uint64 va = PGROUNDUP(oldsz); va < newsz; va += PGSIZE) {
        pte_t *from = walk(user, va, 0), *to = walk(kernel, va, 1);
        *to = *from;
    }
    return 0;
}
