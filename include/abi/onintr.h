// SPDX-License-Identifier: MIT
// onintr.h - the effect of Ctrl-C on a process; a new process does as its parent.
#pragma once

#define INTR_IGNORE 0 // nothing
#define INTR_NOTE   1 // it fails waits and console reads with EINTR until onintr() is called again
#define INTR_EXIT   2 // the process exits; it cannot choose another mode

#define INTR_STATUS 130 // the exit status of a process that Ctrl-C ended
