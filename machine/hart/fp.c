// SPDX-License-Identifier: MIT
// fp.c - decodes and executes the computing instructions of F and D.
//
// Theory    A register holds 64 bits. A single is NaN-boxed: its upper half is all ones; a value
//           that is not boxed counts as the canonical NaN. The arithmetic is in softfloat.c.
// Manual    unpriv: single-float, sec:double
#include "hart/fp.h"

#include "hart/opcodes.h"
#include "hart/softfloat.h"

// The field funct5 of OP-FP.
enum {
    F5_ADD = 0,
    F5_SUB = 1,
    F5_MUL = 2,
    F5_DIV = 3,
    F5_SIGN = 4,
    F5_MINMAX = 5,
    F5_CONVERT = 8,
    F5_SQRT = 11,
    F5_COMPARE = 20,
    F5_TO_INTEGER = 24,
    F5_FROM_INTEGER = 26,
    F5_MOVE_OR_CLASS = 28,
    F5_MOVE_IN = 30,
};

#define BOX 0xffffffff00000000ULL

struct operation {
    struct hart *h;
    uint32 insn;
    const struct format *f;
    struct float_env env;
};

static uint32
field(const struct operation *o, int from, int width)
{
    return o->insn >> from & ((1u << width) - 1);
}

static uint32
rd(const struct operation *o)
{
    return field(o, 7, 5);
}

static uint32
rs1(const struct operation *o)
{
    return field(o, 15, 5);
}

// The register rs2, or the number that selects among alike instructions.
static uint32
rs2(const struct operation *o)
{
    return field(o, 20, 5);
}

static uint32
funct3(const struct operation *o)
{
    return field(o, 12, 3);
}

static const struct format *
format_named(uint32 code)
{
    return code == 0 ? &float32 : code == 1 ? &float64 : NULL;
}

static uint64
read_as(const struct operation *o, const struct format *f, uint32 reg)
{
    uint64 bits = o->h->f[reg];
    if (f == &float64)
        return bits;
    return (bits & BOX) == BOX ? bits & ~BOX : float_canonical_nan(f);
}

static uint64
read(const struct operation *o, uint32 reg)
{
    return read_as(o, o->f, reg);
}

static bool
write_float(struct operation *o, uint64 bits)
{
    o->h->f[rd(o)] = o->f == &float64 ? bits : bits | BOX;
    o->h->fcsr |= o->env.flags;
    return true;
}

static bool
write_integer(struct operation *o, uint64 value)
{
    o->h->x[rd(o) ? rd(o) : 32] = value;
    o->h->fcsr |= o->env.flags;
    return true;
}

// Finds the rounding mode. Returns false if it is reserved.
static bool
find_mode(struct operation *o)
{
    enum { DYNAMIC = 7 };
    uint32 mode = funct3(o) == DYNAMIC ? o->h->fcsr >> 5 & 7 : funct3(o);
    o->env.mode = (enum float_mode)mode;
    return mode < ROUND_MODES;
}

static bool
arithmetic(struct operation *o, uint32 f5)
{
    uint64 a = read(o, rs1(o)), b = read(o, rs2(o));
    if (!find_mode(o))
        return false;
    switch (f5) {
    case F5_ADD:
        return write_float(o, float_add(o->f, a, b, &o->env));
    case F5_SUB:
        return write_float(o, float_add(o->f, a, b ^ float_sign_bit(o->f), &o->env));
    case F5_MUL:
        return write_float(o, float_multiply(o->f, a, b, &o->env));
    default:
        return write_float(o, float_divide(o->f, a, b, &o->env));
    }
}

static bool
square_root(struct operation *o)
{
    if (rs2(o) != 0 || !find_mode(o))
        return false;
    return write_float(o, float_sqrt(o->f, read(o, rs1(o)), &o->env));
}

// fmadd a*b+c, fmsub a*b-c, fnmsub -a*b+c, fnmadd -a*b-c.
static bool
fused(struct operation *o, enum opcode opcode)
{
    uint64 sign = float_sign_bit(o->f), a = read(o, rs1(o)), c = read(o, field(o, 27, 5));
    if (!find_mode(o))
        return false;
    if (opcode == OPCODE_NMSUB || opcode == OPCODE_NMADD)
        a ^= sign;
    if (opcode == OPCODE_MSUB || opcode == OPCODE_NMADD)
        c ^= sign;
    return write_float(o, float_fused(o->f, a, read(o, rs2(o)), c, &o->env));
}

static bool
inject_sign(struct operation *o)
{
    uint64 sign = float_sign_bit(o->f), a = read(o, rs1(o)), b = read(o, rs2(o));
    uint64 from[] = {b, ~b, a ^ b};
    if (funct3(o) >= NELEM(from))
        return false;
    return write_float(o, (a & ~sign) | (from[funct3(o)] & sign));
}

static bool
minimum_or_maximum(struct operation *o)
{
    uint64 a = read(o, rs1(o)), b = read(o, rs2(o));
    if (funct3(o) > 1)
        return false;
    return write_float(o, funct3(o) ? float_maximum(o->f, a, b, &o->env)
                                    : float_minimum(o->f, a, b, &o->env));
}

static bool
compare(struct operation *o)
{
    uint64 a = read(o, rs1(o)), b = read(o, rs2(o));
    switch (funct3(o)) {
    case 0:
        return write_integer(o, float_less_equal(o->f, a, b, &o->env));
    case 1:
        return write_integer(o, float_less(o->f, a, b, &o->env));
    case 2:
        return write_integer(o, float_equal(o->f, a, b, &o->env));
    default:
        return false;
    }
}

// Between the two formats.
static bool
convert(struct operation *o)
{
    const struct format *from = format_named(rs2(o));
    if (!from || from == o->f || !find_mode(o))
        return false;
    return write_float(o, float_convert(o->f, from, read_as(o, from, rs1(o)), &o->env));
}

// The field rs2 says which integer: 0 is int32, 1 uint32, 2 int64, 3 uint64.

static int
integer_bits(const struct operation *o)
{
    return rs2(o) & 2 ? 64 : 32;
}

static bool
integer_signed(const struct operation *o)
{
    return !(rs2(o) & 1);
}

static bool
to_integer(struct operation *o)
{
    if (rs2(o) > 3 || !find_mode(o))
        return false;
    return write_integer(
        o, float_to_integer(o->f, read(o, rs1(o)), integer_bits(o), integer_signed(o), &o->env));
}

static bool
from_integer(struct operation *o)
{
    if (rs2(o) > 3 || !find_mode(o))
        return false;
    return write_float(
        o, float_from_integer(o->f, o->h->x[rs1(o)], integer_bits(o), integer_signed(o), &o->env));
}

// fmv.x.w, fmv.x.d: the bits as they are; a single is sign-extended. fclass.
static bool
move_out_or_classify(struct operation *o)
{
    uint64 bits = o->h->f[rs1(o)];
    if (rs2(o) != 0 || funct3(o) > 1)
        return false;
    if (funct3(o) == 1)
        return write_integer(o, float_classify(o->f, read(o, rs1(o))));
    return write_integer(o, o->f == &float64 ? bits : (uint64)(int64)(int32)bits);
}

static bool
move_in(struct operation *o)
{
    if (rs2(o) != 0 || funct3(o) != 0)
        return false;
    return write_float(o, o->h->x[rs1(o)]);
}

static bool
op_fp(struct operation *o)
{
    uint32 f5 = field(o, 27, 5);
    switch (f5) {
    case F5_ADD:
    case F5_SUB:
    case F5_MUL:
    case F5_DIV:
        return arithmetic(o, f5);
    case F5_SQRT:
        return square_root(o);
    case F5_SIGN:
        return inject_sign(o);
    case F5_MINMAX:
        return minimum_or_maximum(o);
    case F5_COMPARE:
        return compare(o);
    case F5_CONVERT:
        return convert(o);
    case F5_TO_INTEGER:
        return to_integer(o);
    case F5_FROM_INTEGER:
        return from_integer(o);
    case F5_MOVE_OR_CLASS:
        return move_out_or_classify(o);
    case F5_MOVE_IN:
        return move_in(o);
    default:
        return false;
    }
}

// Executes one instruction of OP-FP or a fused one. Returns false, with nothing changed, if it is
// reserved.
bool
fp_execute(struct hart *h, uint32 insn)
{
    struct operation o = {.h = h, .insn = insn, .f = format_named(insn >> 25 & 3)};
    enum opcode opcode = opcode_of(insn);
    if (!o.f)
        return false;
    if (opcode <= OPCODE_NMADD)
        return fused(&o, opcode);
    return op_fp(&o);
}
