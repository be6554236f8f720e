// SPDX-License-Identifier: MIT
// insn.c - classifies an instruction that a hart has refused, by its bits.
//
// Manual    unpriv: the base opcode map; the compressed quadrants 0 and 2
#include "explain/insn.h"

#define OPCODE(bits) ((bits)&0x7f)
#define FUNCT3(bits) (((bits) >> 12) & 7)

#define LOAD_FP  0x07
#define STORE_FP 0x27
#define MADD     0x43 // to NMADD, 0x4f, in steps of 4
#define OP_FP    0x53
#define OP_V     0x57
#define SYSTEM   0x73

// Short floating-point loads and stores have function 1 or 5 in quadrants 0 and 2.
static enum insn_kind
judge_short(uint32 bits)
{
    uint32 function = (bits >> 13) & 7;
    if ((bits & 0xffff) == 0)
        return INSN_ZERO;
    return (bits & 1) == 0 && (function == 1 || function == 5) ? INSN_FLOAT : INSN_OTHER;
}

// Classifies an instruction: 16 bits of a short one, or 32.
enum insn_kind
insn_judge(uint32 bits)
{
    uint32 opcode = OPCODE(bits), width = FUNCT3(bits);
    bool fused = opcode >= MADD && opcode <= MADD + 12 && (opcode & 3) == 3;
    if (bits == ~0U || bits == 0xffff)
        return INSN_ONES;
    if ((bits & 3) != 3)
        return judge_short(bits);
    if (opcode == SYSTEM)
        return FUNCT3(bits) != 0 && FUNCT3(bits) != 4 ? INSN_CSR : INSN_SYSTEM;
    if (opcode == LOAD_FP || opcode == STORE_FP)
        return width >= 1 && width <= 4 ? INSN_FLOAT : INSN_VECTOR; // half to quad are scalars
    if (opcode == OP_V)
        return INSN_VECTOR;
    return opcode == OP_FP || fused ? INSN_FLOAT : INSN_OTHER;
}
