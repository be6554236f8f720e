// SPDX-License-Identifier: MIT
// number.c - numbers are unpacked, rounded and packed; the only rounding of the machine is here.
//
// Theory    To round, the significand is moved so that its upper half is the part to be kept; the
//           lower half is the fraction that is rounded away.
// Manual    unpriv: single-float (NaN Generation and Propagation; Subnormal Arithmetic)
#include "hart/number.h"

#define HALF (1ULL << 63) // one half, as a fraction of 64 bits

const struct format float32 = {8, 23}, float64 = {11, 52};

static int
bias(const struct format *f)
{
    return (1 << (f->exponent - 1)) - 1;
}

static int
highest_exponent(const struct format *f)
{
    return (1 << f->exponent) - 1;
}

// Returns the bit of the sign.
uint64
float_sign_bit(const struct format *f)
{
    return 1ULL << (f->exponent + f->fraction);
}

// Returns the bits of +infinity; those of larger magnitude are NaNs.
uint64
float_infinity(const struct format *f)
{
    return (uint64)highest_exponent(f) << f->fraction;
}

// Returns the only NaN that operations yield.
uint64
float_canonical_nan(const struct format *f)
{
    return float_infinity(f) | 1ULL << (f->fraction - 1);
}

// Moves the highest 1 of a significand, which is not 0, to its place.
struct number
number_normal(struct number n)
{
    int left = wide_leading_zeros(n.significand) - (127 - LEADING);
    n.significand =
        left < 0 ? wide_right_sticky(n.significand, -left) : wide_left(n.significand, left);
    n.exponent -= left;
    return n;
}

// Takes the bits of a value apart.
struct number
number_unpack(const struct format *f, uint64 bits)
{
    int exponent = (int)(bits >> f->fraction) & highest_exponent(f);
    uint64 hidden = 1ULL << f->fraction, fraction = bits & (hidden - 1);
    struct number n = {.negative = (bits & float_sign_bit(f)) != 0};
    if (exponent == highest_exponent(f)) {
        n.kind = fraction ? NOT_A_NUMBER : INFINITE;
        n.signaling = fraction && !(fraction & hidden >> 1);
    } else if (exponent || fraction) {
        n.kind = FINITE;
        n.exponent = (exponent ? exponent : 1) - bias(f) + LEADING - f->fraction;
        n.significand.low = fraction | (exponent ? hidden : 0);
        n = number_normal(n);
    }
    return n;
}

// The integer nearest to `w` in units of 2^64, as the mode wants it.
uint64
number_rounded(struct wide w, bool negative, enum float_mode mode)
{
    switch (mode) {
    case ROUND_NEAREST_EVEN:
        return w.high + (w.low > HALF || (w.low == HALF && (w.high & 1)));
    case ROUND_NEAREST_AWAY:
        return w.high + (w.low >= HALF);
    case ROUND_DOWN:
        return w.high + (w.low && negative);
    case ROUND_UP:
        return w.high + (w.low && !negative);
    default:
        return w.high;
    }
}

// Returns the result of an overflow: an infinity or the largest number.
static uint64
overflow(const struct format *f, bool negative, struct float_env *env)
{
    bool away = env->mode == (negative ? ROUND_DOWN : ROUND_UP) ||
                env->mode == ROUND_NEAREST_EVEN || env->mode == ROUND_NEAREST_AWAY;
    env->flags |= FLOAT_OVERFLOW | FLOAT_INEXACT;
    return away ? float_infinity(f) : float_infinity(f) - 1;
}

// Returns whether the result is tiny: it is rounded as if there were no lowest exponent, to see
// where that ends.
static bool
tiny(const struct format *f, struct number n, int exponent, enum float_mode mode)
{
    struct wide w = wide_right_sticky(n.significand, LEADING - 64 - f->fraction);
    return exponent < 0 ||
           (exponent == 0 && number_rounded(w, n.negative, mode) >> (f->fraction + 1) == 0);
}

// Rounds and packs a finite number; returns all bits but the sign.
static uint64
pack_finite(const struct format *f, struct number n, struct float_env *env)
{
    int exponent = n.exponent + bias(f), below = exponent < 1 ? 1 - exponent : 0;
    struct wide w = wide_right_sticky(n.significand, LEADING - 64 - f->fraction + below);
    uint64 kept = number_rounded(w, n.negative, env->mode);
    // The hidden 1 counts as one more of the exponent, and so does a carry out of the fraction.
    uint64 bits = ((uint64)(exponent + below - 1) << f->fraction) + kept;
    if (exponent >= highest_exponent(f) || bits >= float_infinity(f))
        return overflow(f, n.negative, env);
    if (w.low != 0)
        env->flags |= FLOAT_INEXACT | (tiny(f, n, exponent, env->mode) ? FLOAT_UNDERFLOW : 0);
    return bits;
}

// Rounds a number to the format and returns its bits; adds the flags that this raises.
uint64
number_pack(const struct format *f, struct number n, struct float_env *env)
{
    uint64 sign = n.negative ? float_sign_bit(f) : 0;
    switch (n.kind) {
    case ZERO:
        return sign;
    case FINITE:
        return sign | pack_finite(f, n, env);
    case INFINITE:
        return sign | float_infinity(f);
    default:
        return float_canonical_nan(f);
    }
}
