// SPDX-License-Identifier: MIT
// check.c - mirror: a process that grows, shrinks, grows again and execs; no memory; whose frames.
#include "check.h"

#include <string.h>

int mirror(pagetable_t user, pagetable_t kernel, uint64 oldsz, uint64 newsz);
pte_t *walk(pagetable_t root, uint64 va, int alloc);

#define MOST 0x400000UL

static pagetable_t user, kernel;
static uint64 sz;

pte_t *
walk(pagetable_t table, uint64 va, int alloc)
{
    return lab_walk(table, va, alloc);
}

static void
agree(const char *en, const char *zh)
{
    for (uint64 va = 0; va < MOST; va += PGSIZE) {
        pte_t u = va < PGROUNDUP(sz) ? entry_at(user, va, 0) : 0, k = entry_at(kernel, va, 0);
        DEMAND(u == 0 || k != 0, "%s: %#lx is not mapped in the kernel's table",
               "%s: %#lx 没有映射在内核页表中", either(en, zh), va);
        DEMAND(u != 0 || k == 0, "%s: %#lx is still mapped in the kernel's table (%#lx)",
               "%s: %#lx 还映射在内核页表中 (%#lx)", either(en, zh), va, k);
        DEMAND(!(k & PTE_U), "%s: the entry for %#lx has U: the kernel itself may not use it",
               "%s: %#lx 的页表项有 U: 内核自己不能使用它", either(en, zh), va);
        DEMAND(k == (u & ~PTE_U), "%s: for %#lx the kernel's table has %#lx, the user's %#lx",
               "%s: 对 %#lx, 内核页表是 %#lx, 用户页表是 %#lx", either(en, zh), va, k, u);
    }
}

// Does the work of sbrk, and then the mirror.
static int
resize(uint64 newsz, const char *en, const char *zh)
{
    uint64 oldsz = sz;
    for (uint64 va = PGROUNDUP(oldsz); va < newsz; va += PGSIZE)
        entry_put(user, va, 0, PA2PTE(memset(kalloc(), 0, PGSIZE)) | PTE_V | PTE_R | PTE_W | PTE_U);
    int before = fences();
    if (mirror(user, kernel, oldsz, newsz) != 0)
        return -1;
    DEMAND(PGROUNDUP(newsz) >= PGROUNDUP(oldsz) || fences() > before,
           "%s: entries were cleared without a fence", "%s: 清除页表项之后没有刷新 TLB",
           either(en, zh));
    for (uint64 va = PGROUNDUP(newsz); va < oldsz; va += PGSIZE) {
        kfree((void *)PTE2PA(entry_at(user, va, 0)));
        entry_put(user, va, 0, 0);
    }
    sz = newsz;
    agree(en, zh);
    return 0;
}

static void
check_scarce(void)
{
    int used = frames_used();
    uint64 newsz = 0x201000;
    for (uint64 va = PGROUNDUP(sz); va < newsz; va += PGSIZE)
        entry_put(user, va, 0, PA2PTE(kalloc()) | PTE_V | PTE_R | PTE_W | PTE_U);
    kalloc_fails(0);
    int result = mirror(user, kernel, sz, newsz);
    kalloc_fails(-1);
    DEMAND(result == -1, "kalloc returned 0, but mirror did not return -1",
           "kalloc 返回了 0, mirror 却没有返回 -1");
    for (uint64 va = PGROUNDUP(sz); va < newsz; va += PGSIZE) {
        kfree((void *)PTE2PA(entry_at(user, va, 0)));
        entry_put(user, va, 0, 0);
    }
    agree("after a growth that failed", "增长失败之后");
    DEMAND(frames_used() - used <= 1, "after a growth that failed frames are lost",
           "增长失败之后丢失了页框");
}

void
check(void)
{
    user = zeroes(), kernel = zeroes();
    entry_put(kernel, TRAMPOLINE, 0, PA2PTE(kalloc()) | PTE_V | PTE_R | PTE_X);
    resize(0x3000, "after exec", "exec 之后");
    resize(0x5123, "after sbrk(0x2123)", "sbrk(0x2123) 之后");
    resize(0x5800, "after a growth within a page", "页内增长之后");
    resize(0x2001, "after a shrink", "缩小之后");
    resize(0x6000, "after growing again", "再次增长之后");
    check_scarce();
    resize(0, "at the end", "最后");
    DEMAND(entry_at(kernel, TRAMPOLINE, 0) != 0, "the trampoline has left the kernel's table",
           "内核页表中的 trampoline 没有了");
}
