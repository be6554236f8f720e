// SPDX-License-Identifier: MIT
// t_pt_check.c - every invariant is broken once and found by its name; differences of two tables.
//
// SOURCES: kernel/pt/*.c kernel/pt/read/*.c tests/host/pt/help/ptworld.c tests/host/pt/help/ptdiff.c tests/host/shim/host.c
#include "test.h"

#include "pt/read/check.h"
#include "ptdiff.h"
#include "ptworld.h"

#define GIB (1UL << 30)

static struct pt t, u;
static const char *found;
static struct pt_finding finding;

static void
report(void *arg, const struct pt_finding *f)
{
    (void)arg;
    found = f->invariant;
    finding = *f;
}

static const char *
no_frames(void *arg, uint64 pa, int level, bool table)
{
    (void)level;
    return !table && pa == *(uint64 *)arg ? "frame-named" : NULL;
}

// Puts `bad` into the slot of `va` and expects one finding with this name, or none.
static void
expect(pte_t *slot, pte_t bad, const char *name)
{
    uint64 forbidden = 0xbad000;
    struct pt_checker c = {report, no_frames, &forbidden};
    pte_t good = *slot;
    found = "";
    *slot = bad;
    int n = pt_check(&t, 0, pt_half(3), &c) + pt_check(&t, -pt_half(3), 0, &c);
    *slot = good;
    CHECK_STR(found, name);
    CHECK_EQ(n, *name != '\0');
    CHECK(n == 0 || finding.pte == bad);
}

static void
test_invariants(void)
{
    int level;
    world_reset(3);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK_EQ(map_page(&t, 0x40201000, pte_make(0x5000, PTE_R | PTE_V | PTE_U)), 0);
    CHECK_EQ(map_page(&t, -0x1000UL, pte_make(0x5000, PTE_R | PTE_V)), 0);
    CHECK_EQ(mappages(&t, 2 * GIB, GIB, 0, PTE_R | PTE_W, 2), 0);
    pte_t *leaf = walk(&t, 0x40201000, 0), *high = walk(&t, -0x1000UL, 0);
    pte_t *big = walk(&t, 2 * GIB, 0), *root = &t.root[1];
    expect(leaf, *leaf, "");
    expect(leaf, 0, "");
    expect(leaf, PTE_R, "hole-zero");
    CHECK_EQ(finding.va, 0x40201000);
    CHECK_EQ(finding.level, 0);
    expect(leaf, *leaf | 1UL << 54, "reserved-clear");
    expect(leaf, *leaf | 1UL << 63, "reserved-clear");
    expect(leaf, pte_make(0x5000, PTE_V | PTE_W), "w-needs-r");
    expect(leaf, pte_make(0x5000, PTE_V | PTE_W | PTE_X), "w-needs-r");
    expect(leaf, *leaf | PTE_W | PTE_X, "no-wx");
    expect(leaf, *leaf | PTE_W | PTE_RSW0, "cow-readonly");
    expect(leaf, *leaf | PTE_RSW0, "");
    expect(leaf, *leaf & ~PTE_RWX, "tree-ends");
    expect(leaf, pte_make(0xbad000, PTE_R | PTE_V), "frame-named");
    expect(high, *high | PTE_U, "user-low");
    CHECK_EQ(finding.va, -0x1000UL);
    expect(big, *big + PA2PTE(PGSIZE), "leaf-aligned");
    expect(big, *big + PA2PTE(2 << 20), "leaf-aligned");
    expect(root, *root | PTE_A, "pointer-plain");
    expect(root, *root | PTE_D, "pointer-plain");
    expect(root, *root | PTE_U, "pointer-plain");
    CHECK(walk_leaf(&t, 2 * GIB, &level) == big && level == 2);
}

// A frame that serves twice as a table is the owner's to notice: the world's ledger does.
static void
test_frame_once(void)
{
    world_reset(3);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK_EQ(map_page(&t, 0x1000, pte_make(0x5000, PTE_R | PTE_V)), 0);
    world_check(&t, 0, pt_half(3));
    CHECK_EQ(world_reachable(), 3);
    t.root[1] = t.root[0];
    EXPECT_PANIC("", world_check(&t, 0, pt_half(3)));
}

static int seen[5];
static struct pt_diff last;

static void
on_diff(void *arg, const struct pt_diff *d)
{
    CHECK(arg == seen);
    seen[d->kind]++;
    last = *d;
}

static int
diff(uint64 ignore)
{
    memset(seen, 0, sizeof seen);
    return pt_diff(&t, &u, 0, pt_half(3), ignore, on_diff, seen);
}

static void
test_diff(void)
{
    world_reset(3);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK_EQ(pt_create(&u, world_env()), 0);
    CHECK_EQ(diff(0), 0);
    CHECK_EQ(map_page(&t, 0x5000, pte_make(0x5000, PTE_R | PTE_V)), 0);
    CHECK_EQ(diff(0), 1);
    CHECK_EQ(seen[DIFF_ONLY_A], 1);
    CHECK_EQ(last.va, 0x5000);
    CHECK_EQ(last.level, 0);
    CHECK_EQ(map_page(&u, 0x5000, pte_make(0x5000, PTE_R | PTE_V | PTE_A)), 0);
    CHECK_EQ(diff(0), 1);
    CHECK_EQ(seen[DIFF_FLAGS], 1);
    CHECK_EQ(diff(PTE_A | PTE_D), 0);
    CHECK_EQ(map_page(&u, 0x6000, pte_make(0x5000, PTE_R | PTE_V)), 0);
    CHECK_EQ(diff(PTE_A), 1);
    CHECK_EQ(seen[DIFF_ONLY_B], 1);
    CHECK_EQ(map_page(&t, 0x6000, pte_make(0x7000, PTE_R | PTE_V)), 0);
    CHECK_EQ(diff(PTE_A), 1);
    CHECK_EQ(seen[DIFF_PA], 1);
    CHECK_EQ(last.a, pte_make(0x7000, PTE_R | PTE_V));
    CHECK_EQ(last.b, pte_make(0x5000, PTE_R | PTE_V));
    memset(seen, 0, sizeof seen);
    CHECK_EQ(pt_diff(&t, &u, 0, 0x6000, PTE_A, on_diff, seen), 0); // outside the range
    CHECK_EQ(mappages(&t, 0x1000, 4 * PGSIZE, 0x1000, PTE_R, 0), 0);
    CHECK_EQ(pt_share(&u, &t, 0, GIB, 2), 0); // one tree below both roots
    CHECK_EQ(diff(0), 0);
}

// A larger leaf and the same in small pages differ in shape alone.
static void
test_diff_shape(void)
{
    struct wbatch w;
    world_reset(3);
    CHECK_EQ(pt_create(&t, world_env()), 0);
    CHECK_EQ(pt_create(&u, world_env()), 0);
    wbatch_init(&w, &u);
    CHECK_EQ(mappages(&t, GIB, GIB, 0, PTE_R | PTE_W, 2), 0);
    CHECK_EQ(mappages(&u, GIB, GIB, 0, PTE_R | PTE_W, 2), 0);
    CHECK_EQ(diff(0), 0);
    CHECK_EQ(pt_split(&u, GIB, 1, &w.b), 0);
    CHECK_EQ(diff(0), 1);
    CHECK_EQ(seen[DIFF_SHAPE], 1);
    CHECK_EQ(pt_split(&u, GIB, 0, &w.b), 0);
    CHECK_EQ(diff(0), 2);
    CHECK_EQ(unmap(&u, GIB + 0x3000, GIB + 0x4000, &w.b), 0);
    CHECK_EQ(diff(0), 3);
    CHECK_EQ(seen[DIFF_ONLY_A], 1);
    CHECK_EQ(last.va, GIB + 0x3000);
    CHECK_EQ(last.a, pte_make(0x3000, PTE_R | PTE_W | PTE_V));
}

int
main(void)
{
    test_invariants();
    test_frame_once();
    test_diff();
    test_diff_shape();
    return test_done();
}
