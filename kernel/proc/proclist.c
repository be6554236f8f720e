// SPDX-License-Identifier: MIT
// proclist.c - lists of all processes: for the call procs(), and for ^P.
//
// Locks     proc_tree_lock, for one list.
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "proc/proc.h"

static int
abi_state(enum procstate state)
{
    switch (state) {
    case SLEEPING:
    case BLOCKING:
        return PS_SLEEPING;
    case ZOMBIE:
        return PS_ZOMBIE;
    case RUNNING:
        return PS_RUNNING;
    default:
        return PS_RUNNABLE;
    }
}

// Describes a process. Its figures may be changing meanwhile.
// Locks     proc_tree_lock held: process and address space stay.
static void
describe(const struct proc *p, struct procinfo *info)
{
    const struct aspace *as = p->as;
    *info = (struct procinfo){.pid = p->pid,
                              .ppid = p->parent ? p->parent->pid : 0,
                              .state = abi_state(p->state),
                              .hart = (int)p->hart,
                              .sz = as ? as->sz : 0,
                              .pages = as ? as->pages : 0};
    safestrcpy(info->name, p->name, sizeof info->name);
}

// Describes at most `max` processes, in no order.
// Returns   how many.
// Locks     takes proc_tree_lock.
int
proc_list(struct procinfo *buf, int max)
{
    const struct proc *p = NULL;
    int n = 0;
    acquire(&proc_tree_lock);
    while (n < max && (p = proc_next(p)))
        describe(p, &buf[n++]);
    release(&proc_tree_lock);
    return n;
}

// Prints a line for each process on the console, for ^P.
// Locks     takes proc_tree_lock; an interrupt handler may call it.
void
procdump(void)
{
    static const char *const names[] = {"embryo",   "running", "blocking",
                                        "sleeping", "ready",   "zombie"};
    acquire(&proc_tree_lock);
    for (const struct proc *p = NULL; (p = proc_next(p));)
        printf("%d %s %s\n", p->pid, names[p->state], p->name);
    release(&proc_tree_lock);
}
