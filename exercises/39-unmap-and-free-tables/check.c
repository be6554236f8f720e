// SPDX-License-Identifier: MIT
// check.c - unmap: frames and tables come back, all others stay, and there is a fence.
#include "check.h"

void unmap(pagetable_t root, uint64 start, uint64 end);

static pagetable_t root;

static void
map(uint64 start, uint64 end)
{
    for (uint64 va = start; va < end; va += PGSIZE)
        entry_put(root, va, 0, PA2PTE(kalloc()) | PTE_V | PTE_R | PTE_W | PTE_U);
}

// Maps both ranges, unmaps one of them: `left` frames and tables must be there afterwards.
static void
try(uint64 start, uint64 end, uint64 other, uint64 other_end, int left)
{
    root = zeroes();
    map(start, end);
    map(other, other_end);
    int before = fences();
    unmap(root, start, end);
    for (uint64 va = start; va < end; va += PGSIZE)
        DEMAND(entry_at(root, va, 0) == 0, "the entry for %#lx is still there", "%#lx 的页表项还在",
               va);
    for (uint64 va = other; va < other_end; va += PGSIZE)
        DEMAND(entry_at(root, va, 0) != 0,
               "the entry for %#lx is gone, which was not in the range [%#lx, %#lx)",
               "%#lx 的页表项没有了, 它不在 [%#lx, %#lx) 中", va, start, end);
    DEMAND(frames_used() == left,
           "after unmap(%#lx, %#lx) %d frames are in use, not %d: tables count, too",
           "unmap(%#lx, %#lx) 之后有 %d 个页框在用, 应为 %d: 页表页也算", start, end, frames_used(),
           left);
    DEMAND(fences() > before, "entries were cleared without a fence", "清除页表项之后没有刷新 TLB");
    unmap(root, other, other_end);
    kfree(root);
    DEMAND(frames_used() == 0, "%d frames are lost", "丢失了 %d 个页框", frames_used());
}

void
check(void)
{
    try(0x1000, 0x3000, 0x5000, 0x6000, 4);
    try(0, 0x5000, 0x400000, 0x401000, 4);
    try(0x1ff000, 0x401000, 1UL << 30, (1UL << 30) + PGSIZE, 4);
    try(0x200000, 0x400000, 0x1ff000, 0x200000, 4);
    try((1UL << 30) - PGSIZE, (1UL << 30) + PGSIZE, TRAPFRAME, MAXVA, 5);
}
