// SPDX-License-Identifier: MIT
// zicsr.S - the six instructions, and every CSR: which bits can be written, which modes may use it.
#include "isa.inc"

// These bits of a register can be written. a5 and a6 are used.
#define HOLDS(csr, bits)                                                                           \
    li a5, -1;                                                                                     \
    csrw csr, a5;                                                                                  \
    csrr a6, csr;                                                                                  \
    EXPECT_BITS(a6, bits, bits);                                                                   \
    csrw csr, zero;                                                                                \
    csrr a6, csr;                                                                                  \
    EXPECT(a6, 0)

// A register of machine mode is refused in S and U; one of supervisor mode in U.
#define MACHINE_ONLY(csr)                                                                          \
    REFUSED(S, csrr a0, csr);                                                                      \
    REFUSED(U, csrr a0, csr);                                                                      \
    RUNS(M, csrr a0, csr)
#define NOT_IN_U(csr)                                                                              \
    REFUSED(U, csrr a0, csr);                                                                      \
    RUNS(S, csrr a0, csr);                                                                         \
    RUNS(M, csrr a0, csr)
#define READ_ONLY(csr)                                                                             \
    RUNS(M, csrr a0, csr);                                                                         \
    RUNS(M, csrrs a0, csr, zero);                                                                  \
    RUNS(M, csrrci a0, csr, 0);                                                                    \
    REFUSED(M, csrw csr, zero);                                                                    \
    REFUSED(M, csrrsi a0, csr, 1);                                                                 \
    li a1, 1;                                                                                      \
    REFUSED(M, csrrs a0, csr, a1)
#define MISSING(csr)                                                                               \
    REFUSED(M, csrr a0, csr);                                                                      \
    REFUSED(S, csrr a0, csr);                                                                      \
    REFUSED(U, csrr a0, csr)

    .option norvc
    .text
    .globl main
main:
    li a0, 0x123456789abcdef0
    csrw mscratch, a0
    csrrw a1, mscratch, a0
    EXPECT_SAME(a1, a0)
    li a2, 0xff
    csrrs a1, mscratch, a2
    EXPECT_SAME(a1, a0)
    csrr a1, mscratch
    EXPECT(a1, 0x123456789abcdeff)
    csrrc a1, mscratch, a2
    EXPECT(a1, 0x123456789abcdeff)
    csrrwi a1, mscratch, 31
    EXPECT(a1, 0x123456789abcde00)
    csrrsi a1, mscratch, 0
    EXPECT(a1, 31)
    csrrci a1, mscratch, 5
    csrrsi a1, mscratch, 1
    EXPECT(a1, 26)
    csrrw a2, mscratch, a2 // rd = rs1
    EXPECT(a2, 27)
    csrrw zero, mscratch, zero
    EXPECT(zero, 0)
    csrr a1, mscratch
    EXPECT(a1, 0)
    REFUSED(M, .word 0x34004073) // funct3 4

    // Machine mode.
    HOLDS(mscratch, -1)
    HOLDS(mtval, -1)
    csrr s7, mtvec
    li a0, 0x80001235
    csrw mtvec, a0
    csrr a1, mtvec
    EXPECT_SAME(a1, a0)
    csrw mtvec, s7
    csrr a1, mtvec
    EXPECT_SAME(a1, s7)
    li a0, 15
    csrw mcause, a0
    csrr a1, mcause
    EXPECT(a1, 15)
    li a0, INTERRUPT(11)
    csrw mcause, a0
    csrr a1, mcause
    EXPECT_SAME(a1, a0)

    li a0, -1
    csrw medeleg, a0
    csrr a1, medeleg
    EXPECT_BITS(a1, 0xb3ff, 0xb3ff)
    csrw medeleg, zero
    csrr a1, medeleg
    EXPECT(a1, 0)
    HOLDS(mideleg, SSIP | STIP | SEIP)
    HOLDS(mie, SSIP | STIP | SEIP | MSIP | MTIP | MEIP)
    li a0, -1
    csrw mip, a0
    csrr a1, mip
    EXPECT_BITS(a1, MSIP | MTIP | MEIP, 0) // devices alone set these
    EXPECT_BITS(a1, SSIP | SEIP, SSIP | SEIP)
    csrw mip, zero
    csrr a1, mip
    EXPECT(a1, 0)

    // misa, and what mstatus holds.
    csrr a0, misa
    EXPECT_BITS(a0, 3 << 62 | 0x14112d, 2 << 62 | 0x14112d)
    csrw misa, zero
    csrr a1, misa
    EXPECT_SAME(a1, a0)
    csrr s7, mstatus
    EXPECT_BITS(s7, 0xf << 32, 0xa << 32)
    li a0, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_MPIE | MSTATUS_SPP | MSTATUS_FS | MSTATUS_SUM | MSTATUS_MXR | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR
    csrs mstatus, a0
    csrr a1, mstatus
    li a2, 1 << 63 | 0xf << 32
    or a0, a0, a2
    and a1, a1, a0
    li a2, ~(5 << 32)
    and a0, a0, a2
    EXPECT_SAME(a1, a0)
    li a0, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_MPIE | MSTATUS_SPP | MSTATUS_SUM | MSTATUS_MXR | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR
    csrc mstatus, a0
    csrr a1, mstatus
    and a1, a1, a0
    EXPECT(a1, 0)
    li a0, MSTATUS_MPP
    csrs mstatus, a0
    csrr a1, mstatus
    EXPECT_BITS(a1, MSTATUS_MPP, MSTATUS_MPP)
    csrc mstatus, a0
    csrr a1, mstatus
    EXPECT_BITS(a1, MSTATUS_MPP, 0)

    // sstatus shows a part of mstatus, and writes through.
    li a0, -1
    csrw sstatus, a0
    csrr a1, sstatus
    EXPECT_BITS(a1, 1 << 63 | MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP | MSTATUS_FS | MSTATUS_SUM | MSTATUS_MXR, 1 << 63 | MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP | MSTATUS_FS | MSTATUS_SUM | MSTATUS_MXR)
    EXPECT_BITS(a1, MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_MPRV | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR, 0)
    csrr a1, mstatus
    EXPECT_BITS(a1, MSTATUS_TVM | MSTATUS_TSR | MSTATUS_TW | MSTATUS_MPRV | MSTATUS_MIE | MSTATUS_SUM, MSTATUS_SUM)
    li a0, MSTATUS_FS
    csrw sstatus, a0
    li a0, MSTATUS_MPIE
    csrs mstatus, a0
    csrr a1, sstatus
    EXPECT_BITS(a1, MSTATUS_MPIE, 0)
    csrc mstatus, a0

    // Supervisor mode.
    HOLDS(sscratch, -1)
    HOLDS(stval, -1)
    li a0, 0x80001235
    csrw stvec, a0
    csrr a1, stvec
    EXPECT_SAME(a1, a0)
    csrw stvec, zero
    li a0, INTERRUPT(9)
    csrw scause, a0
    csrr a1, scause
    EXPECT_SAME(a1, a0)

    // sie and sip show the delegated interrupts.
    csrw mideleg, zero
    li a0, -1
    csrw mie, a0
    csrr a1, sie
    EXPECT(a1, 0)
    csrw sie, zero
    csrr a1, mie
    EXPECT_BITS(a1, SSIP | STIP | SEIP | MSIP | MTIP | MEIP, SSIP | STIP | SEIP | MSIP | MTIP | MEIP)
    li a0, SSIP | SEIP
    csrw mideleg, a0
    csrr a1, sie
    EXPECT(a1, SSIP | SEIP)
    csrw sie, zero
    csrr a1, mie
    EXPECT_BITS(a1, STIP | SSIP | SEIP | MSIP | MTIP | MEIP, STIP | MSIP | MTIP | MEIP)
    li a0, SSIP | SEIP | STIP
    csrw mip, a0
    csrr a1, sip
    EXPECT(a1, SSIP | SEIP)
    csrw sip, zero // SEIP and STIP are read-only there
    csrr a1, mip
    EXPECT_BITS(a1, SSIP | SEIP, SEIP)
    li a0, SSIP
    csrs sip, a0
    csrr a1, mip
    EXPECT_BITS(a1, SSIP | SEIP, SSIP | SEIP)
    csrw mip, zero
    csrw mie, zero
    csrw mideleg, zero

    // satp: a mode that there is not leaves it as it was.
    csrr a0, satp
    EXPECT(a0, 0)
    li a0, 8 << 60 | 0x1234 << 44 | 0x80001
    csrw satp, a0
    csrr a1, satp
    EXPECT_SAME(a1, a0)
    li a2, 7 << 60 | 0x80002
    csrw satp, a2
    csrr a1, satp
    EXPECT_SAME(a1, a0)
    li a2, 11 << 60 | 0x80002
    csrw satp, a2
    csrr a1, satp
    EXPECT_SAME(a1, a0)
    csrw satp, zero
    csrr a1, satp
    EXPECT(a1, 0)

    // Counters, environment, identity.
    li a0, 7
    csrw mcounteren, a0
    csrr a1, mcounteren
    EXPECT(a1, 7)
    csrw scounteren, a0
    csrr a1, scounteren
    EXPECT(a1, 7)
    csrw mcounteren, zero
    csrw scounteren, zero
    csrwi SENVCFG, 1
    csrr a0, SENVCFG
    EXPECT(a0, 1)
    csrw SENVCFG, zero
    csrr a1, MENVCFG
    li a0, 1 << 63 | 1
    csrw MENVCFG, a0
    csrr a0, MENVCFG
    EXPECT_BITS(a0, 1 << 63 | 1, 1 << 63 | 1)
    csrw MENVCFG, a1
    li a0, 0x123456789abcdef0
    csrw STIMECMP, a0
    csrr a1, STIMECMP
    EXPECT_SAME(a1, a0)
    li a0, -1
    csrw STIMECMP, a0
    csrr a0, mhartid
    EXPECT(a0, 0)
    csrr a0, 0xf15 // mconfigptr
    EXPECT(a0, 0)

    MACHINE_ONLY(mstatus)
    MACHINE_ONLY(misa)
    MACHINE_ONLY(medeleg)
    MACHINE_ONLY(mideleg)
    MACHINE_ONLY(mie)
    MACHINE_ONLY(mtvec)
    MACHINE_ONLY(mcounteren)
    MACHINE_ONLY(MENVCFG)
    MACHINE_ONLY(mcountinhibit)
    MACHINE_ONLY(mscratch)
    MACHINE_ONLY(mepc)
    MACHINE_ONLY(mcause)
    MACHINE_ONLY(mtval)
    MACHINE_ONLY(mip)
    MACHINE_ONLY(pmpcfg0)
    MACHINE_ONLY(pmpcfg2)
    MACHINE_ONLY(pmpaddr0)
    MACHINE_ONLY(pmpaddr15)
    MACHINE_ONLY(mcycle)
    MACHINE_ONLY(minstret)
    MACHINE_ONLY(mhpmcounter3)
    MACHINE_ONLY(mhpmevent3)
    MACHINE_ONLY(mvendorid)
    MACHINE_ONLY(marchid)
    MACHINE_ONLY(mimpid)
    MACHINE_ONLY(mhartid)
    NOT_IN_U(sstatus)
    NOT_IN_U(sie)
    NOT_IN_U(stvec)
    NOT_IN_U(scounteren)
    NOT_IN_U(SENVCFG)
    NOT_IN_U(sscratch)
    NOT_IN_U(sepc)
    NOT_IN_U(scause)
    NOT_IN_U(stval)
    NOT_IN_U(sip)
    NOT_IN_U(satp)
    RUNS(U, csrr a0, fcsr)
    RUNS(U, csrw fflags, zero)
    RUNS(U, csrwi frm, 0)
    READ_ONLY(mvendorid)
    READ_ONLY(marchid)
    READ_ONLY(mimpid)
    READ_ONLY(mhartid)
    READ_ONLY(cycle)
    READ_ONLY(time)
    READ_ONLY(instret)
    MISSING(0x000) // user interrupts
    MISSING(0x102) // sedeleg
    MISSING(0x200) // the hypervisor's
    MISSING(0x600)
    MISSING(0x3a1) // pmpcfg1 is of 32-bit harts
    MISSING(0xc80) // cycleh
    MISSING(0xb80) // mcycleh
    MISSING(0xb01)
    MISSING(0x800)
    MISSING(0xcc0)
    MISSING(0xfff)

    // A refused one changes neither rd nor the register; mtval has the instruction, or 0.
    li a0, 99
    csrw mscratch, a0
    IN(U, csrrwi a0, mscratch, 3)
    EXPECT(s2, ILLEGAL)
    EXPECT(a0, 99)
    csrr a1, mscratch
    EXPECT(a1, 99)
    beqz s4, 1f
    EXPECT(s4, 0x3401d573)
1:  j pass
