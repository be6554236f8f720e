// SPDX-License-Identifier: MIT
// thread.h - the scheduler as a single-threaded test sees it (shim/thread.c).
#pragma once

#include "lib/types.h"

// Called when code under test blocks: does the work of another thread, and returns 0, or -EINTR for
// a killed waiter. Without it, blocking is a panic ("blocks for ever").
extern int (*host_on_block)(bool killable);
extern bool host_killed;          // preempt_point() says that the process has been killed
extern unsigned long host_blocks; // how often code blocked
extern unsigned long host_wakes;  // how often a thread was woken
