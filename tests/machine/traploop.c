// SPDX-License-Identifier: MIT
// traploop.c - a kernel whose trap handler cannot run, and one whose handler can.
//
// KIND is deep (calls overflow the stack, and the handler needs the stack), none (there is no
// handler), noroot (satp names no RAM, and there is no handler) or good (the handler skips an
// instruction, 1000 times at the same place).

#include "small.h"

void supervisor(void);
void on_stack(void);
void handler(void);
void skip(void);

static table root __attribute__((aligned(4096)));
static table middle __attribute__((aligned(4096)));
static table leaves __attribute__((aligned(4096)));
static table stack __attribute__((aligned(4096)));

__asm__(".globl on_stack\n"
        "on_stack: li sp, 0x40002000\n"
        "call supervisor\n"
        ".balign 4\n"
        ".globl handler\n"
        "handler: addi sp, sp, -16\n"
        "sd ra, 8(sp)\n"
        "call handler\n"
        ".balign 4\n"
        ".globl skip\n"
        "skip: csrr t0, mepc\n"
        "addi t0, t0, 4\n"
        "csrw mepc, t0\n"
        "mret\n");

// An identity map, and one page of stack at 0x40001000 with nothing below.
static void
make_tree(void)
{
    make_root(root, middle);
    middle[0] = entry(leaves, POINTER);
    leaves[1] = entry(stack, LEAF);
    write_satp(root);
    __asm__ volatile("sfence.vma zero, zero" : : : "memory");
}

A_FUNCTION static unsigned long
descend(unsigned long n)
{
    volatile unsigned long local[32];
    local[n % 32] = n;
    return descend(n + 1) + local[0];
}

void
supervisor(void)
{
    *FINISHER = descend(0) ? 0x5555 : 0x3333;
}

static inline void
deep(void)
{
    make_tree();
    __asm__ volatile("csrw medeleg, %0\n"
                     "csrw stvec, %1\n"
                     :
                     : "r"(-1UL), "r"(handler));
    enter_supervisor(on_stack);
}

static inline void
none(void)
{
    __asm__ volatile("csrw mtvec, zero\n"
                     ".word 0\n");
}

static inline void
noroot(void)
{
    __asm__ volatile("csrw mtvec, zero\n"
                     "csrw satp, %0\n"
                     :
                     : "r"(8UL << 60 | 1));
    enter_supervisor(supervisor);
}

static inline void
good(void)
{
    __asm__ volatile("csrw mtvec, %0" : : "r"(skip));
    for (int i = 0; i < 1000; i++)
        __asm__ volatile(".word 0" : : : "t0");
    *FINISHER = 0x5555;
}

void
start(void)
{
    KIND();
}
