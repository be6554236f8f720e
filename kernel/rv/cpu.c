// SPDX-License-Identifier: MIT
// cpu.c - the harts: see cpu.h.
#include "rv/cpu.h"

struct cpu cpus[MAXHART];
int nharts;
