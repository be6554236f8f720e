// SPDX-License-Identifier: MIT
// small.h - common code of the kernels of one file in tests/machine: entry, page tables, the way to
// S-mode.
//
// start(), the kernel's own, is entered in M-mode on a stack of one page.
#pragma once

#define FINISHER ((volatile unsigned *)0x100000)

#define LEAF    0xcfUL // V, R, W, X, A, D
#define POINTER 0x01UL

#define A_FUNCTION __attribute__((noinline))

typedef unsigned long table[512];

void start(void);

__asm__(".section .text.start, \"ax\"\n"
        ".globl _entry\n"
        "_entry: la sp, stack_top\n"
        "call start\n"
        ".bss\n"
        ".balign 16\n"
        ".space 4096\n"
        "stack_top:\n"
        ".text\n");

static inline unsigned long
entry(const void *to, unsigned long flags)
{
    return (unsigned long)to >> 12 << 10 | flags;
}

// An identity map of devices and RAM in pages of 1 GiB, and `middle` between them.
static inline void
make_root(unsigned long *root, unsigned long *middle)
{
    root[0] = entry((void *)0, LEAF);
    root[1] = entry(middle, POINTER);
    root[2] = entry((void *)0x80000000UL, LEAF);
}

static inline void
write_satp(const unsigned long *root)
{
    __asm__ volatile("csrw satp, %0" : : "r"(8UL << 60 | (unsigned long)root >> 12) : "memory");
}

// Goes to `pc` in S-mode, which may reach all of memory.
static inline void
enter_supervisor(const void *pc)
{
    __asm__ volatile("csrw pmpaddr0, %0\n"
                     "csrw pmpcfg0, %1\n"
                     "csrw mepc, %2\n"
                     "csrc mstatus, %3\n"
                     "csrs mstatus, %4\n"
                     "mret\n"
                     :
                     : "r"(-1UL), "r"(0x1fUL), "r"(pc), "r"(3UL << 11), "r"(1UL << 11));
}
