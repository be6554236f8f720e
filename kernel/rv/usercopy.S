// SPDX-License-Identifier: MIT
// usercopy.S - copies by words where both sides allow it, up to 1024 bytes a turn of the loop; else by
// bytes.

#include "abi/errno.h"

.macro copy64 at
        ld t0, (\at + 0)(a1)
        ld t1, (\at + 8)(a1)
        ld t2, (\at + 16)(a1)
        ld t3, (\at + 24)(a1)
        ld t4, (\at + 32)(a1)
        ld t5, (\at + 40)(a1)
        ld a6, (\at + 48)(a1)
        ld a7, (\at + 56)(a1)
        sd t0, (\at + 0)(a0)
        sd t1, (\at + 8)(a0)
        sd t2, (\at + 16)(a0)
        sd t3, (\at + 24)(a0)
        sd t4, (\at + 32)(a0)
        sd t5, (\at + 40)(a0)
        sd a6, (\at + 48)(a0)
        sd a7, (\at + 56)(a0)
.endm

.text
        .globl usercopy_start, usercopy_end, usercopy_failed
        .globl usercopy, usercopy_str, directcopy
        .balign 8
usercopy_start:

usercopy:
directcopy:
        add a3, a1, a2                  // end of src
        or t0, a0, a1
        andi t0, t0, 7
        bnez t0, 4f
        // Blocks of 64 bytes, 16 of them a turn. The first turn copies what the others leave, so it
        // begins inside the loop: a block of 64 bytes takes 64 bytes of code.
0:      andi a4, a2, -64
        beqz a4, 3f
        add t6, a1, a4                  // end of the blocks
        neg t0, a4
        andi t0, t0, 1023               // the bytes that the first turn skips
        sub a0, a0, t0
        sub a1, a1, t0
        la t1, 2f
        add t1, t1, t0
        jr t1
        .option push
        .option norvc
2:      .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        copy64 64*\n
        .endr
        .option pop
        addi a1, a1, 1024
        addi a0, a0, 1024
        bltu a1, t6, 2b
3:      andi a4, a2, 56                 // words
        beqz a4, 5f
        add t6, a1, a4
1:      ld t0, 0(a1)
        addi a1, a1, 8
        sd t0, 0(a0)
        addi a0, a0, 8
        bltu a1, t6, 1b
        j 5f
        // Not both aligned: if they are aligned alike, bytes up to the boundary, then words.
4:      xor t0, a0, a1
        andi t0, t0, 7
        bnez t0, 5f
        li t0, 16
        bltu a2, t0, 5f
6:      lbu t0, 0(a1)
        addi a1, a1, 1
        sb t0, 0(a0)
        addi a0, a0, 1
        andi t0, a1, 7
        bnez t0, 6b
        sub a2, a3, a1
        j 0b
5:      beq a1, a3, 8f
7:      lbu t0, 0(a1)
        addi a1, a1, 1
        sb t0, 0(a0)
        addi a0, a0, 1
        bne a1, a3, 7b
8:      li a0, 0
        ret

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
