// SPDX-License-Identifier: MIT
// timer.h - one deadline per hart, after which its timer interrupt is pending.
#pragma once

#include "lib/types.h"

#define TIMER_NEVER (~0UL)

void timer_init(bool has_sstc); // how this machine sets a deadline; once, before any other call
void timer_set(uint64 when);    // in steps of the time CSR; replaces the hart's earlier deadline
