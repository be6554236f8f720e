// SPDX-License-Identifier: MIT
// i.S - RV64I: computation, branches, jumps, loads and stores.
#include "isa.inc"

// op a2, a, b yields the result; also if the destination is a source, or x0.
#define RR(op, result, a, b)                                                                       \
    li a0, a;                                                                                      \
    li a1, b;                                                                                      \
    op a2, a0, a1;                                                                                 \
    EXPECT(a2, result);                                                                            \
    mv a3, a1;                                                                                     \
    op a3, a0, a3;                                                                                 \
    EXPECT(a3, result);                                                                            \
    op a0, a0, a1;                                                                                 \
    EXPECT(a0, result);                                                                            \
    op zero, a0, a1;                                                                               \
    EXPECT(zero, 0)

#define RI(op, result, a, imm)                                                                     \
    li a0, a;                                                                                      \
    op a2, a0, imm;                                                                                \
    EXPECT(a2, result);                                                                            \
    op a0, a0, imm;                                                                                \
    EXPECT(a0, result);                                                                            \
    op zero, a0, imm;                                                                              \
    EXPECT(zero, 0)

// The branch is taken, forward and backward; or it is not.
#define TAKEN(op, a, b)                                                                            \
    li gp, __LINE__;                                                                               \
    li a0, a;                                                                                      \
    li a1, b;                                                                                      \
    op a0, a1, 1f;                                                                                 \
    j fail;                                                                                        \
    2 : j 3f;                                                                                      \
    1 : op a0, a1, 2b;                                                                             \
    j fail;                                                                                        \
    3:
#define PASSED_BY(op, a, b)                                                                        \
    li gp, __LINE__;                                                                               \
    li a0, a;                                                                                      \
    li a1, b;                                                                                      \
    op a0, a1, . + 8;                                                                              \
    j . + 8;                                                                                       \
    j fail

    .option norvc
    .text
    .globl main
main:
    RR(add, 0x1234, 0x1000, 0x234)
    RR(add, 0, -1, 1)
    RR(add, 0x8000000000000000, 0x7fffffffffffffff, 1)
    RR(sub, 0xfffffffffffffffe, 1, 3)
    RR(sub, 0x7fffffffffffffff, 0x8000000000000000, 1)
    RR(sll, 0x8000000000000000, 1, 63)
    RR(sll, 4, 2, 65)
    RR(srl, 1, 0x8000000000000000, 63)
    RR(srl, 0x4000000000000000, 0x8000000000000000, 0xffffffffffffff01)
    RR(sra, -1, 0x8000000000000000, 63)
    RR(sra, 0xe000000000000000, 0x8000000000000000, 2)
    RR(slt, 1, -1, 0)
    RR(slt, 0, 0, -1)
    RR(slt, 0, 5, 5)
    RR(slt, 1, 0x8000000000000000, 0x7fffffffffffffff)
    RR(sltu, 0, -1, 0)
    RR(sltu, 1, 0, -1)
    RR(xor, 0xff00ff00ff00ff00, 0xffff0000ffff0000, 0x00ffff0000ffff00)
    RR(or, 0xffffff00ffffff00, 0xffff0000ffff0000, 0x00ffff0000ffff00)
    RR(and, 0x00ff000000ff0000, 0xffff0000ffff0000, 0x00ffff0000ffff00)
    RR(addw, 0xffffffff80000000, 0x7fffffff, 1)
    RR(addw, 0, 0xffffffff, 0x1234567800000001)
    RR(subw, 0x7fffffff, 0xffffffff80000000, 1)
    RR(subw, -1, 0x100000000, 1)
    RR(sllw, 0xffffffff80000000, 1, 31)
    RR(sllw, 0xfffffffffffffffe, 0x12345678ffffffff, 33)
    RR(srlw, 1, 0xffffffff80000000, 31)
    RR(srlw, 0xffffffff80000000, 0x80000000, 32)
    RR(sraw, -1, 0x80000000, 31)
    RR(sraw, 0x3fffffff, 0xffffffff7fffffff, 1)

    RI(addi, 2047, 0, 2047)
    RI(addi, -2048, 0, -2048)
    RI(slti, 1, -2049, -2048)
    RI(slti, 0, 0, -1)
    RI(sltiu, 1, 5, -1)
    RI(sltiu, 0, -1, -1)
    RI(xori, 0xfffffffffffffff0, 0xf, -1)
    RI(ori, -1, 0x700, -1)
    RI(andi, 0xfffffffffffff800, -1, -2048)
    RI(slli, 0x8000000000000000, 3, 63)
    RI(srli, 3, 0xc000000000000000, 62)
    RI(srai, -1, 0xc000000000000000, 62)
    RI(addiw, 0xffffffff80000000, 0x7fffffff, 1)
    RI(addiw, 0x12345678, 0xffffffff12345678, 0)
    RI(slliw, 0xffffffff80000000, 0xff00000003, 31)
    RI(srliw, 1, 0xffffffff80000000, 31)
    RI(sraiw, -1, 0x80000000, 31)

    lui a0, 0x80000
    EXPECT(a0, 0xffffffff80000000)
    lui a0, 0x7ffff
    EXPECT(a0, 0x7ffff000)
1:  auipc a0, 0
    EXPECT_ADDRESS(a0, 1b)
1:  auipc a0, 0xfffff
    la a1, 1b
    li a2, 0x1000
    sub a1, a1, a2
    EXPECT_SAME(a0, a1)

    TAKEN(beq, 5, 5)
    PASSED_BY(beq, 5, 6)
    TAKEN(bne, 5, 6)
    PASSED_BY(bne, 5, 5)
    TAKEN(blt, -1, 0)
    PASSED_BY(blt, 0, -1)
    PASSED_BY(blt, 3, 3)
    TAKEN(bge, 0, -1)
    TAKEN(bge, 3, 3)
    PASSED_BY(bge, -1, 0)
    TAKEN(bltu, 0, -1)
    PASSED_BY(bltu, -1, 0)
    PASSED_BY(bltu, 3, 3)
    TAKEN(bgeu, -1, 0)
    TAKEN(bgeu, 3, 3)
    PASSED_BY(bgeu, 0, -1)

    // jal and jalr: the link, x0 as link, the lowest bit of the target dropped, rd = rs1.
    jal a0, 1f
    NEVER
1:  la a1, 1b - 12
    addi a1, a1, 4
    jal a2, 1f
2:  NEVER
1:  EXPECT_ADDRESS(a2, 2b)
    la a0, 1f + 1
    jalr a0, 0(a0)
2:  NEVER
1:  EXPECT_ADDRESS(a0, 2b)
    la a0, 1f - 8
    jalr zero, 8(a0)
    NEVER
1:  EXPECT(zero, 0)
    la a0, 1f + 2047
    jalr a1, -2047(a0)
    NEVER
1:

    // Loads: sizes, signs, offsets of both signs; then stores beside each other.
    la a0, data
    lb a1, 0(a0)
    EXPECT(a1, 0xffffffffffffff81)
    lbu a1, 0(a0)
    EXPECT(a1, 0x81)
    lb a1, 7(a0)
    EXPECT(a1, 0x08)
    lh a1, 0(a0)
    EXPECT(a1, 0xffffffffffff8281)
    lhu a1, 2(a0)
    EXPECT(a1, 0x8483)
    lw a1, 0(a0)
    EXPECT(a1, 0xffffffff84838281)
    lwu a1, 0(a0)
    EXPECT(a1, 0x84838281)
    lw a1, 4(a0)
    EXPECT(a1, 0x08878685)
    ld a1, 0(a0)
    EXPECT(a1, 0x0887868584838281)
    la a0, data + 2048
    ld a1, -2048(a0)
    EXPECT(a1, 0x0887868584838281)
    la a0, data - 2040
    ld a0, 2040(a0)
    EXPECT(a0, 0x0887868584838281)
    la a0, data
    ld zero, 0(a0)
    EXPECT(zero, 0)

    la a0, room
    li a1, 0x1122334455667788
    sd a1, 0(a0)
    li a1, 0xaabbccddeeff0011
    sb a1, 1(a0)
    ld a2, 0(a0)
    EXPECT(a2, 0x1122334455661188)
    sh a1, 2(a0)
    ld a2, 0(a0)
    EXPECT(a2, 0x1122334400111188)
    sw a1, 4(a0)
    ld a2, 0(a0)
    EXPECT(a2, 0xeeff001100111188)
    sd a1, 0(a0)
    ld a2, 0(a0)
    EXPECT(a2, 0xaabbccddeeff0011)
    addi a0, a0, 2000
    sd a0, -2000(a0)
    la a1, room
    ld a2, 0(a1)
    EXPECT_SAME(a2, a0)
    sd zero, 0(a1)
    ld a2, 0(a1)
    EXPECT(a2, 0)

    fence
    fence r, w
    fence.tso
    .word 0x0100000f // pause

    TRY(ecall)
    TRAPPED(ECALL_M, 0)
    IN(U, ebreak)
    EXPECT(s2, BREAKPOINT)
    EXPECT_ADDRESS(s3, 77b)

    // Reserved encodings.
    REFUSED(M, .word 0)
    REFUSED(M, .word 0xffffffff)
    REFUSED(M, .word 0x04001013) // slli with a bit behind the shift
    REFUSED(M, .word 0x0200101b) // slliw by 32
    REFUSED(M, .word 0x80000033) // add with funct7
    REFUSED(M, .word 0x00007003) // load, funct3 7
    REFUSED(M, .word 0x00004023) // store, funct3 4
    REFUSED(M, .word 0x00002063) // branch, funct3 2
    REFUSED(M, .word 0x00001067) // jalr, funct3 1
    REFUSED(M, .word 0x00000057) // the vector opcode
    j pass

    .data
    .balign 8
    .space 2040
data:
    .dword 0x0887868584838281
    .space 2048
room:
    .space 2048
