// SPDX-License-Identifier: MIT
// sysfail.c - the system call that lets a program choose which allocation fails.
#include "abi/errno.h"
#include "abi/failnth.h"
#include "proc/failtree.h"
#include "sys/syscall.h"

#define HOW_ALL (FAILNTH_ONWARD | FAILNTH_TELL | FAILNTH_CHILDREN)

// failnth(n, how): makes the n-th allocation for the caller and its descendants fail; 0: none any
// more.
// Returns   how many there have been since the last such call, with FAILNTH_FIRED if one failed.
//           -ENOSYS: this kernel cannot do it.
int64
sys_failnth(struct proc *p, const uint64 *a)
{
    int n = (int)a[0];
    uint32 how = (uint32)a[1];
    if (!DEBUG_BUILD)
        return -ENOSYS;
    if (n == 0 && how == FAILNTH_OBJECTS)
        return failtree_objects();
    if (n < 0 || how & ~(uint32)HOW_ALL)
        return -EINVAL;
    return failtree_begin(p, (uint32)n, how);
}
