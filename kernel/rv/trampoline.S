// SPDX-License-Identifier: MIT
// trampoline.S - the way from user mode into the kernel and back.
//
// Theory    sscratch holds the address of the trapframe while user code runs, and 0 in the kernel:
//           so stvec is written once, and traps of the kernel go on to kernelvec. unified enters at
//           uservec, in the kernel's own text. The other designs enter at uservec_switched, in a page
//           that is mapped at TRAMPOLINE in all tables, so that the pc survives the write of satp.
//           A system call saves the registers that C code may change. Those that it preserves keep
//           their values, and are saved when C code needs them: by fork and by the calls of a
//           traced process, and before syscall_finish() and usertrap().
// Promises  User code finds all its 31 registers as they were, but for the call's result in a0.
//           TF_WHOLE is nonzero exactly if the trapframe has them all. s0, ra, sp and the pc, by
//           which reports find the program's callers, are always there.
//           C code is entered on an empty kernel stack, tp naming this hart, interrupts off.
// Fences    None where the two tables have ASIDs of their own: mm/aspace/asid.c makes sure that no TLB
//           holds an old entry under either. Without ASIDs, after each switch, so that no
//           translation of one table is used in the other, and the stores to the user's table are
//           done (priv sfence.vma, priv satp). Before it, asid_enter() has fenced the stores that
//           put the trampoline there; no other entry is used between the two.
// Next      rv/kernelvec.S
#include "abi/syscall.h"
#include "rv/offsets.h"

// ra, tp, t0 to t6, a1 to a7: C code may change them, and a return to the user has to load them.
// a0 and sp are saved and loaded apart.
.macro each_changed op
        .irp n, 1,4,5,6,7,11,12,13,14,15,16,17,28,29,30,31
        \op x\n, (TF_RA + 8 * (\n - 1))(sp)
        .endr
.endm

// gp, s0 to s11: C code preserves them, across a switch to another process too (rv/swtch.S). \frame
// holds the trapframe's address.
.macro each_preserved op, frame
        .irp n, 3,8,9,18,19,20,21,22,23,24,25,26,27
        \op x\n, (TF_RA + 8 * (\n - 1))(\frame)
        .endr
.endm

// The trapframe gets all registers; those that C code may change are there.
.macro make_whole frame
        each_preserved sd, \frame
        li t0, 1
        sd t0, TF_WHOLE(\frame)
.endm

// After csrrw sp, sscratch, sp. t1: the pc; t2: 0 for a system call.
.macro save_changed
        each_changed sd
        sd s0, TF_S0(sp)
        sd a0, TF_A0(sp)
        csrrw t0, sscratch, zero
        sd t0, TF_SP(sp)
        csrr t1, sepc
        csrr t2, scause
        addi t2, t2, -CAUSE_ECALL_U
.endm

// Returns to the user. sp: the trapframe, at its address in the table in force; a0: the user's; so
// are the registers that C code preserves.
.macro return_to_user
        csrw sscratch, sp
        ld t0, TF_EPC(sp)
        csrw sepc, t0
        each_changed ld
        ld sp, TF_SP(sp)
        sret
.endm

// Makes the call whose number is in a7. a0: the process; a1: where a0 to a5 are saved.
// Continues with the result in a0 and sp naming the trapframe, if no more is to be done.
.macro make_call
        ld t0, PROC_CALLS(a0)
        li t1, SYSCALL_NUMBERS
        bgeu a7, t1, 1f
        slli t1, a7, 3
        add t0, t0, t1
        ld t0, 0(t0)
        bnez t0, 2f
1:      la t0, unknown_call
2:      jalr t0
        ld t0, CPU_PROC(tp)
        ld sp, PROC_TRAPFRAME(t0)
        bltz a0, finish
        lw t1, PROC_KILLED(t0)
        lw t2, CPU_NEED_RESCHED(tp)
        or t1, t1, t2
        bnez t1, finish
.if FINISH_ALL
        j finish
.endif
.endm

// A system call whose function needs all registers in the trapframe: \name is in the table of calls,
// \function is called. A call made again, by C code, finds them there already.
.macro whole_call name, function
        .globl \name
\name:  ld t0, (TF_WHOLE - TF_A0)(a1)
        bnez t0, 1f
        addi t1, a1, -TF_A0
        make_whole t1
        la ra, whole_return
1:      tail \function
.endm

.option norelax // alignment is exact, and no instruction is replaced by one that uses gp
.text
        whole_call sys_fork, fork_call
        whole_call traced, traced_call

whole_return:
        ld t0, CPU_PROC(tp)
        ld sp, PROC_TRAPFRAME(t0)

        // A call has failed, or its process has more to do, or needs all registers.
finish: ld t0, TF_WHOLE(sp)
        bnez t0, 1f
        make_whole sp
1:      ld sp, TF_KERNEL_SP(sp)
        mv a1, a0
        ld a0, CPU_PROC(tp)
        call syscall_finish
        j user_resume

        // A trap that is no call.
        .globl trap_entry
trap_entry:
        call usertrap

        // void user_resume(void): to user mode, with all registers from the trapframe.
        .globl user_resume
user_resume:
        ld t0, CPU_PROC(tp)
        ld sp, PROC_TRAPFRAME(t0)
        sd zero, TF_WHOLE(sp)
        each_preserved ld, sp
        ld a0, TF_A0(sp)
        ld t1, TF_USER_SATP(sp)
        bnez t1, leave_switched
        j userret

// --- unified: nothing is switched.

        .globl uservec
        .balign 4
uservec:
        csrrw sp, sscratch, sp
        beqz sp, kernelvec
        save_changed
        ld tp, TF_KERNEL_TP(sp)
        bnez t2, no_call
        addi t1, t1, 4                  // the program goes on behind its ecall
        sd t1, TF_EPC(sp)
        ld a0, CPU_PROC(tp)
        addi a1, sp, TF_A0
        ld sp, TF_KERNEL_SP(sp)
        make_call
        .globl userret
userret:
        return_to_user
no_call:
        sd t1, TF_EPC(sp)
        make_whole sp
        ld sp, TF_KERNEL_SP(sp)
        j trap_entry

// --- The other designs, after the switch to the kernel's table and before the switch back.

        .globl syscall_switched
syscall_switched:
        ld a0, CPU_PROC(tp)
        ld a1, PROC_TRAPFRAME(a0)
        addi a1, a1, TF_A0
        make_call
leave_switched:
        ld t1, TF_USER_SATP(sp)
        ld t2, trap_userret             // TRAMPOLINE; the page below is TRAPFRAME
        lui t0, 0xfffff
        add sp, t2, t0
        jr t2

.section .trampoline, "ax"
.balign 4096
        .globl userret_switched
userret_switched:                       // t1: the user's table; sp: TRAPFRAME
        lw t0, CPU_ASID_MASK(tp)
        beqz t0, fence_out
        csrw satp, t1
leave:  return_to_user

        .globl uservec_switched
        .balign 4
uservec_switched:
        csrrw sp, sscratch, sp
        beqz sp, of_kernel
        save_changed
        bnez t2, other
        ld t0, TF_KERNEL_SYSCALL(sp)
        addi t1, t1, 4                  // the program goes on behind its ecall
enter:  sd t1, TF_EPC(sp)
        ld tp, TF_KERNEL_TP(sp)
        ld t2, TF_KERNEL_SATP(sp)
        ld t1, TF_KERNEL_FENCE(sp)
        ld sp, TF_KERNEL_SP(sp)
        csrw satp, t2
        bnez t1, fence_in
counts: ld t1, CPU_SATP_WRITES(tp)      // this one and that of the way out
        addi t1, t1, 2
        sd t1, CPU_SATP_WRITES(tp)
        jr t0

fence_in:                               // before the first access to what only the kernel's table has
        sfence.vma zero, zero
        ld t1, CPU_SATP_FENCED(tp)
        addi t1, t1, 2                  // fenced writes of satp: this one and that of the way out
        sd t1, CPU_SATP_FENCED(tp)
        ld t1, CPU_FENCES_ALL(tp)
        addi t1, t1, 2                  // fences: this one and that of the way out
        sd t1, CPU_FENCES_ALL(tp)
        j counts

fence_out:
        csrw satp, t1
        sfence.vma zero, zero
        j leave

other:  make_whole sp
        ld t0, TF_KERNEL_TRAP(sp)
        j enter

of_kernel:
        ld sp, kernelvec_link
        jr sp
        .balign 8
kernelvec_link:
        .dword kernelvec
.balign 4096
