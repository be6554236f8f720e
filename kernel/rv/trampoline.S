// SPDX-License-Identifier: MIT
// trampoline.S - the way from user mode into the kernel and back, for all designs of its page table.
//
// Theory    sscratch holds the address of the trapframe while user code runs. Where the user's table
//           contains the kernel, kernel_satp is 0 and nothing is switched; elsewhere this page is
//           mapped at TRAMPOLINE in both tables, so that the pc survives the switch.
// Promises  All 31 user registers are saved, and have their values again on the way out.
//           usersyscall() or usertrap() is entered on the process's kernel stack with tp naming this
//           hart, interrupts off.
// Fences    None where the two tables have ASIDs of their own: mm/aspace/asid.c makes sure that no TLB
//           holds an old entry under either. Without ASIDs, after each switch, so that no
//           translation of one table is used in the other; on the way out before it as well, so that
//           the stores to the user's table are done (priv sfence.vma, priv satp).
#include "rv/offsets.h"

// The registers that the kernel may change: those that C code may change, s0, which the way in clears,
// and gp, which another process may have set.
.macro each_volatile op
        \op ra, (TF_RA + 0)(a0)
        \op sp, (TF_RA + 8)(a0)
        \op gp, (TF_RA + 16)(a0)
        \op tp, (TF_RA + 24)(a0)
        \op t0, (TF_RA + 32)(a0)
        \op t1, (TF_RA + 40)(a0)
        \op t2, (TF_RA + 48)(a0)
        \op s0, (TF_RA + 56)(a0)
        \op a1, (TF_A0 + 8)(a0)
        \op a2, (TF_A0 + 16)(a0)
        \op a3, (TF_A0 + 24)(a0)
        \op a4, (TF_A0 + 32)(a0)
        \op a5, (TF_A0 + 40)(a0)
        \op a6, (TF_A0 + 48)(a0)
        \op a7, (TF_A0 + 56)(a0)
        \op t3, (TF_A0 + 144)(a0)
        \op t4, (TF_A0 + 152)(a0)
        \op t5, (TF_A0 + 160)(a0)
        \op t6, (TF_A0 + 168)(a0)
.endm

// The registers that C code preserves, across a switch to another process too (rv/swtch.S).
.macro each_preserved op
        \op s1, (TF_RA + 64)(a0)
        \op s2, (TF_A0 + 64)(a0)
        \op s3, (TF_A0 + 72)(a0)
        \op s4, (TF_A0 + 80)(a0)
        \op s5, (TF_A0 + 88)(a0)
        \op s6, (TF_A0 + 96)(a0)
        \op s7, (TF_A0 + 104)(a0)
        \op s8, (TF_A0 + 112)(a0)
        \op s9, (TF_A0 + 120)(a0)
        \op s10, (TF_A0 + 128)(a0)
        \op s11, (TF_A0 + 136)(a0)
.endm

.option norelax // alignment is exact, and no instruction is replaced by one that uses gp
.section .trampoline, "ax"
.balign 4096

        // stvec leads here from user mode.
        .globl uservec
        .balign 4
uservec:
        csrrw a0, sscratch, a0
        each_volatile sd
        each_preserved sd
        csrr t0, sscratch
        sd t0, TF_A0(a0)
        csrr t1, sepc
        csrr t2, scause
        addi t2, t2, -CAUSE_ECALL_U
        bnez t2, no_call
        addi t1, t1, 4                  // the program goes on behind its ecall
        ld t0, TF_KERNEL_SYSCALL(a0)
enter:  sd t1, TF_EPC(a0)
        ld t2, TF_KERNEL_SATP(a0)
        ld sp, TF_KERNEL_SP(a0)
        ld tp, TF_KERNEL_TP(a0)
        li s0, 0                        // the backtrace ends here
        beqz t2, 1f
        ld t1, TF_KERNEL_FENCE(a0)
        csrw satp, t2
        bnez t1, fence_in
counts: ld t1, CPU_SATP_WRITES(tp)      // this one and that of the way out
        addi t1, t1, 2
        sd t1, CPU_SATP_WRITES(tp)
1:      jalr t0

        // usersyscall() and usertrap() return here, and a new process starts here, with a struct
        // userret in a0 and a1. After a system call that has not changed the trapframe, the registers
        // that C code preserves still hold the user's values.
        .globl userret
userret:
        beqz a1, leave
        lw t0, CPU_ASID_MASK(tp)
        beqz t0, fence_out
        csrw satp, a1
leave:  csrw sscratch, a0
        ld t0, TF_EPC(a0)
        csrw sepc, t0
        ld t1, TF_RESTORE_ALL(a0)
        beqz t1, 1f
        sd zero, TF_RESTORE_ALL(a0)
        each_preserved ld
1:      each_volatile ld
        ld a0, TF_A0(a0)
        sret

fence_in:                               // before the first access to what only the kernel's table has
        sfence.vma zero, zero
        ld t1, CPU_SATP_FENCED(tp)
        addi t1, t1, 2
        sd t1, CPU_SATP_FENCED(tp)
        ld t1, CPU_FENCES_ALL(tp)
        addi t1, t1, 3
        sd t1, CPU_FENCES_ALL(tp)
        j counts

fence_out:
        sfence.vma zero, zero
        csrw satp, a1
        sfence.vma zero, zero
        j leave

no_call:
        ld t0, TF_KERNEL_TRAP(a0)
        j enter
.balign 4096
