// SPDX-License-Identifier: MIT
// usercopy.S - copies by words where both sides allow it, up to 256 bytes a turn of the loop; else by
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
        // Words: a4, a5 and t6 are the ends of the turns of 256, 64 and 8 bytes.
0:      andi a4, a2, -256
        add a4, a4, a1
        andi a5, a2, -64
        add a5, a5, a1
        andi t6, a2, -8
        add t6, t6, a1
        bgeu a1, a4, 2f
1:      copy64 0
        copy64 64
        copy64 128
        copy64 192
        addi a1, a1, 256
        addi a0, a0, 256
        bltu a1, a4, 1b
2:      bgeu a1, a5, 3f
        copy64 0
        addi a1, a1, 64
        addi a0, a0, 64
        j 2b
3:      bgeu a1, t6, 5f
        ld t0, 0(a1)
        addi a1, a1, 8
        sd t0, 0(a0)
        addi a0, a0, 8
        j 3b
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
