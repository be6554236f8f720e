// SPDX-License-Identifier: MIT
// rvc.c - expands compressed instructions.
//
// Theory    Each compressed instruction stands for exactly one 32-bit instruction, so that nothing
//           behind the decoder knows of compressed ones. An expansion has three steps: gather the
//           bits of the immediate, pick the registers, build the long form.
// Manual    unpriv: c-st-ext (instruction set listings of quadrants 0, 1 and 2)
#include "hart/rvc.h"

#include "hart/opcodes.h"

#define EBREAK 0x00100073

enum { ZERO = 0, RA = 1, SP = 2 };

// The `width` bits of c from bit `from` on, moved to bit `to`.
static uint32
part(uint32 c, int from, int width, int to)
{
    return (c >> from & ((1u << width) - 1)) << to;
}

// The value whose sign is bit `sign`.
static uint32
extend(uint32 value, int sign)
{
    uint32 bit = 1u << sign;
    return (value ^ bit) - bit;
}

// Long forms: `op` is the opcode, `f3` the field funct3.

static uint32
form_r(int op, int f3, uint32 f7, uint32 rd, uint32 rs1, uint32 rs2)
{
    return f7 << 25 | rs2 << 20 | rs1 << 15 | (uint32)f3 << 12 | rd << 7 | (uint32)op;
}

static uint32
form_i(int op, int f3, uint32 rd, uint32 rs1, uint32 imm)
{
    return imm << 20 | rs1 << 15 | (uint32)f3 << 12 | rd << 7 | (uint32)op;
}

static uint32
form_s(int op, int f3, uint32 rs1, uint32 rs2, uint32 imm)
{
    return form_r(op, f3, part(imm, 5, 7, 0), part(imm, 0, 5, 0), rs1, rs2);
}

static uint32
form_b(int f3, uint32 rs1, uint32 imm)
{
    uint32 scattered =
        part(imm, 12, 1, 31) | part(imm, 5, 6, 25) | part(imm, 1, 4, 8) | part(imm, 11, 1, 7);
    return scattered | rs1 << 15 | (uint32)f3 << 12 | OPCODE_BRANCH;
}

static uint32
form_j(uint32 rd, uint32 imm)
{
    uint32 scattered =
        part(imm, 20, 1, 31) | part(imm, 1, 10, 21) | part(imm, 11, 1, 20) | part(imm, 12, 8, 12);
    return scattered | rd << 7 | OPCODE_JAL;
}

// Registers: full fields, and the 3-bit fields that name x8 to x15.

static uint32
reg_rd(uint32 c)
{
    return part(c, 7, 5, 0);
}

static uint32
reg_rs2(uint32 c)
{
    return part(c, 2, 5, 0);
}

static uint32
reg_high(uint32 c)
{
    return 8 + part(c, 7, 3, 0);
}

static uint32
reg_low(uint32 c)
{
    return 8 + part(c, 2, 3, 0);
}

// Immediates, named after the instructions that have them.

static uint32
imm_shift(uint32 c)
{
    return part(c, 12, 1, 5) | part(c, 2, 5, 0);
}

static uint32
imm_addi(uint32 c)
{
    return extend(imm_shift(c), 5);
}

static uint32
imm_addi4spn(uint32 c)
{
    return part(c, 11, 2, 4) | part(c, 7, 4, 6) | part(c, 6, 1, 2) | part(c, 5, 1, 3);
}

static uint32
imm_addi16sp(uint32 c)
{
    uint32 imm = part(c, 12, 1, 9) | part(c, 6, 1, 4) | part(c, 5, 1, 6) | part(c, 3, 2, 7) |
                 part(c, 2, 1, 5);
    return extend(imm, 9);
}

static uint32
imm_lw(uint32 c)
{
    return part(c, 10, 3, 3) | part(c, 6, 1, 2) | part(c, 5, 1, 6);
}

static uint32
imm_ld(uint32 c)
{
    return part(c, 10, 3, 3) | part(c, 5, 2, 6);
}

static uint32
imm_lwsp(uint32 c)
{
    return part(c, 12, 1, 5) | part(c, 4, 3, 2) | part(c, 2, 2, 6);
}

static uint32
imm_ldsp(uint32 c)
{
    return part(c, 12, 1, 5) | part(c, 5, 2, 3) | part(c, 2, 3, 6);
}

static uint32
imm_swsp(uint32 c)
{
    return part(c, 9, 4, 2) | part(c, 7, 2, 6);
}

static uint32
imm_sdsp(uint32 c)
{
    return part(c, 10, 3, 3) | part(c, 7, 3, 6);
}

static uint32
imm_j(uint32 c)
{
    uint32 imm = part(c, 12, 1, 11) | part(c, 11, 1, 4) | part(c, 9, 2, 8) | part(c, 8, 1, 10) |
                 part(c, 7, 1, 6) | part(c, 6, 1, 7) | part(c, 3, 3, 1) | part(c, 2, 1, 5);
    return extend(imm, 11);
}

static uint32
imm_beqz(uint32 c)
{
    uint32 imm = part(c, 12, 1, 8) | part(c, 10, 2, 3) | part(c, 5, 2, 6) | part(c, 3, 2, 1) |
                 part(c, 2, 1, 5);
    return extend(imm, 8);
}

static uint32
expand_addi4spn(uint32 c)
{
    uint32 imm = imm_addi4spn(c);
    return imm ? form_i(OPCODE_OP_IMM, 0, reg_low(c), SP, imm) : 0;
}

static uint32
quadrant0(uint32 c)
{
    switch (c >> 13) {
    case 0:
        return expand_addi4spn(c);
    case 1:
        return form_i(OPCODE_LOAD_FP, 3, reg_low(c), reg_high(c), imm_ld(c));
    case 2:
        return form_i(OPCODE_LOAD, 2, reg_low(c), reg_high(c), imm_lw(c));
    case 3:
        return form_i(OPCODE_LOAD, 3, reg_low(c), reg_high(c), imm_ld(c));
    case 5:
        return form_s(OPCODE_STORE_FP, 3, reg_high(c), reg_low(c), imm_ld(c));
    case 6:
        return form_s(OPCODE_STORE, 2, reg_high(c), reg_low(c), imm_lw(c));
    case 7:
        return form_s(OPCODE_STORE, 3, reg_high(c), reg_low(c), imm_ld(c));
    default:
        return 0;
    }
}

// c.lui, and c.addi16sp in its place for sp; an immediate of 0 is reserved.
static uint32
expand_lui(uint32 c)
{
    if (imm_shift(c) == 0)
        return 0;
    if (reg_rd(c) == SP)
        return form_i(OPCODE_OP_IMM, 0, SP, SP, imm_addi16sp(c));
    return imm_addi(c) << 12 | reg_rd(c) << 7 | OPCODE_LUI;
}

// c.sub, c.xor, c.or, c.and, c.subw, c.addw; `c` selects by bits 12, 6 and 5.
static uint32
expand_registers(uint32 c)
{
    static const struct {
        uint8 op, f3, f7;
    } table[8] = {
        {OPCODE_OP, 0, 0x20},    {OPCODE_OP, 4, 0},    {OPCODE_OP, 6, 0}, {OPCODE_OP, 7, 0},
        {OPCODE_OP_32, 0, 0x20}, {OPCODE_OP_32, 0, 0}, {0, 0, 0},         {0, 0, 0}};
    uint32 i = part(c, 12, 1, 2) | part(c, 5, 2, 0), rd = reg_high(c);
    return table[i].op ? form_r(table[i].op, table[i].f3, table[i].f7, rd, rd, reg_low(c)) : 0;
}

static uint32
expand_arithmetic(uint32 c)
{
    uint32 rd = reg_high(c);
    switch (part(c, 10, 2, 0)) {
    case 0:
        return form_i(OPCODE_OP_IMM, 5, rd, rd, imm_shift(c)); // srli
    case 1:
        return form_i(OPCODE_OP_IMM, 5, rd, rd, 0x400 | imm_shift(c)); // srai
    case 2:
        return form_i(OPCODE_OP_IMM, 7, rd, rd, imm_addi(c)); // andi
    default:
        return expand_registers(c);
    }
}

static uint32
quadrant1(uint32 c)
{
    uint32 rd = reg_rd(c);
    switch (c >> 13) {
    case 0:
        return form_i(OPCODE_OP_IMM, 0, rd, rd, imm_addi(c));
    case 1:
        return rd ? form_i(OPCODE_OP_IMM_32, 0, rd, rd, imm_addi(c)) : 0;
    case 2:
        return form_i(OPCODE_OP_IMM, 0, rd, ZERO, imm_addi(c)); // c.li
    case 3:
        return expand_lui(c);
    case 4:
        return expand_arithmetic(c);
    case 5:
        return form_j(ZERO, imm_j(c));
    case 6:
        return form_b(0, reg_high(c), imm_beqz(c));
    default:
        return form_b(1, reg_high(c), imm_beqz(c));
    }
}

// c.jr, c.mv, c.ebreak, c.jalr, c.add.
static uint32
expand_jump_or_add(uint32 c)
{
    uint32 rd = reg_rd(c), rs2 = reg_rs2(c), high = part(c, 12, 1, 0);
    if (rs2 != 0)
        return form_r(OPCODE_OP, 0, 0, rd, high ? rd : ZERO, rs2);
    if (rd != 0)
        return form_i(OPCODE_JALR, 0, high ? RA : ZERO, rd, 0);
    return high ? EBREAK : 0;
}

static uint32
quadrant2(uint32 c)
{
    uint32 rd = reg_rd(c);
    switch (c >> 13) {
    case 0:
        return form_i(OPCODE_OP_IMM, 1, rd, rd, imm_shift(c));
    case 1:
        return form_i(OPCODE_LOAD_FP, 3, rd, SP, imm_ldsp(c));
    case 2:
        return rd ? form_i(OPCODE_LOAD, 2, rd, SP, imm_lwsp(c)) : 0;
    case 3:
        return rd ? form_i(OPCODE_LOAD, 3, rd, SP, imm_ldsp(c)) : 0;
    case 4:
        return expand_jump_or_add(c);
    case 5:
        return form_s(OPCODE_STORE_FP, 3, SP, reg_rs2(c), imm_sdsp(c));
    case 6:
        return form_s(OPCODE_STORE, 2, SP, reg_rs2(c), imm_swsp(c));
    default:
        return form_s(OPCODE_STORE, 3, SP, reg_rs2(c), imm_sdsp(c));
    }
}

// Expands one compressed instruction. Returns 0 for a reserved one.
uint32
rvc_expand(uint16 c)
{
    switch (c & 3) {
    case 0:
        return quadrant0(c);
    case 1:
        return quadrant1(c);
    case 2:
        return quadrant2(c);
    default:
        return 0;
    }
}
