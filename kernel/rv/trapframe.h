// SPDX-License-Identifier: MIT
// trapframe.h - a process's user registers while it is in the kernel, and what the way in needs before
// it can use any other memory.
//
// Theory    One page per process. sscratch holds its address whenever user code runs: the
//           kernel's own address of the page where the user table contains the kernel, TRAPFRAME
//           where it does not; then kernel_satp is nonzero and the way in switches tables.
//           gp and s1 to s11 are in it only while `whole` is set: a system call leaves them where
//           they are, unless a function needs them (rv/trampoline.S).
// Promises  The offsets are those of xv6: the first five fields and the registers x1..x31 in order.
#pragma once

#include "lib/types.h"

struct trapframe {
    uint64 kernel_satp; // table to switch to on the way in; 0: none
    uint64 kernel_sp;   // top of the process's kernel stack
    uint64 kernel_trap; // where other traps than system calls enter the kernel's text
    uint64 epc;         // user pc
    uint64 kernel_tp;   // the struct cpu of the hart it runs on
    uint64 ra, sp, gp, tp;
    uint64 t0, t1, t2;
    uint64 s0, s1;
    uint64 a0, a1, a2, a3, a4, a5, a6, a7;
    uint64 s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
    uint64 t3, t4, t5, t6;
    uint64 kernel_syscall; // where system calls enter the kernel's text
    uint64 kernel_fence;   // the switch to kernel_satp needs a fence: there are no ASIDs
    uint64 user_satp;      // table to switch to on the way out; 0: none
    uint64 whole;          // all registers are here; cleared on the way out
};

_Static_assert(offsetof(struct trapframe, kernel_satp) == 0, "trapframe layout");
_Static_assert(offsetof(struct trapframe, epc) == 24, "trapframe layout");
_Static_assert(offsetof(struct trapframe, a0) == 112, "trapframe layout");
_Static_assert(offsetof(struct trapframe, t6) == 280, "trapframe layout");

// The registers of kernel code that was interrupted or that faulted; on its own stack.
struct kernelframe {
    uint64 x[32]; // x[n] is register n; x[0] unused
    uint64 sepc, sstatus, scause, stval;
};

// Entry points (rv/trampoline.S).
extern char uservec[], uservec_switched[], syscall_switched[], trap_entry[];
extern char userret[], userret_switched[]; // each ends with sret
void user_resume(void) noreturn;           // to user mode, with all registers from the trapframe
