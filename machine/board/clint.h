// SPDX-License-Identifier: MIT
// clint.h - software interrupts and the machine timer of each hart.
#pragma once

#include "base/types.h"
#include "hart/hart.h"

#define CLINT_BASE 0x2000000ULL
#define CLINT_SIZE 0x10000ULL

struct machine;

struct clint {
    uint64 mtimecmp[HARTS_MAX];
    uint64 offset; // the sum that stores to mtime have added to the clock, modulo 2^64
    bool msip[HARTS_MAX];
};

void clint_reset(struct clint *c);
// MSIP and MTIP of a hart, as bits of mip.
uint64 clint_irqs(const struct machine *m, unsigned hart);
// The cycle at which the next MTIP of any hart rises; ~0: none will.
uint64 clint_due(const struct machine *m);
bool clint_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value);
bool clint_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value);
