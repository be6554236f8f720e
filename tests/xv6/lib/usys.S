# SPDX-License-Identifier: MIT
# usys.S - the calls as such binaries make them: number in a7, ecall, result in a0.

.macro call name, number
    .globl \name
\name:
    li a7, \number
    ecall
    ret
.endm

    call fork, 1
    call exit, 2
    call wait, 3
    call pipe, 4
    call read, 5
    call kill, 6
    call exec, 7
    call fstat, 8
    call chdir, 9
    call dup, 10
    call getpid, 11
    call sbrk, 12
    call sleep, 13
    call uptime, 14
    call open, 15
    call write, 16
    call mknod, 17
    call unlink, 18
    call link, 19
    call mkdir, 20
    call close, 21
    call nosuchcall, 222

    .section .note.GNU-stack, "", @progbits
