// SPDX-License-Identifier: MIT
// t_pt_copy.c - copying side by side, visiting leaves, freeing trees, and the ranges of a batch.
//
// SOURCES: kernel/pt/*.c kernel/pt/read/*.c tests/host/pt/help/ptworld.c tests/host/shim/host.c
#include "test.h"

#include "abi/errno.h"
#include "ptworld.h"

#define GIB (1UL << 30)

static struct pt t, u;
static int calls, slots, stop_at;

static int
copy(pte_t *from, pte_t *to, uint64 va, int n, int level, void *arg)
{
    CHECK(arg == &calls && level < 3);
    calls++;
    slots += n;
    CHECK_EQ((uint64)from % PGSIZE, PX(level, va) * 8);
    CHECK_EQ((uint64)to % PGSIZE, PX(level, va) * 8);
    for (int i = 0; i < n; i++)
        pte_store(&to[i], pte_load(&from[i]));
    return calls == stop_at ? -EIO : 0;
}

static int
run_copy(uint64 start, uint64 end)
{
    calls = slots = 0;
    return pt_copy_range(&u, &t, start, end, copy, &calls);
}

static void
fresh(void)
{
    world_reset(3);
    stop_at = 0;
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK_EQ(pt_create(&u, world_env()), 0);
    CHECK_EQ(mappages(&t, 0x1000, 0x3000, 0x80000000, PTE_R, 0), 0);
    CHECK_EQ(mappages(&t, 0x1ff000, 0x2000, 0x80000000, PTE_R, 0), 0);
    CHECK_EQ(mappages(&t, GIB + (6 << 20), 2 << 20, 0x80000000, PTE_R, 1), 0);
    CHECK_EQ(mappages(&t, 4 * GIB, GIB, 0x80000000, PTE_R, 2), 0);
    CHECK_EQ(world_tables(), 2 + 4); // L1 for 0, two L0, L1 for 1 GiB
}

static void
test_copy(void)
{
    fresh();
    for (int n = 0; n < 4; n++) {
        world_fail_after(n);
        CHECK_EQ(run_copy(0, pt_half(3)), -ENOMEM);
        CHECK_EQ(calls, 0);
        CHECK_EQ(world_tables(), 6);
    }
    world_fail_after(-1);
    CHECK_EQ(run_copy(0, pt_half(3)), 0);
    CHECK_EQ(calls, 2 + 1 + 1); // a call for each leaf table and each larger leaf
    CHECK_EQ(slots, 1024 + 1 + 1);
    CHECK_EQ(world_tables(), 10);
    CHECK_EQ(*walk(&u, 0x200000, 0), *walk(&t, 0x200000, 0));
    CHECK(walk(&u, 0x200000, 0) != walk(&t, 0x200000, 0));
    CHECK_EQ(pte_pa(*walk(&u, GIB + (6 << 20), 0)), 0x80000000);
    CHECK_EQ(run_copy(0, 0), 0);
    CHECK_EQ(run_copy(0, pt_half(3) + PGSIZE), -EINVAL);
}

static void
test_copy_part(void)
{
    fresh();
    CHECK_EQ(run_copy(0x2000, 0x5000), 0);
    CHECK_EQ(slots, 3);
    CHECK_EQ(world_tables(), 8);
    CHECK_EQ(*walk(&u, 0x1000, 0), 0);
    CHECK_EQ(*walk(&u, 0x3000, 0), *walk(&t, 0x3000, 0));
    CHECK_EQ(run_copy(0x1000, 0x2000), 0); // into tables that are there
    CHECK_EQ(world_tables(), 8);
    CHECK_EQ(*walk(&u, 0x1000, 0), *walk(&t, 0x1000, 0));
    stop_at = 2;
    CHECK_EQ(run_copy(0, pt_half(3)), -EIO);
    CHECK_EQ(calls, 2);
    pt_free_tables(&u, 0, pt_half(3)); // the rest of an interrupted copy can be given back
    CHECK_EQ(world_tables(), 6);
    CHECK_EQ(mappages(&u, 0, 2 << 20, 0, PTE_R, 1), 0);
    EXPECT_PANIC("pt_copy_range: a leaf in the way", (void)!run_copy(0, pt_half(3)));
}

static int
same_without_g(pte_t *slot, uint64 va, int level, void *arg)
{
    int other;
    pte_t *mine = walk_leaf(&u, va, &other);
    CHECK(mine && mine != slot && other == level);
    CHECK_EQ(*mine, *slot & ~PTE_G);
    ++*(int *)arg;
    return 0;
}

// A clone has tables of its own; one that fails leaves nothing, and the old tree as it was.
static void
test_clone(void)
{
    int leaves = 0;
    fresh();
    CHECK_EQ(mappages(&t, -3 * GIB, GIB, 0, PTE_R | PTE_G, 2), 0);
    CHECK_EQ(mappages(&t, -2 * GIB + 0x1fe000, 0x3000, 0, PTE_R | PTE_G, 0), 0);
    CHECK_EQ(mappages(&t, -PGSIZE, PGSIZE, 0, PTE_R | PTE_G, 0), 0);
    CHECK_EQ(map_page(&u, 0, pte_make(0, PTE_R | PTE_V)), 0);
    int before = world_tables();
    for (int n = 0; n < 5; n++) {
        world_fail_after(n);
        CHECK_EQ(pt_clone_upper(&u, &t, PTE_G), -ENOMEM);
        CHECK_EQ(world_tables(), before);
        for (int i = PT_ENTRIES / 2; i < PT_ENTRIES; i++)
            CHECK_EQ(u.root[i], 0);
    }
    world_fail_after(-1);
    CHECK_EQ(pt_clone_upper(&u, &t, PTE_G), 0);
    CHECK_EQ(world_tables(), before + 5);
    CHECK_EQ(pt_for_each_leaf(&t, -pt_half(3), 0, same_without_g, &leaves), 0);
    CHECK_EQ(leaves, 1 + 3 + 1);
    CHECK_EQ(*walk(&u, 0x1000, 0), 0); // the lower half is not copied
    pt_free_tables(&u, -pt_half(3), 0);
    CHECK_EQ(world_tables(), before);
    CHECK(pte_leaf(*walk(&t, -PGSIZE, 0)) && pte_leaf(*walk(&u, 0, 0)));
}

static int
count(pte_t *slot, uint64 va, int level, void *arg)
{
    static uint64 before;
    CHECK(pte_leaf(*slot) && (calls == 0 || va > before));
    CHECK_EQ(va % pt_leaf_size(level), 0);
    before = va;
    slots += (int)(pt_leaf_size(level) / PGSIZE);
    return ++calls == *(int *)arg ? 77 : 0;
}

static int
visit(uint64 start, uint64 end, int stop)
{
    calls = slots = 0;
    return pt_for_each_leaf(&t, start, end, count, &stop);
}

static void
test_visit(void)
{
    fresh();
    CHECK_EQ(visit(0, pt_half(3), 0), 0);
    CHECK_EQ(calls, 7);
    CHECK_EQ(slots, 5 + 512 + 262144);
    CHECK_EQ(visit(0, pt_half(3), 4), 77);
    CHECK_EQ(calls, 4);
    CHECK_EQ(visit(0x2000, 0x200000, 0), 0);
    CHECK_EQ(calls, 3);
    CHECK_EQ(visit(4 * GIB + PGSIZE, 4 * GIB + 2 * PGSIZE, 0), 0); // the middle of a leaf
    CHECK_EQ(calls, 1);
    CHECK_EQ(visit(0x5000, 0x5000, 0), 0);
    CHECK_EQ(calls, 0);
}

static void
test_free(void)
{
    struct wbatch w;
    fresh();
    EXPECT_PANIC("freewalk: leaf", freewalk(&t, 0, GIB));
    fresh();
    EXPECT_PANIC("freewalk: leaf", freewalk(&t, 4 * GIB, 5 * GIB));
    fresh();
    wbatch_init(&w, &t);
    CHECK_EQ(unmap(&t, 0, 3 * GIB, &w.b), 0);
    wbatch_fence(&w);
    CHECK_EQ(world_tables(), 6);
    freewalk(&t, 0, 4 * GIB);
    CHECK_EQ(world_tables(), 2);
    CHECK(pte_leaf(t.root[4])); // outside the range
    pt_free_tables(&t, 4 * GIB, 5 * GIB);
    CHECK_EQ(t.root[4], 0);
    pt_free_root(&t);
    pt_free_root(&u);
    CHECK_EQ(world_tables(), 0);
    world_fail_after(0);
    CHECK_EQ(pt_create(&t, world_env()), -ENOMEM);
}

// The cost of ending an address space grows with the mapped pages.
static void
test_destroy(void)
{
    struct wbatch w;
    fresh();
    wbatch_init(&w, &t);
    pt_destroy_range(&t, 0, GIB, (struct pt_zone){0, GIB}, &w.b);
    CHECK_EQ(w.leaves, 5);
    CHECK_EQ(w.tables, 3);
    pt_destroy_range(&t, GIB, pt_half(3), (struct pt_zone){GIB, pt_half(3)}, &w.b);
    CHECK_EQ(w.leaves, 7);
    CHECK_EQ(w.tables, 4);
    pt_destroy_range(&t, GIB, GIB, (struct pt_zone){GIB, pt_half(3)}, &w.b);
    wbatch_fence(&w);
    CHECK_EQ(world_tables(), 2);
}

static void
test_batch(void)
{
    struct tlb_batch b;
    batch_init(&b, NULL);
    CHECK(batch_clean(&b));
    batch_add(&b, 0x5000, 0x6000);
    batch_add(&b, 0x6000, 0x8000);
    batch_add(&b, 0x4000, 0x5000);
    CHECK_EQ(b.n, 1);
    CHECK(b.range[0].start == 0x4000 && b.range[0].end == 0x8000);
    batch_add(&b, 0x9000, 0xa000);
    batch_add(&b, -0x1000UL, 0);
    batch_add(&b, -0x2000UL, -0x1000UL);
    CHECK_EQ(b.n, 3);
    CHECK(b.range[2].start == -0x2000UL && b.range[2].end == 0);
    batch_add(&b, -0x1000UL, 0);
    batch_add(&b, 0x20000, 0x30000);
    CHECK_EQ(b.n, TLB_RANGES);
    batch_add(&b, 0x21000, 0x22000);
    CHECK(!b.all && !batch_clean(&b));
    CHECK(b.range[3].start == 0x20000 && b.range[3].end == 0x30000);
    batch_add(&b, 0x50000, 0x51000);
    CHECK(b.all);
    batch_reset(&b);
    CHECK(batch_clean(&b));
    b.all = true;
    CHECK(!batch_clean(&b));
}

// The top of the space and its bottom in one batch are not neighbours.
static void
test_batch_wraps_not(void)
{
    struct wbatch w;
    fresh();
    CHECK_EQ(map_page(&t, -PGSIZE, pte_make(0, PTE_R | PTE_V)), 0);
    CHECK_EQ(map_page(&t, 0, pte_make(0, PTE_R | PTE_V)), 0);
    wbatch_init(&w, &t);
    tlb_load(&t, -PGSIZE);
    tlb_load(&t, 0);
    CHECK_EQ(unmap(&t, -PGSIZE, 0, &w.b), 0);
    CHECK_EQ(unmap(&t, 0, PGSIZE, &w.b), 0);
    CHECK_EQ(w.b.n, 2);
    wbatch_fence(&w);
}

int
main(void)
{
    test_copy();
    test_copy_part();
    test_clone();
    test_visit();
    test_free();
    test_destroy();
    test_batch();
    test_batch_wraps_not();
    return test_done();
}
