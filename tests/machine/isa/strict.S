// SPDX-License-Identifier: MIT
// strict.S - requirements of the manual that QEMU 7.2 does not meet: for the glass machine alone.
#include "sv.inc"

    .option norvc
    .text
    .globl main
main:
    // The lowest bit of mepc and sepc is 0.
    li a0, -1
    csrw mepc, a0
    csrr a1, mepc
    EXPECT(a1, -2)
    csrw sepc, a0
    csrr a1, sepc
    EXPECT(a1, -2)
    // tvec: mode 2 and 3 are reserved.
    csrr s7, mtvec
    csrw mtvec, a0
    csrr a1, mtvec
    EXPECT_BITS(a1, 2, 0)
    csrw mtvec, s7
    // MPP never holds the reserved mode 2.
    li a0, MSTATUS_MPP
    csrc mstatus, a0
    li a0, 2 << 11
    csrs mstatus, a0
    csrr a1, mstatus
    EXPECT_BITS(a1, MSTATUS_MPP, 0)
    // medeleg has no bit for an ecall from M, and none for reserved causes.
    li a0, -1
    csrw medeleg, a0
    csrr a1, medeleg
    EXPECT(a1, 0xb3ff)
    csrw medeleg, zero
    csrw mideleg, a0
    csrr a1, mideleg
    EXPECT(a1, SSIP | STIP | SEIP)
    csrw mideleg, zero

    // csrrs and csrrc with a register write, even if it holds 0.
    REFUSED(M, csrrs a0, mvendorid, a1; nop)
    li a1, 0
    REFUSED(M, csrrs a0, mvendorid, a1)
    REFUSED(M, csrrc a0, cycle, a1)

    // All counters are there, and read 0.
    RUNS(M, csrr a0, mhpmcounter31)
    EXPECT(a0, 0)
    RUNS(M, csrr a0, mhpmevent31)
    csrw mhpmcounter31, a1
    csrw mhpmevent31, a1

    // None can be stopped.
    li a1, -1
    csrw mcountinhibit, a1
    csrr a0, mcountinhibit
    EXPECT(a0, 0)

    // The next instruction reads the value that was written to a counter.
    li a2, 1000
    csrw minstret, a2
    csrr a0, minstret
    EXPECT(a0, 1000)
    csrw mcycle, a2
    csrr a0, mcycle
    EXPECT(a0, 1000)
    csrr a0, minstret
    nop
    nop
    csrr a1, minstret
    sub a0, a1, a0
    EXPECT(a0, 3)
    // ... an instruction that traps does not retire.
    csrr a2, minstret
    TRY(.word 0) // 4 instructions and the handler's 9 before it comes back
    csrr a3, minstret
    TRY(nop) // one more instruction, which does
    csrr a4, minstret
    sub a5, a4, a3
    sub a3, a3, a2
    sub a5, a5, a3
    EXPECT(a5, 1)

    // mret and sret to a mode below M clear MPRV.
    li a0, MSTATUS_MPRV
    csrs mstatus, a0
    IN(S, nop)
    EXPECT_BITS(s5, MSTATUS_MPRV, 0)
    csrr a1, mstatus
    EXPECT_BITS(a1, MSTATUS_MPRV, 0)
    la a1, 1f
    csrw sepc, a1
    IN(M, csrs mstatus, a0; sret; 1: nop)
    EXPECT(s2, ECALL_U)
    EXPECT_BITS(s5, MSTATUS_MPRV, 0)

    // mtval of an illegal instruction is the instruction.
    IN(M, .word 0xffffffff)
    EXPECT(s4, 0xffffffff)
    IN(M, .half 0x8000; .half 1)
    EXPECT(s4, 0x8000)
    IN(U, csrr a0, mstatus)
    EXPECT(s4, 0x30002573)
    IN(U, mret)
    EXPECT(s4, 0x30200073)
    IN(U, sfence.vma)
    EXPECT(s4, 0x12000073)
    li a0, MSTATUS_FS
    csrc mstatus, a0
    la a0, data
    IN(M, fld fa0, 8(a0))
    EXPECT(s4, 0x00853507)
    IN(M, fsw fa0, 8(a0))
    EXPECT(s4, 0x00a52427)
    IN(M, .half 0x2508; .half 1) // c.fld
    EXPECT(s4, 0x2508)
    IN(M, fadd.d fa0, fa0, fa0)
    EXPECT(s4, 0x02a57553)
    li a0, MSTATUS_FS
    csrs mstatus, a0
    // Of ebreak it is the address.
    IN(M, ebreak)
    EXPECT_ADDRESS(s4, 77b)

    // Svinval in U.
    REFUSED(U, .word 0x18000073)
    REFUSED(U, .word 0x18100073)

    // Atomic instructions fault as stores, LR as a load; an SC that is misaligned traps as well.
    li a0, 0x28000000
    TRY(amoadd.w a1, a1, (a0))
    EXPECT(s2, STORE_ACCESS)
    EXPECT_SAME(s4, a0)
    TRY(sc.w a1, a1, (a0))
    EXPECT(s2, STORE_ACCESS)
    la a0, data + 2
    TRY(amoadd.w a1, a1, (a0))
    EXPECT(s2, STORE_MISALIGNED)
    EXPECT_SAME(s4, a0)
    TRY(amoadd.d a1, a1, (a0))
    EXPECT(s2, STORE_MISALIGNED)
    TRY(sc.w a1, a1, (a0))
    EXPECT(s2, STORE_MISALIGNED)
    TRY(lr.d a1, (a0))
    EXPECT(s2, 4)
    TRANSLATION_ON
    li a0, VA
    PAGE(PTE_V | PTE_R | PTE_A | PTE_D)
    IN(S, amoadd.w a1, a1, (a0))
    EXPECT(s2, STORE_PAGE)
    EXPECT_SAME(s4, a0)
    IN(S, sc.w a1, a1, (a0))
    EXPECT(s2, STORE_PAGE)
    PAGE(0)
    IN(S, amoadd.w a1, a1, (a0))
    EXPECT(s2, STORE_PAGE)
    IN(S, lr.w a1, (a0))
    EXPECT(s2, LOAD_PAGE)

    // A table that is no memory.
    ENTRY_AT(middle, 320, 0x38000000, PTE_V)
    IN(S, ld a1, 0(a0))
    EXPECT(s2, LOAD_ACCESS)
    EXPECT_SAME(s4, a0)
    IN(S, sd a1, 0(a0))
    EXPECT(s2, STORE_ACCESS)
    IN(S, jr a0)
    EXPECT(s2, 1)
    EXPECT_SAME(s4, a0)
    csrw satp, zero

    // A trap ends no reservation by itself; another LR replaces it.
    la a0, data
    la a2, data + 64
    lr.d a1, (a0)
    lr.d a1, (a2)
    sc.d a1, a1, (a0)
    EXPECT(a1, 1)

    // The order of interrupts that are due together: MEI, MSI, MTI, SEI, SSI, STI.
    li a0, MSTATUS_MPIE | MSTATUS_MIE
    csrc mstatus, a0
    li a0, SSIP | SEIP | STIP
    csrw mip, a0
    li a0, CLINT
    li a1, 1
    sw a1, 0(a0)
    li a0, MTIMECMP
    sd zero, 0(a0)
    li a0, -1
    csrw mie, a0
    IN(S, 1: j 1b)
    EXPECT(s2, INTERRUPT(3))
    li a0, CLINT
    sw zero, 0(a0)
    IN(S, 1: j 1b)
    EXPECT(s2, INTERRUPT(7))
    li a0, MTIMECMP
    li a1, -1
    sd a1, 0(a0)
    IN(S, 1: j 1b)
    EXPECT(s2, INTERRUPT(9))
    li a0, SEIP
    csrc mip, a0
    IN(S, 1: j 1b)
    EXPECT(s2, INTERRUPT(1))
    li a0, SSIP
    csrc mip, a0
    IN(S, 1: j 1b)
    EXPECT(s2, INTERRUPT(5))
    // M's come before those that are delegated, whatever their number.
    li a0, SEIP
    csrw mip, a0
    csrw mideleg, a0
    li a0, CLINT
    li a1, 1
    sw a1, 0(a0)
    IN(U, 1: j 1b)
    EXPECT(s2, INTERRUPT(3))
    csrw mie, zero
    li a0, CLINT
    sw zero, 0(a0)

    // PMP: W without R cannot be written; an access of 8 bytes is checked as one.
    li a0, 0x1f00000000000000
    csrw pmpcfg2, a0
    li a0, -1
    csrw pmpaddr15, a0
    csrwi pmpcfg0, 2
    csrr a0, pmpcfg0
    EXPECT_BITS(a0, 3, 0)
    csrw pmpcfg0, zero
    li a0, -1
    csrw pmpaddr14, a0
    csrr a0, pmpaddr14
    EXPECT(a0, (1 << 54) - 1)
    j pass
