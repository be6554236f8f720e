// SPDX-License-Identifier: MIT
// check.c - kvmpa: of two processes at the same address, of the scheduler, of nothing.
#include "check.h"

#define KSTACK 0x3fffffd000UL

struct proc {
    pagetable_t kpagetable;
};

uint64 kvmpa(uint64 va);
struct proc *myproc(void);
pte_t *walk(pagetable_t root, uint64 va);

pagetable_t kernel_pagetable;
static struct proc procs[2], *current;

struct proc *
myproc(void)
{
    return current;
}

pte_t *
walk(pagetable_t table, uint64 va)
{
    return lab_walk(table, va, 0);
}

static void
nowhere(void)
{
    kvmpa(0x7000);
}

static void
stack_of(int i)
{
    current = &procs[i];
    const char *words = panics(nowhere);
    DEMAND(words != 0, "an address that is mapped nowhere must panic", "没有映射的地址必须 panic");
    uint64 want = PTE2PA(entry_at(procs[i].kpagetable, KSTACK, 0)) + 0xe8;
    uint64 got = kvmpa(KSTACK + 0xe8);
    DEMAND(got == want, "for process %d kvmpa(%#lx) is %#lx, it should be %#lx",
           "对进程 %d, kvmpa(%#lx) 是 %#lx, 应为 %#lx", i + 1, KSTACK + 0xe8, got, want);
}

void
check(void)
{
    kernel_pagetable = zeroes();
    entry_put(kernel_pagetable, KERNBASE, 0, PA2PTE(KERNBASE) | PTE_V | PTE_R | PTE_W);
    for (int i = 0; i < 2; i++) {
        procs[i].kpagetable = zeroes();
        entry_put(procs[i].kpagetable, KERNBASE, 0, PA2PTE(KERNBASE) | PTE_V | PTE_R | PTE_W);
        entry_put(procs[i].kpagetable, KSTACK, 0, PA2PTE(kalloc()) | PTE_V | PTE_R | PTE_W);
    }
    stack_of(0);
    stack_of(1);
    current = 0;
    DEMAND(kvmpa(KERNBASE + 8) == KERNBASE + 8, "without a process the kernel's own table counts",
           "没有进程时应当查内核自己的页表");
}
