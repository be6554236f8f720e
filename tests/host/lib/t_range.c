// SPDX-License-Identifier: MIT
// t_range.c - ranges and lists of them against sets of small numbers, and at the end of 64 bits.
//
// SOURCES: kernel/lib/range.c kernel/lib/ranges.c tests/host/shim/host.c
#include "test.h"

#include "lib/range.h"
#include "lib/ranges.h"

#define MOST 7

static bool
in(struct range r, uint64 i)
{
    return i >= r.start && i < r.end;
}

static void
check_pair(struct range a, struct range b)
{
    struct range common = range_intersect(a, b);
    bool meets = false;
    for (uint64 i = 0; i < MOST + 2; i++) {
        bool ia = in(a, i), ib = in(b, i);
        meets |= ia && ib;
        CHECK_EQ(range_has(a, i), ia);
        CHECK_EQ(in(common, i), ia && ib);
    }
    CHECK(common.start <= common.end);
    CHECK_EQ(range_overlap(a, b), meets);
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

#define NUMBERS 160 // room for more ranges than a list takes

// The list has the numbers of the set, in ascending ranges that do not touch.
static void
check_list(const struct ranges *l, const bool *set)
{
    uint64 i = 0;
    CHECK(l->n <= RANGES);
    for (int k = 0; k < l->n; k++) {
        CHECK(!range_empty(l->v[k]) && (k == 0 || l->v[k - 1].end < l->v[k].start));
        for (; i < l->v[k].start; i++)
            CHECK(!set[i]);
        for (; i < l->v[k].end; i++)
            CHECK(set[i]);
    }
    for (; i < NUMBERS; i++)
        CHECK(!set[i]);
}

static void
check_gap(const struct ranges *l, const bool *set)
{
    uint64 size = 1 + rnd_below(9), align = 1UL << rnd_below(4), at = rnd_below(NUMBERS);
    struct range room = {at, at + rnd_below(NUMBERS - at)};
    for (at = (at + align - 1) & -align; at + size <= room.end; at += align) {
        uint64 i = at;
        while (i < at + size && !set[i])
            i++;
        if (i == at + size)
            break;
    }
    CHECK_EQ(ranges_gap(l, room, size, align), at + size <= room.end ? at : room.end);
}

static void
test_lists(void)
{
    for (int turn = 0; turn < 300; turn++) {
        struct ranges l = {0};
        bool set[NUMBERS] = {0};
        for (int i = 0; i < 120; i++) {
            uint64 start = rnd_below(NUMBERS - 5);
            struct range r = {start, start + rnd_below(turn % 2 ? 2 : 5)};
            bool added = ranges_add(&l, r);
            CHECK(added || l.n == RANGES);
            for (uint64 k = r.start; added && k < r.end; k++)
                set[k] = true;
            check_list(&l, set);
            check_gap(&l, set);
        }
        uint64 covered = 0;
        for (uint64 i = 10; i < 100; i++)
            covered += set[i];
        CHECK_EQ(ranges_overlap_size(&l, (struct range){10, 100}), covered);
        while (l.n > 0) {
            int k = (int)rnd_below((uint64)l.n);
            memset(set + l.v[k].start, 0, range_size(l.v[k]));
            ranges_remove(&l, k);
            check_list(&l, set);
        }
    }
}

// Gaps and ranges at the end of 64 bits.
static void
test_list_at_the_end(void)
{
    struct ranges l = {0};
    struct range room = {~0UL - 100, ~0UL};
    CHECK(ranges_add(&l, (struct range){~0UL - 200, ~0UL - 50}));
    CHECK_EQ(ranges_gap(&l, room, 50, 1), ~0UL - 50);
    CHECK_EQ(ranges_gap(&l, room, 51, 1), ~0UL);
    CHECK_EQ(ranges_gap(&l, room, 1, 4096), ~0UL);
    CHECK(ranges_add(&l, (struct range){5, ~0UL}));
    CHECK_EQ(l.n, 1);
}

int
main(void)
{
    test_lists();
    test_list_at_the_end();
    test_all_pairs();
    test_wrap();
    return test_done();
}
