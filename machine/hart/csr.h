// SPDX-License-Identifier: MIT
// csr.h - control and status registers. Manual: unpriv zicsr; priv csrs, machine, supervisor
#pragma once

#include "base/types.h"

struct machine;

#define MENVCFG_STCE (1ULL << 63)
#define MENVCFG_ADUE (1ULL << 61)

// Executes a CSR instruction (CSRRW and its kin), given its bits. Returns false if it is illegal.
// The caller looks anew for interrupts and shortcuts if `*wrote`.
bool csr_execute(struct machine *m, unsigned hart, uint32 raw, bool *wrote);
// Reads a CSR as the debugger or a report shows it. Returns false if there is none.
bool csr_peek(const struct machine *m, unsigned hart, unsigned number, uint64 *value);
// Sets the hart's CSRs to their values after reset.
void csr_reset(struct machine *m, unsigned hart);
