// SPDX-License-Identifier: MIT
// session.h - a run from the first instruction to its end.
#pragma once

#include "host/names.h"
#include "host/options.h"
#include "machine.h"

// Runs the machine until it ends, or the person or the options end it. Reports go to standard
// error.
// Returns   the program's exit status; *clean says whether the disks may be kept.
int session_run(struct machine *m, const struct options *o, const struct names *names, bool *clean);
