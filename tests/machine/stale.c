// SPDX-License-Identifier: MIT
// stale.c - a kernel that leaves out a fence: after a change of an entry, or after a write of satp.
//
// It runs in S-mode with an identity map in pages of 1 GiB, and maps one small page at WINDOW.
// AFTER_ENTRY and AFTER_SATP say what follows the change and the write: none or fence.

#include "small.h"

#define WINDOW 0x40000000UL

void supervisor(void);

static table root[2] __attribute__((aligned(4096)));
static table middle[2] __attribute__((aligned(4096)));
static table leaves[2] __attribute__((aligned(4096)));
static table page[3] __attribute__((aligned(4096)));

static void
make_tree(int n)
{
    make_root(root[n], middle[n]);
    middle[n][0] = entry(leaves[n], POINTER);
    leaves[n][0] = entry(page[n], LEAF);
}

static inline void
none(void)
{
}

A_FUNCTION static void
fence(void)
{
    __asm__ volatile("sfence.vma zero, zero" ::: "memory");
}

A_FUNCTION static void
first_tree(void)
{
    write_satp(root[0]);
    fence();
}

A_FUNCTION static void
switch_tree(void)
{
    write_satp(root[1]);
    AFTER_SATP();
}

A_FUNCTION static void
remap(void)
{
    ((volatile unsigned long *)leaves[0])[0] = entry(page[2], LEAF);
    AFTER_ENTRY();
}

A_FUNCTION static int
look(void)
{
    return *(volatile int *)WINDOW;
}

A_FUNCTION static int
visit(int n)
{
    return look() + n;
}

void
supervisor(void)
{
    make_tree(0);
    make_tree(1);
    first_tree();
    remap();
    int sum = visit(1);
    fence();
    switch_tree();
    sum += visit(2);
    *FINISHER = sum ? 0x5555 : 0x3333;
}

void
start(void)
{
    enter_supervisor(supervisor);
}
