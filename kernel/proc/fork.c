// SPDX-License-Identifier: MIT
// fork.c - a process makes another one like itself.
//
// Promises  A fork that fails leaves nothing behind: uvmcopy() (mm/aspace/aspace.c) frees a space
//           that is copied in part, freeproc() (proc/proc.c) frees all that the unfinished child
//           has. The caller keeps its memory, but pages that have become copy-on-write stay so
//           (uvmcopy()). The child cannot be found before it is complete.
#include "abi/errno.h"
#include "fs/file/file.h"
#include "fs/fs.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "proc/alarm.h"
#include "proc/failtree.h"
#include "proc/interpose.h"
#include "proc/proc.h"
#include "proc/sched/fpu.h"
#include "proc/sched/sched.h"
#include "proc/trap.h"
#include "rv/trapframe.h"

// Copies the parent's user registers, with 0 as the result. The trapframe's kernel part is the
// child's own.
static void
copy_registers(struct proc *child, const struct proc *parent)
{
    assert(parent->trapframe->whole);
    *child->trapframe = *parent->trapframe;
    trap_prepare(child);
    child->trapframe->a0 = 0;
}

static void
share_files(struct proc *child, struct proc *parent)
{
    for (int fd = 0; fd < NOFILE; fd++)
        if (parent->ofile[fd])
            child->ofile[fd] = filedup(parent->ofile[fd]);
    child->cwd = idup(parent->cwd);
}

// Makes a child like the running process: memory copy-on-write, open files and directory shared.
// Returns   the child's pid, and 0 in the child.
// On error  -EAGAIN: too many processes; -ENOMEM. There is no child. After -ENOMEM
//           syscall_finish() calls this function again if it gains memory.
// Locks     none held.
// Sleeps    for the lock of the process's address space.
int
fork(void)
{
    struct proc *parent = myproc();
    struct proc *child;
    int error = allocproc(&child);
    if (error)
        return error;
    child->as = uvmcopy(parent->as, &child->own);
    if (!child->as || fpu_fork(child, parent) < 0 || alarm_fork(child, parent) < 0) {
        freeproc(child);
        return -ENOMEM;
    }
    copy_registers(child, parent);
    share_files(child, parent);
    child->calls = parent->calls;
    child->tracing = parent->tracing;
    interpose_join(child, parent);
    if (DEBUG_BUILD)
        failtree_join(child, parent);
    memcpy(child->name, parent->name, sizeof child->name);

    int pid = child->pid; // the child may have exited and been freed before this returns
    proc_insert(child, parent);
    acquire(&child->lock);
    make_runnable(child);
    release(&child->lock);
    return pid;
}
