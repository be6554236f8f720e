// SPDX-License-Identifier: MIT
// check.c - mappages: each page of ranges that begin and end anywhere; remap; no memory.
#include "check.h"

#include <string.h>

int mappages(pagetable_t root, uint64 va, uint64 size, uint64 pa, int perm);
pte_t *walk(pagetable_t root, uint64 va, int alloc);

static pagetable_t root;

pte_t *
walk(pagetable_t table, uint64 va, int alloc)
{
    return lab_walk(table, va, alloc);
}

static void
try(uint64 va, uint64 size, uint64 pa)
{
    uint64 first = PGROUNDDOWN(va), end = PGROUNDUP(va + size);
    DEMAND(mappages(root, va, size, pa, PTE_R | PTE_U) == 0,
           "mappages(%#lx, %#lx) did not return 0", "mappages(%#lx, %#lx) 没有返回 0", va, size);
    for (uint64 at = first; at < end; at += PGSIZE) {
        pte_t pte = entry_at(root, at, 0), want = PA2PTE(pa + at - first) | PTE_V | PTE_R | PTE_U;
        DEMAND(pte == want, "mappages(%#lx, %#lx): the entry for %#lx is %#lx, it should be %#lx",
               "mappages(%#lx, %#lx): %#lx 的页表项是 %#lx, 应为 %#lx", va, size, at, pte, want);
    }
    DEMAND(entry_at(root, end, 0) == 0, "mappages(%#lx, %#lx) maps %#lx, too",
           "mappages(%#lx, %#lx) 多映射了 %#lx", va, size, end);
}

static void
again(void)
{
    mappages(root, 0x5000, 4 * PGSIZE, KERNBASE, PTE_R);
}

void
check(void)
{
    root = zeroes();
    try(0, PGSIZE, KERNBASE);
    try(0x5000, 3 * PGSIZE, KERNBASE + 0x10000);
    try(0x9ff8, 16, KERNBASE + 0x20000);
    try(0x1ff000, 2 * PGSIZE, KERNBASE + 0x30000);
    try(TRAPFRAME - PGSIZE, PGSIZE, KERNBASE);
    const char *words = panics(again);
    DEMAND(words && strcmp(words, "remap") == 0,
           "a page that is mapped already must panic with \"remap\"",
           "重复映射必须以 \"remap\" panic");
    kalloc_fails(0);
    DEMAND(mappages(root, 9UL << 30, PGSIZE, KERNBASE, PTE_R) == -1,
           "without memory it must return -1", "没有内存时必须返回 -1");
}
