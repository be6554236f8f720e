// SPDX-License-Identifier: MIT
// cpu.h - the running hart, as a test wishes (defined in shim/host.c).
#pragma once

#include "lib/types.h"

#define MAXHART 8

extern _Thread_local int host_hart;
extern void (*host_on_spin)(void);

struct cpu {
    int id; // not kept up: only addresses matter
};

extern struct cpu cpus[MAXHART];

static inline struct cpu *
mycpu(void)
{
    return &cpus[host_hart];
}

static inline int
cpuid(void)
{
    return host_hart;
}
