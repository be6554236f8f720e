// SPDX-License-Identifier: MIT
// watch.h - a process that stops after certain system calls, so that its parent can look at it.
#pragma once

#include "lib/types.h"

struct proc;

int watch_self(uint64 mask) must_check;       // stop after the calls in `mask`; -ENOMEM
void watch_stop(struct proc *p, uint64 call); // after that call: stops if it is in the mask
int watch_child(int pid) must_check;          // see watch.c; -ECHILD, -EINTR
void watch_forget(struct proc *p);            // when its parent ends; proc_tree_lock held
