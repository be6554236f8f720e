// SPDX-License-Identifier: MIT
// interpose.c - refuses system calls to confined processes.
//
// Theory    A process and its children share one record, which never changes. So a process stays
//           confined: a second call is refused.
#include "proc/interpose.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "mm/frame/kmem.h"
#include "proc/proc.h"

#define MASK_BITS 64

// Protection: [c] constant  [a] atomic
struct interpose {
    uint32 users; // [a] processes
    uint64 mask;  // [c]
    bool excepts; // [c] open and exec may use `path`
    char path[];  // [c]
};

// Confines the process: calls whose bit is set in `mask` fail, but for open and exec with exactly
// the path `except`, unless that is "-".
// On error  -EPERM: it is confined already; -ENOMEM. Nothing has changed.
int
interpose_begin(struct proc *p, uint64 mask, const char *except)
{
    size_t size = strlen(except) + 1;
    if (p->interpose)
        return -EPERM;
    struct interpose *i = kmem_alloc(sizeof *i + size);
    if (!i)
        return -ENOMEM;
    *i = (struct interpose){.users = 1, .mask = mask, .excepts = strcmp(except, "-") != 0};
    memcpy(i->path, except, size);
    p->interpose = i;
    return 0;
}

// Confines a child as its parent is.
void
interpose_join(struct proc *child, const struct proc *parent)
{
    child->interpose = parent->interpose;
    if (child->interpose)
        __atomic_fetch_add(&child->interpose->users, 1,
                           __ATOMIC_RELAXED); // the parent keeps it alive
}

// Drops the reference of a process that ends; the last one frees the record.
void
interpose_leave(struct proc *p)
{
    struct interpose *i = p->interpose;
    if (i &&
        __atomic_sub_fetch(&i->users, 1, __ATOMIC_ACQ_REL) == 0) // after all others have read it
        kmem_free(i);
}

// Returns whether the process may not make this call. An int's sign stands for all bits above it.
bool
interpose_blocks(const struct proc *p, uint64 call)
{
    return p->interpose && call < MASK_BITS && p->interpose->mask >> call & 1;
}

// Returns   the path that open and exec may use although their bits are set; NULL if there is none.
const char *
interpose_exception(const struct proc *p)
{
    return p->interpose && p->interpose->excepts ? p->interpose->path : NULL;
}
