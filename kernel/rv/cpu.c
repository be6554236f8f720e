// SPDX-License-Identifier: MIT
#include "rv/cpu.h"

struct cpu cpus[MAXHART];
int nharts;
