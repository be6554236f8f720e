// SPDX-License-Identifier: MIT
// m.S - multiplication and division, with the results by zero and of the overflow.
#include "isa.inc"

#define RR(op, result, a, b)                                                                       \
    li a0, a;                                                                                      \
    li a1, b;                                                                                      \
    op a2, a0, a1;                                                                                 \
    EXPECT(a2, result);                                                                            \
    op a1, a0, a1;                                                                                 \
    EXPECT(a1, result);                                                                            \
    op zero, a0, a1;                                                                               \
    EXPECT(zero, 0)

#define MIN64 0x8000000000000000
#define MIN32 0xffffffff80000000

    .option norvc
    .text
    .globl main
main:
    RR(mul, 1, -1, -1)
    RR(mul, 0x0123456789abcdef, 0x0123456789abcdef, 1)
    RR(mul, 0xfffffffe00000001, 0xffffffff, 0xffffffff)
    RR(mul, 0, MIN64, 2)
    RR(mulh, 0, -1, -1)
    RR(mulh, -1, -1, 1)
    RR(mulh, 0x4000000000000000, MIN64, MIN64)
    RR(mulh, 0xc000000000000000, MIN64, 0x7fffffffffffffff)
    RR(mulh, 0x0014b66dc33f6acd, 0x0123456789abcdef, 0x123456789abcdef0)
    RR(mulhu, 0xfffffffffffffffe, -1, -1)
    RR(mulhu, 0x4000000000000000, MIN64, MIN64)
    RR(mulhu, 0, 0xffffffff, 0xffffffff)
    RR(mulhsu, -1, -1, -1)
    RR(mulhsu, 0xc000000000000000, MIN64, MIN64)
    RR(mulhsu, 0, 1, -1)
    RR(mulhsu, 0x3fffffffffffffff, 0x7fffffffffffffff, MIN64)
    RR(mulw, 1, 0xffffffff, 0xffffffff)
    RR(mulw, MIN32, 0x40000000, 2)
    RR(mulw, 0, 0x100000000, 0x100000000)

    RR(div, -3, -7, 2)
    RR(div, -3, 7, -2)
    RR(div, 3, -7, -2)
    RR(div, -1, 5, 0)
    RR(div, -1, -5, 0)
    RR(div, MIN64, MIN64, -1)
    RR(div, MIN64, MIN64, 1)
    RR(rem, -1, -7, 2)
    RR(rem, 1, 7, -2)
    RR(rem, 5, 5, 0)
    RR(rem, -5, -5, 0)
    RR(rem, 0, MIN64, -1)
    RR(divu, 0x7fffffffffffffff, -1, 2)
    RR(divu, -1, 5, 0)
    RR(divu, 0, MIN64, -1)
    RR(remu, 1, -1, 2)
    RR(remu, -5, -5, 0)
    RR(remu, MIN64, MIN64, -1)

    RR(divw, -3, 0xfffffff9, 2)
    RR(divw, MIN32, 0x80000000, -1)
    RR(divw, MIN32, 0x80000000, 0x00000000ffffffff)
    RR(divw, -1, 5, 0x100000000)
    RR(remw, -1, 0xfffffff9, 2)
    RR(remw, 0, 0x80000000, -1)
    RR(remw, MIN32, 0x80000000, 0x100000000)
    RR(divuw, 0x7fffffff, -1, 2)
    RR(divuw, MIN32, 0x80000000, 1)
    RR(divuw, -1, 5, 0x100000000)
    RR(remuw, 1, -1, 2)
    RR(remuw, MIN32, 0x80000000, 0x100000000)
    RR(remuw, MIN32, 0x80000000, -1)
    j pass
