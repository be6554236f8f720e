// SPDX-License-Identifier: MIT
// fake.h - the few words the fake kernels share. Each plays one way in which a real one can fail, so that
// the test runner's own judgement can be tested. They run in S-mode at 0x80200000, on the boot hart.
#pragma once

    .macro say text
    .section .rodata
9:  .asciz "\text"
    .text
    la      s0, 9b
    call    put_string
    .endm

    .macro power_off code
    li      t0, 0x100000        // QEMU's test device: exit code << 16 | 0x3333
    li      t1, (\code << 16) | 0x3333
    sw      t1, 0(t0)
    .endm

    .text
    .globl _start
_start:
    la      sp, stack_top
    j       fake_main

put_string:                     // prints the string at s0, keeps ra
    mv      s1, ra
1:  lbu     a0, 0(s0)
    beqz    a0, 2f
    li      a7, 1               // SBI legacy: console putchar
    ecall
    addi    s0, s0, 1
    j       1b
2:  mv      ra, s1
    ret

get_line:                       // reads up to a newline, echoing nothing
    li      a7, 2               // SBI legacy: console getchar
    ecall
    bltz    a0, get_line
    li      t0, '\n'
    bne     a0, t0, get_line
    ret

    .bss
    .balign 16
    .skip   1024
stack_top:
    .text
