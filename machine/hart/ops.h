// SPDX-License-Identifier: MIT
// ops.h - the operations that a decoded instruction can name.
//
// Theory    Each row of isa.inc is an operation. A branch and JAL have a second one, NEAR_...,
//           for a target in the same page, which needs no look-up of the target's page. The most
//           frequent rows have one more, SHORT_..., for the compressed form: the handler knows the
//           instruction's length and need not load it. SHORT_... of a branch is near, too.
#pragma once

#define OP_R(name, match, expr)          OP_##name, OP_SHORT_##name,
#define OP_I(name, match, expr)          OP_##name, OP_SHORT_##name,
#define OP_SHIFT(name, match, expr)      OP_##name, OP_SHORT_##name,
#define OP_SHIFTW(name, match, expr)     OP_##name, OP_SHORT_##name,
#define OP_U(name, match, expr)          OP_##name, OP_SHORT_##name,
#define OP_LOAD(name, match, type)       OP_##name, OP_SHORT_##name,
#define OP_STORE(name, match, type)      OP_##name, OP_SHORT_##name,
#define OP_BRANCH(name, match, cond)     OP_##name, OP_NEAR_##name, OP_SHORT_##name,
#define OP_AMO(name, match, type, expr)  OP_##name,
#define OP_OTHER(name, match, mask, imm) OP_##name,

enum op {
    OP_DECODE,   // not decoded yet
    OP_PAGE_END, // the slot behind a page's last
    OP_STRADDLE, // the instruction's second half lies in the next page
    OP_ILLEGAL,
    OP_HOOK, // a check or the debugger wants to know that the hart comes here
    OP_NEAR_JAL,
#include "hart/isa.inc"
    OPS
};

#undef OP_R
#undef OP_I
#undef OP_SHIFT
#undef OP_SHIFTW
#undef OP_U
#undef OP_LOAD
#undef OP_STORE
#undef OP_BRANCH
#undef OP_AMO
#undef OP_OTHER
