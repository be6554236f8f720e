// SPDX-License-Identifier: MIT
// cpu.c - the table of harts.
#include "rv/cpu.h"

struct cpu cpus[MAXHART];
int nharts;
