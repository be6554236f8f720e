// SPDX-License-Identifier: MIT
// advice.h - adapts a report's advice to what the history of the page table entry shows.
#pragma once

#include "sight/report.h"

// Completes a report by report_complete(), and then makes its "do:" agree with the history. To be
// called between turns only.
void advice_complete(struct machine *m, struct report *r);
