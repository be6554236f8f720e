// SPDX-License-Identifier: MIT
// start.S - where a test begins and ends, and its trap handler.
#include "isa.inc"

    .option norvc
    .section .text.start, "ax"
    .globl _start, run, fail, pass, trap
_start:
    csrr t0, mhartid
    bnez t0, idle
    la t0, trap
    csrw mtvec, t0
    la tp, frame
    la sp, stack_top
    li t0, MTIMECMP
    li t1, -1
    sd t1, 0(t0)
    li t0, MSTATUS_FS
    csrs mstatus, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    j main
// The other harts wait for a software interrupt, then go where `others` says.
idle:
    csrwi mie, MSIP
1:  wfi
    la t0, others
    ld t1, 0(t0)
    beqz t1, 1b
    jr t1

// Continues at t1 in mode t0. The next trap returns to the caller, with s2 to s5 set.
run:
    sd ra, 0(tp)
    sd sp, 8(tp)
    csrw mepc, t1
    li t1, MSTATUS_MPP
    csrc mstatus, t1
    slli t0, t0, 11
    csrs mstatus, t0
    mret

// With MPRV, loads would be made in the mode that MPP holds: it is cleared first.
    .balign 4
trap:
    li s2, MSTATUS_MPRV
    csrrc s5, mstatus, s2
    csrr s2, mcause
    csrr s3, mepc
    csrr s4, mtval
    ld ra, 0(tp)
    ld sp, 8(tp)
    sd zero, 0(tp)
    beqz ra, surprise
    ret

pass:
    li t0, FINISHER
    li t1, 0x5555
    sw t1, 0(t0)
    j .

surprise:
    la a0, text_trap
    call print
    mv s0, gp
    mv a0, s2
    call print_hex
    mv a0, s3
    call print_hex
    mv a0, s4
    call print_hex
    mv gp, s0
fail:
    la a0, text_fail
    call print
    mv a0, gp
    call print_decimal
    li a0, '\n'
    call putc
    li t0, FINISHER
    li t1, 0x13333
    sw t1, 0(t0)
    j .

putc:
    li t0, UART
    sb a0, 0(t0)
    ret

print:
    mv a1, a0
    mv s1, ra
1:  lbu a0, 0(a1)
    beqz a0, 2f
    call putc
    addi a1, a1, 1
    j 1b
2:  jr s1

// Prints the 16 digits of a0 and a space.
print_hex:
    mv s1, ra
    mv a1, a0
    li a2, 60
1:  srl a0, a1, a2
    andi a0, a0, 15
    la a3, text_digits
    add a0, a0, a3
    lbu a0, 0(a0)
    call putc
    addi a2, a2, -4
    bgez a2, 1b
    li a0, ' '
    call putc
    jr s1

// Prints a number below 10000.
print_decimal:
    mv s1, ra
    mv a1, a0
    li a2, 1000
1:  divu a0, a1, a2
    remu a1, a1, a2
    addi a0, a0, '0'
    call putc
    li a0, 10
    divu a2, a2, a0
    bnez a2, 1b
    jr s1

    .section .rodata
text_fail:
    .string "failed at line "
text_trap:
    .string "a trap that no check expects: cause, pc, value "
text_digits:
    .ascii "0123456789abcdef"

    .bss
    .balign 16
    .globl others
others:
    .space 16
frame:
    .space 64
    .space 2048
stack_top:
