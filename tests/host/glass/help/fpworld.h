// SPDX-License-Identifier: MIT
// fpworld.h - common code of the tests of the machine's floating point: the expected results, from
// the host; instructions; operands.
#pragma once

#include "hart/fp.h"
#include "hart/softfloat.h"

typedef __float128 quad;

enum op { ADD, SUB, MUL, DIV, SQRT, MADD, MSUB, NMSUB, NMADD, OPS };

struct result {
    uint64 bits;
    uint32 flags;
};

// A computation that the oracle does in several rounding modes.
struct work {
    const struct format *f; // of the result
    uint64 (*bits)(const struct work *w);
    quad (*exact)(const struct work *w);
    enum op op;
    uint64 a, b, c;
    const struct format *from; // of a conversion's operand
};

// The hart that executes.
extern struct hart hart;

// Values and their bits; a NaN becomes the canonical one.
float as_float(uint64 bits);
double as_double(uint64 bits);
uint64 float_bits(float value);
uint64 double_bits(double value);
bool double_format(const struct format *f);
bool is_nan(const struct format *f, uint64 a);
// The value as one of 113 bits.
quad widen(const struct format *f, uint64 bits);

// The operation w->op on w->a, w->b and w->c, by the host: members of a struct work.
uint64 operation_bits(const struct work *w);
quad operation_exact(const struct work *w);
// Returns the result of the work in a rounding mode of the machine.
struct result expected(const struct work *w, enum float_mode mode);

// The bits as a register holds them.
uint64 box(const struct format *f, uint64 bits);
// The instruction of OP-FP, on f1 and f2 or the number in the field rs2, to register 4.
uint32 encode(const struct format *f, uint32 f5, uint32 rs2, uint32 funct3);
// The instruction of an operation on f1, f2 and f3, to f4.
uint32 encode_operation(const struct format *f, enum op op, uint32 rm);

#define EDGES 54

// The value number i, below EDGES, of those at which something changes.
uint64 edge(const struct format *f, unsigned i);
// A random number whose exponent is near `near`, or anywhere.
uint64 random_near(const struct format *f, int near);
uint64 random_operand(const struct format *f);
// An addend that nearly cancels a * b, lies half an ulp beside it, or has nothing to do with it.
uint64 random_addend(const struct format *f, uint64 a, uint64 b);
// The number itself, or the one a unit in the last place above or below.
uint64 beside(const struct format *f, uint64 a);
int exponent_of(const struct format *f, uint64 a);
