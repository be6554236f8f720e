// SPDX-License-Identifier: MIT
// t_sv39.c - the format: indices, entries and satp, on edge and random values.
//
// SOURCES: kernel/pt/walk.c kernel/pt/stock.c tests/host/shim/host.c
#include "test.h"

#include "pt/pt.h"

static void
test_split(void)
{
    CHECK_EQ(PX(2, 0x40201000), 1); // index 1 at every level
    CHECK_EQ(PX(1, 0x40201000), 1);
    CHECK_EQ(PX(0, 0x40201000), 1);
    CHECK_EQ(PX(2, (1UL << 38) - PGSIZE), 255); // the trampoline's root entry
    CHECK_EQ(PX(2, 0xffffffc000000000), 256);
    CHECK_EQ(PX(0, ~0UL), 511);
    for (int i = 0; i < 10000; i++) {
        uint64 va = rnd() & ((1UL << 39) - 1);
        CHECK_EQ(PX(2, va) << 30 | PX(1, va) << 21 | PX(0, va) << 12 | va % 4096, va);
        CHECK(PX(2, va) < 512 && PX(1, va) < 512 && PX(0, va) < 512);
    }
    CHECK_EQ(pt_leaf_size(0), 4096);
    CHECK_EQ(pt_leaf_size(1), 2 << 20);
    CHECK_EQ(pt_leaf_size(2), 1 << 30);
}

static void
test_canonical(void)
{
    static const uint64 edge[] = {0x4000000000, 0x800000000000, 0x100000000000000};
    for (int levels = 3; levels <= 5; levels++) {
        uint64 half = edge[levels - 3];
        CHECK_EQ(pt_half(levels), half);
        CHECK(pt_canonical(levels, 0) && pt_canonical(levels, half - 1));
        CHECK(!pt_canonical(levels, half) && !pt_canonical(levels, -half - 1));
        CHECK(pt_canonical(levels, -half) && pt_canonical(levels, ~0UL));
        CHECK(!pt_canonical(levels, 1UL << 63));
    }
}

static void
test_entries(void)
{
    for (int i = 0; i < 10000; i++) {
        uint64 pa = (rnd() << 12 ^ rnd() << 40) & ((1UL << 56) - 4096), flags = rnd() & 0x3FF;
        pte_t pte = pte_make(pa, flags);
        CHECK_EQ(pte_pa(pte), pa);
        CHECK_EQ(PTE2PA(pte), (pte >> 10) << 12);
        CHECK_EQ(pte_flags(pte), flags);
        CHECK_EQ(pte & PTE_RESERVED, 0);
        CHECK_EQ(PA2PTE(pa) | flags, pte);
        CHECK_EQ(pte_leaf(pte) + pte_table(pte) + !pte_valid(pte), 1);
        CHECK_EQ(pte_leaf(pte), (flags & 1) && (flags & 0xE));
    }
    pte_t gig = pte_make(0x140000000, PTE_V | PTE_R);
    CHECK_EQ(pte_translate(gig, 2, 0x40000000 + 0x12345678), 0x152345678);
    CHECK_EQ(pte_part(gig, 2, 3), pte_make(0x140600000, PTE_V | PTE_R));
    CHECK_EQ(pte_part(gig, 1, 3), pte_make(0x140003000, PTE_V | PTE_R));
}

static void
test_satp(void)
{
    CHECK_EQ(MAKE_SATP(3, 0, 0x87fff000), 0x8000000000087fff);
    CHECK_EQ(MAKE_SATP(4, 0xffff, 0x80000000), 0x9ffff00000080000);
    CHECK_EQ(MAKE_SATP(5, 1, 0x80000000) >> SATP_MODE_SHIFT, SATP_SV57);
    CHECK_EQ((MAKE_SATP(3, 7, 0x80001000) & SATP_PPN_MASK) << PGSHIFT, 0x80001000);
    CHECK_EQ((MAKE_SATP(3, 7, 0x80001000) >> SATP_ASID_SHIFT) & SATP_ASID_MASK, 7);
}

int
main(void)
{
    test_split();
    test_canonical();
    test_entries();
    test_satp();
    return test_done();
}
