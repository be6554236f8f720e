// SPDX-License-Identifier: MIT
// sched.h - the scheduler: decides which process runs on which hart.
#pragma once

#include "lib/types.h"

struct cpu;
struct proc;

void sched_init(void);
void sched_init_hart(struct cpu *c, struct proc *idle); // before the hart runs anything
void sched_idle(void) noreturn;                         // the idle process of each hart

void sched(void); // leaves the hart; p->lock held and state changed, both still so on return
void yield(void);
void sched_finish_switch(void);                        // the first act of a new process
void make_runnable(struct proc *p);                    // p->lock held
int sched_pin(struct proc *self, int hart) must_check; // stay on that hart from now on; -EINTR
void sched_kick_others(void);                          // an interrupt on every other hart
