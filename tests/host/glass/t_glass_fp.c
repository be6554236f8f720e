// SPDX-License-Identifier: MIT
// t_glass_fp.c - floating point of the machine, compared with the host's: results and flags, in both
// formats and all rounding modes, on edge values crossed and on random operands.
//
// SOURCES: tests/host/glass/help/fpworld.c tests/host/glass/help/fpoperands.c machine/hart/fp.c
// SOURCES: machine/hart/softfloat.c machine/hart/number.c machine/hart/floatorder.c
// CFLAGS: -Imachine -frounding-math -fsignaling-nans -ffp-contract=off
#include "fpworld.h"

#include "test.h"

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

static void
test_format(const struct format *f)
{
    test_edges(f, 1);
    test_random(f, 2000000);
    test_conversions(f, 60000);
}

int
main(void)
{
    test_format(&float32);
    test_format(&float64);
    return test_done();
}
