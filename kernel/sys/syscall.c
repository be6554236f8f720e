// SPDX-License-Identifier: MIT
// syscall.c - the table of system calls, and the end of a call that fails or needs more.
//
// Theory    tools/gensys.py makes sys/calls.inc, and with it native_calls[], of abi/syscall.tbl.
//           make_call in rv/trampoline.S calls the function for the number in a7, and stores its
//           result in a0; a negative one comes to syscall_finish(). p->calls is native_calls[], or
//           traced_calls[] of sys/systrace.c if calls are reported, refused or watched. A call that
//           fails for want of memory is called again if memory can be gained.
#include "sys/syscall.h"

#include "abi/errno.h"
#include "abi/stat.h"
#include "abi/syscall.h"
#include "explain/layoutcheck.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mirror.h"
#include "mm/copy/copy.h"
#include "proc/oom.h"
#include "proc/proc.h"
#include "proc/trap.h"
#include "rv/trapframe.h"

syscall_fn *const native_calls[SYSCALL_NUMBERS] = {
#define SYSCALL(number, name, nargs) [number] = sys_##name,
#include "sys/calls.inc"
#undef SYSCALL
};

// Makes a call whose number has no function. Returns -ENOSYS.
int64
unknown_call(struct proc *p, const uint64 *a)
{
    (void)a;
    printf("%d %s: unknown sys call %d\n", p->pid, p->name, (int)p->trapframe->a7);
    return -ENOSYS;
}

// Ends a system call that failed, that needs all registers, or whose process has something else to
// do: stores the result for the program, and does pending work. Calls the function again while its
// result says that memory is short and memory_relieve() gains some: a call that fails for want of
// memory has changed nothing that the program can notice. Debug builds end each call here.
// Sleeps    as the call does. Does not return if the process ends.
void
syscall_finish(struct proc *p, int64 result)
{
    struct trapframe *tf = p->trapframe;
    bool written = false;
    while (p->calls == native_calls && memory_relieve(p, result, &written))
        result = native_calls[tf->a7](p, &tf->a0);
    if (result < 0 && result != SYSCALL_DONE)
        p->as->usys->err = result == -ESTARVED ? ENOMEM : (int)-result;
    if (result != SYSCALL_DONE)
        tf->a0 = result < 0 ? (uint64)-1 : (uint64)result; // xv6's programs know only -1
    if (DEBUG_BUILD) {
        check_mirror(p->as);
        check_layout(p->as);
    }
    trap_leave(p);
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
