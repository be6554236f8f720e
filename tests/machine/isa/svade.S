// SPDX-License-Identifier: MIT
// svade.S - a hart that leaves A and D to software: it faults, and changes nothing.
#include "sv.inc"

    .option norvc
    .text
    .globl main
main:
    TRANSLATION_ON
    li a0, VA
    PAGE(PTE_V | PTE_R | PTE_W | PTE_X)
    ALL_FAULT(S)
    FLAGS(a2, low, 0)
    EXPECT(a2, PTE_V | PTE_R | PTE_W | PTE_X)
    PAGE(PTE_V | PTE_R | PTE_W | PTE_X | PTE_A)
    LOADS(S)
    JUMPS(S)
    STORE_FAULTS(S)
    IN(S, amoor.d a1, zero, (a0))
    EXPECT(s2, STORE_PAGE)
    FLAGS(a2, low, 0)
    EXPECT(a2, PTE_V | PTE_R | PTE_W | PTE_X | PTE_A)
    PAGE(PTE_V | PTE_R | PTE_W | PTE_X | PTE_D)
    ALL_FAULT(S)
    PAGE(RWX)
    IN(S, sd a1, 8(a0))
    EXPECT(s2, ECALL_S)
    // A load keeps the way that a store takes closed.
    PAGE(PTE_V | PTE_R | PTE_W | PTE_X | PTE_A)
    IN(S, ld a1, 8(a0); sd a1, 8(a0))
    EXPECT(s2, STORE_PAGE)
    // MXR and SUM do not matter for it.
    PAGE(PTE_V | PTE_X)
    li a2, MSTATUS_MXR
    csrs mstatus, a2
    LOAD_FAULTS(S)
    PAGE(PTE_V | PTE_X | PTE_A)
    LOADS(S)
    j pass
