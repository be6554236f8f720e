// SPDX-License-Identifier: MIT
// t_layout.c - layouts of address spaces: parts that overlap in every way, guards in every place.
//
// SOURCES: kernel/mm/inspect/layoutrules.c
#include "test.h"

#include "lib/types.h"
#include "mm/inspect/layoutrules.h"

static const struct part parts[] = {
    {0x10000, 0x12000, PART_KSTACK},
    {0xe000, 0x10000, PART_KSTACK_HOLE},
    {0x20000, 0x21000, PART_TRAPFRAME},
};

static struct layout_fault f;

static bool
wrong(struct region *v, int n)
{
    struct regions rs = {.v = v, .n = n};
    return layout_wrong(&rs, parts, (int)NELEM(parts), &f);
}

static struct region
region(uint64 start, uint64 end, enum region_kind kind)
{
    return (struct region){.start = start, .end = end, .kind = (uint8)kind};
}

// As exec lays a program out, right up to memory that is not its own.
static void
test_good(void)
{
    struct region v[] = {region(0, 0x3000, REGION_IMAGE), region(0x3000, 0x4000, REGION_GUARD),
                         region(0x4000, 0x5000, REGION_STACK), region(0x5000, 0xe000, REGION_HEAP),
                         region(0x12000, 0x20000, REGION_MMAP)};
    CHECK(!wrong(v, 5));
    CHECK(!wrong(v, 0));
    CHECK(!layout_wrong(&(struct regions){0}, parts, 0, &f));
}

static void
expect_meeting(uint64 start, uint64 end, enum part_kind with)
{
    struct region v = region(start, end, REGION_HEAP);
    CHECK(wrong(&v, 1));
    CHECK(f.rule == LAYOUT_OVERLAP && f.one.kind == with && f.two.kind == REGION_HEAP);
    CHECK(f.two.start == start && f.two.end == end);
}

static void
test_region_meets_part(void)
{
    expect_meeting(0x11000, 0x13000, PART_KSTACK);
    expect_meeting(0x10000, 0x11000, PART_KSTACK);
    expect_meeting(0x11000, 0x11800, PART_KSTACK);
    expect_meeting(0xd000, 0xe001, PART_KSTACK_HOLE);
    expect_meeting(0x1ffff, 0x20001, PART_TRAPFRAME);
    expect_meeting(0, 0x100000, PART_KSTACK);
}

static void
test_parts_meet(void)
{
    struct part two[] = {{0x1000, 0x3000, PART_DIRECT}, {0x2fff, 0x4000, PART_DEVICES}};
    struct regions none = {0};
    CHECK(layout_wrong(&none, two, 2, &f));
    CHECK(f.rule == LAYOUT_OVERLAP && f.one.kind == PART_DIRECT && f.two.kind == PART_DEVICES);
    two[1].start = 0x3000;
    CHECK(!layout_wrong(&none, two, 2, &f));
}

static void
test_regions_meet(void)
{
    struct region v[] = {region(0, 0x3000, REGION_IMAGE), region(0x2000, 0x4000, REGION_HEAP)};
    CHECK(wrong(v, 2));
    CHECK(f.rule == LAYOUT_OVERLAP && f.one.kind == REGION_IMAGE && f.two.kind == REGION_HEAP);
}

static void
test_guards(void)
{
    struct region above[] = {region(0x4000, 0x5000, REGION_STACK),
                             region(0x5000, 0x6000, REGION_GUARD)};
    struct region apart[] = {region(0x2000, 0x3000, REGION_GUARD),
                             region(0x4000, 0x5000, REGION_STACK)};
    struct region other[] = {region(0x3000, 0x4000, REGION_IMAGE),
                             region(0x4000, 0x5000, REGION_STACK),
                             region(0x6000, 0x7000, REGION_GUARD)};
    CHECK(wrong(above, 2));
    CHECK(f.rule == LAYOUT_GUARD_ABOVE && f.one.start == 0x4000 && f.two.start == 0x5000);
    CHECK(wrong(above, 1));
    CHECK(f.rule == LAYOUT_GUARD_NONE && f.one.start == 0x4000 && f.two.end == 0);
    CHECK(wrong(apart, 2) && f.rule == LAYOUT_GUARD_NONE);
    CHECK(wrong(other, 3) && f.rule == LAYOUT_GUARD_NONE);
}

int
main(void)
{
    test_good();
    test_region_meets_part();
    test_parts_meet();
    test_regions_meet();
    test_guards();
    return test_done();
}
