// SPDX-License-Identifier: MIT
// sv.S - translation by Sv39, Sv48 or Sv57: rights, sizes, what is reserved, A and D set by the hart.
#include "sv.inc"

    .option norvc
    .text
    .globl main
main:
    TRANSLATION_ON
    li a0, VA

    // Rights of a page of the supervisor.
    PAGE(0)
    ALL_FAULT(S)
    PAGE(PTE_V | PTE_R | PTE_A | PTE_D)
    LOADS(S)
    STORE_FAULTS(S)
    JUMP_FAULTS(S)
    PAGE(PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
    LOADS(S)
    STORES(S)
    JUMP_FAULTS(S)
    IN(S, amoadd.d a1, zero, (a0))
    EXPECT(s2, ECALL_S)
    la a1, data
    li a2, 0x00000073
    sd a2, 0(a1)
    fence.i
    PAGE(PTE_V | PTE_X | PTE_A | PTE_D)
    LOAD_FAULTS(S)
    STORE_FAULTS(S)
    JUMPS(S)
    PAGE(PTE_V | PTE_R | PTE_X | PTE_A | PTE_D)
    LOADS(S)
    STORE_FAULTS(S)
    JUMPS(S)
    IN(S, amoadd.d a1, zero, (a0))
    EXPECT(s2, STORE_PAGE)
    IN(S, lr.d a1, (a0))
    EXPECT(s2, ECALL_S)
    PAGE(RWX)
    LOADS(S)
    JUMPS(S)
    STORES(S)

    // W without R is reserved. Bits 8 and 9 are software's; G does not matter here.
    PAGE(PTE_V | PTE_W | PTE_A | PTE_D)
    ALL_FAULT(S)
    PAGE(PTE_V | PTE_W | PTE_X | PTE_A | PTE_D)
    ALL_FAULT(S)
    PAGE(RWX | 3 << 8 | PTE_G)
    LOADS(S)
    PAGE(RWX | 1 << 54)
    ALL_FAULT(S)
    PAGE(RWX | 1 << 60)
    ALL_FAULT(S)
    PAGE(RWX | 1 << 61)
    ALL_FAULT(S)
    PAGE(RWX | 1 << 63)
    ALL_FAULT(S)

    // MXR lets loads read executable pages; it does not help stores.
    PAGE(PTE_V | PTE_X | PTE_A | PTE_D)
    li a2, MSTATUS_MXR
    csrs mstatus, a2
    LOADS(S)
    STORE_FAULTS(S)
    csrc mstatus, a2
    LOAD_FAULTS(S)

    // User pages: U runs in them, S only loads and stores with SUM. U has nothing of the supervisor's.
    la a1, data
    li a2, 0x00000073
    sd a2, 0(a1)
    fence.i
    PAGE(RWX | PTE_U)
    ALL_FAULT(S)
    li a2, MSTATUS_SUM
    csrs mstatus, a2
    LOADS(S)
    IN(S, sd a1, 8(a0))
    EXPECT(s2, ECALL_S)
    JUMP_FAULTS(S)
    csrc mstatus, a2
    LOAD_FAULTS(S)
    FOR_U
    LOADS(U)
    JUMPS(U)
    PAGE(RWX)
    ALL_FAULT(U)
    csrs mstatus, a2
    ALL_FAULT(U)
    csrc mstatus, a2

    // MPRV: loads and stores of M as those of MPP; fetches as M's.
    PAGE(PTE_V | PTE_R | PTE_A | PTE_D)
    li a2, MSTATUS_MPRV
    li a3, MSTATUS_MPP
    li a4, S << 11
    IN(M, csrc mstatus, a3; csrs mstatus, a4; csrs mstatus, a2; ld a1, 0(a0); sd a1, 0(a0))
    EXPECT(s2, STORE_PAGE)
    EXPECT_SAME(s4, a0)
    IN(M, csrc mstatus, a3; csrs mstatus, a2; ld a1, 0(a0))
    EXPECT(s2, LOAD_PAGE)
    IN(M, csrs mstatus, a3; csrs mstatus, a2; ld a1, 0(a0))
    EXPECT(s2, LOAD_ACCESS) // no translation in M
    FOR_S

    // A and D: set by the hart, D only by a store.
    PAGE(PTE_V | PTE_R | PTE_W | PTE_X)
    LOADS(S)
    FLAGS(a2, low, 0)
    EXPECT(a2, PTE_V | PTE_R | PTE_W | PTE_X | PTE_A)
    IN(S, sd a1, 8(a0))
    EXPECT(s2, ECALL_S)
    FLAGS(a2, low, 0)
    EXPECT(a2, RWX)
    PAGE(PTE_V | PTE_R | PTE_W | PTE_X)
    JUMPS(S)
    FLAGS(a2, low, 0)
    EXPECT(a2, PTE_V | PTE_R | PTE_W | PTE_X | PTE_A)
    PAGE(PTE_V | PTE_R | PTE_W)
    addi a4, a0, 8
    IN(S, amoor.d a1, zero, (a4))
    EXPECT(s2, ECALL_S)
    FLAGS(a2, low, 0)
    EXPECT(a2, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
    PAGE(PTE_V | PTE_R) // a refused access sets nothing
    STORE_FAULTS(S)
    FLAGS(a2, low, 0)
    EXPECT(a2, PTE_V | PTE_R)

    // Sizes: 2 MiB, 1 GiB; the bits below the size must be 0.
    ENTRY_AT(middle, 321, 0x80000000, RWX)
    ENTRY_AT(gigabytes, 3, 0x80000000, RWX)
    la a3, data
    li a4, 0x80000000
    sub a3, a3, a4
    li a4, 0x28200000
    add a0, a3, a4
    LOADS(S)
    JUMPS(S)
    li a4, 0xc0000000
    add a0, a3, a4
    LOADS(S)
    JUMPS(S)
    li a0, 0x28200000
    ENTRY_AT(middle, 321, 0x80001000, RWX)
    ALL_FAULT(S)
    li a0, 0xc0000000
    ENTRY_AT(gigabytes, 3, 0x80200000, RWX)
    ALL_FAULT(S)
    ENTRY_AT(gigabytes, 3, 0x80001000, RWX)
    ALL_FAULT(S)

    // A pointer in the last level; A, D, U and reserved bits in a pointer.
    li a0, VA
    PAGE(PTE_V)
    ALL_FAULT(S)
    PAGE(RWX)
    ENTRY(middle, 320, low, PTE_V | PTE_A)
    LOAD_FAULTS(S)
    ENTRY(middle, 320, low, PTE_V | PTE_D)
    STORE_FAULTS(S)
    ENTRY(middle, 320, low, PTE_V | PTE_U)
    JUMP_FAULTS(S)
    ENTRY(middle, 320, low, PTE_V | 1 << 55)
    LOAD_FAULTS(S)
    ENTRY(middle, 320, low, 0)
    LOAD_FAULTS(S)
    ENTRY(middle, 320, low, PTE_V | PTE_G | 3 << 8)
    LOADS(S)
    ENTRY(gigabytes, 0, middle, PTE_V | PTE_A)
    LOAD_FAULTS(S)
    ENTRY(gigabytes, 0, middle, PTE_V)
    LOADS(S)

    // A page that is no memory; a table that PMP hides. strict.S has a table that is no memory.
    ENTRY_AT(low, 0, 0x28000000, RWX)
    IN(S, ld a1, 0(a0))
    EXPECT(s2, LOAD_ACCESS)
    EXPECT_SAME(s4, a0)
    IN(S, jr a0)
    EXPECT(s2, 1)
    PAGE(RWX)
    la a1, low
    srli a1, a1, 2
    li a2, -1
    csrw pmpaddr1, a2
    csrw pmpaddr0, a1
    li a2, 0x1f10
    csrw pmpcfg0, a2
    sfence.vma
    IN(S, ld a1, 0(a0))
    EXPECT(s2, LOAD_ACCESS)
    EXPECT_SAME(s4, a0)
    li a2, 0x1f00
    csrw pmpcfg0, a2
    sfence.vma
    LOADS(S)

    // Addresses that are no sign-extension.
    li a0, 1 << 63
    ALL_FAULT(S)
    li a0, TOP - 8
    LOAD_FAULTS(S)
    li a0, -(TOP)
    ALL_FAULT(S)
    FOR_U
    ALL_FAULT(U)
    FOR_S

    // The upper half.
    li a0, TOP
    ENTRY(ROOT, 256, gigabytes, PTE_V)
#if LEVELS == 3
    ENTRY_AT(ROOT, 256, 0x80000000, RWX)
    la a1, data
    li a2, 0x80000000
    sub a1, a1, a2
    add a0, a0, a1
#elif LEVELS == 4
    li a1, VA
    add a0, a0, a1
#else
    ENTRY(ROOT, 256, level3, PTE_V)
    li a1, VA
    add a0, a0, a1
#endif
    LOADS(S)
    JUMPS(S)

    // An access, and an instruction, across two pages of which the second is not mapped.
    li a0, VA + 4092
    ENTRY(low, 1, data, 0)
    li a2, VA + 4096
    IN(S, ld a1, 0(a0))
    EXPECT(s2, LOAD_PAGE)
    EXPECT_SAME(s4, a2)
    EXPECT_ADDRESS(s3, 77b)
    IN(S, sd a1, 0(a0))
    EXPECT(s2, STORE_PAGE)
    EXPECT_SAME(s4, a2)
    la a1, data + 4094
    li a3, 0x0073
    sh a3, 0(a1)
    fence.i
    li a0, VA + 4094
    IN(S, jr a0)
    EXPECT(s2, FETCH_PAGE)
    EXPECT_SAME(s3, a0)
    EXPECT_SAME(s4, a2)
    ENTRY(low, 1, data + 4096, RWX)
    JUMPS(S) // the second half is 0: ecall

    // satp off: no translation.
    csrr s7, satp
    csrw satp, zero
    sfence.vma
    li a0, VA
    IN(S, ld a1, 0(a0))
    EXPECT(s2, LOAD_ACCESS)
    csrw satp, s7

    // One address before and after a fence, of each kind.
    PAGE(RWX)
    ENTRY(low, 1, other, RWX)
    la a1, other
    li a2, 0x1111
    sd a2, 16(a1)
    la a1, data
    li a2, 0x2222
    sd a2, 16(a1)
    li a0, VA
    IN(S, ld a1, 16(a0))
    EXPECT(a1, 0x2222)
    la a1, low
    ld a2, 8(a1)
    sd a2, 0(a1)
    IN(S, sfence.vma a0, zero; ld a1, 16(a0))
    EXPECT(a1, 0x1111)
    PAGE(RWX)
    IN(S, sfence.vma zero, zero; ld a1, 16(a0))
    EXPECT(a1, 0x2222)
    la a1, low
    sd a2, 0(a1)
    IN(S, .word 0x18000073; .word 0x16050073; .word 0x18100073; ld a1, 16(a0))
    EXPECT(a1, 0x1111)
    j pass
