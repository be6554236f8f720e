// SPDX-License-Identifier: MIT
// usercopy.S - copies by words where both sides allow it, up to 1024 bytes a turn of the loop; else by
// bytes.

#include "abi/errno.h"

// Two loads before two stores: no store waits for the load just before it.
.macro copy16 at
        ld t0, (\at + 0)(a1)
        ld t1, (\at + 8)(a1)
        sd t0, (\at + 0)(a0)
        sd t1, (\at + 8)(a0)
.endm

.text
        .globl usercopy_start, usercopy_end, usercopy_failed
        .globl usercopy, usercopy_str, directcopy
        .balign 8
usercopy_start:

usercopy:
directcopy:
        or t0, a0, a1
        andi t0, t0, 7
        bnez t0, 4f
        // Blocks of 16 bytes, 64 of them a turn. The first turn copies what the others leave, so it
        // begins inside the loop: a block of 16 bytes takes 16 bytes of code.
0:      andi a4, a2, -16
        beqz a4, 3f
        add t6, a1, a4                  // end of the blocks
        neg t0, a4
        andi t0, t0, 1023               // the bytes that the first turn skips
        sub a0, a0, t0
        sub a1, a1, t0
1:      auipc t1, %pcrel_hi(2f)
        add t1, t1, t0
        jr %pcrel_lo(1b)(t1)
        .option push
        .option norvc
        .set at, 0
2:      .rept 64
        copy16 at
        .set at, at + 16
        .endr
        .option pop
        addi a1, a1, 1024
        addi a0, a0, 1024
        bltu a1, t6, 2b
3:      andi a4, a2, 8
        beqz a4, 1f
        ld t0, 0(a1)
        addi a1, a1, 8
        sd t0, 0(a0)
        addi a0, a0, 8
1:      andi a2, a2, 7
5:      beqz a2, 8f
7:      lbu t0, 0(a1)
        addi a1, a1, 1
        sb t0, 0(a0)
        addi a0, a0, 1
        addi a2, a2, -1
        bnez a2, 7b
8:      li a0, 0
        ret
        // Not both aligned: if they are aligned alike, bytes up to the boundary, then words.
4:      xor t0, a0, a1
        andi t0, t0, 7
        bnez t0, 5b
        li t0, 16
        bltu a2, t0, 5b
6:      lbu t0, 0(a1)
        addi a1, a1, 1
        sb t0, 0(a0)
        addi a0, a0, 1
        addi a2, a2, -1
        andi t0, a1, 7
        bnez t0, 6b
        j 0b

usercopy_str:
        mv a3, a1
        add a4, a1, a2
1:      beq a1, a4, 2f
        lbu t0, 0(a1)
        addi a1, a1, 1
        sb t0, 0(a0)
        addi a0, a0, 1
        bnez t0, 1b
        sub a0, a1, a3
        addi a0, a0, -1
        ret
2:      li a0, -ENAMETOOLONG
        ret

usercopy_failed:                        // the error is in a0, by the trap handler
        ret
usercopy_end:
