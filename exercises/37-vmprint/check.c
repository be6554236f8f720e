// SPDX-License-Identifier: MIT
// check.c - vmprint: the lines for an empty table, for init's, and for one with a large leaf.
#include "check.h"

#include <stdio.h>
#include <string.h>

void vmprint(pagetable_t root);

static char want[8192];

static void
expect(pagetable_t table, int level)
{
    for (int i = 0; i < 512; i++) {
        pte_t pte = table[i];
        if (!(pte & PTE_V))
            continue;
        static const char *const dots[] = {".. .. ..", ".. ..", ".."};
        sprintf(want + strlen(want), "%s%d: pte %p pa %p\n", dots[level], i, (void *)pte,
                (void *)PTE2PA(pte));
        if (!(pte & (PTE_R | PTE_W | PTE_X)))
            expect((pagetable_t)PTE2PA(pte), level - 1);
    }
}

// The first line in which the texts differ, cut off at its end.
static void
compare(const char *got)
{
    static char a[120], b[120];
    const char *w = want;
    int line = 1;
    while (*w && *w == *got) {
        line += *w == '\n';
        w++, got++;
    }
    if (*w == *got)
        return;
    while (w > want && w[-1] != '\n')
        w--, got--;
    sscanf(w, "%119[^\n]", a);
    sscanf(got, "%119[^\n]", b);
    fail("line %d is `%s`, it should be `%s`", "第 %d 行是 `%s`, 应为 `%s`", line, b, a);
}

static void
try(pagetable_t root)
{
    sprintf(want, "page table %p\n", (void *)root);
    expect(root, 2);
    collect();
    vmprint(root);
    compare(printed());
}

void
check(void)
{
    pagetable_t root = zeroes();
    try(root);
    for (uint64 va = 0; va < 3 * PGSIZE; va += PGSIZE)
        entry_put(root, va, 0,
                  PA2PTE(kalloc()) | PTE_V | PTE_R | PTE_W | (va == PGSIZE ? 0 : PTE_U));
    entry_put(root, TRAPFRAME, 0, PA2PTE(kalloc()) | PTE_V | PTE_R | PTE_W);
    entry_put(root, TRAMPOLINE, 0, PA2PTE(kalloc()) | PTE_V | PTE_X);
    try(root);
    entry_put(root, 7UL << 30, 1, PA2PTE(KERNBASE) | PTE_V | PTE_R);
    entry_put(root, 7UL << 30 | 1UL << 21, 1, PA2PTE(kalloc()) | PTE_R); // not valid
    try(root);
}
