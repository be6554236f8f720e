// SPDX-License-Identifier: MIT
// riscv.h - page sizes, the bits of a page-table entry, and the registers that a program may read.
#pragma once

#include "abi/usyscall.h"
#include "kernel/types.h"

typedef uint64 pte_t;
typedef uint64 *pagetable_t;

#define PGSIZE         4096
#define PGSHIFT        12
#define PGROUNDUP(sz)  (((sz) + PGSIZE - 1) & ~(PGSIZE - 1))
#define PGROUNDDOWN(a) ((a) & ~(PGSIZE - 1))

#define SUPERPGSIZE         (2 * 1024 * 1024)
#define SUPERPGROUNDUP(sz)  (((sz) + SUPERPGSIZE - 1) & ~(SUPERPGSIZE - 1))
#define SUPERPGROUNDDOWN(a) ((a) & ~(SUPERPGSIZE - 1))

#define PTE_V (1L << 0)
#define PTE_R (1L << 1)
#define PTE_W (1L << 2)
#define PTE_X (1L << 3)
#define PTE_U (1L << 4)
#define PTE_G (1L << 5)
#define PTE_A (1L << 6)
#define PTE_D (1L << 7)

#define PA2PTE(pa)     ((((uint64)(pa)) >> 12) << 10)
#define PTE2PA(pte)    (((pte) >> 10) << 12)
#define PTE_FLAGS(pte) ((pte)&0x3ff)

#define PXMASK         0x1ff
#define PXSHIFT(level) (PGSHIFT + 9 * (level))
#define PX(level, va)  ((((uint64)(va)) >> PXSHIFT(level)) & PXMASK)

// The stack pointer.
static inline uint64
r_sp(void)
{
    uint64 x;
    asm volatile("mv %0, sp" : "=r"(x));
    return x;
}

// The time CSR; usyscall.h has its steps per second.
static inline uint64
r_time(void)
{
    uint64 x;
    asm volatile("rdtime %0" : "=r"(x));
    return x;
}
