// SPDX-License-Identifier: MIT
// sysagain.c - a system call that found no memory is made again, after the disk has taken pages.
//
// Theory    An allocation cannot wait for the disk: its caller may hold any lock. The end of a
//           system call can, since the process holds none there and is in no operation. A call that
//           fails for want of memory has left nothing behind, so it can be made a second time.
// Next      doc/locking.md, "Memory that is short"
#include "sys/syscall.h"

#include "proc/oom.h"
#include "proc/trap.h"
#include "rv/trapframe.h"

// Makes the process's call again while `result` says that it found no memory and some can be
// gained: pages written to the disk, or processes that end (proc/oom.h).
// Returns   the result of the last attempt.
// Locks     none is held. Sleeps
int64
syscall_again(struct proc *p, int64 result)
{
    struct trapframe *tf = p->trapframe;
    bool written = false;
    while (unlikely(memory_relieve(p, result, &written)))
        result = native_calls[tf->a7](p, &tf->a0);
    return result;
}
