// SPDX-License-Identifier: MIT
// failtree.h - the n-th allocation made for a process and its descendants fails: debug builds
// (checked/failtree.c).
#pragma once

#include "lib/types.h"

struct proc;

// Ends the tree that `p` is in or has made, and begins one unless n is 0.
// Returns   what the old one has counted (abi/failnth.h); -ENOMEM: nothing has changed.
int failtree_begin(struct proc *p, uint32 n, uint32 how) must_check;
void failtree_join(struct proc *child, const struct proc *parent);
void failtree_leave(struct proc *p);
int failtree_objects(void); // kernel objects in use
