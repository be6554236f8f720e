// SPDX-License-Identifier: MIT
// t_range.c - ranges against sets of small numbers, and at the end of 64 bits.
//
// SOURCES: kernel/lib/range.c
#include "test.h"

#include "lib/range.h"

#define MOST 7

static bool
in(struct range r, uint64 i)
{
    return i >= r.start && i < r.end;
}

static void
check_pair(struct range a, struct range b)
{
    struct range common = range_intersect(a, b), before, after;
    bool meets = false, contains = true;
    range_cut(a, b, &before, &after);
    for (uint64 i = 0; i < MOST + 2; i++) {
        bool ia = in(a, i), ib = in(b, i);
        meets |= ia && ib;
        contains &= ia || !ib;
        CHECK_EQ(range_has(a, i), ia);
        CHECK_EQ(in(common, i), ia && ib);
        if (!range_empty(b)) {
            CHECK_EQ(in(before, i), ia && i < b.start);
            CHECK_EQ(in(after, i), ia && i >= b.end);
        }
    }
    CHECK(common.start <= common.end && before.start <= before.end && after.start <= after.end);
    CHECK_EQ(range_overlap(a, b), meets);
    if (!range_empty(b))
        CHECK_EQ(range_contains(a, b), contains);
    if (range_empty(b))
        CHECK_EQ(range_size(before) + range_size(after), range_size(a));
}

static void
test_all_pairs(void)
{
    for (uint64 i = 0; i < 1UL << 12; i++) {
        struct range a = {i & 7, i >> 3 & 7}, b = {i >> 6 & 7, i >> 9 & 7};
        if (a.start <= a.end && b.start <= b.end)
            check_pair(a, b);
    }
}

static void
test_wrap(void)
{
    struct range r = {1, 2};
    uint64 sum;
    CHECK(!range_make(~0UL, 1, &r));
    CHECK(!range_make(5, ~0UL - 4, &r));
    CHECK(r.start == 1 && r.end == 2);
    CHECK(range_make(5, ~0UL - 5, &r));
    CHECK(r.start == 5 && r.end == ~0UL);
    CHECK(range_has(r, ~0UL - 1));
    CHECK(!range_has(r, 4));
    CHECK(!range_has(r, ~0UL));
    CHECK(checked_add(~0UL - 1, 1, &sum));
    CHECK_EQ(sum, ~0UL);
    CHECK(!checked_add(~0UL, 1, &sum));
}

int
main(void)
{
    test_all_pairs();
    test_wrap();
    return test_done();
}
