// SPDX-License-Identifier: MIT
// decode.h - from an instruction's bits to a slot.
#pragma once

#include "hart/code.h"

// How the immediate of an operation is laid out (unpriv: immediate encoding variants).
enum imm { IMM_NONE, IMM_I, IMM_S, IMM_B, IMM_U, IMM_J, IMM_SHIFT, IMM_SHIFTW, IMM_RAW };

// Decodes the 32-bit instruction `raw`, or the 16-bit one if its low bits say so, for a slot at
// byte `offset` of its page. With offset < 0 no near operation is chosen. Illegal ones become
// OP_ILLEGAL with the raw bits as immediate.
void decode(const struct code *c, uint32 raw, int offset, struct insn *out);
