// SPDX-License-Identifier: MIT
// trapframe.h - a process's user registers while it is in the kernel, and what the way in needs before
// it can use any other memory.
//
// Theory    One page per process. sscratch holds its address whenever user code runs: the
//           kernel's own address of the page where the user table contains the kernel, TRAPFRAME
//           where it does not; then kernel_satp is nonzero and the way in switches tables.
// Promises  The offsets are those of the trampoline's users: the first five fields and the
//           registers x1..x31 in order.
#pragma once

#include "lib/types.h"

struct trapframe {
    uint64 kernel_satp; // table to switch to on the way in; 0: none
    uint64 kernel_sp;   // top of the process's kernel stack
    uint64 kernel_trap; // usertrap()
    uint64 epc;         // user pc
    uint64 kernel_tp;   // the struct cpu of the hart it runs on
    uint64 ra, sp, gp, tp;
    uint64 t0, t1, t2;
    uint64 s0, s1;
    uint64 a0, a1, a2, a3, a4, a5, a6, a7;
    uint64 s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
    uint64 t3, t4, t5, t6;
    uint64 kernel_syscall; // usersyscall()
    uint64 restore_all;    // the way out loads also the registers that C code preserves
    uint64 kernel_fence;   // the switch to kernel_satp needs a fence: there are no ASIDs
};

_Static_assert(offsetof(struct trapframe, kernel_satp) == 0, "trapframe layout");
_Static_assert(offsetof(struct trapframe, kernel_sp) == 8, "trapframe layout");
_Static_assert(offsetof(struct trapframe, kernel_trap) == 16, "trapframe layout");
_Static_assert(offsetof(struct trapframe, epc) == 24, "trapframe layout");
_Static_assert(offsetof(struct trapframe, kernel_tp) == 32, "trapframe layout");
_Static_assert(offsetof(struct trapframe, ra) == 40, "trapframe layout");
_Static_assert(offsetof(struct trapframe, sp) == 48, "trapframe layout");
_Static_assert(offsetof(struct trapframe, gp) == 56, "trapframe layout");
_Static_assert(offsetof(struct trapframe, tp) == 64, "trapframe layout");
_Static_assert(offsetof(struct trapframe, t0) == 72, "trapframe layout");
_Static_assert(offsetof(struct trapframe, a0) == 112, "trapframe layout");
_Static_assert(offsetof(struct trapframe, t6) == 280, "trapframe layout");

// The result of usertrap() and usersyscall(), in a0 and a1, for the return to user mode.
struct userret {
    uint64 trapframe; // address for sscratch, valid in the user's table
    uint64 satp;      // table to switch to; 0: none
};

// The registers of kernel code that was interrupted or that faulted; on its own stack.
struct kernelframe {
    uint64 x[32]; // x[n] is register n; x[0] unused
    uint64 sepc, sstatus, scause, stval;
};

// Entry points (rv/trampoline.S, rv/kernelvec.S).
extern char uservec[], userret[], kernelvec[], _trampoline[];
