// SPDX-License-Identifier: MIT
// count.S - a program of which it is known how many instructions each function executes.
//
// tests/machine/test_count.py has the numbers; hart 1, if there is one, waits until the end.
#include "isa.inc"

    .option norvc
    .section .text.start, "ax"
    .globl _start, long, lock, across, enter, handler, faulted, finish, wait
_start:
    csrr t0, mhartid
    bnez t0, wait
    la t0, handler
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    jal long
    jal lock
    jal across
    jal across
    jalr ra, zero // no memory is there: the fetch traps, and `faulted` comes back
    j enter

long:
    li t1, 0x20000
1:  addi t1, t1, -1
    bnez t1, 1b
    ret

// Takes a lock, and then finds it taken four times.
lock:
    la t0, word
    li t1, 1
    li t3, 5
1:  amoswap.w t2, t1, (t0)
    addi t3, t3, -1
    bnez t3, 1b
    ret

enter:
    la t0, user
    csrw mepc, t0
    csrw mstatus, zero
    mret
user:
    li a7, 7
    ecall
    ecall
    li a7, 9
    ecall

    .balign 4
handler:
    csrr t0, mcause
    li t1, ECALL_U
    bne t0, t1, faulted
    li t1, 9
    beq a7, t1, finish
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    mret

faulted:
    ret

finish:
    li t0, FINISHER
    li t1, 0x5555
    sw t1, 0(t0)
    j .

wait:
    la t0, word
1:  lw t1, 4(t0)
    beqz t1, 1b

// An instruction of four bytes that begins in one page and ends in the next.
    .balign 4096
    .space 4096 - 6
    .option rvc
across:
    c.nop
    c.nop
    .option norvc
    addi t0, t0, 1
    .option rvc
    ret

    .data
    .balign 8
word:
    .word 0, 0
