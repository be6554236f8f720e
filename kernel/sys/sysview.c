// SPDX-License-Identifier: MIT
// sysview.c - system calls by which a program learns about the system, or arranges how it is run.
#include "abi/errno.h"
#include "abi/sysinfo.h"
#include "lib/string.h"
#include "mm/copy/copy.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "proc/alarm.h"
#include "proc/sched/sched.h"
#include "sys/syscall.h"

static bool call23_interposes;

// Chooses what call 23 is; see syscall.h.
int
call23_select(const char *name)
{
    bool interposes = strcmp(name, "interpose") == 0;
    if (!interposes && strcmp(name, "sysinfo") != 0)
        return -EINVAL;
    call23_interposes = interposes;
    return 0;
}

// freemem is what can be had at once: pages of files are not counted, what only lies at hand is.
int64
sys_sysinfo(struct proc *p, const uint64 *a)
{
    if (call23_interposes)
        return sys_interpose(p, a);
    kstack_reclaim();
    kmem_drain();
    struct sysinfo info = {.freemem = frames_spare() * PGSIZE, .nproc = proc_count()};
    return copyout(p->as, a[0], &info, sizeof info);
}

int64
sys_sigalarm(struct proc *p, const uint64 *a)
{
    int ticks = (int)a[0];
    if (ticks < 0 || a[1] >= USER_END)
        return -EINVAL;
    return alarm_set(p, (uint64)ticks, a[1]);
}

int64
sys_sigreturn(struct proc *p, const uint64 *a)
{
    (void)a;
    int error = alarm_return(p);
    return error ? error : SYSCALL_DONE;
}

// The caller stays on that hart; its children start free.
int64
sys_cpupin(struct proc *p, const uint64 *a)
{
    int hart = (int)a[0];
    if (hart < 0 || hart >= nharts || !cpus[hart].online)
        return -EINVAL;
    return sched_pin(p, hart);
}
