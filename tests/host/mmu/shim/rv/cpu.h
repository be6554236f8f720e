// SPDX-License-Identifier: MIT
// cpu.h - the kernel's own, but for the register that names the running hart.
#pragma once

#define mycpu tp_mycpu
#define cpuid tp_cpuid
#include "../../../../../kernel/rv/cpu.h"
#undef mycpu
#undef cpuid

extern int model_hart; // the hart that runs at present

static inline struct cpu *
mycpu(void)
{
    return &cpus[model_hart];
}

static inline int
cpuid(void)
{
    return model_hart;
}
