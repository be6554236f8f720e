// SPDX-License-Identifier: MIT
// t_pt_walk.c - looking up and mapping: walk, pt_find, map_page and mappages.
//
// SOURCES: kernel/pt/*.c kernel/pt/read/*.c tests/host/pt/help/ptworld.c tests/host/shim/host.c
#include "test.h"

#include "abi/errno.h"
#include "pt/read/translate.h"
#include "ptworld.h"

#define RW  (PTE_R | PTE_W)
#define RWU (PTE_R | PTE_W | PTE_U)

static struct pt t;

static int
reads_for(uint64 va)
{
    struct pt_hart hart = {.update_ad = true, .user = true};
    struct pt_trace trace;
    CHECK_EQ(translate(&t, va, PT_READ, &hart, &trace), RULE_OK);
    return trace.reads;
}

static void
test_walk(int levels)
{
    int level;
    world_reset(levels);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK(walk(&t, 0x40201000, 0) == NULL);
    CHECK_EQ(world_tables(), 1);
    CHECK(walk_leaf(&t, 0x40201000, &level) == &t.root[PX(levels - 1, 0x40201000)]);
    CHECK_EQ(level, levels - 1);
    for (int n = 0; n < levels - 1; n++) {
        world_fail_after(n);
        CHECK(walk(&t, 0x40201000, 1) == NULL);
        CHECK_EQ(world_tables(), 1);
        CHECK_EQ(t.root[PX(levels - 1, 0x40201000)], 0);
    }
    world_fail_after(-1);
    pte_t *slot = walk(&t, 0x40201000, 1);
    CHECK_EQ(world_tables(), levels);
    CHECK_EQ((uint64)slot % PGSIZE, 8); // index 1
    CHECK(walk(&t, 0x40201fff, 0) == slot && walk(&t, 0x40202000, 0) == slot + 1);
    CHECK(walk(&t, pt_half(levels), 1) == NULL && walk(&t, -pt_half(levels) - 1, 1) == NULL);
    CHECK(walk_leaf(&t, pt_half(levels), &level) == NULL);
    CHECK(walk(&t, -PGSIZE, 1) != NULL);
    CHECK_EQ(pte_pa(t.root[511]) != 0, 1);
}

// The physical address of va by the walk's own end; 0: a hole.
static uint64
found(uint64 va)
{
    struct pt_cursor at = pt_find(&t, va);
    pte_t pte = pte_load(at.slot);
    return pte_valid(pte) ? pte_translate(pte, at.level, va) : 0;
}

static void
test_translation(int levels)
{
    world_reset(levels);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK_EQ(map_page(&t, 0x40201000, pte_make(0x123456000, RWU | PTE_V)), 0);
    CHECK_EQ(map_page(&t, 0x40202000, pte_make(0x123457000, RW | PTE_V)), 0);
    CHECK_EQ(mappages(&t, 0x40400000, 2 << 20, 0x200000000, RWU, 1), 0);
    CHECK_EQ(mappages(&t, 0x80000000, 1 << 30, 0x240000000, RWU, 2), 0);
    CHECK_EQ(found(0x40201000), 0x123456000);
    CHECK_EQ(found(0x40201abc), 0x123456abc);
    CHECK_EQ(found(0x40203000), 0);
    CHECK_EQ(found(0x40403456), 0x200003456); // the offset inside the larger leaf counts
    CHECK_EQ(found(0x80000000 + 0x12345678), 0x252345678);
    CHECK_EQ(reads_for(0x40201000), levels);
    CHECK_EQ(reads_for(0x40400000), levels - 1);
    CHECK_EQ(reads_for(0x80000000), levels - 2);
    CHECK_EQ(walk(&t, 0x40403000, 1) - walk(&t, 0x40200000, 0) != 3, 1); // the larger leaf's slot
    CHECK_EQ(pte_pa(*walk(&t, 0x40403000, 1)), 0x200000000);
}

static void
test_map_page(int levels)
{
    world_reset(levels);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    for (int n = 0; n < levels - 1; n++) {
        world_fail_after(n);
        CHECK_EQ(map_page(&t, 0x1000, pte_make(0x5000, PTE_R | PTE_V)), -ENOMEM);
        CHECK_EQ(world_tables(), 1);
    }
    world_fail_after(-1);
    CHECK_EQ(map_page(&t, pt_half(levels), pte_make(0x5000, PTE_R | PTE_V)), -EINVAL);
    CHECK_EQ(map_page(&t, 0x1000, pte_make(0x5000, PTE_R | PTE_V)), 0);
    world_fail_after(0); // the leaf table is there: nothing to allocate
    CHECK_EQ(map_page(&t, 0x2000, pte_make(0x6000, PTE_R | PTE_V)), 0);
    EXPECT_PANIC("mappages: remap", (void)!map_page(&t, 0x2000, pte_make(0x7000, PTE_R | PTE_V)));
    CHECK_EQ(*walk(&t, 0x2000, 0), pte_make(0x6000, PTE_R | PTE_V));
    world_fail_after(-1);
}

static void
test_mappages_panics(void)
{
    world_reset(3);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK_EQ(mappages(&t, 0x3000, 0x2000, 0x8000, RW, 0), 0);
    EXPECT_PANIC("mappages: va not aligned", (void)!mappages(&t, 1, 4096, 0, RW, 0));
    EXPECT_PANIC("mappages: size not aligned", (void)!mappages(&t, 0, 4095, 0, RW, 0));
    EXPECT_PANIC("mappages: size", (void)!mappages(&t, 0, 0, 0, RW, 0));
    EXPECT_PANIC("mappages: pa", (void)!mappages(&t, 0, 4096, 1, RW, 0));
    EXPECT_PANIC("mappages: pa", (void)!mappages(&t, 0, 8192, (1UL << 56) - 4096, RW, 0));
    EXPECT_PANIC("mappages: perm", (void)!mappages(&t, 0, 4096, 0, PTE_W, 0));
    EXPECT_PANIC("mappages: perm", (void)!mappages(&t, 0, 4096, 0, PTE_U, 0));
    EXPECT_PANIC("mappages: remap", (void)!mappages(&t, 0x2000, 0x2000, 0x8000, RW, 0));
    EXPECT_PANIC("mappages: remap", (void)!mappages(&t, 0, 2 << 20, 0, RW, 0));
    CHECK(pte_load(walk(&t, 0x2000, 0)) == 0); // nothing was stored on the way
    CHECK_EQ(mappages(&t, pt_half(3) - 4096, 8192, 0, RW, 0), -EINVAL);
    CHECK_EQ(mappages(&t, -4096UL, 8192, 0, RW, 0), -EINVAL); // round the end of the space
    CHECK_EQ(mappages(&t, -4096UL, 4096, 0, RW, 0), 0);
}

// As many tables as the leaves need, and the largest leaves that fit.
static void
test_leaf_sizes(void)
{
    int level;
    world_reset(3);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK_EQ(mappages(&t, 0x3fe00000 - 4096, 0x80400000 + 8192, 0x13fe00000 - 4096, RW, 2), 0);
    static const struct {
        uint64 va;
        int level;
    } at[] = {{0x3fdff000, 0}, {0x3fe00000, 1}, {0x40000000, 2},
              {0x80000000, 2}, {0xc0000000, 1}, {0xc0200000, 0}};
    for (uint64 i = 0; i < NELEM(at); i++) {
        pte_t *slot = walk_leaf(&t, at[i].va, &level);
        CHECK_EQ(level, at[i].level);
        CHECK_EQ(pte_pa(*slot), at[i].va + 0x100000000);
    }
    CHECK_EQ(world_tables(), 1 + 2 + 2);
    CHECK_EQ(mappages(&t, 0x100000000, 4 << 20, 0x100001000, RW, 2), 0); // alignment differs
    walk_leaf(&t, 0x100200000, &level);
    CHECK_EQ(level, 0);
    CHECK_EQ(mappages(&t, 0x140000000, 2 << 20, 0, RW, 0), 0); // told to use single pages
    walk_leaf(&t, 0x140000000, &level);
    CHECK_EQ(level, 0);
    CHECK(walk(&t, 0x180001000, 1) != NULL); // an empty table is in the way: it is used
    CHECK_EQ(mappages(&t, 0x180000000, 2 << 20, 0, RW, 2), 0);
    walk_leaf(&t, 0x180000000, &level);
    CHECK_EQ(level, 0);
    world_check(&t, 0, pt_half(3));
    CHECK_EQ(world_reachable(), world_tables());
}

// Whole GiB and whole root entries, by a table that has nothing there yet.
static void
test_share(int levels)
{
    static struct pt other;
    uint64 half = 1UL << 38; // the last table at level 2 begins there, seen from the end
    world_reset(levels);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK_EQ(pt_create(&other, world_env()), 0);
    CHECK_EQ(mappages(&t, -0x2000UL, 0x2000, 0x5000, RW, 0), 0);
    CHECK_EQ(mappages(&t, -half, 3UL << 30, 0, RW, 2), 0);
    int before = world_tables();
    pt_unshare(&other, -half, 0, 2); // nothing has been shared yet
    for (int n = 0; n < levels - 3; n++) {
        world_fail_after(n);
        CHECK_EQ(pt_share(&other, &t, -half, -half + 1, 2), -ENOMEM);
        CHECK_EQ(world_tables(), before);
        CHECK_EQ(other.root[511], 0);
    }
    world_fail_after(-1);
    CHECK_EQ(pt_share(&other, &t, -half + 4096, -half + (1UL << 30) + 4096, 2), 0);
    CHECK_EQ(pt_share(&other, &t, -0x1000UL, 0, 2), 0);
    CHECK_EQ(world_tables(), before + levels - 3);
    CHECK(walk(&other, -0x1000UL, 0) == walk(&t, -0x1000UL, 0));
    CHECK_EQ(*walk(&other, -half + (1UL << 30), 0), *walk(&t, -half + (1UL << 30), 0));
    CHECK(walk(&other, -half + (2UL << 30), 0) == NULL); // not asked for
    CHECK_EQ(map_page(&other, -half + (5UL << 30), pte_make(0x5000, RW | PTE_V)), 0);
    CHECK(walk(&t, -half + (5UL << 30), 0) == NULL); // its own
    pt_unshare(&other, -half + 4096, -half + (1UL << 30) + 4096, 2);
    pt_unshare(&other, -0x1000UL, 0, 2);
    pt_free_tables(&other, -half, 0);
    CHECK_EQ(world_tables(), before);
    CHECK_EQ(pt_share(&other, &t, -half, 0, levels - 1), 0); // the root's entries: no table
    CHECK_EQ(world_tables(), before);
    CHECK_MEM(other.root + 256, t.root + 256, 2048);
    CHECK_EQ(other.root[255], 0);
}

int
main(void)
{
    for (int levels = 3; levels <= 5; levels++) {
        test_walk(levels);
        test_translation(levels);
        test_map_page(levels);
        test_share(levels);
    }
    test_mappages_panics();
    test_leaf_sizes();
    return test_done();
}
