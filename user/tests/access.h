// SPDX-License-Identifier: MIT
// access.h - the single faulting access of `faults` and `forkfaults`, in assembly so that the
// compiler neither removes nor moves it.
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
