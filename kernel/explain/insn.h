// SPDX-License-Identifier: MIT
// insn.h - why a hart may have refused an instruction, by its bits.
#pragma once

#include "lib/types.h"

enum insn_kind {
    INSN_ZERO, // all zeroes
    INSN_ONES, // all ones
    INSN_CSR,
    INSN_SYSTEM, // sret, wfi, sfence.vma ...
    INSN_FLOAT,
    INSN_VECTOR,
    INSN_OTHER,
    INSN_KINDS
};

enum insn_kind insn_judge(uint32 bits); // 16 bits of a short one, or 32
