// SPDX-License-Identifier: MIT
// check.c - cowfault: copies, the last user, pages that are not shared, no memory, the fence.
#include "check.h"

#include <string.h>

int cowfault(pagetable_t root, uint64 va);
pte_t *walk(pagetable_t root, uint64 va);

static pagetable_t parent, child;

pte_t *
walk(pagetable_t table, uint64 va)
{
    return lab_walk(table, va, 0);
}

static void
refused(uint64 va, const char *en, const char *zh)
{
    pte_t before = va < MAXVA ? entry_at(parent, va, 0) : 0;
    int used = frames_used();
    DEMAND(cowfault(parent, va) == -1, "a store to %s must end the process: return -1",
           "写入%s必须结束进程: 应返回 -1", either(en, zh));
    DEMAND((va < MAXVA ? entry_at(parent, va, 0) : 0) == before && frames_used() == used,
           "after -1 nothing may have changed, at %#lx", "返回 -1 之后不应有任何改变, 地址 %#lx",
           va);
}

static void
share(uint64 va)
{
    char *page = memset(kalloc(), 7, PGSIZE);
    kshare(page);
    pte_t pte = PA2PTE(page) | PTE_V | PTE_R | PTE_U | PTE_A | PTE_COW;
    entry_put(parent, va, 0, pte);
    entry_put(child, va, 0, pte);
}

static void
check_copy(uint64 va)
{
    pte_t old = entry_at(child, va, 0);
    int used = frames_used(), before = fences();
    DEMAND(cowfault(parent, va + 8) == 0, "a store to a shared page is allowed, but it returned -1",
           "写入共享页是允许的, 却返回了 -1");
    pte_t pte = entry_at(parent, va, 0);
    DEMAND(PTE2PA(pte) != PTE2PA(old), "both processes still have the same frame",
           "两个进程仍在用同一页框");
    DEMAND(memcmp((void *)PTE2PA(pte), (void *)PTE2PA(old), PGSIZE) == 0,
           "the copy has other contents than the page", "副本的内容与原页不同");
    DEMAND(PTE_FLAGS(pte) == ((PTE_FLAGS(old) | PTE_W) & ~PTE_COW),
           "the flags are %#lx: W must be set, PTE_COW clear, all others as before",
           "标志是 %#lx: 应当有 W, 没有 PTE_COW, 其余不变", PTE_FLAGS(pte));
    DEMAND(entry_at(child, va, 0) == old, "the other process's entry has changed",
           "另一个进程的页表项变了");
    DEMAND(frames_used() == used + 1 && kcount((void *)PTE2PA(old)) == 1,
           "the shared frame has %d users, not 1", "共享的页框有 %d 个使用者, 应为 1",
           kcount((void *)PTE2PA(old)));
    DEMAND(fences() > before, "the entry has changed, and no fence follows",
           "页表项变了, 却没有刷新 TLB");
}

static void
check_last(uint64 va)
{
    pte_t old = entry_at(child, va, 0);
    int used = frames_used();
    kalloc_fails(0);
    DEMAND(cowfault(child, va) == 0, "the last user of a page needs no copy, so no memory either",
           "一页的最后一个使用者不需要副本, 也就不需要内存");
    kalloc_fails(-1);
    pte_t pte = entry_at(child, va, 0);
    DEMAND(PTE2PA(pte) == PTE2PA(old) && (pte & PTE_W) && !(pte & PTE_COW) && frames_used() == used,
           "the last user should keep the frame, with W and without PTE_COW: %#lx",
           "最后一个使用者应留用页框, 有 W 而没有 PTE_COW: %#lx", pte);
}

void
check(void)
{
    parent = zeroes(), child = zeroes();
    share(0x3000);
    share(0x7000);
    check_copy(0x3000);
    check_last(0x3000);
    kalloc_fails(0);
    refused(0x7000, "a shared page without memory", "共享页而没有内存时");
    kalloc_fails(-1);
    entry_put(parent, 0x1000, 0, PA2PTE(kalloc()) | PTE_V | PTE_R | PTE_X | PTE_U);
    refused(0x1000, "a page of text", "代码页");
    entry_put(parent, 0x2000, 0, PA2PTE(kalloc()) | PTE_V | PTE_R | PTE_W | PTE_COW);
    refused(0x2000, "a page without U", "没有 U 的页");
    refused(0x5000, "a page that is not mapped", "没有映射的页");
    refused(5UL << 30, "a page without tables", "没有页表页的地址");
    refused(MAXVA, "an address above MAXVA", "MAXVA 以上的地址");
}
