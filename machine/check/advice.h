// SPDX-License-Identifier: MIT
// advice.h - what to do, when it is known which code did what.
#pragma once

#include "sight/report.h"

// Completes a report (report_complete()), and makes its "do:" agree with the history that was
// found. Between turns alone.
void advice_complete(struct machine *m, struct report *r);
