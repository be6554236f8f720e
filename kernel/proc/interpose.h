// SPDX-License-Identifier: MIT
// interpose.h - system calls that a process may not make: those whose bit is set in a mask.
#pragma once

#include "lib/types.h"

struct proc;

// Confines the process, and each child that it makes from now on: calls whose bit is set in `mask`
// fail, but for open and exec with exactly the path `except`, unless that is "-".
int interpose_begin(struct proc *p, uint64 mask, const char *except) must_check; // -EPERM, -ENOMEM
void interpose_join(struct proc *child, const struct proc *parent);
void interpose_leave(struct proc *p);
bool interpose_blocks(const struct proc *p, uint64 call);
// The path that open and exec may use although they are blocked; NULL: none.
const char *interpose_exception(const struct proc *p);
