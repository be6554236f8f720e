// SPDX-License-Identifier: MIT
// json.h - reports for programs: one JSON object a line.
#pragma once

#include <stdio.h>

#include "sight/report.h"

// Opens the output that --json names: a file, "-" for standard output, or the number of a
// descriptor. Does not return when that cannot be written: says why.
FILE *json_open(const char *name);
// Writes a report. `to` may be NULL.
void json_report(FILE *to, const struct machine *m, const struct report *r);
// Returns false when not all was written: says why. `to` may be NULL.
bool json_close(FILE *to);
