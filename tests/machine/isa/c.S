// SPDX-License-Identifier: MIT
// c.S - compressed instructions: each once, what pc and links become, an instruction that crosses a
// page. Which long instruction each one stands for is the subject of tests/host/glass/t_glass_rvc.c.
#include "isa.inc"

    .option rvc
    .text
    .globl main
main:
    la sp, room
    mv s1, sp
    c.addi4spn a5, sp, 16
    sub a0, a5, sp
    EXPECT(a0, 16)
    c.addi16sp sp, 32
    sub a0, sp, s1
    EXPECT(a0, 32)
    c.addi16sp sp, -32
    EXPECT_SAME(sp, s1)

    li a0, 0x1122334485667788
    c.sd a0, 8(s1)
    c.ld a1, 8(s1)
    EXPECT(a1, 0x1122334485667788)
    c.lw a1, 8(s1)
    EXPECT(a1, 0xffffffff85667788)
    c.sw a0, 12(s1)
    c.ldsp a1, 8(sp)
    EXPECT(a1, 0x8566778885667788)
    c.sdsp a0, 504(sp)
    ld a1, 504(s1)
    EXPECT(a1, 0x1122334485667788)
    c.swsp a0, 252(sp)
    c.lwsp t3, 252(sp)
    EXPECT(t3, 0xffffffff85667788)
    c.fld fa0, 8(s1)
    c.fsd fa0, 16(s1)
    c.fldsp ft9, 16(sp)
    c.fsdsp ft9, 24(sp)
    ld a1, 24(sp)
    EXPECT(a1, 0x8566778885667788)

    c.li a0, -32
    EXPECT(a0, -32)
    c.addi a0, 31
    EXPECT(a0, -1)
    c.lui a0, 31
    EXPECT(a0, 31 << 12)
    c.lui a0, 0xfffe0
    EXPECT(a0, -32 << 12)
    li a0, 0x7fffffff
    c.addiw a0, 1
    EXPECT(a0, 0xffffffff80000000)
    c.addiw a0, 0
    EXPECT(a0, 0xffffffff80000000)
    c.srli a0, 32
    EXPECT(a0, 0xffffffff)
    c.slli a0, 63
    EXPECT(a0, 1 << 63)
    c.srai a0, 63
    EXPECT(a0, -1)
    c.andi a0, -32
    EXPECT(a0, -32)
    c.li a1, 12
    c.mv a0, a1
    EXPECT(a0, 12)
    c.add a0, a1
    EXPECT(a0, 24)
    c.sub a0, a1
    EXPECT(a0, 12)
    c.xor a0, a1
    EXPECT(a0, 0)
    c.or a0, a1
    EXPECT(a0, 12)
    c.and a0, a1
    EXPECT(a0, 12)
    li a1, 0x7ffffff4
    c.addw a0, a1
    EXPECT(a0, 0xffffffff80000000)
    c.subw a0, a1
    EXPECT(a0, 12)
    c.nop
    .half 0x0005 // hints do nothing
    .half 0x4005
    .half 0x6005
    .half 0x0006
    .half 0x802e
    .half 0x902e
    EXPECT(zero, 0)

    c.j 1f
    NEVER
1:  c.li a0, 0
    c.beqz a0, 1f
    NEVER
1:  c.bnez a0, fail_near
    c.li a0, 1
    c.beqz a0, fail_near
    c.bnez a0, 1f
fail_near:
    NEVER
1:  la a0, 1f
    c.jr a0
    NEVER
1:  la a0, 1f
    c.jalr a0
2:  NEVER
1:  EXPECT_ADDRESS(ra, 2b)
    jal a0, 1f
2:  NEVER
1:  EXPECT_ADDRESS(a0, 2b)

    // ebreak and illegal ones: mepc is theirs.
    TRY(c.ebreak)
    EXPECT(s2, BREAKPOINT)
    EXPECT_ADDRESS(s3, 77b)
    REFUSED(M, .half 0)
    REFUSED(M, .half 0x8000)
    REFUSED(M, .half 0x2001)
    REFUSED(M, .half 0x6101)
    REFUSED(M, .half 0x9c41)
    REFUSED(M, .half 0x4002)
    REFUSED(M, .half 0x6002)
    REFUSED(M, .half 0x8002)

    // A long instruction across two pages; then again, after its second half has been replaced.
    li s6, 0x705
again:
    j crossing
    .balign 4096
    .space 4090
crossing:
    c.li a0, 5
    c.nop
    .option norvc
    addi a0, a0, 0x700
    .option rvc
    li gp, __LINE__
    beq a0, s6, 1f
    j fail
1:  li a0, 0x605
    beq a0, s6, 1f
    mv s6, a0
    la a1, crossing + 6
    li a2, 0x6005
    sh a2, 0(a1)
    fence.i
    j again
1:  j pass

    .data
    .balign 16
room:
    .space 1024
