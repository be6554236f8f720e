// SPDX-License-Identifier: MIT
// alarm.h - a function of the program that the kernel calls every so many ticks.
#pragma once

#include "lib/types.h"

struct proc;

// For the running process: call `handler` each time it has run for `ticks`; 0: no more.
int alarm_set(struct proc *p, uint64 ticks, uint64 handler) must_check; // -ENOMEM
int alarm_return(struct proc *p) must_check; // back to before the call; -EINVAL: not in one
int alarm_fork(struct proc *child, const struct proc *parent) must_check; // -ENOMEM
void alarm_tick(struct proc *p); // a slice of its time is over
void alarm_drop(struct proc *p); // p starts a new program, or ends
