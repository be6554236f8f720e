// SPDX-License-Identifier: MIT
// a.S - atomic instructions and reservations.
#include "isa.inc"

// `op` on memory that holds `old`: rd is old, memory then `new`. Also with rd = rs2, and to x0.
#define AMO(op, load, store, new, old, operand)                                                    \
    li a1, old;                                                                                    \
    li a2, operand;                                                                                \
    store a1, 0(a0);                                                                               \
    op a3, a2, (a0);                                                                               \
    EXPECT_SAME(a3, a1);                                                                           \
    load a4, 0(a0);                                                                                \
    EXPECT(a4, new);                                                                               \
    store a1, 0(a0);                                                                               \
    op a2, a2, (a0);                                                                               \
    EXPECT_SAME(a2, a1);                                                                           \
    load a4, 0(a0);                                                                                \
    EXPECT(a4, new)

#define AMO_W(op, new, old, operand) AMO(op, lw, sw, new, old, operand)
#define AMO_D(op, new, old, operand) AMO(op, ld, sd, new, old, operand)

    .option norvc
    .text
    .globl main
main:
    la a0, word
    AMO_W(amoswap.w, 0x55, 0x12345678, 0xaaaaaaaa00000055)
    AMO_W(amoadd.w, 0xffffffff80000000, 0x7fffffff, 1)
    AMO_W(amoxor.w, 0xffffffffff00ff00, 0xffffffffffff0000, 0x00ffff00)
    AMO_W(amoand.w, 0x00ff0000, 0xffffffffffff0000, 0x00ffff00)
    AMO_W(amoor.w, 0xffffffffffffff00, 0xffffffffffff0000, 0x00ffff00)
    AMO_W(amomin.w, -1, 5, 0xffffffff)
    AMO_W(amomin.w, 5, 5, 0xffffffff00000006)
    AMO_W(amomax.w, 5, 5, 0xffffffff)
    AMO_W(amomax.w, 6, 5, 6)
    AMO_W(amominu.w, 5, 5, 0xffffffff)
    AMO_W(amominu.w, 0, -1, 0xffffffff00000000)
    AMO_W(amomaxu.w, -1, 5, 0xffffffff)
    AMO_W(amomaxu.w, -1, -1, 0xffffffff00000000)

    // Bytes beside the word stay.
    li a1, 0x1111111122222222
    sd a1, 0(a0)
    li a2, 1
    amoadd.w.aqrl zero, a2, (a0)
    ld a3, 0(a0)
    EXPECT(a3, 0x1111111122222223)
    addi a4, a0, 4
    amoadd.w.rl a5, a2, (a4)
    EXPECT(a5, 0x11111111)
    ld a3, 0(a0)
    EXPECT(a3, 0x1111111222222223)

    AMO_D(amoswap.d, 0x55, 0x123456789abcdef0, 0x55)
    AMO_D(amoadd.d, 0x8000000000000000, 0x7fffffffffffffff, 1)
    AMO_D(amoxor.d, 0xff00ff00ff00ff00, 0xffff0000ffff0000, 0x00ffff0000ffff00)
    AMO_D(amoand.d, 0x00ff000000ff0000, 0xffff0000ffff0000, 0x00ffff0000ffff00)
    AMO_D(amoor.d, 0xffffff00ffffff00, 0xffff0000ffff0000, 0x00ffff0000ffff00)
    AMO_D(amomin.d, -1, 5, -1)
    AMO_D(amomin.d, 0x80000000, 0x100000000, 0x80000000)
    AMO_D(amomax.d, 5, 5, -1)
    AMO_D(amomax.d, 0x100000000, 0x100000000, 0x80000000)
    AMO_D(amominu.d, 5, 5, -1)
    AMO_D(amomaxu.d, -1, 5, -1)

    // LR and SC: success writes and yields 0; without a reservation nothing is written.
    li a1, 0xffffffff80000001
    sw a1, 0(a0)
    li a2, 7
    lr.w a3, (a0)
    EXPECT_SAME(a3, a1)
    lr.w a3, (a0)
    sc.w a4, a2, (a0)
    EXPECT(a4, 0)
    lw a3, 0(a0)
    EXPECT(a3, 7)
    li a2, 8
    sc.w a4, a2, (a0) // the reservation is used up
    EXPECT(a4, 1)
    lw a3, 0(a0)
    EXPECT(a3, 7)
    lr.d.aq a3, (a0)
    sc.d.rl a2, a2, (a0)
    EXPECT(a2, 0)
    ld a3, 0(a0)
    EXPECT(a3, 8)
    la a1, far
    lr.d a3, (a0)
    sc.d a4, a2, (a1) // another place: fails, and ends the reservation
    EXPECT(a4, 1)
    sc.d a4, a2, (a0)
    EXPECT(a4, 1)
    lr.w zero, (a0)
    sc.w zero, zero, (a0)
    lw a3, 0(a0)
    EXPECT(a3, 0)

    // Misaligned ones trap, whatever loads and stores do. (strict.S has the causes.)
    la a0, word + 2
    TRY(amoadd.w a1, a2, (a0))
    EXPECT_ADDRESS(s4, word + 2)
    EXPECT_ADDRESS(s3, 77b)
    TRY(lr.w a1, (a0))
    EXPECT_ADDRESS(s4, word + 2)
    la a0, word + 4
    TRY(amoor.d a1, a2, (a0))
    EXPECT_ADDRESS(s4, word + 4)
    TRY(lr.d a1, (a0))
    EXPECT_ADDRESS(s4, word + 4)

    // LR with rs2, a size that there is not, an operation that there is not.
    la a0, word
    REFUSED(M, .word 0x1005262f | 1 << 20)
    REFUSED(M, .word 0x0005162f)
    REFUSED(M, .word 0xf805262f)
    j pass

    .data
    .balign 4096
word:
    .space 8
    .space 2040
far:
    .space 8
