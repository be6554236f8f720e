// SPDX-License-Identifier: MIT
// check.c - walk: the entries that it finds and makes, and what it does without memory.
#include "check.h"

pte_t *walk(pagetable_t root, uint64 va, int alloc);

static pagetable_t root;

static void
beyond(void)
{
    walk(root, MAXVA, 0);
}

static void
check_made(uint64 va)
{
    pte_t *pte = walk(root, va, 1);
    DEMAND(pte != 0, "walk(root, %#lx, 1) returned 0 although there is memory",
           "有内存, 但 walk(root, %#lx, 1) 返回了 0", va);
    for (int level = 2; level > 0; level--) {
        pte_t above = entry_at(root, va, level);
        DEMAND((above & 0xff) == PTE_V,
               "the entry at level %d for %#lx is %#lx; one that leads to a table has V alone",
               "%2$#lx 的第 %1$d 级页表项是 %3$#lx; 指向页表的项只应有 V", level, va, above);
    }
    *pte = PA2PTE(KERNBASE + (va & 0xff000)) | PTE_V | PTE_R;
    DEMAND(entry_at(root, va, 0) == *pte,
           "what is stored in the result of walk(root, %#lx, 1) is not the entry for that address",
           "写入 walk(root, %#lx, 1) 的结果之后, 该地址的页表项并不是它", va);
}

static void
check_scarce(uint64 va, int left)
{
    int before = frames_used();
    kalloc_fails(left);
    pte_t *pte = walk(root, va, 1);
    kalloc_fails(-1);
    DEMAND(pte == 0, "without memory for a table walk did not return 0",
           "没有内存建页表页, walk 却没有返回 0");
    DEMAND(frames_used() - before == left, "after a kalloc that failed, %d frames are lost",
           "kalloc 失败之后, 丢失了 %d 个页框", frames_used() - before - left);
}

void
check(void)
{
    static const uint64 some[] = {0, PGSIZE, 0x40201000, 511 * PGSIZE, TRAMPOLINE, 0x3fffffd000};
    root = zeroes();
    DEMAND(walk(root, 0, 0) == 0, "walk(root, 0, 0) in an empty tree must return 0",
           "空页表中 walk(root, 0, 0) 必须返回 0");
    DEMAND(frames_used() == 1, "with alloc = 0 a table was made", "alloc 为 0 时新建了页表页");
    for (int i = 0; i < 6; i++)
        check_made(some[i]);
    DEMAND(frames_used() == 7, "the tree has %d tables, not 7", "页表有 %d 页, 应为 7 页",
           frames_used());
    for (int i = 0; i < 6; i++)
        DEMAND(walk(root, some[i], 0) != 0 && *walk(root, some[i], 0) == entry_at(root, some[i], 0),
               "walk(root, %#lx, 0) does not find what is there",
               "walk(root, %#lx, 0) 找不到已有的页表项", some[i]);
    DEMAND(entry_at(root, 2 * PGSIZE, 0) == 0, "a new table is not a page of zeroes",
           "新页表页没有清零");
    check_scarce(7UL << 30, 0);
    check_scarce(7UL << 30, 1);
    DEMAND(panics(beyond) != 0, "walk(root, MAXVA, 0) does not panic",
           "walk(root, MAXVA, 0) 没有 panic");
}
