// SPDX-License-Identifier: MIT
// t_pgtbl.c - the parts of the command pgtbl that need no kernel: texts, ranges, comparisons.
//
// SOURCES: user/pgtbl/text.c user/pgtbl/range.c user/pgtbl/quiznum.c
// CFLAGS: -Ikernel -Wno-builtin-declaration-mismatch
#include "test.h"

#include "../../user/pgtbl/pgtbl.h"
#include "../../user/pgtbl/quiz.h"

#define USER_RW (PTE_V | PTE_R | PTE_W | PTE_U)

bool wide;

const char *
tr(const char *en)
{
    return en;
}

static struct range got[16];
static struct change seen[16];
static int n;

static void
keep_range(const struct range *r)
{
    CHECK(n < 16);
    got[n++] = *r;
}

static void
keep_change(const struct change *c)
{
    CHECK(n < 16);
    seen[n++] = *c;
}

static struct pgentry
leaf_at(unsigned long va, unsigned long pa, unsigned long flags)
{
    return (struct pgentry){
        .va = va, .size = PGSIZE, .pa = pa, .pte = PA2PTE(pa) | flags, .kind = PGK_USER, .refs = 1};
}

static void
test_flags(void)
{
    char buf[TEXT];
    CHECK_STR(flags_text(0, buf), "--------");
    CHECK_STR(flags_text(0x3ff, buf), "rwxugadc");
    CHECK_STR(flags_text(PTE_V | PTE_R | PTE_U | PTE_D, buf), "r--u--d-");
    CHECK_STR(flags_of_many(PTE_R, PTE_R | PTE_A, buf), "r----~--");
}

static void
test_sizes(void)
{
    char buf[TEXT];
    CHECK_STR(size_text(4096, buf), "4K");
    CHECK_STR(size_text(2UL << 20, buf), "2M");
    CHECK_STR(size_text(1UL << 30, buf), "1G");
    CHECK_STR(size_text((2UL << 20) + 4096, buf), "2052K");
    CHECK_STR(size_text(0, buf), "0K");
}

static void
test_spans(void)
{
    char buf[TEXT];
    CHECK_STR(span_text(0x1000, 0x3fffffd000, buf), "0000001000 3fffffd000");
    CHECK_STR(span_text(0x1000, 1UL << 40, buf), "0000000000001000     ");
    CHECK_STR(span_text(0xffffffc080000000, 0xffffffc080200000, buf), "ffffffc080000000     ");
    CHECK_STR(span_text(0xfffffffffffff000, 0, buf), "fffffffffffff000     ");
    CHECK_EQ(strlen(span_head()), 21);
    wide = true;
    CHECK_STR(span_text(0x1000, 0x2000, buf), "0000000000001000 0000000000002000");
    CHECK_EQ(strlen(span_head()), 33);
    wide = false;
}

static void
test_addresses(void)
{
    unsigned long v = 7;
    CHECK(address("0", &v) && v == 0);
    CHECK(address("4096", &v) && v == 4096);
    CHECK(address("0x1000", &v) && v == 4096);
    CHECK(address("0XfFfFfFfF80200000", &v) && v == 0xffffffff80200000);
    CHECK(address("18446744073709551615", &v) && v == ~0UL);
    v = 7;
    CHECK(!address("", &v) && !address("0x", &v) && !address("1a", &v) && !address("-1", &v));
    CHECK(!address("18446744073709551616", &v) && !address("0x10000000000000000", &v));
    CHECK(!address("0xg", &v) && !address(" 1", &v) && !address("1 ", &v) && v == 7);
}

static void
test_names(void)
{
    CHECK_STR(kind_name(PGK_FREE), "free");
    CHECK_STR(kind_name(PGK_DMA), "dma");
    CHECK_STR(kind_name(PGK_NONE), "-");
    CHECK_STR(kind_name(PGK_NONE + 1), "?");
    CHECK_STR(region_name(PGR_IMAGE, 5), "text");
    CHECK_STR(region_name(PGR_IMAGE, 3), "data");
    CHECK_STR(region_name(PGR_KDATA, 0), "kdata");
    CHECK_STR(region_name(PGR_COUNT, 0), "?");
    CHECK(strcmp(rule_text("valid", 3), rule_text("no such rule", 3)) != 0);
    CHECK_STR(rule_text("canonical", 3), "bits 63-39 of the address must all equal bit 38");
    CHECK_STR(rule_text("canonical", 5), "bits 63-57 of the address must all equal bit 56");
}

// Neighbours that differ in A or D alone are one range; any other difference makes two.
static void
test_ranges(void)
{
    struct pgentry e[] = {
        {.va = 0, .pte = PTE_V, .size = 1UL << 30}, // a pointer
        leaf_at(0x0000, 0x80000000, USER_RW | PTE_A),
        leaf_at(0x1000, 0x80001000, USER_RW | PTE_A | PTE_D),
        leaf_at(0x2000, 0x80009000, USER_RW),
        leaf_at(0x3000, 0x8000a000, PTE_V | PTE_R | PTE_U),
        leaf_at(0x5000, 0x8000c000, PTE_V | PTE_R | PTE_U),
    };
    n = 0;
    CHECK_EQ(ranges(e, 6, keep_range), 3);
    CHECK_EQ(n, 3);
    CHECK(got[0].start == 0 && got[0].size == 0x3000 && got[0].pa == 0x80000000);
    CHECK(!got[0].straight && got[1].straight);
    CHECK(!(got[0].all & PTE_A) && (got[0].any & PTE_A) && (got[0].any & PTE_D));
    CHECK(got[1].start == 0x3000 && got[1].size == 0x1000);
    CHECK(got[2].start == 0x5000);
    CHECK_EQ(ranges(e, 1, keep_range), 0);
    CHECK_EQ(ranges(e, 0, keep_range), 0);
}

static void
test_range_owner(void)
{
    struct pgentry e[3] = {leaf_at(0, 0, USER_RW), leaf_at(0x1000, 0x1000, USER_RW),
                           leaf_at(0x2000, 0x2000, USER_RW)};
    e[1].owner = 5;
    e[2].owner = 5;
    e[2].refs = 2;
    n = 0;
    CHECK_EQ(ranges(e, 3, keep_range), 3);
}

// Memory below a deferred pointer is a range of its own, which ends with the pointer's addresses.
static void
test_ranges_deferred(void)
{
    struct pgentry e[] = {
        {.va = 0x000000, .pte = PTE_V, .size = 1UL << 30},
        {.va = 0x000000, .pte = PTE_V, .size = 0x200000},
        leaf_at(0x1ff000, 0x80001000, USER_RW),
        {.va = 0x200000, .pte = PGE_DEFERRED | PA2PTE(0x80000000), .size = 0x200000},
        leaf_at(0x200000, 0x80002000, USER_RW),
        leaf_at(0x201000, 0x80003000, USER_RW),
        leaf_at(0x3ff000, 0x80004000, USER_RW),
        {.va = 0x400000, .pte = PTE_V, .size = 0x200000},
        leaf_at(0x400000, 0x80005000, USER_RW),
    };
    n = 0;
    CHECK_EQ(ranges(e, 9, keep_range), 4);
    CHECK(!got[0].deferred && got[0].start == 0x1ff000 && got[0].size == 0x1000);
    CHECK(got[1].deferred && got[1].start == 0x200000 && got[1].size == 0x2000);
    CHECK(got[2].deferred && got[2].start == 0x3ff000);
    CHECK(!got[3].deferred && got[3].start == 0x400000);
}

static void
compare(struct pgentry *a, int na, struct pgentry *b, int nb)
{
    struct table ta = {.e = a, .n = na}, tb = {.e = b, .n = nb};
    n = 0;
    changes(&ta, &tb, keep_change);
}

static void
test_changes(void)
{
    struct pgentry a[] = {leaf_at(0x0000, 0x10000, USER_RW), leaf_at(0x1000, 0x11000, USER_RW),
                          leaf_at(0x2000, 0x12000, USER_RW), leaf_at(0x3000, 0x13000, USER_RW)};
    struct pgentry b[] = {leaf_at(0x0000, 0x10000, USER_RW | PTE_A | PTE_D),
                          leaf_at(0x1000, 0x21000, USER_RW),
                          leaf_at(0x2000, 0x12000, PTE_V | PTE_R | PTE_U),
                          leaf_at(0x4000, 0x14000, USER_RW), leaf_at(0x5000, 0x15000, USER_RW)};
    compare(a, 4, b, 5);
    CHECK_EQ(n, 5);
    CHECK(seen[0].how == SAME && seen[1].how == OTHER_FRAME && seen[2].how == OTHER_FLAGS);
    CHECK(seen[3].how == ONLY_A && seen[3].start == 0x3000);
    CHECK(seen[4].how == ONLY_B && seen[4].start == 0x4000 && seen[4].size == 0x2000);
    compare(a, 4, a, 4);
    CHECK(n == 1 && seen[0].how == SAME && seen[0].size == 0x4000);
    compare(a, 0, b, 0);
    CHECK_EQ(n, 0);
    compare(a, 0, b, 2);
    CHECK(n == 1 && seen[0].how == ONLY_B && seen[0].size == 0x2000);
}

// A change is named after the new mapping: former text is the guard page of a smaller program now.
static void
test_changes_name_what_is(void)
{
    struct pgentry a[] = {leaf_at(0, 0x10000, USER_RW), leaf_at(0x1000, 0x11000, USER_RW)};
    struct pgentry b[] = {leaf_at(0, 0x20000, PTE_V | PTE_X)};
    a[0].region = a[1].region = PGR_IMAGE;
    a[0].prot = a[1].prot = 5;
    b[0].region = PGR_GUARD;
    compare(a, 2, b, 1);
    CHECK_EQ(n, 2);
    CHECK(seen[0].how == OTHER_FRAME && seen[0].region == PGR_GUARD && seen[0].prot == 0);
    CHECK(seen[1].how == ONLY_A && seen[1].region == PGR_IMAGE && seen[1].prot == 5);
}

// A larger leaf and the pages it could be cut into are the same memory.
static void
test_changes_of_sizes(void)
{
    static struct pgentry small[512];
    struct pgentry large = leaf_at(0x200000, 0x80200000, USER_RW);
    large.size = 0x200000;
    for (unsigned long i = 0; i < 512; i++)
        small[i] = leaf_at(0x200000 + i * PGSIZE, 0x80200000 + i * PGSIZE, USER_RW);
    compare(&large, 1, small, 512);
    CHECK(n == 1 && seen[0].how == SAME && seen[0].size == 0x200000);
    small[7].pa += PGSIZE;
    compare(&large, 1, small, 512);
    CHECK(n == 3 && seen[1].how == OTHER_FRAME && seen[1].start == 0x207000);
}

// A seed draws the same questions again; each has an answer, and only that one is right.
static void
test_quiz_numbers(void)
{
    struct dice a = {7}, b = {7};
    for (int i = 0; i < 200; i++) {
        struct question x, y;
        quiz_draw_numbers(&a, &x);
        quiz_draw_numbers(&b, &y);
        CHECK_STR(x.text, y.text);
        CHECK(x.text[0] && x.right[0] && x.why[0]);
        CHECK(quiz_right(x.right, y.right) && !quiz_right("", x.right) &&
              !quiz_right("ok", x.right));
    }
    CHECK(quiz_right("16", "0x10") && quiz_right("0x10", "16") && !quiz_right("17", "0x10"));
    CHECK(quiz_right("valid", "valid") && !quiz_right("user", "valid"));
}

int
main(void)
{
    test_flags();
    test_sizes();
    test_spans();
    test_addresses();
    test_names();
    test_ranges();
    test_ranges_deferred();
    test_range_owner();
    test_changes();
    test_changes_name_what_is();
    test_changes_of_sizes();
    test_quiz_numbers();
    return test_done();
}
