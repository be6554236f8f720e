// SPDX-License-Identifier: MIT
// fpu.h - floating point for user programs, saved only for those that use it.
#pragma once

#include "lib/types.h"

struct fpstate;
struct proc;

void fpu_init_hart(void); // finds out whether there is a unit, and leaves it off
int fpu_first_use(struct proc *p) must_check; // gives p the registers, zeroed; -ENOMEM, -ENODEV
int fpu_fork(struct proc *child, struct proc *parent) must_check; // copies them; -ENOMEM
// The registers of the running process, put aside and brought back; `used`: whether it has any.
void fpu_export(struct proc *p, struct fpstate *to, bool *used);
void fpu_import(struct proc *p, const struct fpstate *from, bool used);
void fpu_drop(struct proc *p);  // p starts a new program or ends
void fpu_leave(struct proc *p); // p leaves the hart
void fpu_enter(struct proc *p); // p is back on a hart
