// SPDX-License-Identifier: MIT
// norest.c - a kernel whose two harts work in loops that come back with the same integer registers.
//
// Theory    A hart that loses its turn between lr.w and sc.w loses its reservation: sc.w fails, and
//           the loop comes back, but the next sc.w succeeds. With -DFLOAT only a floating-point
//           register changes in the loop.
#include "small.h"

#ifdef FLOAT
#define FIRST                                                                                      \
    "li t1, 0x2000\n" /* FS */                                                                     \
    "csrs mstatus, t1\n"                                                                           \
    "li t1, 200000\n"                                                                              \
    "fcvt.d.l fa2, t1\n"                                                                           \
    "li t1, 1\n"                                                                                   \
    "fcvt.d.l fa1, t1\n"                                                                           \
    "fcvt.d.l fa0, zero\n"                                                                         \
    "5: fadd.d fa0, fa0, fa1\n"                                                                    \
    "flt.d a5, fa0, fa2\n"                                                                         \
    "bnez a5, 5b\n"
#else
#define FIRST
#endif

int word[2][16];

void __attribute__((naked)) start(void)
{
    __asm__ volatile("csrr t0, mhartid\n"
                     "slli t1, t0, 6\n"
                     "la t3, word\n"
                     "add a0, t3, t1\n"
                     "li t2, 200\n" FIRST "1: li a3, 1\n" // as after an sc.w that has failed
                     "2: lr.w a5, (a0)\n"
                     "addi a4, a5, 1\n"
                     ".rept 100\n"
                     "nop\n"
                     ".endr\n"
                     "sc.w a3, a4, (a0)\n"
                     "bnez a3, 2b\n"
                     "bne a4, t2, 1b\n"
                     "3: lw a4, 0(t3)\n"
                     "lw a5, 64(t3)\n"
                     "bne a4, a5, 3b\n"
                     "li t0, 0x100000\n"
                     "li t1, 0x5555\n"
                     "sw t1, 0(t0)\n"
                     "4: j 4b\n");
}
