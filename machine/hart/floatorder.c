// SPDX-License-Identifier: MIT
// floatorder.c - comparisons, minimum and maximum, classes: operations that do not round.
//
// Manual    unpriv: single-float (Single-Precision Floating-Point Compare Instructions)
#include "hart/softfloat.h"

static bool
is_nan(const struct format *f, uint64 a)
{
    return (a & (float_sign_bit(f) - 1)) > float_infinity(f);
}

static bool
is_signaling(const struct format *f, uint64 a)
{
    return is_nan(f, a) && !(a & 1ULL << (f->fraction - 1));
}

// Reports operands that are signaling NaNs. Returns true if one is a NaN.
static bool
nan_operand(const struct format *f, uint64 a, uint64 b, struct float_env *env)
{
    if (is_signaling(f, a) || is_signaling(f, b))
        env->flags |= FLOAT_INVALID;
    return is_nan(f, a) || is_nan(f, b);
}

// Integers that are ordered as the numbers are, except that -0 is one below +0.
static int64
order(const struct format *f, uint64 a)
{
    int64 magnitude = (int64)(a & (float_sign_bit(f) - 1));
    return a & float_sign_bit(f) ? ~magnitude : magnitude;
}

static bool
both_zero(const struct format *f, uint64 a, uint64 b)
{
    return ((a | b) & (float_sign_bit(f) - 1)) == 0;
}

// a if it is chosen, else b; but not a NaN if the other is a number.
static uint64
choose(const struct format *f, bool first, uint64 a, uint64 b)
{
    if (is_nan(f, a) && is_nan(f, b))
        return float_canonical_nan(f);
    if (is_nan(f, a) || is_nan(f, b))
        return is_nan(f, a) ? b : a;
    return first ? a : b;
}

// Returns the smaller one; a signaling NaN raises FLOAT_INVALID.
uint64
float_minimum(const struct format *f, uint64 a, uint64 b, struct float_env *env)
{
    nan_operand(f, a, b, env);
    return choose(f, order(f, a) < order(f, b), a, b);
}

// Returns the larger one; a signaling NaN raises FLOAT_INVALID.
uint64
float_maximum(const struct format *f, uint64 a, uint64 b, struct float_env *env)
{
    nan_operand(f, a, b, env);
    return choose(f, order(f, a) > order(f, b), a, b);
}

// Returns whether a = b. Only a signaling NaN raises FLOAT_INVALID.
bool
float_equal(const struct format *f, uint64 a, uint64 b, struct float_env *env)
{
    return !nan_operand(f, a, b, env) && (a == b || both_zero(f, a, b));
}

// Reports any operand that is a NaN. Returns true if there is none.
static bool
ordered(const struct format *f, uint64 a, uint64 b, struct float_env *env)
{
    bool nan = is_nan(f, a) || is_nan(f, b);
    env->flags |= nan ? FLOAT_INVALID : 0;
    return !nan;
}

// Returns whether a < b. Any NaN raises FLOAT_INVALID.
bool
float_less(const struct format *f, uint64 a, uint64 b, struct float_env *env)
{
    return ordered(f, a, b, env) && order(f, a) < order(f, b) && !both_zero(f, a, b);
}

// Returns whether a <= b. Any NaN raises FLOAT_INVALID.
bool
float_less_equal(const struct format *f, uint64 a, uint64 b, struct float_env *env)
{
    return ordered(f, a, b, env) && (order(f, a) <= order(f, b) || both_zero(f, a, b));
}

// Returns a mask with one bit: 0 -infinity, 1 normal, 2 subnormal, 3 -0, 4 to 7 the same above 0,
// 8 signaling NaN, 9 quiet NaN.
uint64
float_classify(const struct format *f, uint64 a)
{
    uint64 magnitude = a & (float_sign_bit(f) - 1);
    if (magnitude > float_infinity(f))
        return is_signaling(f, a) ? 1 << 8 : 1 << 9;
    int size = magnitude == 0                  ? 0
               : magnitude >> f->fraction == 0 ? 1 // subnormal
               : magnitude < float_infinity(f) ? 2
                                               : 3;
    return a & float_sign_bit(f) ? 1ULL << (3 - size) : 1ULL << (4 + size);
}
