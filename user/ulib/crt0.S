// SPDX-License-Identifier: MIT
// crt0.S - where a program starts: exec() has put argc and argv into a0 and a1.

    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    call main
    call exit
    .size _start, . - _start
