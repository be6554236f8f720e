// SPDX-License-Identifier: MIT
// kernelvec.S - traps taken while the kernel runs: faults in copies of user memory, and interrupts in
// the places that allow them.
//
// Theory    The interrupted code's registers are saved as a struct kernelframe on its own stack. If
//           that would leave the stack, bit KSTACK_SHIFT of sp is clear (rv/kstack.h), and the report
//           runs on this hart's spare stack. sscratch is free in the kernel; it holds sp meanwhile.
#include "rv/kstack.h"
#include "rv/offsets.h"

.macro each_saved op
        \op ra, 8(sp)
        \op gp, 24(sp)
        \op t0, 40(sp)
        \op t1, 48(sp)
        \op t2, 56(sp)
        \op s0, 64(sp)
        \op s1, 72(sp)
        \op a0, 80(sp)
        \op a1, 88(sp)
        \op a2, 96(sp)
        \op a3, 104(sp)
        \op a4, 112(sp)
        \op a5, 120(sp)
        \op a6, 128(sp)
        \op a7, 136(sp)
        \op s2, 144(sp)
        \op s3, 152(sp)
        \op s4, 160(sp)
        \op s5, 168(sp)
        \op s6, 176(sp)
        \op s7, 184(sp)
        \op s8, 192(sp)
        \op s9, 200(sp)
        \op s10, 208(sp)
        \op s11, 216(sp)
        \op t3, 224(sp)
        \op t4, 232(sp)
        \op t5, 240(sp)
        \op t6, 248(sp)
.endm

.macro save_frame
        each_saved sd
        sd tp, 32(sp)
        csrr t0, sscratch
        sd t0, 16(sp)
        csrr t0, sepc
        sd t0, KF_SEPC(sp)
        csrr t0, sstatus
        sd t0, KF_SSTATUS(sp)
        csrr t0, scause
        sd t0, KF_SCAUSE(sp)
        csrr t0, stval
        sd t0, KF_STVAL(sp)
.endm

.text
        .globl kernelvec
        .balign 4
kernelvec:
        csrw sscratch, sp
        addi sp, sp, -KF_SIZE
        srli sp, sp, KSTACK_SHIFT
        andi sp, sp, 1
        beqz sp, overflow
        csrr sp, sscratch
        addi sp, sp, -KF_SIZE
        save_frame
        mv a0, sp
        call kerneltrap
        ld t0, KF_SEPC(sp)
        csrw sepc, t0
        ld t0, KF_SSTATUS(sp)
        csrw sstatus, t0
        each_saved ld                   // not tp: the process may have moved to another hart
        ld sp, 16(sp)
        sret

overflow:
        ld sp, CPU_PANIC_SP(tp)
        addi sp, sp, -KF_SIZE
        save_frame
        mv a0, sp
        call kstack_overflow            // does not return
