// SPDX-License-Identifier: MIT
// fpoperands.c - operands for the tests of floating point: values at which something changes, and
// random ones near them.
#include "fpworld.h"

#include "test.h"

// Edge values, as fractions and exponents of both formats: sign, exponent from either end, fraction.
uint64
edge(const struct format *f, unsigned i)
{
    uint64 one = 1ULL << f->fraction, middle = ((1ULL << (f->exponent - 1)) - 1) << f->fraction;
    uint64 value[] = {
        0,
        1,                     // the smallest subnormal
        one / 2,               // a larger one
        one - 1,               // the largest
        one,                   // the smallest normal number
        one + 1,               // the next
        middle / 2 + one / 2,  // about the root of the smallest
        middle - one,          // 1/2
        middle - 1,            // below 1
        middle,                // 1
        middle + 1,            // above 1
        middle + one / 2,      // 1.5
        middle + one,          // 2
        middle + one * 3 / 2,  // 3
        middle + one * 2 - 1,  // below 4
        middle + one * 31,     // 2^31
        middle + one * 63 - 1, // below 2^63
        middle + one * (uint64)f->fraction,
        middle + one * (uint64)f->fraction + 1,
        middle + one * (uint64)(f->fraction + 1),
        float_infinity(f) - one,
        float_infinity(f) - 1, // the largest number
        float_infinity(f),
        float_canonical_nan(f),
        float_infinity(f) + 1, // a signaling NaN
        float_canonical_nan(f) - 1,
        float_canonical_nan(f) + 5,
    };
    uint64 sign = i & 1 ? float_sign_bit(f) : 0;
    return value[i / 2 % NELEM(value)] | sign;
}

static uint64
random_fraction(const struct format *f)
{
    uint64 mask = (1ULL << f->fraction) - 1, bits = rnd() << 11 ^ rnd();
    switch (rnd_below(4)) {
    case 0:
        return bits & mask;
    case 1:
        return mask << rnd_below(54) & mask; // ones, then zeros
    case 2:
        return ((1ULL << rnd_below(53)) | (1ULL << rnd_below(53))) & mask;
    default:
        return ~(1ULL << rnd_below(53)) & mask;
    }
}

// A random number whose exponent is near `near`, or anywhere.
uint64
random_near(const struct format *f, int near)
{
    uint64 exponents = 1ULL << f->exponent, exponent = rnd_below(exponents);
    uint64 sign = rnd() & 1 ? float_sign_bit(f) : 0;
    if (rnd_below(4))
        exponent = (uint64)(near + (int)rnd_below(8) - 4) % exponents;
    return sign | exponent << f->fraction | random_fraction(f);
}

// The number one, or no, unit in the last place above or below.
uint64
beside(const struct format *f, uint64 a)
{
    return (a + rnd_below(3) - 1) & (2 * float_sign_bit(f) - 1);
}

int
exponent_of(const struct format *f, uint64 a)
{
    return (int)(a >> f->fraction) & ((1 << f->exponent) - 1);
}

uint64
random_operand(const struct format *f)
{
    int top = 1 << f->exponent, near[] = {0, top / 4, top / 2, top * 3 / 4, top - 2};
    return rnd_below(16) ? random_near(f, near[rnd_below(5)]) : edge(f, (unsigned)rnd_below(EDGES));
}

// An addend that nearly cancels the product, lies half an ulp beside it, or has nothing to do with it.
uint64
random_addend(const struct format *f, uint64 a, uint64 b)
{
    struct work w = {.f = f, .op = MUL, .a = a, .b = b, .bits = operation_bits};
    uint64 product = expected(&w, ROUND_NEAREST_EVEN).bits;
    switch (rnd_below(4)) {
    case 0:
        return beside(f, product ^ float_sign_bit(f));
    case 1:
        return random_near(f, exponent_of(f, product) + f->fraction - 2);
    case 2:
        return random_near(f, exponent_of(f, product) - f->fraction + 2);
    default:
        return random_operand(f);
    }
}
