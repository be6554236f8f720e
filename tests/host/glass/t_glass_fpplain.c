// SPDX-License-Identifier: MIT
// t_glass_fpplain.c - instructions of F and D that do not round: comparisons, minimum and maximum,
// signs, classes, moves; NaN boxing; encodings that are reserved.
//
// SOURCES: tests/host/glass/help/fpworld.c tests/host/glass/help/fpoperands.c machine/hart/fp.c
// SOURCES: machine/hart/softfloat.c machine/hart/number.c machine/hart/floatorder.c
// CFLAGS: -Imachine -frounding-math -fsignaling-nans -ffp-contract=off
#include "fpworld.h"

#include "test.h"

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

int
main(void)
{
    test_moves();
    test_boxing();
    test_effects();
    test_reserved();
    test_plain(&float32, 100000);
    test_plain(&float64, 100000);
    return test_done();
}
