// SPDX-License-Identifier: MIT
// unmapped.h - references to files that mappings have left.
#pragma once

struct machine;

// For check/lost.c: the machine is at rest, and its pages have been searched.
void unmapped_at_rest(struct machine *m);
