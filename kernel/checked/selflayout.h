// SPDX-License-Identifier: MIT
// selflayout.h - self-tests of mm/inspect/layoutrules.h: each makes a wrong layout. For selftest.c.
#pragma once

struct aspace *selftest_space(void); // of the running process

int selftest_overlap(void);
int selftest_guard_above(void);
int selftest_guard_none(void);
int selftest_guard_open(void);
int selftest_hole_mapped(void);
