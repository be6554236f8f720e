// SPDX-License-Identifier: MIT
// t_glass_fp.c - floating point of the machine, compared with the host's: results and flags, in both
// formats and all rounding modes, on edge values crossed and on random operands.
//
// The host has no rounding of ties away from zero. There the expected result is found thus: if the
// exact result lies half-way between its two neighbours, the outer one; else the nearest. A result
// that is half-way has few bits, so that a format of 113 bits computes it exactly and says so.
// SOURCES: machine/hart/fp.c machine/hart/softfloat.c machine/hart/number.c machine/hart/floatorder.c
// CFLAGS: -Imachine -frounding-math -fsignaling-nans -ffp-contract=off
#include "hart/fp.h"

#include <fenv.h>
#include <math.h>

#include "hart/softfloat.h"
#include "test.h"

typedef __float128 quad;

enum op { ADD, SUB, MUL, DIV, SQRT, MADD, MSUB, NMSUB, NMADD, OPS };

struct result {
    uint64 bits;
    uint32 flags;
};

static struct hart hart;

static float
as_float(uint64 bits)
{
    uint32 low = (uint32)bits;
    float value;
    memcpy(&value, &low, 4);
    return value;
}

static double
as_double(uint64 bits)
{
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

static uint64
float_bits(float value)
{
    uint32 bits;
    memcpy(&bits, &value, 4);
    return value != value ? 0x7fc00000 : bits;
}

static uint64
double_bits(double value)
{
    uint64 bits;
    memcpy(&bits, &value, 8);
    return value != value ? 0x7ff8000000000000 : bits;
}

static bool
double_format(const struct format *f)
{
    return f == &float64;
}

static bool
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
    return a < 0 ? a : -1; // a root is never half-way
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

// A computation that the oracle does in several rounding modes.
struct work {
    const struct format *f; // of the result
    uint64 (*bits)(const struct work *w);
    quad (*exact)(const struct work *w);
    enum op op;
    uint64 a, b, c;
    const struct format *from; // of a conversion's operand
};

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

static quad
widen(const struct format *f, uint64 bits)
{
    return double_format(f) ? (quad)as_double(bits) : (quad)as_float(bits);
}

// Does the exact result lie half-way between the two?
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

static struct result
expected(const struct work *w, enum float_mode mode)
{
    static const int host_mode[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
    return mode == ROUND_NEAREST_AWAY ? ties_away(w) : in_mode(w, host_mode[mode]);
}

// The machine's side.

static uint64
box(const struct format *f, uint64 bits)
{
    return double_format(f) ? bits : bits | 0xffffffff00000000;
}

// The instruction of OP-FP, on f1 and f2 or what stands in the field rs2, to register 4.
static uint32
encode(const struct format *f, uint32 f5, uint32 rs2, uint32 funct3)
{
    return f5 << 27 | (uint32)double_format(f) << 25 | rs2 << 20 | 1 << 15 | funct3 << 12 | 4 << 7 |
           0x53;
}

static uint32
encode_operation(const struct format *f, enum op op, uint32 rm)
{
    static const uint32 f5[] = {[ADD] = 0, [SUB] = 1, [MUL] = 2, [DIV] = 3, [SQRT] = 11};
    static const uint32 opcode[] = {[MADD] = 0x43, [MSUB] = 0x47, [NMSUB] = 0x4b, [NMADD] = 0x4f};
    if (op <= SQRT)
        return encode(f, f5[op], op == SQRT ? 0 : 2, rm);
    return 3u << 27 | (uint32)double_format(f) << 25 | 2 << 20 | 1 << 15 | rm << 12 | 4 << 7 |
           opcode[op];
}

// Executes with the mode in the instruction, or in frm if `dynamic`.
static void
execute(uint32 insn, enum float_mode mode, bool dynamic)
{
    uint32 rm = dynamic ? 7 : mode;
    hart.fcsr = (dynamic ? mode : 7u) << 5;
    hart.x[4] = hart.f[4] = 0x1234;
    CHECK(fp_execute(&hart, (insn & ~(7u << 12)) | rm << 12));
    CHECK_EQ(hart.fcsr >> 5, dynamic ? mode : 7u);
}

static void
complain(const struct work *w, enum float_mode mode, struct result want, struct result got)
{
    fprintf(stderr,
            "%d bits, op %d, mode %d: %lx %lx %lx: expected %lx flags %x, got %lx flags %x\n",
            double_format(w->f) ? 64 : 32, w->op, mode, w->a, w->b, w->c, want.bits, want.flags,
            got.bits, got.flags);
}

static void
compare_result(const struct work *w, enum float_mode mode)
{
    struct result want = expected(w, mode);
    struct result got = {hart.f[4], hart.fcsr & 31};
    want.bits = box(w->f, want.bits);
    if (got.bits != want.bits || got.flags != want.flags)
        complain(w, mode, want, got);
    CHECK_EQ(got.bits, want.bits);
    CHECK_EQ(got.flags, want.flags);
}

static uint64
operation_bits(const struct work *w)
{
    if (double_format(w->f))
        return double_bits(
            double_operation(w->op, as_double(w->a), as_double(w->b), as_double(w->c)));
    return float_bits(float_operation(w->op, as_float(w->a), as_float(w->b), as_float(w->c)));
}

static quad
operation_exact(const struct work *w)
{
    return quad_operation(w->op, widen(w->f, w->a), widen(w->f, w->b), widen(w->f, w->c));
}

// Infinity times zero is invalid for RISC-V also if the addend is a quiet NaN; the host may differ.
static bool
host_differs(const struct work *w)
{
    return w->op >= MADD && is_nan(w->f, w->c);
}

static void
try_operation(struct work *w, enum float_mode mode, bool dynamic)
{
    w->bits = operation_bits;
    w->exact = operation_exact;
    hart.f[1] = box(w->f, w->a);
    hart.f[2] = box(w->f, w->b);
    hart.f[3] = box(w->f, w->c);
    execute(encode_operation(w->f, w->op, 0), mode, dynamic);
    if (!host_differs(w))
        compare_result(w, mode);
}

// Operands.

// Edge values, as fractions and exponents of both formats: sign, exponent from either end, fraction.
static uint64
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

#define EDGES 54

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
static uint64
random_near(const struct format *f, int near)
{
    uint64 exponents = 1ULL << f->exponent, exponent = rnd_below(exponents);
    uint64 sign = rnd() & 1 ? float_sign_bit(f) : 0;
    if (rnd_below(4))
        exponent = (uint64)(near + (int)rnd_below(8) - 4) % exponents;
    return sign | exponent << f->fraction | random_fraction(f);
}

// The number one, or no, unit in the last place above or below.
static uint64
beside(const struct format *f, uint64 a)
{
    return (a + rnd_below(3) - 1) & (2 * float_sign_bit(f) - 1);
}

static int
exponent_of(const struct format *f, uint64 a)
{
    return (int)(a >> f->fraction) & ((1 << f->exponent) - 1);
}

static uint64
random_operand(const struct format *f)
{
    int top = 1 << f->exponent, near[] = {0, top / 4, top / 2, top * 3 / 4, top - 2};
    return rnd_below(16) ? random_near(f, near[rnd_below(5)]) : edge(f, (unsigned)rnd_below(EDGES));
}

// An addend that nearly cancels the product, lies half an ulp beside it, or has nothing to do with it.
static uint64
random_addend(const struct format *f, uint64 a, uint64 b)
{
    struct work w = {.f = f, .op = MUL, .a = a, .b = b, .bits = operation_bits};
    uint64 product = in_mode(&w, FE_TONEAREST).bits;
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

static void
test_edges(const struct format *f, int modes_of_fused)
{
    for (unsigned i = 0; i < EDGES * EDGES; i++) {
        struct work w = {.f = f, .a = edge(f, i / EDGES), .b = edge(f, i % EDGES)};
        for (w.op = ADD; w.op <= SQRT; w.op++)
            for (unsigned mode = 0; mode < ROUND_MODES; mode++)
                try_operation(&w, mode, i & 1);
    }
    for (unsigned i = 0; i < EDGES * EDGES * EDGES; i++) {
        struct work w = {.f = f, .a = edge(f, i / EDGES / EDGES), .b = edge(f, i / EDGES % EDGES)};
        w.c = edge(f, i % EDGES);
        w.op = (enum op)(MADD + i % 4);
        for (int mode = 0; mode < modes_of_fused; mode++)
            try_operation(&w, (enum float_mode)((i + (unsigned)mode) % ROUND_MODES), false);
    }
}

static void
test_random(const struct format *f, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        struct work w = {.f = f, .a = random_operand(f), .op = (enum op)rnd_below(OPS)};
        w.b = rnd_below(2) ? random_operand(f) : random_near(f, exponent_of(f, w.a));
        w.c = w.op >= MADD ? random_addend(f, w.a, w.b) : 0;
        try_operation(&w, (enum float_mode)rnd_below(ROUND_MODES), i & 1);
    }
}

// Conversions between the formats.

static uint64
convert_bits(const struct work *w)
{
    volatile float single = as_float(w->a);
    volatile double wide = as_double(w->a);
    return double_format(w->f) ? double_bits((double)single) : float_bits((float)wide);
}

static quad
convert_exact(const struct work *w)
{
    return widen(w->from, w->a);
}

static void
try_convert(const struct format *to, const struct format *from, uint64 a, enum float_mode mode)
{
    struct work w = {.f = to, .from = from, .a = a, .bits = convert_bits, .exact = convert_exact};
    hart.f[1] = box(from, a);
    execute(encode(to, 8, double_format(from), 0), mode, false);
    compare_result(&w, mode);
}

// Conversions from integers; `b` is the field rs2.

static uint64
from_integer_bits(const struct work *w)
{
    volatile int32 i32 = (int32)w->a;
    volatile uint32 u32 = (uint32)w->a;
    volatile int64 i64 = (int64)w->a;
    volatile uint64 u64 = w->a;
    if (double_format(w->f))
        return double_bits(w->b == 0   ? (double)i32
                           : w->b == 1 ? (double)u32
                           : w->b == 2 ? (double)i64
                                       : (double)u64);
    return float_bits(w->b == 0   ? (float)i32
                      : w->b == 1 ? (float)u32
                      : w->b == 2 ? (float)i64
                                  : (float)u64);
}

static quad
from_integer_exact(const struct work *w)
{
    return w->b == 0   ? (quad)(int32)w->a
           : w->b == 1 ? (quad)(uint32)w->a
           : w->b == 2 ? (quad)(int64)w->a
                       : (quad)w->a;
}

static void
try_from_integer(const struct format *f, uint64 value, uint32 kind, enum float_mode mode)
{
    struct work w = {.f = f, .a = value, .b = kind};
    w.bits = from_integer_bits;
    w.exact = from_integer_exact;
    hart.x[1] = value;
    execute(encode(f, 26, kind, 0), mode, false);
    compare_result(&w, mode);
}

// Conversions to integers, by the host's rounding to an integral value, and a look at the limits.

static quad
integral(quad value, enum float_mode mode)
{
    quad down = (quad)(int64)value; // only for values below 2^63, which have a fraction
    down -= down > value;
    quad rest = value - down, up = rest ? down + 1 : down;
    switch (mode) {
    case ROUND_TO_ZERO:
        return value < 0 ? up : down;
    case ROUND_DOWN:
        return down;
    case ROUND_UP:
        return up;
    case ROUND_NEAREST_AWAY:
        return rest == 0.5Q ? (value < 0 ? down : up) : rest < 0.5Q ? down : up;
    default:
        return rest == 0.5Q ? ((int64)down & 1 ? up : down) : rest < 0.5Q ? down : up;
    }
}

static struct result
expected_integer(quad value, bool nan, uint32 kind, enum float_mode mode)
{
    static const quad low[] = {-0x1p31Q, 0, -0x1p63Q, 0};
    static const quad high[] = {0x1p31Q - 1, 0x1p32Q - 1, 0x1p63Q - 1, 0x1p64Q - 1};
    bool small = value > -0x1p63Q && value < 0x1p63Q;
    quad whole = small ? integral(value, mode) : value;
    if (nan || whole > high[kind])
        return (struct result){kind == 1 ? ~0UL : (uint64)high[kind], FLOAT_INVALID};
    if (whole < low[kind])
        return (struct result){kind & 1 ? 0 : (uint64)(int64)low[kind], FLOAT_INVALID};
    uint64 bits = whole < 0 ? (uint64)(int64)whole : (uint64)whole;
    bits = kind < 2 ? (uint64)(int64)(int32)bits : bits;
    return (struct result){bits, whole != value ? FLOAT_INEXACT : 0};
}

static void
try_to_integer(const struct format *f, uint64 a, uint32 kind, enum float_mode mode)
{
    struct result want = expected_integer(widen(f, a), is_nan(f, a), kind, mode);
    hart.f[1] = box(f, a);
    execute(encode(f, 24, kind, 0), mode, false);
    if (hart.x[4] != want.bits || (hart.fcsr & 31) != want.flags)
        fprintf(stderr, "to integer %u, mode %d, of %lx\n", kind, mode, a);
    CHECK_EQ(hart.x[4], want.bits);
    CHECK_EQ(hart.fcsr & 31, want.flags);
}

// A number about as large as the limits of the integers.
static uint64
integer_like(const struct format *f)
{
    static const int power[] = {0, 31, 32, 63, 64};
    int middle = (1 << (f->exponent - 1)) - 1;
    return random_near(f, middle + power[rnd_below(5)]);
}

static void
convert_all(const struct format *f, uint64 a, uint64 integer, enum float_mode mode)
{
    try_convert(double_format(f) ? &float32 : &float64, f, a, mode);
    for (uint32 kind = 0; kind < 4; kind++) {
        try_from_integer(f, integer, kind, mode);
        try_to_integer(f, a, kind, mode);
    }
}

static void
test_conversions(const struct format *f, int rounds)
{
    for (unsigned i = 0; i < EDGES; i++)
        for (unsigned mode = 0; mode < ROUND_MODES; mode++)
            convert_all(f, edge(f, i), edge(&float64, i), mode);
    for (int i = 0; i < rounds; i++) {
        uint64 integer = (uint64)(int64)(rnd() << 11) >> rnd_below(64);
        uint64 a = rnd() & 1 ? integer_like(f) : random_operand(f);
        convert_all(f, a, rnd() & 1 ? integer : -integer, (enum float_mode)rnd_below(ROUND_MODES));
    }
    // Around the subnormal and the largest singles, where a double has more to say.
    for (int i = 0; i < rounds; i++) {
        uint64 a = random_near(&float64, (rnd() & 1 ? -149 + (int)rnd_below(30) : 127) + 1023);
        try_convert(&float32, &float64, a, (enum float_mode)rnd_below(ROUND_MODES));
    }
}

// Instructions that do not round.

static void
run_plain(const struct format *f, uint32 f5, uint32 rs2, uint32 funct3)
{
    hart.fcsr = 0;
    hart.x[4] = hart.f[4] = 0x1234;
    CHECK(fp_execute(&hart, encode(f, f5, rs2, funct3)));
}

static bool
signaling(const struct format *f, uint64 a)
{
    return is_nan(f, a) && !(a & 1ULL << (f->fraction - 1));
}

static void
try_compare(const struct format *f, uint64 a, uint64 b)
{
    quad x = widen(f, a), y = widen(f, b);
    bool want[] = {x <= y, x < y, x == y}, nan = is_nan(f, a) || is_nan(f, b);
    bool loud = signaling(f, a) || signaling(f, b);
    for (uint32 i = 0; i < 3; i++) {
        run_plain(f, 20, 2, i);
        CHECK_EQ(hart.x[4], want[i] && !nan);
        CHECK_EQ(hart.fcsr, (i == 2 ? loud : nan) ? FLOAT_INVALID : 0);
    }
}

// The one of a and b that fmin (or fmax) yields.
static uint64
expected_extreme(const struct format *f, uint64 a, uint64 b, bool maximum)
{
    quad x = widen(f, a), y = widen(f, b);
    if (is_nan(f, a) || is_nan(f, b))
        return !is_nan(f, a) ? a : !is_nan(f, b) ? b : float_canonical_nan(f);
    if (x == y)
        return !(a & float_sign_bit(f)) == maximum ? a : b;
    return (x < y) != maximum ? a : b;
}

static void
try_extremes(const struct format *f, uint64 a, uint64 b)
{
    for (uint32 maximum = 0; maximum < 2; maximum++) {
        run_plain(f, 5, 2, maximum);
        CHECK_EQ(hart.f[4], box(f, expected_extreme(f, a, b, maximum)));
        CHECK_EQ(hart.fcsr, signaling(f, a) || signaling(f, b) ? FLOAT_INVALID : 0);
    }
}

static void
try_signs(const struct format *f, uint64 a, uint64 b)
{
    uint64 sign = float_sign_bit(f), rest = a & ~sign;
    uint64 want[] = {rest | (b & sign), rest | (~b & sign), rest | ((a ^ b) & sign)};
    for (uint32 i = 0; i < 3; i++) {
        run_plain(f, 4, 2, i);
        CHECK_EQ(hart.f[4], box(f, want[i]));
        CHECK_EQ(hart.fcsr, 0);
    }
}

static void
try_class(const struct format *f, uint64 a)
{
    quad x = widen(f, a), least = widen(f, 1ULL << f->fraction);
    bool minus = (a & float_sign_bit(f)) != 0,
         infinite = (a & ~float_sign_bit(f)) == float_infinity(f);
    int size = x == 0 ? 0 : x < least && x > -least ? 1 : infinite ? 3 : 2;
    uint64 want = is_nan(f, a) ? (signaling(f, a) ? 0x100 : 0x200)
                  : minus      ? 8U >> size
                               : 16U << size;
    run_plain(f, 28, 0, 1);
    CHECK_EQ(hart.x[4], want);
    CHECK_EQ(hart.fcsr, 0);
}

static void
try_plain(const struct format *f, uint64 a, uint64 b)
{
    hart.f[1] = box(f, a);
    hart.f[2] = box(f, b);
    try_compare(f, a, b);
    try_extremes(f, a, b);
    try_signs(f, a, b);
    try_class(f, a);
}

static void
test_plain(const struct format *f, int rounds)
{
    for (unsigned i = 0; i < EDGES * EDGES; i++)
        try_plain(f, edge(f, i / EDGES), edge(f, i % EDGES));
    for (int i = 0; i < rounds; i++) {
        uint64 a = random_operand(f);
        try_plain(f, a, rnd() & 1 ? random_operand(f) : beside(f, a));
    }
}

static void
test_moves(void)
{
    hart.f[1] = 0x1122334485667788;
    run_plain(&float32, 28, 0, 0);
    CHECK_EQ(hart.x[4], 0xffffffff85667788);
    run_plain(&float64, 28, 0, 0);
    CHECK_EQ(hart.x[4], 0x1122334485667788);
    hart.x[1] = 0x1122334455667788;
    run_plain(&float32, 30, 0, 0);
    CHECK_EQ(hart.f[4], 0xffffffff55667788);
    run_plain(&float64, 30, 0, 0);
    CHECK_EQ(hart.f[4], 0x1122334455667788);
}

// A single that is not boxed counts as a NaN, which is quiet.
static void
test_boxing(void)
{
    hart.f[1] = 0xfffffffe3f800000;
    hart.f[2] = box(&float32, 0x3f800000);
    run_plain(&float32, 0, 2, 0);
    CHECK_EQ(hart.f[4], 0xffffffff7fc00000);
    CHECK_EQ(hart.fcsr, 0);
    run_plain(&float32, 4, 2, 1);
    CHECK_EQ(hart.f[4], 0xffffffffffc00000);
    run_plain(&float32, 5, 2, 0);
    CHECK_EQ(hart.f[4], hart.f[2]);
    run_plain(&float32, 28, 0, 1);
    CHECK_EQ(hart.x[4], 0x200);
    run_plain(&float64, 8, 0, 0);
    CHECK_EQ(hart.f[4], 0x7ff8000000000000);
    run_plain(&float32, 24, 0, 0);
    CHECK_EQ(hart.x[4], 0x7fffffff);
}

// Flags add up; x0 is not written; inf * 0 + NaN is invalid.
static void
test_effects(void)
{
    hart.f[1] = 0x7ff0000000000000;
    hart.f[2] = 0;
    hart.f[3] = float_canonical_nan(&float64);
    hart.fcsr = FLOAT_BY_ZERO;
    CHECK(fp_execute(&hart, encode_operation(&float64, MADD, 0)));
    CHECK_EQ(hart.f[4], float_canonical_nan(&float64));
    CHECK_EQ(hart.fcsr, FLOAT_BY_ZERO | FLOAT_INVALID);
    hart.x[0] = 0;
    CHECK(fp_execute(&hart, encode(&float64, 28, 0, 1) & ~(31u << 7)));
    CHECK_EQ(hart.x[0], 0);
}

static void
refused(uint32 insn)
{
    struct hart before = hart;
    CHECK(!fp_execute(&hart, insn));
    CHECK_MEM(&before, &hart, sizeof(hart));
}

static void
test_reserved(void)
{
    hart.fcsr = 5 << 5;
    refused(encode(&float64, 0, 2, 7)); // the mode in frm
    refused(encode(&float64, 0, 2, 5)); // the modes 5 and 6
    refused(encode(&float32, 26, 0, 6));
    refused(encode_operation(&float32, MADD, 7));
    refused(encode(&float64, 11, 1, 0)); // fsqrt with rs2
    refused(encode(&float64, 8, 1, 0));  // from a format to itself
    refused(encode(&float64, 8, 2, 0));
    refused(encode(&float64, 24, 4, 0));
    refused(encode(&float64, 26, 4, 0));
    refused(encode(&float64, 4, 2, 3));
    refused(encode(&float64, 5, 2, 2));
    refused(encode(&float64, 20, 2, 3));
    refused(encode(&float64, 28, 0, 2));
    refused(encode(&float64, 28, 1, 0));
    refused(encode(&float64, 30, 0, 1));
    refused(encode(&float64, 6, 2, 0));
    refused(encode(&float64, 0, 2, 0) | 1u << 26); // half and quad precision
    refused(encode(&float32, 0, 2, 0) | 1u << 26);
    refused(encode_operation(&float64, NMADD, 0) | 1u << 26);
}

static void
test_format(const struct format *f)
{
    test_edges(f, 1);
    test_random(f, 2000000);
    test_conversions(f, 60000);
    test_plain(f, 100000);
}

int
main(void)
{
    test_moves();
    test_boxing();
    test_effects();
    test_reserved();
    test_format(&float32);
    test_format(&float64);
    return test_done();
}
