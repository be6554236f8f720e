// SPDX-License-Identifier: MIT
// trap.S - traps into M and S: registers, delegation, returns, vectors, ecall, wfi, bad accesses.
#include "isa.inc"

    .option norvc
    .text
    .globl main
main:
    // Into M: MPP is the mode, MPIE what MIE was, MIE 0.
    li a0, MSTATUS_MIE
    csrs mstatus, a0
    TRY(ecall)
    EXPECT(s2, ECALL_M)
    EXPECT(s4, 0)
    EXPECT_ADDRESS(s3, 77b)
    EXPECT_BITS(s5, MSTATUS_MPP | MSTATUS_MIE, MSTATUS_MPP)
    IN(S, ecall)
    TRAPPED(ECALL_S, 0)
    EXPECT_BITS(s5, MSTATUS_MPP | MSTATUS_MIE, S << 11)
    IN(U, ecall)
    TRAPPED(ECALL_U, 0)
    EXPECT_BITS(s5, MSTATUS_MPP | MSTATUS_MIE, 0)

    // mret: MIE from MPIE, MPIE 1, MPP U.
    li a0, MSTATUS_MPIE
    csrc mstatus, a0
    IN(S, nop)
    EXPECT_BITS(s5, MSTATUS_MPIE, 0) // MIE was 0 in S
    li a0, MSTATUS_MPIE
    csrs mstatus, a0
    IN(S, nop)
    EXPECT_BITS(s5, MSTATUS_MPIE, MSTATUS_MPIE)
    IN(M, csrr a0, mstatus)
    EXPECT_BITS(a0, MSTATUS_MPP | MSTATUS_MPIE, MSTATUS_MPIE)
    li a0, MSTATUS_MIE
    csrc mstatus, a0
    REFUSED(S, mret)
    REFUSED(U, mret)

    // Delegation: S and U trap into S, M never. The handler comes back by an ecall.
    li a0, ~(1 << ECALL_S)
    csrw medeleg, a0
    la a0, handler
    csrw stvec, a0
    TRY(.word 0)
    EXPECT(s2, ILLEGAL)
    IN(U, ecall)
    EXPECT(s2, ECALL_S) // by the handler
    csrr a0, scause
    EXPECT(a0, ECALL_U)
    csrr a0, sepc
    EXPECT_ADDRESS(a0, 77b)
    EXPECT_BITS(s8, MSTATUS_SPP | MSTATUS_SIE | MSTATUS_SPIE, 0)
    li a0, MSTATUS_SIE
    csrs mstatus, a0
    IN(S, .word 0)
    csrr a0, scause
    EXPECT(a0, ILLEGAL)
    csrr a0, sepc
    EXPECT_ADDRESS(a0, 77b)
    EXPECT_BITS(s8, MSTATUS_SPP | MSTATUS_SIE | MSTATUS_SPIE, MSTATUS_SPP | MSTATUS_SPIE)
    IN(S, ebreak)
    csrr a0, scause
    EXPECT(a0, BREAKPOINT)
    csrw medeleg, zero
    IN(S, ecall)
    TRAPPED(ECALL_S, 0)

    // sret: SIE from SPIE, SPIE 1, SPP U; the mode that SPP says; from M, too.
    li a0, MSTATUS_SPP | MSTATUS_SPIE
    csrs mstatus, a0
    li a0, MSTATUS_SIE
    csrc mstatus, a0
    la a0, 1f
    csrw sepc, a0
    IN(S, sret; 1: csrr a0, sstatus)
    EXPECT(s2, ECALL_S)
    EXPECT_BITS(a0, MSTATUS_SPP | MSTATUS_SIE | MSTATUS_SPIE, MSTATUS_SIE | MSTATUS_SPIE)
    la a0, 1f
    csrw sepc, a0
    IN(S, sret; 1: csrr a0, sstatus)
    EXPECT(s2, ILLEGAL) // it is U mode there
    REFUSED(U, sret)
    la a0, 1f
    csrw sepc, a0
    IN(M, sret; 1: nop)
    EXPECT(s2, ECALL_U)

    // TSR, TW and TVM.
    la a0, 1f
    csrw sepc, a0
    li a0, MSTATUS_TSR
    csrs mstatus, a0
    REFUSED(S, sret; 1: nop)
    csrc mstatus, a0
    li a0, MSTATUS_TW
    csrs mstatus, a0
    REFUSED(S, wfi)
    REFUSED(U, wfi)
    csrc mstatus, a0
    li a0, SSIP
    csrw mie, a0
    csrw mip, a0
    csrw mideleg, a0
    li a0, MSTATUS_SIE
    csrc mstatus, a0
    RUNS(S, wfi)
    RUNS(M, wfi)
    csrw mip, zero
    csrw mie, zero
    csrw mideleg, zero
    li a0, MSTATUS_TVM
    csrs mstatus, a0
    REFUSED(S, csrr a0, satp)
    REFUSED(S, csrw satp, zero)
    REFUSED(S, sfence.vma)
    REFUSED(S, .word 0x16000073) // sinval.vma
    RUNS(S, .word 0x18000073)    // sfence.w.inval
    RUNS(S, .word 0x18100073)    // sfence.inval.ir
    RUNS(M, csrr a0, satp)
    RUNS(M, sfence.vma)
    li a0, MSTATUS_TVM
    csrc mstatus, a0
    RUNS(S, csrr a0, satp)
    RUNS(S, sfence.vma)
    RUNS(S, sfence.vma a0, a1)
    RUNS(S, .word 0x16b50073)
    REFUSED(U, sfence.vma)
    REFUSED(U, .word 0x16000073)
    RUNS(U, fence; fence.i)

    // Vectors: exceptions go to the base, interrupts to base + 4 * cause.
    la a0, vectors + 1
    csrr s7, mtvec
    csrw mtvec, a0
    li s9, 0
    li a0, MSTATUS_MIE
    csrs mstatus, a0
    li a0, SSIP
    csrw mip, a0
    csrw mie, a0
    nop
    EXPECT(s9, 4 * 1)
    csrw mie, zero
    csrw mip, zero
    li s9, 0
    ecall
    EXPECT(s9, 1)
    csrw mtvec, s7
    li a0, MSTATUS_MIE
    csrc mstatus, a0

    la a0, svectors + 1
    csrw stvec, a0
    li a0, SEIP
    csrw mideleg, a0
    csrw mie, a0
    csrw mip, a0
    li a0, MSTATUS_SIE
    csrc mstatus, a0
    li s9, 0
    RUNS(S, nop) // SIE is 0
    EXPECT(s9, 0)
    IN(U, 1: j 1b) // U is always interruptible
    EXPECT(s2, ECALL_S)
    EXPECT(s9, 9)
    csrr a0, scause
    EXPECT(a0, INTERRUPT(9))
    csrr a0, sepc
    EXPECT_ADDRESS(a0, 77b)
    csrw mip, zero
    csrw mie, zero
    csrw mideleg, zero

    // Accesses to addresses without memory or device.
    li a0, 0x28000000
    TRY(ld a1, 8(a0))
    li a2, 0x28000008
    EXPECT(s2, LOAD_ACCESS)
    EXPECT_SAME(s4, a2)
    TRY(sw a1, 8(a0))
    EXPECT(s2, STORE_ACCESS)
    EXPECT_SAME(s4, a2)
    TRY(lr.w a1, (a0))
    EXPECT(s2, LOAD_ACCESS)
    TRY(jr a0)
    EXPECT(s2, 1)
    EXPECT_SAME(s3, a0)
    EXPECT_SAME(s4, a0)
    li a0, 1 << 60
    TRY(ld a1, 0(a0))
    EXPECT(s2, LOAD_ACCESS)
    EXPECT_SAME(s4, a0)
    li a0, -8
    TRY(sd a1, 0(a0))
    EXPECT(s2, STORE_ACCESS)

    // Page 0, at odd addresses.
    li a0, 0
    TRY(lh a1, 1(a0))
    EXPECT(s2, LOAD_ACCESS)
    TRY(lw a1, 1(a0))
    EXPECT(s2, LOAD_ACCESS)
    TRY(ld a1, 1(a0))
    EXPECT(s2, LOAD_ACCESS)
    TRY(sh a1, 1(a0))
    EXPECT(s2, STORE_ACCESS)
    TRY(sw a1, 3(a0))
    EXPECT(s2, STORE_ACCESS)
    TRY(sd a1, 0x7f9(a0))
    EXPECT(s2, STORE_ACCESS)

    // A jump to an odd address goes to the even one below; x0 stays 0 when a load traps.
    la a0, 1f + 1
    jr a0
    NEVER
1:  li a0, 0x28000000
    li a1, 77
    TRY(ld a1, 0(a0))
    EXPECT(a1, 77)
    j pass

    .balign 4
handler:
    csrr s8, sstatus
    ecall

// s9 counts four times where the interrupt came in, or becomes 1.
    .balign 256
vectors:
    j exception
    j interrupt1
    .rept 14
    j surprised
    .endr
exception:
    li s9, 1
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    mret
interrupt1:
    li s9, 4
    csrw mip, zero
    mret
surprised:
    NEVER

    .balign 256
svectors:
    .rept 9
    j surprised_s
    .endr
    j 9f
    .rept 6
    j surprised_s
    .endr
9:  li s9, 9
    ecall
surprised_s:
    li s9, 99
    ecall
