// SPDX-License-Identifier: MIT
// softfloat.h - IEEE 754 arithmetic in integers, with the choices that RISC-V makes.
//
// Theory    Values are passed as their bits; a format says how wide the exponent and the fraction
//           are. RISC-V's choices: a result that is a NaN is the canonical one; tininess is
//           detected after rounding; conversions to integers saturate.
// Promises  one-rounding: each operation computes the exact result (or as much of it as decides)
//           and rounds it once.
// Manual    unpriv: single-float, sec:double
#pragma once

#include "base/types.h"

// Rounding modes, numbered as in the field frm.
enum float_mode {
    ROUND_NEAREST_EVEN, // RNE
    ROUND_TO_ZERO,      // RTZ
    ROUND_DOWN,         // RDN
    ROUND_UP,           // RUP
    ROUND_NEAREST_AWAY, // RMM: ties go away from zero
    ROUND_MODES,
};

// Exceptions, as bits of the field fflags.
enum {
    FLOAT_INEXACT = 1 << 0,   // NX
    FLOAT_UNDERFLOW = 1 << 1, // UF
    FLOAT_OVERFLOW = 1 << 2,  // OF
    FLOAT_BY_ZERO = 1 << 3,   // DZ
    FLOAT_INVALID = 1 << 4,   // NV
};

// Inputs and outputs of an operation besides its operands.
struct float_env {
    enum float_mode mode;
    uint32 flags; // each operation adds FLOAT_... bits
};

struct format {
    int exponent; // bits of the exponent
    int fraction; // bits of the fraction
};

extern const struct format float32, float64;

// Bits that stand for special values.
uint64 float_sign_bit(const struct format *f);
uint64 float_infinity(const struct format *f);
uint64 float_canonical_nan(const struct format *f);

// a + b, a * b, a / b, the square root of a.
uint64 float_add(const struct format *f, uint64 a, uint64 b, struct float_env *env);
uint64 float_multiply(const struct format *f, uint64 a, uint64 b, struct float_env *env);
uint64 float_divide(const struct format *f, uint64 a, uint64 b, struct float_env *env);
uint64 float_sqrt(const struct format *f, uint64 a, struct float_env *env);
// a * b + c, rounded once.
uint64 float_fused(const struct format *f, uint64 a, uint64 b, uint64 c, struct float_env *env);

// The smaller and the larger number: -0 is below +0; of a number and a NaN, the number.
uint64 float_minimum(const struct format *f, uint64 a, uint64 b, struct float_env *env);
uint64 float_maximum(const struct format *f, uint64 a, uint64 b, struct float_env *env);
// Comparisons; false if a or b is a NaN. The first is quiet, the other two are signaling.
bool float_equal(const struct format *f, uint64 a, uint64 b, struct float_env *env);
bool float_less(const struct format *f, uint64 a, uint64 b, struct float_env *env);
bool float_less_equal(const struct format *f, uint64 a, uint64 b, struct float_env *env);
// The mask with one bit that fclass yields.
uint64 float_classify(const struct format *f, uint64 a);

// The value `a` of the format `from` in the format `to`.
uint64 float_convert(const struct format *to, const struct format *from, uint64 a,
                     struct float_env *env);
// An integer of 32 or 64 bits as a number.
uint64 float_from_integer(const struct format *f, uint64 value, int bits, bool is_signed,
                          struct float_env *env);
// A number as an integer of 32 or 64 bits, as a register holds it: 32 bits are sign-extended.
uint64 float_to_integer(const struct format *f, uint64 a, int bits, bool is_signed,
                        struct float_env *env);
