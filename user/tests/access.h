// SPDX-License-Identifier: MIT
// access.h - one access to memory, as `faults` and `forkfaults` make it by mistake. It is made by assembly,
// so that the compiler neither removes nor moves it.
#pragma once

static void
load(char *p)
{
    asm volatile("lb t0, 0(%0)" ::"r"(p) : "t0", "memory");
}

static void
store(char *p)
{
    asm volatile("sb zero, 0(%0)" ::"r"(p) : "memory");
}
