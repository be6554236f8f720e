// SPDX-License-Identifier: MIT
// softfloat.c - sums, products, quotients, roots and conversions of unpacked numbers.
//
// Theory    Each function on `struct number` yields the exact result, or one with a sticky lowest
//           bit. The public functions unpack, combine them and pack.
// Manual    unpriv: single-float
#include "hart/softfloat.h"

#include "hart/number.h"

static struct number
zero(bool negative)
{
    return (struct number){.kind = ZERO, .negative = negative};
}

static struct number
infinite(bool negative)
{
    return (struct number){.kind = INFINITE, .negative = negative};
}

// The result of an operation that has none.
static struct number
invalid(struct float_env *env)
{
    env->flags |= FLOAT_INVALID;
    return (struct number){.kind = NOT_A_NUMBER};
}

// The result of an operation of which an operand is a NaN.
static struct number
propagate(struct number a, struct number b, struct float_env *env)
{
    if (a.signaling || b.signaling)
        return invalid(env);
    return (struct number){.kind = NOT_A_NUMBER};
}

static bool
either(struct number a, struct number b, enum kind kind)
{
    return a.kind == kind || b.kind == kind;
}

// |a| + |b|, both finite, with a's sign.
static struct number
sum_magnitudes(struct number a, struct number b)
{
    struct wide moved = wide_right_sticky(b.significand, a.exponent - b.exponent);
    a.significand = wide_add(a.significand, moved);
    return number_normal(a);
}

// |a| - |b|, both finite, |a| > |b|, with a's sign.
static struct number
subtract_magnitudes(struct number a, struct number b)
{
    struct wide moved = wide_right_sticky(b.significand, a.exponent - b.exponent);
    a.significand = wide_subtract(a.significand, moved);
    return number_normal(a);
}

static bool
smaller_magnitude(struct number a, struct number b)
{
    return a.exponent != b.exponent ? a.exponent < b.exponent
                                    : wide_less(a.significand, b.significand);
}

static struct number
sum_finite(struct number a, struct number b, struct float_env *env)
{
    if (smaller_magnitude(a, b))
        return sum_finite(b, a, env);
    if (a.negative == b.negative)
        return sum_magnitudes(a, b);
    if (smaller_magnitude(b, a))
        return subtract_magnitudes(a, b);
    return zero(env->mode == ROUND_DOWN);
}

static struct number
sum(struct number a, struct number b, struct float_env *env)
{
    if (either(a, b, NOT_A_NUMBER))
        return propagate(a, b, env);
    if (a.kind == INFINITE && b.kind == INFINITE && a.negative != b.negative)
        return invalid(env);
    if (either(a, b, INFINITE))
        return a.kind == INFINITE ? a : b;
    if (a.kind == ZERO && b.kind == ZERO)
        return a.negative == b.negative ? a : zero(env->mode == ROUND_DOWN);
    if (either(a, b, ZERO))
        return a.kind == ZERO ? b : a;
    return sum_finite(a, b, env);
}

static struct number
product(struct number a, struct number b, struct float_env *env)
{
    bool negative = a.negative != b.negative;
    if (either(a, b, NOT_A_NUMBER))
        return propagate(a, b, env);
    if (either(a, b, INFINITE))
        return either(a, b, ZERO) ? invalid(env) : infinite(negative);
    if (either(a, b, ZERO))
        return zero(negative);
    a.negative = negative;
    a.exponent += b.exponent + 2 * 64 - LEADING;
    a.significand = wide_multiply(a.significand.high, b.significand.high);
    return number_normal(a);
}

// Long division, ten binary digits at a time: a remainder has at most 53 bits.
static struct number
quotient_finite(struct number a, struct number b)
{
    enum { DIGITS = 10, STEPS = 6, UNUSED = LEADING - 64 - 52 };
    uint64 rest = a.significand.high >> UNUSED, divisor = b.significand.high >> UNUSED;
    uint64 result = rest / divisor;
    rest %= divisor;
    for (int i = 0; i < STEPS; i++) {
        result = result << DIGITS | (rest << DIGITS) / divisor;
        rest = (rest << DIGITS) % divisor;
    }
    a.significand = (struct wide){result, rest != 0};
    a.exponent += LEADING - 64 - DIGITS * STEPS - b.exponent;
    return number_normal(a);
}

static struct number
quotient(struct number a, struct number b, struct float_env *env)
{
    bool negative = a.negative != b.negative;
    if (either(a, b, NOT_A_NUMBER))
        return propagate(a, b, env);
    if (a.kind == b.kind && a.kind != FINITE)
        return invalid(env);
    if (a.kind == ZERO || b.kind == INFINITE)
        return zero(negative);
    if (b.kind == ZERO && a.kind == FINITE)
        env->flags |= FLOAT_BY_ZERO;
    if (b.kind == ZERO || a.kind == INFINITE)
        return infinite(negative);
    a.negative = negative;
    return quotient_finite(a, b);
}

// The root, digit by digit. With the digits found so far q, and the next digit's weight w, the
// digit is 1 if 2qw + w*w is at most the rest; `rest` is that rest divided by w.
static struct number
root_finite(struct number a)
{
    uint64 rest = a.significand.high >> 2, twice = 0, result = 0; // of which bit 60 is 1
    int odd = a.exponent & 1;
    rest <<= odd;
    for (uint64 weight = 1ULL << 60; weight; weight >>= 1) {
        if (twice + weight <= rest) {
            rest -= twice + weight;
            twice += 2 * weight;
            result += weight;
        }
        rest <<= 1;
    }
    a.significand = (struct wide){result, rest != 0};
    a.exponent = (a.exponent - odd) / 2 + LEADING - 64 - 60;
    return number_normal(a);
}

static struct number
root(struct number a, struct float_env *env)
{
    if (a.kind == NOT_A_NUMBER)
        return propagate(a, a, env);
    if (a.kind == ZERO)
        return a;
    if (a.negative)
        return invalid(env);
    return a.kind == FINITE ? root_finite(a) : a;
}

// Returns a + b.
uint64
float_add(const struct format *f, uint64 a, uint64 b, struct float_env *env)
{
    return number_pack(f, sum(number_unpack(f, a), number_unpack(f, b), env), env);
}

// Returns a * b.
uint64
float_multiply(const struct format *f, uint64 a, uint64 b, struct float_env *env)
{
    return number_pack(f, product(number_unpack(f, a), number_unpack(f, b), env), env);
}

// Returns a * b + c, rounded once. Infinity times 0 is invalid also if c is a quiet NaN.
uint64
float_fused(const struct format *f, uint64 a, uint64 b, uint64 c, struct float_env *env)
{
    return number_pack(
        f, sum(product(number_unpack(f, a), number_unpack(f, b), env), number_unpack(f, c), env),
        env);
}

// Returns a / b.
uint64
float_divide(const struct format *f, uint64 a, uint64 b, struct float_env *env)
{
    return number_pack(f, quotient(number_unpack(f, a), number_unpack(f, b), env), env);
}

// Returns the square root; that of -0 is -0.
uint64
float_sqrt(const struct format *f, uint64 a, struct float_env *env)
{
    return number_pack(f, root(number_unpack(f, a), env), env);
}

// Returns the value in another format.
uint64
float_convert(const struct format *to, const struct format *from, uint64 a, struct float_env *env)
{
    struct number n = number_unpack(from, a);
    return number_pack(to, n.kind == NOT_A_NUMBER ? propagate(n, n, env) : n, env);
}

// Returns an integer, of which the lowest `bits` count, as a number.
uint64
float_from_integer(const struct format *f, uint64 value, int bits, bool is_signed,
                   struct float_env *env)
{
    if (bits == 32)
        value = is_signed ? (uint64)(int64)(int32)value : (uint32)value;
    struct number n = {.kind = value ? FINITE : ZERO, .exponent = LEADING};
    n.negative = is_signed && (int64)value < 0;
    n.significand.low = n.negative ? -value : value;
    return number_pack(f, value ? number_normal(n) : n, env);
}

// A finite number in fixed point: the integer in the upper half. The exponent is at most 63.
static struct wide
fixed_point(struct number n)
{
    int right = LEADING - 64 - n.exponent;
    return right < 0 ? wide_left(n.significand, -right) : wide_right_sticky(n.significand, right);
}

static uint64
largest_magnitude(int bits, bool is_signed, bool negative)
{
    uint64 half = 1ULL << (bits - 1);
    if (is_signed)
        return negative ? half : half - 1;
    return negative ? 0 : half - 1 + half;
}

// Returns the integer; out of range, and for a NaN, the nearest one there is, and FLOAT_INVALID.
uint64
float_to_integer(const struct format *f, uint64 a, int bits, bool is_signed, struct float_env *env)
{
    struct number n = number_unpack(f, a);
    bool negative = n.negative && n.kind != NOT_A_NUMBER;
    uint64 limit = largest_magnitude(bits, is_signed, negative);
    bool out = n.kind >= INFINITE || (n.kind == FINITE && n.exponent > 63);
    struct wide w = n.kind == FINITE && !out ? fixed_point(n) : (struct wide){0, 0};
    uint64 magnitude = number_rounded(w, negative, env->mode);
    out |= magnitude > limit;
    env->flags |= out ? FLOAT_INVALID : w.low ? FLOAT_INEXACT : 0;
    uint64 value = out ? limit : magnitude;
    value = negative ? -value : value;
    return bits == 32 ? (uint64)(int64)(int32)value : value;
}
