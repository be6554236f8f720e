// SPDX-License-Identifier: MIT
// check.c - uvmcopy: contents and flags; and with each single kalloc failing, nothing is left over.
#include "check.h"

#include <string.h>

int uvmcopy(pagetable_t from, pagetable_t to, uint64 start, uint64 end);
pte_t *walk(pagetable_t root, uint64 va, int alloc);

#define START 0x3000UL
#define END   0x203000UL

static pagetable_t from, to;

pte_t *
walk(pagetable_t table, uint64 va, int alloc)
{
    return lab_walk(table, va, alloc);
}

// Pages of `to` in the range, and its own page below, which must not be touched.
static int
pages_of_child(void)
{
    int n = 0;
    for (uint64 va = START; va < END; va += PGSIZE)
        n += entry_at(to, va, 0) != 0;
    return n;
}

static int
tables_of_child(void)
{
    return 2 + ((entry_at(to, 0x200000, 1) & PTE_V) != 0);
}

static void
try_failing(int n, int frames_before)
{
    kalloc_fails(n);
    int result = uvmcopy(from, to, START, END);
    kalloc_fails(-1);
    DEMAND(result == -1, "kalloc number %d returned 0, but uvmcopy did not return -1",
           "第 %d 次 kalloc 返回了 0, uvmcopy 却没有返回 -1", n + 1);
    DEMAND(entry_at(to, 0, 0) != 0,
           "the undo has unmapped page 0, which was there before: it must begin at start",
           "撤销时取消了原来就有的第 0 页: 撤销应从 start 开始");
    DEMAND(pages_of_child() == 0, "after -1 (kalloc number %d failed) %d pages are still mapped",
           "返回 -1 之后 (第 %d 次 kalloc 失败) 还有 %d 页映射着", n + 1, pages_of_child());
    DEMAND(frames_used() - tables_of_child() == frames_before,
           "after -1 (kalloc number %d failed) a frame is lost",
           "返回 -1 之后 (第 %d 次 kalloc 失败) 丢失了页框", n + 1);
}

void
check(void)
{
    from = zeroes(), to = zeroes();
    entry_put(to, 0, 0, PA2PTE(kalloc()) | PTE_V | PTE_R | PTE_U);
    for (uint64 va = START; va < END; va += 0x80000)
        entry_put(from, va, 0,
                  PA2PTE(memset(kalloc(), (int)(va >> 19) + 9, PGSIZE)) | PTE_V | PTE_R | PTE_U |
                      PTE_W);
    entry_put(from, END - PGSIZE, 0, PA2PTE(kalloc()) | PTE_V | PTE_R | PTE_X | PTE_U);
    int before = frames_used() - tables_of_child();
    for (int n = 0; n < 6; n++)
        try_failing(n, before);
    DEMAND(uvmcopy(from, to, START, END) == 0, "with memory it must return 0",
           "有内存时必须返回 0");
    for (uint64 va = START; va < END; va += PGSIZE) {
        pte_t a = entry_at(from, va, 0), b = entry_at(to, va, 0);
        DEMAND((a == 0) == (b == 0) && PTE_FLAGS(a) == PTE_FLAGS(b),
               "at %#lx the child has %#lx, the parent %#lx",
               "在 %#lx 处子进程是 %#lx, 父进程是 %#lx", va, b, a);
        DEMAND(a == 0 || (PTE2PA(a) != PTE2PA(b) &&
                          !memcmp((void *)PTE2PA(a), (void *)PTE2PA(b), PGSIZE)),
               "at %#lx the child must have a frame of its own with the same contents",
               "在 %#lx 处子进程应有自己的页框, 且内容相同", va);
    }
}
