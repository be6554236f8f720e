// SPDX-License-Identifier: MIT
// expect.h - reports that are known: --expect FILE.
//
// Theory    A line of the file is the kind of a report and the function that it is about:
//           `stale-translation remap'. Such reports are not printed and do not count. A line that
//           no report was met for is printed at the end: its report no longer occurs, or has
//           another name. A # starts a comment.
#pragma once

#include "sight/report.h"

struct expected;

// Reads a file. Does not return when it cannot be used: says why.
struct expected *expect_read(const char *path);
// Returns whether the report is known. Notes that it was met. `e` may be NULL.
bool expect_known(struct expected *e, const struct machine *m, const struct report *r);
// Says which lines no report was met for.
void expect_end(const struct expected *e);
// The function that a report is about; "" if it has no name.
const char *report_function(const struct machine *m, const struct report *r);
