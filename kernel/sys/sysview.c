// SPDX-License-Identifier: MIT
// sysview.c - system calls by which a program learns about the system, or binds itself to a hart.
#include "abi/errno.h"
#include "abi/sysinfo.h"
#include "mm/copy/copy.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "mm/kvm/kvm.h"
#include "proc/sched/sched.h"
#include "sys/syscall.h"

bool sys_call23_interposes;

// sysinfo(info): tells the free memory and the number of processes. Pages of files do not count as
// free; frames in magazines and spare stacks do.
// Returns   0; -EFAULT; or interpose()'s result if call 23 is that one.
int64
sys_sysinfo(struct proc *p, const uint64 *a)
{
    if (sys_call23_interposes)
        return sys_interpose(p, a);
    kstack_reclaim();
    kmem_drain();
    struct sysinfo info = {.freemem = frames_spare() * PGSIZE, .nproc = proc_count()};
    return copyout(p->as, a[0], &info, sizeof info);
}

// cpupin(hart): binds the caller to a hart. Its children are not bound.
// Returns   0; -EINVAL: no such hart runs; -EINTR: it was killed.
int64
sys_cpupin(struct proc *p, const uint64 *a)
{
    int hart = (int)a[0];
    if (hart < 0 || hart >= nharts || !cpu_online(hart))
        return -EINVAL;
    return sched_pin(p, hart);
}
