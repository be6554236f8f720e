// SPDX-License-Identifier: MIT
// trap.h - entering and leaving traps. Manual: priv machine, supervisor
#pragma once

#include "base/types.h"

struct machine;

// The hart takes a trap at its pc. `cause` is an exception code, or an interrupt's number if
// `interrupt`. Sets mode, pc and the trap CSRs and chooses shortcuts.
void trap_take(struct machine *m, unsigned hart, bool interrupt, int cause, uint64 tval);
// Takes the interrupt that is due, if one is. Returns whether one was taken.
bool trap_interrupt(struct machine *m, unsigned hart);
// Returns whether an interrupt is due that the hart would take now.
bool trap_due(const struct machine *m, unsigned hart);
// mip as software sees it: the stored bits and those that devices raise.
uint64 trap_pending(const struct machine *m, unsigned hart);
// Executes mret or sret. Returns false if it is illegal here.
bool trap_mret(struct machine *m, unsigned hart);
bool trap_sret(struct machine *m, unsigned hart);
