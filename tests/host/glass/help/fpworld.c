// SPDX-License-Identifier: MIT
// fpworld.c - expected results of floating point, from the host's unit.
//
// The host has no rounding of ties away from zero. There the expected result is found thus: if the
// exact result lies half-way between its two neighbours, the outer one; else the nearest. A result
// that is half-way has few bits, so that a format of 113 bits computes it exactly and says so.
#include "fpworld.h"

#include <fenv.h>
#include <math.h>
#include <string.h>

struct hart hart;

float
as_float(uint64 bits)
{
    uint32 low = (uint32)bits;
    float value;
    memcpy(&value, &low, 4);
    return value;
}

double
as_double(uint64 bits)
{
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

uint64
float_bits(float value)
{
    uint32 bits;
    memcpy(&bits, &value, 4);
    return value != value ? 0x7fc00000 : bits;
}

uint64
double_bits(double value)
{
    uint64 bits;
    memcpy(&bits, &value, 8);
    return value != value ? 0x7ff8000000000000 : bits;
}

bool
double_format(const struct format *f)
{
    return f == &float64;
}

bool
is_nan(const struct format *f, uint64 a)
{
    return (a & ~float_sign_bit(f)) > float_infinity(f);
}

// The operations by the host, in its present rounding mode.

#define HOST_OPERATION(T, name, fma, sqrt)                                                         \
    static T name(enum op op, volatile T a, volatile T b, volatile T c)                            \
    {                                                                                              \
        switch (op) {                                                                              \
        case ADD:                                                                                  \
            return a + b;                                                                          \
        case SUB:                                                                                  \
            return a - b;                                                                          \
        case MUL:                                                                                  \
            return a * b;                                                                          \
        case DIV:                                                                                  \
            return a / b;                                                                          \
        case SQRT:                                                                                 \
            return sqrt(a);                                                                        \
        case MADD:                                                                                 \
            return fma(a, b, c);                                                                   \
        case MSUB:                                                                                 \
            return fma(a, b, -c);                                                                  \
        case NMSUB:                                                                                \
            return fma(-a, b, c);                                                                  \
        default:                                                                                   \
            return fma(-a, b, -c);                                                                 \
        }                                                                                          \
    }

static quad
quad_fma(quad a, quad b, quad c)
{
    volatile quad product = a * b; // exact
    return product + c;
}

static quad
quad_sqrt(quad a)
{
    return -1 - a * 0; // a root is never half-way: this is no root
}

HOST_OPERATION(float, float_operation, fmaf, sqrtf)
HOST_OPERATION(double, double_operation, fma, sqrt)
HOST_OPERATION(quad, quad_operation, quad_fma, quad_sqrt)

static uint32
host_flags(void)
{
    int e = fetestexcept(FE_ALL_EXCEPT);
    return (e & FE_INEXACT ? FLOAT_INEXACT : 0) | (e & FE_UNDERFLOW ? FLOAT_UNDERFLOW : 0) |
           (e & FE_OVERFLOW ? FLOAT_OVERFLOW : 0) | (e & FE_DIVBYZERO ? FLOAT_BY_ZERO : 0) |
           (e & FE_INVALID ? FLOAT_INVALID : 0);
}

static struct result
in_mode(const struct work *w, int mode)
{
    struct result r;
    fesetround(mode);
    feclearexcept(FE_ALL_EXCEPT);
    r.bits = w->bits(w);
    r.flags = host_flags();
    fesetround(FE_TONEAREST);
    return r;
}

quad
widen(const struct format *f, uint64 bits)
{
    return double_format(f) ? (quad)as_double(bits) : (quad)as_float(bits);
}

// Returns whether the exact result lies half-way between the two.
static bool
half_way(const struct work *w, uint64 down, uint64 up)
{
    quad middle = (widen(w->f, down) + widen(w->f, up)) / 2;
    feclearexcept(FE_ALL_EXCEPT);
    volatile quad exact = w->exact(w);
    return !fetestexcept(FE_INEXACT) && exact == middle;
}

static struct result
ties_away(const struct work *w)
{
    struct result nearest = in_mode(w, FE_TONEAREST);
    uint64 magnitude = nearest.bits & ~float_sign_bit(w->f);
    if (!(nearest.flags & FLOAT_INEXACT) || magnitude >= float_infinity(w->f))
        return nearest;
    uint64 down = in_mode(w, FE_DOWNWARD).bits, up = in_mode(w, FE_UPWARD).bits;
    if (half_way(w, down, up))
        nearest.bits = nearest.bits & float_sign_bit(w->f) ? down : up;
    return nearest;
}

struct result
expected(const struct work *w, enum float_mode mode)
{
    static const int host_mode[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
    return mode == ROUND_NEAREST_AWAY ? ties_away(w) : in_mode(w, host_mode[mode]);
}

uint64
operation_bits(const struct work *w)
{
    if (double_format(w->f))
        return double_bits(
            double_operation(w->op, as_double(w->a), as_double(w->b), as_double(w->c)));
    return float_bits(float_operation(w->op, as_float(w->a), as_float(w->b), as_float(w->c)));
}

quad
operation_exact(const struct work *w)
{
    return quad_operation(w->op, widen(w->f, w->a), widen(w->f, w->b), widen(w->f, w->c));
}

uint64
box(const struct format *f, uint64 bits)
{
    return double_format(f) ? bits : bits | 0xffffffff00000000;
}

uint32
encode(const struct format *f, uint32 f5, uint32 rs2, uint32 funct3)
{
    return f5 << 27 | (uint32)double_format(f) << 25 | rs2 << 20 | 1 << 15 | funct3 << 12 | 4 << 7 |
           0x53;
}

uint32
encode_operation(const struct format *f, enum op op, uint32 rm)
{
    static const uint32 f5[] = {[ADD] = 0, [SUB] = 1, [MUL] = 2, [DIV] = 3, [SQRT] = 11};
    static const uint32 opcode[] = {[MADD] = 0x43, [MSUB] = 0x47, [NMSUB] = 0x4b, [NMADD] = 0x4f};
    if (op <= SQRT)
        return encode(f, f5[op], op == SQRT ? 0 : 2, rm);
    return 3u << 27 | (uint32)double_format(f) << 25 | 2 << 20 | 1 << 15 | rm << 12 | 4 << 7 |
           opcode[op];
}
