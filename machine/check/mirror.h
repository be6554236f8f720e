// SPDX-License-Identifier: MIT
// mirror.h - a process that the kernel has mapped a second time, in its own tree.
#pragma once

#include "base/types.h"

struct machine;

// Compares the user memory that is mapped in the kernel's tree with the process's own tree, and
// reports a page that differs. `satp` and `kernel` are the values of satp for the two. `seen` is
// set when a page agrees; before, none is reported.
void mirror_look(struct machine *m, unsigned hart, uint64 satp, uint64 kernel, bool *seen);
