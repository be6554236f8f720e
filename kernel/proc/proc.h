// SPDX-License-Identifier: MIT
// proc.h - processes: the kernel's record of each, and their creation and end.
#pragma once

#include "abi/sysinfo.h"
#include "lib/list.h"
#include "lib/types.h"
#include "mm/aspace/aspace.h"
#include "proc/sched/ticks.h"
#include "rv/cpu.h"
#include "rv/swtch.h"
#include "rv/trapframe.h"
#include "sync/spinlock.h"
#include "sync/waitq.h"

#define NOFILE 32 // descriptors of a process

struct alarm;
struct args;
struct failtree;
struct file;
struct fpstate;
struct inode;
struct interpose;

struct proc;
struct subject;
struct watch;

// One call: `a` are the registers a0 to a5. Returns what a0 will be, or -E, which the program sees
// as -1 (and the number in its USYSCALL page).
typedef int64 syscall_fn(struct proc *p, const uint64 *a);

enum procstate {
    EMBRYO,   // being made; it cannot be found yet
    RUNNING,  // on a hart
    BLOCKING, // on a hart, about to sleep; a wakeup makes it RUNNING
    SLEEPING,
    RUNNABLE, // on a run queue
    ZOMBIE,   // has exited, parent has not waited yet
};

// Protection: [c] constant once it can be found  [l] lock  [t] proc_tree_lock  [a] atomic
//             [o] only the process itself  [r] the run queue's lock
struct proc {
    struct spinlock lock;
    enum procstate state;   // [l]; exceptions: sched.c
    uint32 killed;          // [a] exits at its next return to user mode
    uint32 killable;        // [l] kill() may end its sleep
    uint32 onintr;          // [t] what ^C does to it: INTR_*
    uint32 interrupted;     // [a] set under proc_tree_lock: ^C came since it last called onintr()
    uint32 hart;            // [l] where it runs or ran last
    uint32 pinned;          // [l] it stays there
    struct context context; // [l] registers while it is not on a hart
    struct list runq;       // [r]
    struct waiter waiter;   // the lock of the queue it is in
    struct sleeper sleeper; // the lock of the list it is on: ticks.c

    int pid;                // [c]; 0: a thread of the kernel
    int xstate;             // [t] what wait() reports
    struct proc *parent;    // [t]
    struct list children;   // [t] alive, by sibling
    struct list zombies;    // [t] exited children, by sibling
    struct list sibling;    // [t]
    struct list pidlink;    // [t] the pid table's chain
    struct waitq childwait; // condition: zombies, under proc_tree_lock

    struct uvm_owner own;        // [c] pid again, trapframe, kernel stack
    struct trapframe *trapframe; // [o] own.trapframe
    syscall_fn *const *calls;    // [o] the table of its system calls
    uint64 tracing;              // [o] which of them are reported when they return, by bit
    struct interpose *interpose; // [o] NULL: it may make all calls
    const char *only_path;       // [o] the one path that the running call may use; NULL: any
    struct alarm *alarm;         // [o] NULL: it has never set one
    struct watch *watch;         // [t] NULL: it is not watched
    struct failtree *failtree;   // [o] which of its allocations fails; NULL: none
    struct aspace *as;           // [o], changes under proc_tree_lock; NULL: a thread of the kernel
    struct file *ofile[NOFILE];  // [o]
    struct inode *cwd;           // [o]
    struct fpstate *fp;          // [o] NULL until it uses floating point
    void (*entry)(void);         // [c] what a thread of the kernel runs
    char name[16];               // [o] for messages; others may see it torn
};

extern struct spinlock proc_tree_lock;
extern struct proc *initproc;

// The process that runs on this hart; its idle process, or NULL early in the boot.
static inline struct proc *
myproc(void)
{
    return mycpu()->proc;
}

void procinit(void);
int allocproc(struct proc **out) must_check;           // an embryo with a pid, a stack, a trapframe
void freeproc(struct proc *p);                         // undoes allocproc()
void proc_insert(struct proc *p, struct proc *parent); // it can be found from now on
int kill(int pid) must_check;                          // -ESRCH, -EPERM: process 1
void setkilled(struct proc *p);
int kill_others(struct proc *self); // all but self and process 1; how many have not exited yet
void proc_interrupt(void);          // ^C: ends or interrupts those that asked for it
int proc_onintr(struct proc *p, uint32 mode) must_check; // sets the mode; 1: ^C has come; -EPERM

// Returns whether the process has been killed. Only the process itself acts on it.
static inline bool
killed(struct proc *p)
{
    return __atomic_load_n(&p->killed, __ATOMIC_RELAXED); // orders nothing
}

// The memory of a process, which stays until viewers_leave(); NULL: no such process.
struct aspace *proc_view(int pid);
struct proc *proc_next(const struct proc *p); // all in turn, from NULL to NULL; proc_tree_lock held
int proc_list(struct procinfo *buf, int max); // how many it described
uint64 proc_count(void);
struct proc *proc_youngest(uint64 family); // of a family of address spaces; proc_tree_lock held
void procdump(void);                       // to the console, for ^P
bool proc_on_kstack(uint64 top, struct subject *s); // for explanations

struct proc *kthread(const char *name, void (*entry)(void)); // in the kernel only; NULL: no memory

// fork.c, exit.c, exec.c: the running process.
int fork(void) must_check; // the child's pid; -E
void exit(int status) noreturn;
int wait(uint64 status_va) must_check; // pid of a child that has exited; -ECHILD, -EINTR, -EFAULT
int exec(const char *path, const struct args *args) must_check; // argc; -E and nothing has changed
// Makes process 1, which calls `mount` and then runs `path` with the words of `arguments`.
void userinit(void (*mount)(void));
void shutdown(int code) noreturn; // writes everything back, then switches off
