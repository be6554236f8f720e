// SPDX-License-Identifier: MIT
// sysproc.c - system calls about processes, memory, time and alarms.
#include "abi/errno.h"
#include "abi/onintr.h"
#include "abi/stat.h"
#include "abi/sysinfo.h"
#include "dev/rtc.h"
#include "mm/aspace/aspace.h"
#include "mm/copy/copy.h"
#include "mm/frame/kmem.h"
#include "mm/frame/ledger.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "proc/alarm.h"
#include "proc/exec/args.h"
#include "proc/proc.h"
#include "proc/sched/ticks.h"
#include "sys/syscall.h"

// fork(): makes a child, as the function of that name in proc/fork.c. sys_fork() is in
// rv/trampoline.S: the child gets all registers.
int64
fork_call(struct proc *p, const uint64 *a)
{
    (void)p;
    (void)a;
    return fork();
}

// exit(status): ends the caller, as the function of that name in proc/exit.c.
int64
sys_exit(struct proc *p, const uint64 *a)
{
    (void)p;
    exit((int)a[0]);
}

// wait(status): waits for a child, as the function of that name in proc/exit.c.
int64
sys_wait(struct proc *p, const uint64 *a)
{
    (void)p;
    return wait(a[0]);
}

// kill(pid): ends a process, as the function of that name in proc/proc.c.
int64
sys_kill(struct proc *p, const uint64 *a)
{
    (void)p;
    return kill((int)a[0]);
}

// onintr(mode): chooses what ^C does to the caller, as proc_onintr() says.
// On error  -EINVAL: no such mode; -EPERM.
int64
sys_onintr(struct proc *p, const uint64 *a)
{
    uint32 mode = (uint32)a[0];
    return mode <= INTR_EXIT ? proc_onintr(p, mode) : -EINVAL;
}

// getpid(): returns the caller's pid.
int64
sys_getpid(struct proc *p, const uint64 *a)
{
    (void)a;
    return p->pid;
}

// sbrk(n, kind): moves the break by n bytes, as growproc() says.
// Returns   the old break; -ENOMEM, -EINVAL.
int64
sys_sbrk(struct proc *p, const uint64 *a)
{
    uint64 old;
    int error = growproc(p->as, (int)a[0], a[1], &old);
    return error ? error : (int64)old;
}

// sleep(ticks): blocks the caller for so many ticks of 100 ms; a negative number is 0.
// On error  -EINTR: it was killed.
int64
sys_sleep(struct proc *p, const uint64 *a)
{
    int ticks = (int)a[0];
    (void)p;
    return ticks_sleep(ticks < 0 ? 0 : (uint64)ticks);
}

// uptime(): returns the ticks since boot, in 31 bits.
int64
sys_uptime(struct proc *p, const uint64 *a)
{
    (void)p;
    (void)a;
    return (int)(ticks_now() & 0x7fffffff);
}

// sigalarm(ticks, handler): sets the caller's alarm, as alarm_set() says; 0 ticks: none.
// On error  -EINVAL: negative ticks, or not an address of the user; -ENOMEM.
int64
sys_sigalarm(struct proc *p, const uint64 *a)
{
    int ticks = (int)a[0];
    if (ticks < 0 || a[1] >= USER_END)
        return -EINVAL;
    return alarm_set(p, (uint64)ticks, a[1]);
}

// sigreturn(): returns from the alarm's handler to the interrupted code.
// Returns   SYSCALL_DONE: the registers are set; -EINVAL: the caller is in no handler.
int64
sys_sigreturn(struct proc *p, const uint64 *a)
{
    (void)a;
    int error = alarm_return(p);
    return error ? error : SYSCALL_DONE;
}

// walltime(): reads the wall clock.
// Returns   nanoseconds since 1970; -ENODEV: the machine has no clock.
int64
sys_walltime(struct proc *p, const uint64 *a)
{
    (void)p;
    (void)a;
    int64 now = (int64)rtc_nanoseconds();
    return now ? now : -ENODEV;
}

// exec(path, argv): replaces the caller's program, as the function of that name in
// proc/exec/exec.c.
// On error  also -EFAULT, -E2BIG, -ENAMETOOLONG for path and argv.
int64
sys_exec(struct proc *p, const uint64 *a)
{
    char path[MAXPATH];
    struct args args;
    int result = fetchpath(p, a[0], path);
    if (result)
        return result;
    args_init(&args);
    result = args_fetch(&args, p->as, a[1]);
    if (!result)
        result = exec(path, &args);
    args_free(&args);
    return result;
}

// poweroff(code): writes everything to the disk and turns the machine off.
int64
sys_poweroff(struct proc *p, const uint64 *a)
{
    (void)p;
    shutdown((int)a[0]);
}

// procs(buf, max): describes up to max processes.
// Returns   how many; -EINVAL: max is not positive; -ENOMEM, -EFAULT.
int64
sys_procs(struct proc *p, const uint64 *a)
{
    int max = (int)a[1];
    if (max <= 0)
        return -EINVAL;
    int there = (int)proc_count();
    max = max < there ? max : there;
    struct procinfo *buf = kmem_alloc((size_t)max * sizeof *buf);
    if (!buf)
        return -ENOMEM;
    int n = proc_list(buf, max);
    int error = copyout(p->as, a[0], buf, (size_t)n * sizeof *buf);
    kmem_free(buf);
    return error ? error : n;
}

// meminfo(info): tells how the memory is used. Frames in magazines and spare stacks count as free.
// On error  -EFAULT.
int64
sys_meminfo(struct proc *p, const uint64 *a)
{
    uint64 kind[FRAME_KINDS];
    kstack_reclaim(); // spare stacks and magazines count as free
    kmem_drain();
    frames_by_kind(kind);
    struct meminfo info = {
        .total = (frames_total() - kind[FRAME_RESERVED]) * PGSIZE,
        .free = frames_free() * PGSIZE,
        .cache = kind[FRAME_CACHE] * PGSIZE,
        .user = kind[FRAME_USER] * PGSIZE,
        .committed = commit_sum() * PGSIZE,
        .limit = commit_limit * PGSIZE,
    };
    info.kernel = info.total - info.free - info.cache - info.user;
    return copyout(p->as, a[0], &info, sizeof info);
}
