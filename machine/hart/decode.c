// SPDX-License-Identifier: MIT
// decode.c - finds the row of isa.inc that an instruction matches and takes its fields apart.
#include "hart/decode.h"

#include "hart/rvc.h"

struct row {
    uint32 match, mask;
    uint8 op, imm;
    uint8 brief; // the operation of its compressed form, or 0; of a branch, in the same page
};

#define OP_R(name, match, expr)          {match, 0xfe00707f, OP_##name, IMM_NONE, OP_SHORT_##name},
#define OP_I(name, match, expr)          {match, 0x0000707f, OP_##name, IMM_I, OP_SHORT_##name},
#define OP_SHIFT(name, match, expr)      {match, 0xfc00707f, OP_##name, IMM_SHIFT, OP_SHORT_##name},
#define OP_SHIFTW(name, match, expr)     {match, 0xfe00707f, OP_##name, IMM_SHIFTW, OP_SHORT_##name},
#define OP_U(name, match, expr)          {match, 0x0000007f, OP_##name, IMM_U, OP_SHORT_##name},
#define OP_LOAD(name, match, type)       {match, 0x0000707f, OP_##name, IMM_I, OP_SHORT_##name},
#define OP_STORE(name, match, type)      {match, 0x0000707f, OP_##name, IMM_S, OP_SHORT_##name},
#define OP_BRANCH(name, match, cond)     {match, 0x0000707f, OP_##name, IMM_B, OP_SHORT_##name},
#define OP_AMO(name, match, type, expr)  {match, 0xf800707f, OP_##name, IMM_NONE, 0},
#define OP_OTHER(name, match, mask, imm) {match, mask, OP_##name, imm, 0},

static const struct row rows[] = {
#include "hart/isa.inc"
};

// The bits `high` to `low` of `raw`.
static uint32
bits(uint32 raw, int high, int low)
{
    return raw >> low & ((2u << (high - low)) - 1);
}

// The bits 31 to `low` of `raw`, sign-extended.
static int32
top(uint32 raw, int low)
{
    return (int32)raw >> low;
}

static int32
immediate(enum imm imm, uint32 raw)
{
    switch (imm) {
    case IMM_I:
        return top(raw, 20);
    case IMM_S:
        return top(raw, 25) * 32 | (int32)bits(raw, 11, 7);
    case IMM_B:
        return top(raw, 31) * 4096 |
               (int32)(bits(raw, 7, 7) << 11 | bits(raw, 30, 25) << 5 | bits(raw, 11, 8) << 1);
    case IMM_U:
        return (int32)(raw & 0xfffff000);
    case IMM_J:
        return top(raw, 31) * 1048576 |
               (int32)(bits(raw, 19, 12) << 12 | bits(raw, 20, 20) << 11 | bits(raw, 30, 21) << 1);
    case IMM_SHIFT:
        return (int32)bits(raw, 25, 20);
    case IMM_SHIFTW:
        return (int32)bits(raw, 24, 20);
    case IMM_RAW:
        return (int32)raw;
    case IMM_NONE:
        break;
    }
    return 0;
}

// The row that `raw` matches, or NULL.
static const struct row *
find_row(uint32 raw)
{
    for (size_t i = 0; i < NELEM(rows); i++)
        if ((raw & rows[i].mask) == rows[i].match)
            return &rows[i];
    return NULL;
}

// Returns whether a jump by `imm` bytes from byte `offset` of a page stays inside the page.
static bool
is_near(int offset, int32 imm)
{
    return offset >= 0 && offset + imm >= 0 && offset + imm < CODE_SLOTS * 2;
}

// Which operation of the row's the instruction is. `near`: it stays inside the page.
static unsigned
operation(const struct row *row, bool compressed, bool near)
{
    if (near && row->op == OP_JAL)
        return OP_NEAR_JAL;
    if (compressed && row->brief != 0 && (near || row->imm != IMM_B))
        return row->brief;
    return near ? row->op + 1u : row->op;
}

void
decode(const struct code *c, uint32 raw, int offset, struct insn *out)
{
    bool compressed = (raw & 3) != 3;
    uint32 full = compressed ? rvc_expand((uint16)raw) : raw;
    const struct row *row = full == 0 ? NULL : find_row(full);
    unsigned rd = bits(full, 11, 7);
    *out = (struct insn){.go = c->go[OP_ILLEGAL], .step = compressed ? 1 : 2};
    if (row == NULL) {
        out->imm = (int32)(compressed ? raw & 0xffff : raw);
        return;
    }
    out->rd = (uint8)(rd == 0 ? 32 : rd);
    out->rs1 = (uint8)bits(full, 19, 15);
    out->rs2 = (uint8)bits(full, 24, 20);
    out->imm = immediate((enum imm)row->imm, full);
    bool near = (row->imm == IMM_B || row->op == OP_JAL) && is_near(offset, out->imm);
    out->go = c->go[operation(row, compressed, near)];
    if (near && row->op == OP_JAL)
        out->rs1 = 0;
    if (near)
        out->imm = out->imm / 2 * (int32)sizeof(struct insn);
}
