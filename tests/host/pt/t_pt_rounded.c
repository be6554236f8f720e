// SPDX-License-Identifier: MIT
// t_pt_rounded.c - mappages() as in the years when it rounded: the pages that a range of bytes
// maps, and the state after a failure.
//
// SOURCES: kernel/pt/*.c kernel/pt/read/*.c tests/host/pt/help/ptworld.c tests/host/shim/host.c
#include "test.h"

#include "abi/errno.h"
#include "ptworld.h"

#define RW   (PTE_R | PTE_W)
#define MIB2 (2UL << 20)
#define GIB  (1UL << 30)
#define TOP  (-PGSIZE) // the last page of the address space

static struct pt t;

static int
count_page(pte_t *slot, uint64 va, int level, void *count)
{
    CHECK(pte_leaf(*slot) && va % PGSIZE == 0);
    CHECK_EQ(level, 0);
    ++*(uint64 *)count;
    return 0;
}

static uint64
leaves(void)
{
    uint64 n = 0;
    CHECK_EQ(pt_for_each_leaf(&t, 0, pt_half(t.env->levels), count_page, &n), 0);
    CHECK_EQ(pt_for_each_leaf(&t, -pt_half(t.env->levels), 0, count_page, &n), 0);
    return n;
}

static void
begin(int levels)
{
    world_reset(levels);
    CHECK_EQ(pt_create(&t, world_env()), 0);
}

// Bytes [va, va + size) at `pa` map the pages from `first` on, `n` of them, to those from `to` on.
static void
maps(uint64 va, uint64 size, uint64 pa, uint64 first, uint64 n, uint64 to)
{
    begin(3);
    CHECK_EQ(mappages_rounded(&t, va, size, pa, RW), 0);
    CHECK_EQ(leaves(), n);
    for (uint64 i = 0; i < n; i++)
        CHECK_EQ(*walk(&t, first + i * PGSIZE, 0), pte_make(to + i * PGSIZE, RW | PTE_V));
    world_check(&t, (int64)va < 0 ? -pt_half(3) : 0, (int64)va < 0 ? 0 : pt_half(3));
    CHECK_EQ(world_reachable(), world_tables());
}

static void
test_rounding(void)
{
    maps(0x5000, 0x1000, 0x9000, 0x5000, 1, 0x9000); // nothing to round
    maps(0x5678, 1, 0x9678, 0x5000, 1, 0x9000);      // one byte
    maps(0x5678, 0x1000, 0x9678, 0x5000, 2, 0x9000); // from the middle of a page to the next
    maps(0x5000, 0x1001, 0x9000, 0x5000, 2, 0x9000); // one byte over the boundary
    maps(0x5000, 0xfff, 0x9000, 0x5000, 1, 0x9000);  // one byte below it
    maps(0x5fff, 1, 0x9fff, 0x5000, 1, 0x9000);      // the last byte of a page
    maps(0x5fff, 2, 0x9fff, 0x5000, 2, 0x9000);      // and the first of the next
    maps(0x5678, 0x1000, 0x9000, 0x5000, 2, 0x9000); // an offset in va alone,
    maps(0x5000, 0x1000, 0x9678, 0x5000, 1, 0x9000); // in pa alone: each is rounded for itself
    maps(MIB2 - 1, MIB2 + 2, GIB + MIB2 - 1, MIB2 - PGSIZE, 514,
         GIB + MIB2 - PGSIZE); // a whole leaf of 2 MiB fits, and is not used
    maps(pt_half(3) - 1, 1, 0x9000, pt_half(3) - PGSIZE, 1, 0x9000); // the lower half's last byte
    maps(-1UL, 1, 0x9000, TOP, 1, 0x9000);                           // and that of them all
    maps(TOP - 1, PGSIZE + 1, 0x9000, TOP - PGSIZE, 2, 0x9000);
}

// Ranges that are none leave nothing behind.
static void
refuses(uint64 va, uint64 size)
{
    CHECK_EQ(mappages_rounded(&t, va, size, 0x9000, RW), -EINVAL);
    CHECK_EQ(leaves(), 0);
    CHECK_EQ(world_tables(), 1);
}

static void
test_refused(int levels)
{
    uint64 half = pt_half(levels);
    begin(levels);
    refuses(half - 1, 2);
    refuses(half, 1);
    refuses(-half - 1, 2);
    refuses(-1UL, 2); // round the end of the space
    refuses(TOP, PGSIZE + 1);
    refuses(0x1000, -1UL); // and once round, up to the byte before the first
    refuses(0x1001, -1UL);
    refuses(0, -1UL); // both halves, and the addresses between them
    refuses(1, -1UL);
    EXPECT_PANIC("mappages: size", (void)!mappages_rounded(&t, 0x1000, 0, 0x9000, RW));
    EXPECT_PANIC("mappages: size", (void)!mappages_rounded(&t, 0x1001, 0, 0x9000, RW));
    EXPECT_PANIC("mappages: perm", (void)!mappages_rounded(&t, 0x1001, 1, 0x9000, PTE_W));
    CHECK_EQ(leaves(), 0);
}

// A range that includes a mapped page, even by one byte, is refused.
static void
test_remap(void)
{
    begin(3);
    CHECK_EQ(mappages_rounded(&t, 0x5800, 0x1000, 0x9000, RW), 0);
    uint64 hash = world_hash(&t);
    EXPECT_PANIC("mappages: remap", (void)!mappages_rounded(&t, 0x6fff, 1, 0x20000, RW));
    EXPECT_PANIC("mappages: remap", (void)!mappages_rounded(&t, 0x4000, 0x1001, 0x20000, RW));
    EXPECT_PANIC("mappages: remap", (void)!mappages_rounded(&t, 0x4fff, 2, 0x20000, RW));
    EXPECT_PANIC("mappages: remap", (void)!mappages_rounded(&t, 0, MIB2, 0x20000, RW));
    CHECK_EQ(world_hash(&t), hash); // nothing was stored on the way
    CHECK_EQ(mappages_rounded(&t, 0x4800, 0x800, 0x20000, RW), 0);
    CHECK_EQ(mappages_rounded(&t, 0x7000, 1, 0x20000, RW), 0);
}

// The first, second, ... table cannot be had: a negative number, and the tree is as it was.
static void
test_no_memory(int levels)
{
    uint64 va = MIB2 - 1, size = MIB2 + 2; // three leaf tables and those above them
    int n = 0, r;
    begin(levels);
    CHECK_EQ(mappages_rounded(&t, -1UL, 1, 0x9000, RW), 0);
    uint64 hash = world_hash(&t);
    int tables = world_tables();
    for (;; n++) {
        world_fail_after(n);
        r = mappages_rounded(&t, va, size, 0x9000, RW);
        world_fail_after(-1);
        if (r == 0)
            break;
        CHECK_EQ(r, -ENOMEM);
        CHECK_EQ(world_hash(&t), hash);
        CHECK_EQ(world_tables(), tables);
    }
    CHECK_EQ(n, 3 + levels - 2);
    CHECK_EQ(world_tables(), tables + n);
}

int
main(void)
{
    test_rounding();
    test_remap();
    for (int levels = 3; levels <= 5; levels++) {
        test_refused(levels);
        test_no_memory(levels);
    }
    return test_done();
}
