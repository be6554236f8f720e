// SPDX-License-Identifier: MIT
// cpu.h - what each hart keeps for itself. In the kernel, tp points to the running hart's entry.
#pragma once

#include "lib/types.h"

#define MAXHART 8

struct proc;
struct aspace;

// The fences that are counted: by what a local one covers, and by what a remote one covers.
enum fence { FENCE_PAGE, FENCE_SPACE, FENCE_ALL, FENCE_REMOTE_RANGE, FENCE_REMOTE_ALL, FENCES };

// Protection: [c] constant once the hart runs  [h] only this hart, interrupts off  [a] atomic
struct cpu {
    struct proc *proc;   // [h] the running process; its idle process when there is none
    struct proc *prev;   // [h] whose lock the next process releases after a switch
    struct proc *idle;   // [c]
    struct aspace *as;   // [h] of the running process; NULL: it has none
    uint64 satp;         // [h] what the hart has in satp in the kernel
    uint32 id;           // [c] 0 .. nharts-1
    uint32 need_resched; // [h] the time slice is over
    uint64 hartid;       // [c] the machine's number
    uint64 boot_sp;      // [c] the stack to start on: the idle process's
    uint64 panic_sp;     // [c] top of the stack for reporting that another stack is full
    uint64 copyins;      // [h] copies from user memory, for the statistics device
    uint64 copyinstrs;   // [h] copies of strings from user memory; this and what follows, too
    uint64 satp_writes;  // [h]
    uint64 satp_fenced;  // [h] writes of satp with fences around them
    uint64 fences[FENCES];
    uint64 fences_avoided; // [h] changes for which no TLB can hold an old entry
    int64 committed;       // [h] pages that processes got here, less those given back
    uint64 generations;    // [h] how often it has changed to a new ASID generation
    uint64 generation;     // [h] the ASID generation that its TLB may hold: mm/aspace/asid.c
    uint32 asid_mask;      // [c] its bit in the masks of aspace.harts; 0: it has no ASIDs
    uint32 online;         // [a]
};

extern struct cpu cpus[MAXHART];
extern int nharts; // one more than the last hart online; constant after boot

// The running hart's entry. It is read anew each time: a process that slept may have moved to
// another hart.
// Locks     interrupts are off, or the caller does not mind being moved.
static inline struct cpu *
mycpu(void)
{
    struct cpu *c;
    asm volatile("mv %0, tp" : "=r"(c));
    return c;
}

// Makes `c` the running hart's entry. At boot, when the device tree has told which hart it is.
static inline void
cpu_become(struct cpu *c)
{
    asm volatile("mv tp, %0" ::"r"(c));
}

// Returns whether hart i has come up; the caller then sees all that it stored before.
static inline bool
cpu_online(int i)
{
    return __atomic_load_n(&cpus[i].online, __ATOMIC_ACQUIRE); // pairs with hart_online()
}

// The running hart's index in cpus[], which is not the machine's hartid.
static inline int
cpuid(void)
{
    return (int)mycpu()->id;
}
