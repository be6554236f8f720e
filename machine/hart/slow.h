// SPDX-License-Identifier: MIT
// slow.h - the instructions that are too long for a row of isa.inc. For interpret.inc alone.
//
// Each function that returns bool returns false if the instruction traps; the lane's `trap` then
// says how. pc and budget have been saved.
#pragma once

#include "hart/lane.h"

// Raises the illegal-instruction trap for the bits `raw`. Returns false.
bool slow_illegal(struct lane *l, uint32 raw);
// Decodes the instruction at `pc`, whose second half is in the next page, into the lane.
bool slow_straddle(struct machine *m, unsigned hart, uint64 pc);
bool slow_lr(struct machine *m, unsigned hart, const struct insn *ip, int bytes);
bool slow_sc(struct machine *m, unsigned hart, const struct insn *ip, int bytes);
bool slow_fp_load(struct machine *m, unsigned hart, const struct insn *ip, int bytes);
bool slow_fp_store(struct machine *m, unsigned hart, const struct insn *ip, int bytes);
bool slow_fp(struct machine *m, unsigned hart, uint32 raw);
bool slow_csr(struct machine *m, unsigned hart, uint32 raw);
bool slow_fence(struct machine *m, unsigned hart, uint32 raw);
bool slow_fence_i(struct machine *m, unsigned hart);
bool slow_wfi(struct machine *m, unsigned hart, uint32 raw);
bool slow_ecall(struct machine *m, unsigned hart);
// The hart is at a hook at physical address `pa`. Sets attention if the instruction shall wait.
void slow_hook(struct machine *m, unsigned hart, uint64 pa);
