// SPDX-License-Identifier: MIT
// t_pt_super.c - larger leaves: unmapping and protecting their first, middle and last pages,
// splitting 1 GiB down to 4 KiB, the records in the batch.
//
// SOURCES: kernel/pt/*.c kernel/pt/read/*.c tests/host/pt/help/ptworld.c tests/host/shim/host.c
#include "test.h"

#include "abi/errno.h"
#include "ptworld.h"

#define MIB2 (2UL << 20)
#define GIB  (1UL << 30)
#define RW   (PTE_R | PTE_W | PTE_A | PTE_D)

static struct pt t;
static struct wbatch w;

static void
fresh(int level)
{
    world_reset(3);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK_EQ(mappages(&t, GIB, GIB, 0x140000000, RW, level), 0);
    wbatch_init(&w, &t);
}

// Bytes mapped in the gigabyte, all of them where they belong.
static uint64
mapped(void)
{
    uint64 sum = 0;
    for (uint64 va = GIB, size; va < 2 * GIB; va += size) {
        int level;
        pte_t pte = pte_load(walk_leaf(&t, va, &level));
        size = pt_leaf_size(level);
        if (!pte_leaf(pte))
            continue;
        CHECK_EQ(pte_translate(pte, level, va), va + 0x100000000);
        CHECK_EQ(pte_flags(pte), RW | PTE_V);
        sum += size;
    }
    return sum;
}

static void
test_unmap_pages(int level)
{
    uint64 size = pt_leaf_size(level);
    const uint64 first[] = {0, size / 2, size - PGSIZE, PGSIZE};
    for (uint64 i = 0; i < NELEM(first); i++) {
        fresh(level);
        int tables = world_tables();
        for (int n = 0; n < level; n++) { // a table for each level of splitting
            world_fail_after(n);
            uint64 hash = world_hash(&t);
            CHECK_EQ(unmap(&t, GIB + first[i], GIB + first[i] + PGSIZE, &w.b), -ENOMEM);
            CHECK_EQ(world_hash(&t), hash);
            CHECK_EQ(world_tables(), tables);
            CHECK(batch_clean(&w.b));
        }
        world_fail_after(-1);
        tlb_load(&t, GIB + first[i]);
        CHECK_EQ(unmap(&t, GIB + first[i], GIB + first[i] + PGSIZE, &w.b), 0);
        CHECK_EQ(w.pages, 1);
        CHECK_EQ(mapped(), GIB - PGSIZE);
        CHECK_EQ(world_tables(), tables + level);
        wbatch_fence(&w);
    }
}

static void
test_unmap_across(void)
{
    fresh(2);
    CHECK_EQ(unmap(&t, GIB + MIB2 - PGSIZE, GIB + 3 * MIB2 + PGSIZE, &w.b), 0);
    CHECK_EQ(w.pages, 1 + 512 + 512 + 1);
    CHECK_EQ(w.leaves, 1 + 2 + 1);
    CHECK_EQ(mapped(), GIB - 2 * MIB2 - 2 * PGSIZE);
    wbatch_fence(&w);
    CHECK_EQ(unmap(&t, GIB, 2 * GIB, &w.b), 0);
    CHECK_EQ(mapped(), 0);
    fresh(1);
    CHECK_EQ(unmap(&t, GIB, 2 * GIB, &w.b), 0); // whole leaves need no table
    CHECK_EQ(w.leaves, 512);
    CHECK_EQ(w.b.n, 1);
    CHECK_EQ(w.b.range[0].start, GIB);
    CHECK_EQ(w.b.range[0].end, 2 * GIB);
    CHECK(!w.b.all);
    fresh(2);
    EXPECT_PANIC("unmap: part of a leaf",
                 pt_destroy_range(&t, GIB, GIB + PGSIZE, (struct pt_zone){1, 1}, &w.b));
}

static void
test_zone(void)
{
    fresh(1);
    struct pt_zone zone = {0, pt_half(3)};
    CHECK_EQ(world_tables(), 2);
    CHECK_EQ(map_page(&t, 0x1000, pte_make(0x9000, PTE_R | PTE_V)), 0);
    CHECK_EQ(world_tables(), 4);
    zone.ceiling = GIB;
    CHECK_EQ(unmap_zone(&t, 0, 0x2000, zone, &w.b), 0);
    CHECK_EQ(w.tables, 2);
    CHECK(w.b.all);              // pointers are gone: only a fence for all addresses will do
    CHECK_EQ(world_tables(), 4); // not before the fence
    wbatch_fence(&w);
    CHECK_EQ(world_tables(), 2);
    CHECK_EQ(mapped(), GIB);
    zone = (struct pt_zone){GIB + MIB2, 2 * GIB};
    CHECK_EQ(unmap_zone(&t, GIB + MIB2, 2 * GIB, zone, &w.b), 0);
    CHECK_EQ(w.tables, 2); // the first 2 MiB are outside the zone: their table stays
    CHECK_EQ(mapped(), MIB2);
    zone.floor = GIB;
    CHECK_EQ(unmap_zone(&t, GIB, GIB + MIB2, zone, &w.b), 0);
    wbatch_fence(&w);
    CHECK_EQ(world_tables(), 1);
    CHECK_EQ(unmap_zone(&t, GIB, GIB, zone, &w.b), 0);
    CHECK_EQ(unmap(&t, GIB + 1, GIB + PGSIZE, &w.b), -EINVAL);
    CHECK_EQ(unmap(&t, GIB + PGSIZE, GIB, &w.b), -EINVAL);
    CHECK_EQ(unmap(&t, 0, -PGSIZE, &w.b), -EINVAL);
    CHECK_EQ(unmap(&t, 0, pt_half(3) + PGSIZE, &w.b), -EINVAL);
}

static void
test_protect(void)
{
    int level;
    fresh(2);
    tlb_load(&t, GIB + 5 * PGSIZE);
    CHECK_EQ(protect(&t, GIB + PGSIZE, GIB + MIB2, PTE_W | PTE_D, 0, &w.b), 0);
    CHECK(!batch_clean(&w.b));
    wbatch_fence(&w);
    CHECK_EQ(pte_flags(*walk_leaf(&t, GIB, &level)), RW | PTE_V);
    CHECK_EQ(level, 0);
    CHECK_EQ(pte_flags(*walk_leaf(&t, GIB + MIB2 - 1, &level)), PTE_R | PTE_A | PTE_V);
    CHECK_EQ(pte_flags(*walk_leaf(&t, GIB + MIB2, &level)), RW | PTE_V);
    CHECK_EQ(level, 1);
    CHECK_EQ(protect(&t, GIB + PGSIZE, GIB + MIB2, 0, PTE_W, &w.b), 0);
    CHECK(batch_clean(&w.b)); // widened: no fence is due
    batch_reset(&w.b);
    CHECK_EQ(protect(&t, GIB + PGSIZE, GIB + MIB2, 0, PTE_W, &w.b), 0);
    CHECK(batch_clean(&w.b)); // nothing changed
    CHECK_EQ(protect(&t, GIB, GIB + MIB2, 0, PTE_RSW1, &w.b), 0);
    CHECK(batch_clean(&w.b)); // no hart uses it
    CHECK_EQ(protect(&t, GIB, GIB + MIB2, PTE_V, 0, &w.b), -EINVAL);
    EXPECT_PANIC("protect", (void)!protect(&t, GIB, GIB + MIB2, PTE_RWX, 0, &w.b));
    EXPECT_PANIC("protect", (void)!protect(&t, GIB, GIB + MIB2, PTE_R, 0, &w.b));
    CHECK_EQ(protect(&t, GIB, GIB + PGSIZE, 0, PTE_G, &w.b), 0);
    CHECK_EQ(unmap(&t, GIB, GIB + PGSIZE, &w.b), 0);
}

static void
test_split(void)
{
    fresh(2);
    for (int n = 0; n < 2; n++) {
        world_fail_after(n);
        CHECK_EQ(pt_split(&t, GIB + 3 * MIB2 + 5, 0, &w.b), -ENOMEM);
        CHECK_EQ(world_tables(), 1);
    }
    world_fail_after(-1);
    CHECK_EQ(pt_split(&t, pt_half(3), 0, &w.b), -EINVAL);
    CHECK_EQ(pt_split(&t, 3 * GIB, 0, &w.b), 0); // a hole
    CHECK_EQ(pt_split(&t, GIB + 3 * MIB2 + 5, 0, &w.b), 0);
    CHECK(w.b.all ||
          (w.b.range[0].start == GIB && w.b.range[0].end == 2 * GIB)); // a leaf is no more
    CHECK_EQ(world_tables(), 3);
    CHECK_EQ(mapped(), GIB);
}

int
main(void)
{
    test_unmap_pages(1);
    test_unmap_pages(2);
    test_unmap_across();
    test_zone();
    test_protect();
    test_split();
    return test_done();
}
