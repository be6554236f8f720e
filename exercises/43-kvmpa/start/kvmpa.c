// kvmpa.c - the physical address of something on a kernel stack, for a device.
#include "lab.h"

struct proc {
    pagetable_t kpagetable; // the kernel's table of this process: its stack is here
};

extern pagetable_t kernel_pagetable; // no stacks in here any more
struct proc *myproc(void);           // 0: the scheduler runs, on a stack without a process

// Given: the level-0 entry for va, or 0 if there is no table for it.
pte_t *walk(pagetable_t root, uint64 va);

// Returns the physical address of va, which need not be page-aligned.
uint64
kvmpa(uint64 va)
{
    pte_t *pte = walk(kernel_pagetable, va);
    if (pte == 0 || !(*pte & PTE_V))
        panic("kvmpa");
    return PTE2PA(*pte) + va % PGSIZE;
}
