// SPDX-License-Identifier: MIT
// number.h - the one form in which floating-point numbers are computed.
//
// Theory    A finite number is significand * 2^(exponent - 126), where the significand has 128 bits
//           and its highest 1 is bit 126. The product of two 53-bit significands fits exactly. A
//           sum, a quotient and a root may have more bits: the lowest bit is then sticky, it says
//           that the exact result lies above the one shown. That decides every rounding, since the
//           formats keep at most 53 bits.
#pragma once

#include "hart/softfloat.h"
#include "hart/wide.h"

#define LEADING 126 // the bit of the highest 1 of a significand

enum kind { ZERO, FINITE, INFINITE, NOT_A_NUMBER };

struct number {
    enum kind kind;
    bool negative;
    bool signaling; // a NaN that raises FLOAT_INVALID
    int exponent;   // of FINITE, as the next
    struct wide significand;
};

// Moves the highest 1 of a significand to its place; the exponent makes up for it.
struct number number_normal(struct number n);
struct number number_unpack(const struct format *f, uint64 bits);
// Rounds the number to the format.
uint64 number_pack(const struct format *f, struct number n, struct float_env *env);
// The integer that `w`, in units of 2^64, is rounded to.
uint64 number_rounded(struct wide w, bool negative, enum float_mode mode);
