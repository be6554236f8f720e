// SPDX-License-Identifier: MIT
// systrace.c - processes whose system calls are reported or refused, or that stop after some of them.
//
// Theory    A process's calls go through the table p->calls. In the table of a traced process each
//           number leads to traced(), so that other processes pay nothing.
#include "sys/syscall.h"

#include "abi/errno.h"
#include "abi/stat.h"
#include "abi/syscall.h"
#include "lib/printf.h"
#include "proc/interpose.h"
#include "proc/oom.h"
#include "proc/trap.h"
#include "proc/watch.h"
#include "rv/trapframe.h"

#define MASK_BITS 64

static const char *const names[] = {
#define SYSCALL(number, name, nargs) [number] = #name,
#include "sys/calls.inc"
#undef SYSCALL
};

static void
report(struct proc *p, uint64 number, int64 result)
{
    if (result == SYSCALL_DONE)
        result = (int64)p->trapframe->a0;
    printf("%d: syscall %s -> %ld\n", p->pid, names[number], result < 0 ? -1 : result);
}

// Makes a call that the mask of interpose() blocks, which only open and exec with the excepted path
// may.
static int64
blocked(struct proc *p, uint64 number, const uint64 *a)
{
    const char *path = number == SYS_open || number == SYS_exec ? interpose_exception(p) : NULL;
    if (!path)
        return -EPERM;
    p->only_path = path;
    int64 result = native_calls[number](p, a);
    p->only_path = NULL;
    return result;
}

// Makes a call of a traced process, and what is to be done before and after it. Called by traced()
// of rv/trampoline.S, which has saved all registers.
int64
traced_call(struct proc *p, const uint64 *a)
{
    uint64 number = p->trapframe->a7;
    int64 result;
    bool written = false;
    do
        result = interpose_blocks(p, number) ? blocked(p, number, a) : native_calls[number](p, a);
    while (unlikely(result < 0) && memory_relieve(p, result, &written));
    if (number < MASK_BITS && (p->tracing >> number & 1))
        report(p, number, result);
    if (number < MASK_BITS && p->watch)
        watch_stop(p, number);
    return result;
}

static syscall_fn *const traced_calls[SYSCALL_NUMBERS] = {
#define SYSCALL(number, name, nargs) [number] = traced,
#include "sys/calls.inc"
#undef SYSCALL
};

static void
choose_table(struct proc *p)
{
    p->calls = p->tracing || p->watch || p->interpose ? traced_calls : native_calls;
}

// trace(mask): has the caller's system calls reported: call n if bit n is set. The sign of an int
// stands for all bits above it.
int64
sys_trace(struct proc *p, const uint64 *a)
{
    bool before = p->calls == traced_calls;
    p->tracing = a[0];
    choose_table(p);
    if (!before && (p->tracing >> SYS_trace & 1))
        report(p, SYS_trace, 0);
    return 0;
}

// interpose(mask, path): confines the caller, as interpose_begin() says.
int64
sys_interpose(struct proc *p, const uint64 *a)
{
    char except[MAXPATH];
    int error = fetchpath(p, a[1], except);
    if (!error)
        error = interpose_begin(p, (uint64)(int)a[0], except);
    choose_table(p);
    return error;
}

// watch(pid, mask): with pid 0, the caller will stop after the calls in the mask; else resumes that
// child, as watch_child() says.
int64
sys_watch(struct proc *p, const uint64 *a)
{
    int pid = (int)a[0];
    if (pid)
        return pid < 0 ? -EINVAL : watch_child(pid);
    bool before = p->calls == traced_calls;
    int error = watch_self(a[1]);
    if (error)
        return error;
    choose_table(p);
    if (!before)
        watch_stop(p, SYS_watch); // traced() does that for later calls
    return 0;
}
