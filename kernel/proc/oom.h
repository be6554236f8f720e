// SPDX-License-Identifier: MIT
// oom.h - gains memory when a process uses memory that it has and no frame is left.
#pragma once

#include "lib/types.h"

struct proc;

void oom_init(void);
// After a store or a system call that failed with `error`; true: memory has been gained, try again.
// *written, false at first, is whether pages have been written to the disk for it already.
bool memory_relieve(struct proc *p, int64 error, bool *written);
void oom_ended(void); // a process has become a zombie; proc_tree_lock held
