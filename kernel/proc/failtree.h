// SPDX-License-Identifier: MIT
// failtree.h - the n-th allocation made for a process and its descendants fails: debug builds
// (checked/failtree.c). In others, nothing.
#pragma once

#include "abi/errno.h"
#include "lib/types.h"

struct proc;

#ifdef DEBUG
// Ends the tree that `p` is in or has made, and begins one unless n is 0.
// Returns   what the old one has counted (abi/failnth.h); -ENOMEM: nothing has changed.
int failtree_begin(struct proc *p, uint32 n, uint32 how) must_check;
void failtree_join(struct proc *child, const struct proc *parent);
void failtree_leave(struct proc *p);
int failtree_objects(void); // kernel objects in use
#else
// Refuses: this build makes no allocation fail.
static inline int
failtree_begin(struct proc *p, uint32 n, uint32 how)
{
    (void)p, (void)n, (void)how;
    return -ENOSYS;
}

// Refuses: this build counts no objects.
static inline int
failtree_objects(void)
{
    return -ENOSYS;
}

// Does nothing: there are no trees.
static inline void
failtree_join(struct proc *child, const struct proc *parent)
{
    (void)child, (void)parent;
}

// Does nothing: there are no trees.
static inline void
failtree_leave(struct proc *p)
{
    (void)p;
}
#endif
