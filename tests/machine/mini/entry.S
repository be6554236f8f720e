# SPDX-License-Identifier: MIT
# entry.S - reset, the switch between contexts, and the entries of traps.
        .file "entry.S"

        .section .text.start, "ax"
        .globl _entry
_entry:
        csrr t0, mhartid
        addi t0, t0, 1
        slli t0, t0, 12
        la sp, stacks
        add sp, sp, t0
        call start

        .text
        .globl swtch
swtch:
        .macro context op, at
        \op ra, 0(\at)
        \op sp, 8(\at)
        .set n, 16
        .irp r, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
        \op \r, n(\at)
        .set n, n + 8
        .endr
        .endm
        context sd, a0
#ifdef S3_NOT_SAVED
        sd zero, 40(a0)
#endif
        context ld, a1
        ret

# A trap in the kernel: its registers go on its stack.
        .globl kernelvec
        .balign 4
kernelvec:
        .macro caller_saved op
        .set n, 0
        .irp r, ra, gp, t0, t1, t2, a0, a1, a2, a3, a4, a5, a6, a7, t3, t4, t5, t6
        \op \r, n(sp)
        .set n, n + 8
        .endr
        .endm
        addi sp, sp, -144
#ifdef PUSHES_OVER
        addi sp, sp, 24
#endif
        caller_saved sd
#ifdef TP_LOADED
        sd tp, 136(sp)
#endif
        call kerneltrap
#ifdef TP_LOADED
        ld tp, 136(sp)
#endif
        caller_saved ld
#ifdef A5_NOT_LOADED
        addi a5, a5, 1
#endif
#ifdef PUSHES_OVER
        addi sp, sp, -24
#endif
        addi sp, sp, 144
        sret

        .section .text.trampoline, "ax"
        .balign 4096
        .globl trampoline, uservec, userret
trampoline:
        .macro user_registers op
        .set n, 8
        .irp r, ra, sp, gp, tp, t0, t1, t2, s0, s1
        \op \r, n(a0)
        .set n, n + 8
        .endr
        .set n, 88
        .irp r, a1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
        \op \r, n(a0)
        .set n, n + 8
        .endr
        .endm
        .set TRAPFRAME, 0x3fffffe000

uservec:
        csrw sscratch, a0
        li a0, TRAPFRAME
        user_registers sd
#ifndef A0_NOT_SAVED
        csrr t0, sscratch
        sd t0, 80(a0)
#endif
        ld t1, 256(a0)  # satp, stack, function and hart of the kernel
        ld sp, 264(a0)
        ld t0, 272(a0)
#ifndef TP_NOT_LOADED
        ld tp, 280(a0)
#endif
        sfence.vma zero, zero
        csrw satp, t1
        sfence.vma zero, zero
        jr t0

userret:                # a0: the process's satp
        sfence.vma zero, zero
        csrw satp, a0
        sfence.vma zero, zero
        li a0, TRAPFRAME
        user_registers ld
#ifdef S1_NOT_LOADED
        li s1, 5
#endif
        ld a0, 80(a0)
        sret
        .balign 4096
