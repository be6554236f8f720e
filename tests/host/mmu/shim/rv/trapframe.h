// SPDX-License-Identifier: MIT
// trapframe.h - the kernel's own. The pages at TRAMPOLINE are not really there on the host, so the kernel
// finds the model's code where the image has it (mmu/machine.c).
#pragma once

#include "abi/usyscall.h"

#include "../../../../../kernel/rv/trapframe.h"

#undef TRAMPOLINE
#undef TRAPFRAME
#undef USYSCALL
#define TRAMPOLINE ((uint64)_trampoline)
#define TRAPFRAME  (MAXVA - 2 * 4096)
#define USYSCALL   (MAXVA - 3 * 4096)
