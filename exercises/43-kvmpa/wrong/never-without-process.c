#include "lab.h"

struct proc {
    pagetable_t kpagetable;
};

struct proc *myproc(void);
pte_t *walk(pagetable_t root, uint64 va);

uint64
kvmpa(uint64 va)
{
    pte_t *pte = walk(myproc()->kpagetable, va);
    if (pte == 0 || !(*pte & PTE_V))
        panic("kvmpa");
    return PTE2PA(*pte) + va % PGSIZE;
}
