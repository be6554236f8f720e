// SPDX-License-Identifier: MIT
// check.c - copyin: across pages, to the last byte, and what must be refused.
#include "check.h"

#include <string.h>

int copyin(pagetable_t root, char *to, uint64 va, uint64 len);
pte_t *walk(pagetable_t root, uint64 va);

static pagetable_t root;
static char buf[4 * 4096];

pte_t *
walk(pagetable_t table, uint64 va)
{
    return lab_walk(table, va, 0);
}

static void
page(uint64 va, uint64 flags)
{
    char *frame = kalloc();
    for (uint64 i = 0; i < PGSIZE; i++)
        frame[i] = (char)((va + i) * 31 >> 3);
    entry_put(root, va, 0, PA2PTE(frame) | flags);
}

static void
reads(uint64 va, uint64 len)
{
    memset(buf, 0x7e, sizeof(buf));
    DEMAND(copyin(root, buf, va, len) == 0,
           "copyin of [%#lx, %#lx) is allowed, but did not return 0",
           "允许读 [%#lx, %#lx), copyin 却没有返回 0", va, va + len);
    for (uint64 i = 0; i < len; i++)
        DEMAND(buf[i] == (char)((va + i) * 31 >> 3), "the byte of %#lx is wrong",
               "地址 %#lx 的字节不对", va + i);
    DEMAND(buf[len] == 0x7e, "it copied more than %lu bytes", "复制超过了 %lu 个字节", len);
}

static void
refuses(uint64 va, uint64 len, const char *en, const char *zh)
{
    DEMAND(copyin(root, buf, va, len) == -1, "%s: copyin(%#lx, length %#lx) must return -1",
           "%s: copyin(%#lx, 长度 %#lx) 必须返回 -1", either(en, zh), va, len);
}

void
check(void)
{
    root = zeroes();
    page(0x1000, PTE_V | PTE_R | PTE_U);
    page(0x5000, PTE_V | PTE_R | PTE_W | PTE_U);
    page(0x2000, PTE_V | PTE_R | PTE_W | PTE_U);
    page(0x4000, PTE_V | PTE_R | PTE_W);
    page(0x6000, PTE_V | PTE_X | PTE_U);
    page(TRAPFRAME, PTE_V | PTE_R | PTE_W);
    reads(0x1000, 16);
    reads(0x1ff0, 32);
    reads(0x1001, 0x1fff);
    reads(0x5ff8, 8);
    reads(0x9000, 0);
    refuses(0x3000, 8, "nothing is mapped there", "那里没有映射");
    refuses(0x2ff8, 16, "the second page is not mapped", "第二页没有映射");
    refuses(0x4000, 8, "the page has no U", "该页没有 U");
    refuses(TRAPFRAME, 8, "the trapframe is the kernel's", "trapframe 属于内核");
    refuses(0x6000, 8, "the page has no R", "该页没有 R");
    refuses(MAXVA, 8, "above MAXVA", "超过 MAXVA");
    refuses(7UL << 30, 8, "there are no tables", "没有页表页");
    refuses(0x1000, 0UL - 0x1000, "the length wraps around", "长度发生回绕");
    refuses(0UL - 8, 16, "the address is at the very end", "地址在最末端");
}
