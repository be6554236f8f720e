// SPDX-License-Identifier: MIT
// oom.h - what happens when a process uses memory that it has and no frame is left.
#pragma once

#include "lib/types.h"

struct proc;

void oom_init(void);
bool oom_relieve(struct proc *p); // after -ESTARVED; true: try again
void oom_ended(void);             // a process has become a zombie; tree_lock held
