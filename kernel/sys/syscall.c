// SPDX-License-Identifier: MIT
// syscall.c - from the number in a7 to the function, and from its result to a0.
//
// Theory    tools/gensys.py generates sys/calls.inc from include/abi/syscall.tbl; native_calls[] is
//           made of it. p->calls is the table of the process: native_calls[], or traced_calls[] of
//           sys/systrace.c for a process whose calls are reported, refused or watched. A call that
//           fails for want of memory is called again if memory can be gained: here by
//           retry_failed(), for a traced process by traced().
#include "sys/syscall.h"

#include "abi/errno.h"
#include "abi/stat.h"
#include "explain/plancheck.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mirror.h"
#include "mm/copy/copy.h"
#include "proc/oom.h"
#include "proc/proc.h"
#include "proc/trap.h"
#include "rv/trapframe.h"

syscall_fn *const native_calls[] = {
#define SYSCALL(number, name, nargs) [number] = sys_##name,
#include "sys/calls.inc"
#undef SYSCALL
};

static void
unknown(struct proc *p, struct trapframe *tf)
{
    printf("%d %s: unknown sys call %d\n", p->pid, p->name, (int)tf->a7);
    p->as->usys->err = ENOSYS;
    tf->a0 = (uint64)-1;
}

// Calls the function again while its result says that memory is short and memory_relieve() gains
// some; then stores the last result for the program. A call that fails for want of memory has
// changed nothing that the program can notice.
static void __attribute__((noinline)) retry_failed(struct proc *p, int64 result)
{
    bool written = false;
    while (p->calls == native_calls && memory_relieve(p, result, &written))
        result = native_calls[p->trapframe->a7](p, &p->trapframe->a0);
    if (result == SYSCALL_DONE)
        return;
    if (result < 0)
        p->as->usys->err = result == -ESTARVED ? ENOMEM : (int)-result;
    p->trapframe->a0 = result < 0 ? (uint64)-1 : (uint64)result; // xv6's programs know only -1
}

// Handles a system call from user mode: calls the function for the number in a7, and stores its
// result in a0. Called by rv/trampoline.S.
// Returns   the address of the trapframe and the table to load, for the trampoline.
// Sleeps    as the call does. Does not return if the process ends.
struct userret
usersyscall(void)
{
    struct proc *p = myproc();
    struct trapframe *tf = p->trapframe;
    trap_enter();
    uint64 number = tf->a7;
    if (likely(number < NELEM(native_calls) && p->calls[number])) {
        int64 result = p->calls[number](p, &tf->a0);
        if (likely(result >= 0))
            tf->a0 = (uint64)result;
        else
            retry_failed(p, result);
    } else {
        unknown(p, tf);
    }
    mirror_dcheck(p->as);
    plan_dcheck(p->as);
    return trap_leave(p);
}

// Copies a path from user memory into `buf`, which has MAXPATH bytes.
// Returns   0; -EFAULT and others of copyinstr(); -ENAMETOOLONG; -EPERM: interpose() allows the
//           running call another path only. The copy is compared, since the program may change the
//           original.
// Sleeps    if a page has to be brought in.
int
fetchpath(struct proc *p, uint64 va, char *buf)
{
    int64 length = copyinstr(p->as, buf, va, MAXPATH);
    if (length < 0)
        return (int)length;
    return p->only_path && strcmp(buf, p->only_path) != 0 ? -EPERM : 0;
}
