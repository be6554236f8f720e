// SPDX-License-Identifier: MIT
// rank.h - the order of the kernel's spinlocks: while one is held, only locks of a larger rank may
// be acquired. doc/locking.md says what each guards.
#pragma once

enum rank {
    RANK_TREE = 1, // parents, children, pids
    RANK_NAMES,    // the name cache
    RANK_INODES,   // the table of inodes in memory
    RANK_CACHE,    // page cache trees and dirty lists
    RANK_FS,       // other file-system state: transactions, allocation
    RANK_CONSOLE,  // console input
    RANK_BLK,      // disk queues
    RANK_VIEW,     // the processes that look at another one's memory
    RANK_WAITQ,    // wait queues
    RANK_TIMER,    // sleepers
    RANK_PROC,     // one process's scheduling state
    RANK_RUNQ,     // run queues
    RANK_KVM,      // kernel stacks and windows
    RANK_KMEM,     // object caches
    RANK_COMPOUND, // whether user memory is one compound allocation, and its count
    RANK_FRAME,    // free frames
    RANK_PRINT,    // console output
};
