// SPDX-License-Identifier: MIT
// usyscall.h - the page that a process may read instead of asking, and the top of user memory.
#pragma once

#define MAXVA      (1UL << 38)
#define TRAMPOLINE (MAXVA - 4096)
#define TRAPFRAME  (TRAMPOLINE - 4096)
#define USYSCALL   (TRAPFRAME - 4096)

struct usyscall {
    int pid;                // ABI: offset 0
    int err;                // error number of the last failing call, see errno.h
    unsigned long timebase; // steps of the `time` CSR in a second
    int harts;              // harts that run processes
    int unused;             // 0
    unsigned long boot;     // the `time` CSR when ticks began: tick n starts n tenths later
};
