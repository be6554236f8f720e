// SPDX-License-Identifier: MIT
// offsets.c - the layouts that assembly needs. The build compiles this to assembly and makes
// rv/offsets.h of it; nothing of it is linked.
#include "proc/proc.h"
#include "rv/cpu.h"
#include "rv/csr.h"
#include "rv/swtch.h"
#include "rv/trapframe.h"

// Each system call ends in syscall_finish(), so that it can check the process.
#define FINISH_ALL DEBUG_BUILD

#define OFFSET(name, value) asm volatile("\n.ascii \"->" #name " %0\"" ::"i"(value))

void offsets(void);

// Emits each constant as a line of assembly, which the build turns into a #define. Never called.
void
offsets(void)
{
    OFFSET(TF_KERNEL_SATP, offsetof(struct trapframe, kernel_satp));
    OFFSET(TF_KERNEL_SP, offsetof(struct trapframe, kernel_sp));
    OFFSET(TF_KERNEL_TRAP, offsetof(struct trapframe, kernel_trap));
    OFFSET(TF_KERNEL_SYSCALL, offsetof(struct trapframe, kernel_syscall));
    OFFSET(TF_KERNEL_FENCE, offsetof(struct trapframe, kernel_fence));
    OFFSET(TF_USER_SATP, offsetof(struct trapframe, user_satp));
    OFFSET(TF_WHOLE, offsetof(struct trapframe, whole));
    OFFSET(CAUSE_ECALL_U, CAUSE_ECALL_U);
    OFFSET(FINISH_ALL, FINISH_ALL);
    OFFSET(TF_EPC, offsetof(struct trapframe, epc));
    OFFSET(TF_KERNEL_TP, offsetof(struct trapframe, kernel_tp));
    OFFSET(TF_RA, offsetof(struct trapframe, ra));
    OFFSET(TF_SP, offsetof(struct trapframe, sp));
    OFFSET(TF_S0, offsetof(struct trapframe, s0));
    OFFSET(TF_A0, offsetof(struct trapframe, a0));
    OFFSET(CTX_RA, offsetof(struct context, ra));
    OFFSET(CTX_SP, offsetof(struct context, sp));
    OFFSET(CTX_S, offsetof(struct context, s));
    OFFSET(CTX_GP, offsetof(struct context, gp));
    OFFSET(CTX_SSTATUS, offsetof(struct context, sstatus));
    OFFSET(KF_SIZE, sizeof(struct kernelframe));
    OFFSET(KF_SEPC, offsetof(struct kernelframe, sepc));
    OFFSET(KF_SSTATUS, offsetof(struct kernelframe, sstatus));
    OFFSET(KF_SCAUSE, offsetof(struct kernelframe, scause));
    OFFSET(KF_STVAL, offsetof(struct kernelframe, stval));
    OFFSET(PROC_KILLED, offsetof(struct proc, killed));
    OFFSET(PROC_TRAPFRAME, offsetof(struct proc, trapframe));
    OFFSET(PROC_CALLS, offsetof(struct proc, calls));
    OFFSET(CPU_PROC, offsetof(struct cpu, proc));
    OFFSET(CPU_NEED_RESCHED, offsetof(struct cpu, need_resched));
    OFFSET(CPU_SATP_WRITES, offsetof(struct cpu, satp_writes));
    OFFSET(CPU_SATP_FENCED, offsetof(struct cpu, satp_fenced));
    OFFSET(CPU_FENCES_ALL, offsetof(struct cpu, fences[FENCE_ALL]));
    OFFSET(CPU_ASID_MASK, offsetof(struct cpu, asid_mask));
    OFFSET(CPU_BOOT_SP, offsetof(struct cpu, boot_sp));
    OFFSET(CPU_PANIC_SP, offsetof(struct cpu, panic_sp));
}
