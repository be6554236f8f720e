// SPDX-License-Identifier: MIT
// fd.S - each instruction of F and D once, their flags, rounding modes and mstatus.FS. The arithmetic
// itself is the subject of tests/host/glass/t_glass_fp.c.
#include "isa.inc"

#define ONE_S   0x3f800000
#define TWO_S   0x40000000
#define NAN_S   0x7fc00000
#define BOX     0xffffffff00000000
#define ONE_D   0x3ff0000000000000
#define TWO_D   0x4000000000000000
#define THREE_D 0x4008000000000000
#define NAN_D   0x7ff8000000000000

#define NX 1
#define UF 2
#define OF 4
#define DZ 8
#define NV 16

// Puts the operands into fa0 to fa2, executes, compares fa3 (as an integer) and the flags.
#define FP(get, set, result, flags, a, b, c, ...)                                                  \
    li a0, a;                                                                                      \
    set fa0, a0;                                                                                   \
    li a1, b;                                                                                      \
    set fa1, a1;                                                                                   \
    li a2, c;                                                                                      \
    set fa2, a2;                                                                                   \
    fsflags zero;                                                                                  \
    __VA_ARGS__;                                                                                   \
    get a3, fa3;                                                                                   \
    frflags a4;                                                                                    \
    EXPECT(a3, result);                                                                            \
    EXPECT(a4, flags)
#define FS(result, flags, a, b, c, ...) FP(fmv.x.d, fmv.w.x, result | BOX, flags, a, b, c, __VA_ARGS__)
#define FD(result, flags, a, b, c, ...) FP(fmv.x.d, fmv.d.x, result, flags, a, b, c, __VA_ARGS__)

// As FP, with a result in the integer register a3.
#define XP(set, result, flags, a, b, ...)                                                          \
    li a0, a;                                                                                      \
    set fa0, a0;                                                                                   \
    li a1, b;                                                                                      \
    set fa1, a1;                                                                                   \
    fsflags zero;                                                                                  \
    __VA_ARGS__;                                                                                   \
    frflags a4;                                                                                    \
    EXPECT(a3, result);                                                                            \
    EXPECT(a4, flags)
#define XS(result, flags, a, b, ...) XP(fmv.w.x, result, flags, a, b, __VA_ARGS__)
#define XD(result, flags, a, b, ...) XP(fmv.d.x, result, flags, a, b, __VA_ARGS__)

    .option norvc
    .text
    .globl main
main:
    fscsr zero
    FS(0x40400000, 0, ONE_S, TWO_S, 0, fadd.s fa3, fa0, fa1)
    FS(0xbf800000, 0, ONE_S, TWO_S, 0, fsub.s fa3, fa0, fa1)
    FS(TWO_S, 0, ONE_S, TWO_S, 0, fmul.s fa3, fa0, fa1)
    FS(0x3f000000, 0, ONE_S, TWO_S, 0, fdiv.s fa3, fa0, fa1)
    FS(0x3eaaaaab, NX, ONE_S, 0x40400000, 0, fdiv.s fa3, fa0, fa1)
    FS(0x7f800000, DZ, ONE_S, 0, 0, fdiv.s fa3, fa0, fa1)
    FS(NAN_S, NV, 0, 0, 0, fdiv.s fa3, fa0, fa1)
    FS(0x7f800000, OF | NX, 0x7f7fffff, 0x7f7fffff, 0, fadd.s fa3, fa0, fa1)
    FS(0x7f7fffff, OF | NX, 0x7f7fffff, 0x7f7fffff, 0, fadd.s fa3, fa0, fa1, rtz)
    FS(0, UF | NX, 0x00800000, 0x01000000, 0, fmul.s fa3, fa0, fa1)
    FS(1, UF | NX, 0x00800000, 0x01000000, 0, fmul.s fa3, fa0, fa1, rup)
    FS(0x3fb504f3, NX, TWO_S, 0, 0, fsqrt.s fa3, fa0)
    FS(NAN_S, NV, 0xbf800000, 0, 0, fsqrt.s fa3, fa0)
    FS(0x40a00000, 0, ONE_S, TWO_S, 0x40400000, fmadd.s fa3, fa0, fa1, fa2)
    FS(0xbf800000, 0, ONE_S, TWO_S, 0x40400000, fmsub.s fa3, fa0, fa1, fa2)
    FS(0x3f800000, 0, ONE_S, TWO_S, 0x40400000, fnmsub.s fa3, fa0, fa1, fa2)
    FS(0xc0a00000, 0, ONE_S, TWO_S, 0x40400000, fnmadd.s fa3, fa0, fa1, fa2)
    FS(0xbf800000, 0, ONE_S, 0x80000000, 0, fsgnj.s fa3, fa0, fa1)
    FS(ONE_S, 0, ONE_S, 0x80000000, 0, fsgnjn.s fa3, fa0, fa1)
    FS(ONE_S, 0, 0xbf800000, 0x80000000, 0, fsgnjx.s fa3, fa0, fa1)
    FS(ONE_S, 0, ONE_S, TWO_S, 0, fmin.s fa3, fa0, fa1)
    FS(TWO_S, 0, ONE_S, TWO_S, 0, fmax.s fa3, fa0, fa1)
    FS(0x80000000, 0, 0, 0x80000000, 0, fmin.s fa3, fa0, fa1)
    FS(ONE_S, NV, ONE_S, 0x7f800001, 0, fmax.s fa3, fa0, fa1)
    XS(1, 0, ONE_S, TWO_S, flt.s a3, fa0, fa1)
    XS(1, 0, ONE_S, ONE_S, fle.s a3, fa0, fa1)
    XS(0, 0, ONE_S, NAN_S, feq.s a3, fa0, fa1)
    XS(0, NV, ONE_S, NAN_S, fle.s a3, fa0, fa1)
    XS(0x40, 0, ONE_S, 0, fclass.s a3, fa0)
    XS(0x200, 0, NAN_S, 0, fclass.s a3, fa0)
    XS(3, NX, 0x40600000, 0, fcvt.w.s a3, fa0, rtz)
    XS(4, NX, 0x40600000, 0, fcvt.wu.s a3, fa0, rup)
    XS(-4, NX, 0xc0600000, 0, fcvt.l.s a3, fa0, rmm)
    XS(0, NV, 0xc0600000, 0, fcvt.lu.s a3, fa0, rdn)
    XS(0x7fffffff, NV, 0x7f800000, 0, fcvt.w.s a3, fa0)
    XS(-1, NV, 0x7f800000, 0, fcvt.wu.s a3, fa0)
    XS(0xffffffffbf800000, 0, 0xbf800000, 0, fmv.x.w a3, fa0)
    li a5, -1
    FS(0xbf800000, 0, 0, 0, 0, fcvt.s.w fa3, a5)
    FS(0x4f800000, NX, 0, 0, 0, fcvt.s.wu fa3, a5)
    FS(0xbf800000, 0, 0, 0, 0, fcvt.s.l fa3, a5)
    FS(0x5f800000, NX, 0, 0, 0, fcvt.s.lu fa3, a5)

    FD(THREE_D, 0, ONE_D, TWO_D, 0, fadd.d fa3, fa0, fa1)
    FD(0xbff0000000000000, 0, ONE_D, TWO_D, 0, fsub.d fa3, fa0, fa1)
    FD(TWO_D, 0, ONE_D, TWO_D, 0, fmul.d fa3, fa0, fa1)
    FD(0x3fd5555555555555, NX, ONE_D, THREE_D, 0, fdiv.d fa3, fa0, fa1)
    FD(0x3ff6a09e667f3bcd, NX, TWO_D, 0, 0, fsqrt.d fa3, fa0)
    FD(0x3ff6a09e667f3bcc, NX, TWO_D, 0, 0, fsqrt.d fa3, fa0, rtz)
    FD(0x4014000000000000, 0, ONE_D, TWO_D, THREE_D, fmadd.d fa3, fa0, fa1, fa2)
    FD(0xbff0000000000000, 0, ONE_D, TWO_D, THREE_D, fmsub.d fa3, fa0, fa1, fa2)
    FD(ONE_D, 0, ONE_D, TWO_D, THREE_D, fnmsub.d fa3, fa0, fa1, fa2)
    FD(0xc014000000000000, 0, ONE_D, TWO_D, THREE_D, fnmadd.d fa3, fa0, fa1, fa2)
    FD(0xbff0000000000000, 0, ONE_D, 1 << 63, 0, fsgnj.d fa3, fa0, fa1)
    FD(ONE_D, 0, ONE_D, 1 << 63, 0, fsgnjn.d fa3, fa0, fa1)
    FD(ONE_D, 0, 0xbff0000000000000, 1 << 63, 0, fsgnjx.d fa3, fa0, fa1)
    FD(ONE_D, 0, ONE_D, NAN_D, 0, fmin.d fa3, fa0, fa1)
    FD(NAN_D, NV, NAN_D + 5, NAN_D - 5, 0, fmax.d fa3, fa0, fa1)
    XD(0, 0, ONE_D, TWO_D, feq.d a3, fa0, fa1)
    XD(1, 0, ONE_D, TWO_D, flt.d a3, fa0, fa1)
    XD(0, 0, TWO_D, ONE_D, fle.d a3, fa0, fa1)
    XD(1, 0, 0xfff0000000000000, 0, fclass.d a3, fa0)
    XD(0x20, 0, 1, 0, fclass.d a3, fa0)
    XD(2, NX, 0x4004000000000000, 0, fcvt.w.d a3, fa0, rne)
    XD(3, NX, 0x4004000000000000, 0, fcvt.wu.d a3, fa0, rmm)
    XD(-3, NX, 0xc004000000000000, 0, fcvt.l.d a3, fa0, rdn)
    XD(1 << 63, 0, 0x43e0000000000000, 0, fcvt.lu.d a3, fa0)
    XD(ONE_D, 0, ONE_D, 0, fmv.x.d a3, fa0)
    FD(0xbff0000000000000, 0, 0, 0, 0, fcvt.d.w fa3, a5)
    FD(0x41efffffffe00000, 0, 0, 0, 0, fcvt.d.wu fa3, a5)
    FD(0xbff0000000000000, 0, 0, 0, 0, fcvt.d.l fa3, a5)
    FD(0x43f0000000000000, NX, 0, 0, 0, fcvt.d.lu fa3, a5)
    FD(BOX | 0x3eaaaaab, NX, 0x3fd5555555555555, 0, 0, fcvt.s.d fa3, fa0)
    FP(fmv.x.d, fmv.w.x, 0x3fd5555560000000, 0, 0x3eaaaaab, 0, 0, fcvt.d.s fa3, fa0)

    // A single that is not boxed is a NaN, but not for a store or fmv.x.w.
    FD(BOX | NAN_S, 0, ONE_S, ONE_S, 0, fadd.s fa3, fa0, fa1)
    XD(ONE_S, 0, ONE_S, 0, fmv.x.w a3, fa0)

    // Loads and stores.
    la a0, data
    flw fa0, 0(a0)
    fmv.x.d a1, fa0
    EXPECT(a1, BOX | 0x84838281)
    fld fa0, 0(a0)
    fmv.x.d a1, fa0
    EXPECT(a1, 0x0887868584838281)
    fsw fa0, 8(a0)
    ld a1, 8(a0)
    EXPECT(a1, 0x84838281)
    fsd fa0, 8(a0)
    ld a1, 8(a0)
    EXPECT(a1, 0x0887868584838281)
    addi a0, a0, 2047
    fld ft0, -2047(a0)
    fsd ft0, -2039(a0)
    fmv.x.d a1, ft0
    EXPECT(a1, 0x0887868584838281)

    // frm, fflags and fcsr are one register; flags add up; the mode in frm.
    li a0, 0x1ff
    csrw fcsr, a0
    csrr a1, fcsr
    EXPECT(a1, 0xff)
    csrr a1, frm
    EXPECT(a1, 7)
    csrr a1, fflags
    EXPECT(a1, 0x1f)
    csrwi fflags, DZ
    csrwi frm, 1
    csrr a1, fcsr
    EXPECT(a1, 1 << 5 | DZ)
    li a0, TWO_D
    fmv.d.x fa0, a0
    fsqrt.d fa1, fa0
    fmv.x.d a1, fa1
    EXPECT(a1, 0x3ff6a09e667f3bcc)
    csrr a1, fcsr
    EXPECT(a1, 1 << 5 | DZ | NX)
    csrwi frm, 3
    fsqrt.d fa1, fa0
    fmv.x.d a1, fa1
    EXPECT(a1, 0x3ff6a09e667f3bcd)

    // Reserved modes: in frm, in the instruction. An instruction that does not round runs.
    csrwi frm, 5
    REFUSED(M, fsqrt.d fa1, fa0)
    REFUSED(M, fcvt.w.d a0, fa0, dyn)
    RUNS(M, fsqrt.d fa1, fa0, rtz)
    RUNS(M, fsgnj.d fa1, fa0, fa0)
    csrwi frm, 0
    REFUSED(M, .word 0x02b55053) // fadd.d with mode 5
    RUNS(M, .word 0x02b57053)
    REFUSED(M, .word 0x5a157553) // fsqrt.d with rs2
    REFUSED(M, .word 0x06b57053) // quad precision

    // With FS off all are illegal, the CSRs too; a write makes it dirty and sets SD.
    li a0, MSTATUS_FS
    csrc mstatus, a0
    la a0, data
    REFUSED(M, flw fa0, 0(a0))
    REFUSED(M, fld fa0, 0(a0))
    REFUSED(M, fsw fa0, 0(a0))
    REFUSED(M, fsd fa0, 0(a0))
    REFUSED(M, fadd.s fa0, fa0, fa0)
    REFUSED(M, fmadd.d fa0, fa0, fa0, fa0)
    REFUSED(M, fmv.x.d a0, fa0)
    REFUSED(M, csrr a0, fcsr)
    REFUSED(M, csrr a0, frm)
    REFUSED(M, csrw fflags, zero)
    REFUSED(M, .half 0x2108) // c.fld
    csrr a0, mstatus
    EXPECT_BITS(a0, 1 << 63 | MSTATUS_FS, 0)
    li a0, 1 << 13
    csrs mstatus, a0
    csrr a0, sstatus
    EXPECT_BITS(a0, 1 << 63 | MSTATUS_FS, 1 << 13)
    fmv.d.x fa0, zero
    csrr a0, mstatus
    EXPECT_BITS(a0, 1 << 63 | MSTATUS_FS, 1 << 63 | MSTATUS_FS)
    li a0, MSTATUS_FS
    csrc mstatus, a0
    li a0, 1 << 13
    csrs mstatus, a0
    csrwi fflags, 1
    csrr a0, mstatus
    EXPECT_BITS(a0, 1 << 63 | MSTATUS_FS, 1 << 63 | MSTATUS_FS)
    RUNS(U, fadd.d fa0, fa0, fa0)
    // An instruction that traps leaves it as it was.
    li a0, MSTATUS_FS
    csrc mstatus, a0
    li a0, 1 << 13
    csrs mstatus, a0
    li a0, 1 << 62
    TRY(fld fa0, 0(a0))
    EXPECT(s2, LOAD_ACCESS)
    REFUSED(M, .word 0x02b55053)
    REFUSED(M, .word 0x06b57053)
    csrr a0, mstatus
    EXPECT_BITS(a0, 1 << 63 | MSTATUS_FS, 1 << 13)
    j pass

    .data
    .balign 8
data:
    .dword 0x0887868584838281
    .dword 0
    .space 4096
