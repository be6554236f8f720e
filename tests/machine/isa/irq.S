// SPDX-License-Identifier: MIT
// irq.S - interrupts: when one is taken, on which hart, what it sets; timers by CLINT and by
// stimecmp; wfi.
#include "isa.inc"

#define STCE (1 << 63)
#define WAIT 1: j 1b

    .option norvc
    .text
    .globl main
main:
    li s7, CLINT

    // MSIP and MTIP show the CLINT's state.
    li a0, 1
    sw a0, 0(s7)
    csrr a0, mip
    EXPECT_BITS(a0, MSIP, MSIP)
    sw zero, 0(s7)
    csrr a0, mip
    EXPECT_BITS(a0, MSIP, 0)
    li s8, MTIMECMP
    sd zero, 0(s8)
    csrr a0, mip
    EXPECT_BITS(a0, MTIP, MTIP)
    ld a0, 0(s8)
    EXPECT(a0, 0)
    li a0, -1
    sd a0, 0(s8)
    csrr a0, mip
    EXPECT_BITS(a0, MTIP, 0)

    // M's interrupts are taken in S and U whatever MIE is; in M only with MIE.
    li a0, MSTATUS_MIE | MSTATUS_MPIE
    csrc mstatus, a0
    li a0, MSIP
    csrw mie, a0
    li a0, 1
    sw a0, 0(s7)
    RUNS(M, nop)
    IN(S, WAIT)
    TRAPPED(INTERRUPT(3), 0)
    EXPECT_BITS(s5, MSTATUS_MPP, S << 11)
    IN(U, WAIT)
    TRAPPED(INTERRUPT(3), 0)
    EXPECT_BITS(s5, MSTATUS_MPP, 0)
    li a0, MSTATUS_MPIE
    csrs mstatus, a0
    IN(M, WAIT)
    TRAPPED(INTERRUPT(3), 0)
    EXPECT_BITS(s5, MSTATUS_MPP | MSTATUS_MPIE | MSTATUS_MIE, MSTATUS_MPP | MSTATUS_MPIE)
    // It is taken right after MIE is set: the next instruction does not run.
    li a0, MSTATUS_MPIE
    csrc mstatus, a0
    li a1, 0
    li a2, MSTATUS_MIE
    IN(M, csrs mstatus, a2; li a1, 1)
    EXPECT(s2, INTERRUPT(3))
    EXPECT(a1, 0)
    csrw mie, zero
    IN(U, nop)
    EXPECT(s2, ECALL_U)
    sw zero, 0(s7)

    // The timer of M, at a time to come.
    li a0, MTIP
    csrw mie, a0
    li a1, MTIME
    ld a2, 0(a1)
    addi a2, a2, 1000
    sd a2, 0(s8)
    IN(S, WAIT)
    EXPECT(s2, INTERRUPT(7))
    ld a3, 0(a1)
    EXPECT_BELOW(a2, a3)
    li a0, -1
    sd a0, 0(s8)
    // wfi wakes for one that is not taken.
    ld a2, 0(a1)
    addi a2, a2, 1000
    sd a2, 0(s8)
    csrci mstatus, MSTATUS_MIE
    wfi
    csrr a0, mip
    EXPECT_BITS(a0, MTIP, MTIP)
    li a0, -1
    sd a0, 0(s8)
    csrw mie, zero

    // S's: to M unless delegated; then taken in U always, in S with SIE, in M never.
    li a0, SSIP
    csrw mie, a0
    csrw mip, a0
    IN(S, WAIT)
    TRAPPED(INTERRUPT(1), 0)
    csrw mideleg, a0
    la a1, handler
    csrw stvec, a1
    li a1, MSTATUS_SIE
    csrc mstatus, a1
    RUNS(S, nop)
    li a2, 0
    csrs mstatus, a1
    IN(S, WAIT)
    EXPECT(s2, ECALL_S)
    csrr a2, scause
    EXPECT(a2, INTERRUPT(1))
    csrr a2, sepc
    EXPECT_ADDRESS(a2, 77b)
    csrr a2, stval
    EXPECT(a2, 0)
    EXPECT_BITS(s9, MSTATUS_SPP | MSTATUS_SPIE | MSTATUS_SIE, MSTATUS_SPP | MSTATUS_SPIE)
    csrc mstatus, a1
    IN(U, WAIT)
    EXPECT(s2, ECALL_S)
    EXPECT_BITS(s9, MSTATUS_SPP | MSTATUS_SPIE | MSTATUS_SIE, 0)
    li a2, MSTATUS_MIE
    csrs mstatus, a2
    nop
    nop
    csrc mstatus, a2

    // S clears its own, and sees it in sip.
    IN(S, csrr a2, sip; csrw sip, zero; csrr a3, sip)
    EXPECT_BITS(a2, SSIP, SSIP)
    EXPECT_BITS(a3, SSIP, 0)
    csrw mie, zero
    csrw mip, zero

    // stimecmp: STIP shows it, and cannot be written.
    li a0, STCE
    csrs MENVCFG, a0
    csrwi mcounteren, 7
    li a0, -1
    csrw STIMECMP, a0
    csrr a0, mip
    EXPECT_BITS(a0, STIP, 0)
    csrw STIMECMP, zero
    csrr a0, mip
    EXPECT_BITS(a0, STIP, STIP)
    csrw mip, zero
    csrr a0, mip
    EXPECT_BITS(a0, STIP, STIP)
    li a0, STIP
    csrw mideleg, a0
    csrw mie, a0
    li a1, MSTATUS_SIE
    csrs mstatus, a1
    IN(S, csrr a2, time; addi a2, a2, 500; csrw STIMECMP, a2; WAIT)
    EXPECT(s2, ECALL_S)
    csrr a0, scause
    EXPECT(a0, INTERRUPT(5))
    csrr a0, time
    EXPECT_BELOW(a2, a0)
    csrc mstatus, a1
    IN(S, csrr a2, time; addi a2, a2, 500; csrw STIMECMP, a2; wfi; csrr a3, time)
    EXPECT(s2, ECALL_S)
    li gp, __LINE__
    bgeu a3, a2, 1f
    j fail
1:  li a0, -1
    csrw STIMECMP, a0
    csrr a0, mip
    EXPECT_BITS(a0, STIP, 0)
    j pass

    .balign 4
handler:
    csrr s9, sstatus
    ecall
