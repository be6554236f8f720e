// SPDX-License-Identifier: MIT
// t_fdt.c - device trees are read as they are meant, and damaged ones are refused.
//
// SOURCES: kernel/lib/parse/fdt*.c tests/host/shim/host.c
#include "test.h"

#include "fdtmake.h"
#include "lib/parse/fdt.h"

static struct fdtmake f;
static struct fdt t;

static void
make_sample(void)
{
    make_start(&f);
    make_cells(&f, "#address-cells", "2");
    make_cells(&f, "#size-cells", "1");
    make_cells(&f, "interrupt-parent", "7");
    make_begin(&f, "chosen");
    make_str(&f, "bootargs", "quiet kpt=global");
    make_close(&f);
    make_begin(&f, "bus@1000");
    make_cells(&f, "#address-cells", "1");
    make_cells(&f, "#size-cells", "2");
    make_cells(&f, "reg", "1 0x80000000 0x20 2 0x90000000 0x30 5");
    make_prop(&f, "compatible", "one\0second\0third", 17);
    make_begin(&f, "dev@0");
    make_str(&f, "status", "disabled");
    make_cells(&f, "reg", "0x40 1 0x50");
    make_begin(&f, "child");
    make_close(&f);
    make_close(&f);
    make_token(&f, 4);
    make_begin(&f, "dev@1");
    make_token(&f, 4);
    make_cells(&f, "interrupt-parent", "9");
    make_prop(&f, "empty", "", 0);
    make_prop(&f, "ragged", "abcde", 5);
    make_close(&f);
    make_close(&f);
    make_end(&f);
}

static void
open_sample(void)
{
    make_sample();
    CHECK_EQ(fdt_open(&t, f.blob, sizeof(f.blob)), 0);
}

static void
test_walk(void)
{
    static const struct {
        const char *name, *parent;
        int depth;
        uint32 ac, sc, intr;
        bool enabled;
    } want[] = {
        {"", "", 0, 2, 1, 7, true},
        {"chosen", "", 1, 2, 1, 7, true},
        {"bus@1000", "", 1, 2, 1, 7, true},
        {"dev@0", "bus@1000", 2, 1, 2, 7, false},
        {"child", "dev@0", 3, 2, 1, 7, false},
        {"dev@1", "bus@1000", 2, 1, 2, 9, true},
    };
    struct fdt_walk w;
    struct fdt_node n;
    open_sample();
    fdt_walk_init(&w, &t);
    for (size_t i = 0; i < NELEM(want); i++) {
        CHECK(fdt_walk_next(&w, &n));
        CHECK_STR(n.name, want[i].name);
        CHECK_STR(n.parent, want[i].parent);
        CHECK_EQ(n.depth, want[i].depth);
        CHECK_EQ(n.address_cells, want[i].ac);
        CHECK_EQ(n.size_cells, want[i].sc);
        CHECK_EQ(n.intr_parent, want[i].intr);
        CHECK_EQ(n.enabled, want[i].enabled);
    }
    CHECK(!fdt_walk_next(&w, &n));
    CHECK(!fdt_walk_next(&w, &n));
}

static bool
compatible(const struct fdt_node *n, const char *model)
{
    struct fdt_prop p;
    return fdt_prop(&t, n, "compatible", &p) && fdt_lists(&p, model);
}

static void
test_props(void)
{
    struct fdt_node n;
    struct fdt_prop p;
    uint64 base = 11, size = 12;
    open_sample();
    CHECK(fdt_find(&t, "/bus@1000", &n));
    CHECK(fdt_reg(&t, &n, 0, &base, &size));
    CHECK_EQ(base, 0x180000000);
    CHECK_EQ(size, 0x20);
    CHECK(fdt_reg(&t, &n, 1, &base, &size));
    CHECK_EQ(base, 0x290000000);
    CHECK_EQ(size, 0x30);
    CHECK(!fdt_reg(&t, &n, 2, &base, &size));
    CHECK(!fdt_reg(&t, &n, 0xffffffff, &base, &size));
    CHECK(compatible(&n, "one"));
    CHECK(compatible(&n, "second"));
    CHECK(compatible(&n, "third"));
    CHECK(!compatible(&n, "thir"));
    CHECK(!compatible(&n, "econd"));
    CHECK(!compatible(&n, "thirds"));
    CHECK(!fdt_has(&t, &n, "empty"));
    CHECK(fdt_find(&t, "/bus/dev@1", &n));
    CHECK(fdt_prop(&t, &n, "empty", &p));
    CHECK_EQ(p.len, 0);
    CHECK(!fdt_string(&t, &n, "empty"));
    CHECK(!fdt_string(&t, &n, "ragged"));
    CHECK_EQ(fdt_u32(&t, &n, "empty", 77), 77);
    CHECK_EQ(fdt_u32(&t, &n, "ragged", 77), 0x61626364);
    CHECK(fdt_prop(&t, &n, "ragged", &p));
    CHECK_EQ(fdt_cells(&p), 1);
    CHECK_EQ(fdt_cell(&p, 1), 0);
    CHECK(fdt_find(&t, "/chosen", &n));
    CHECK_STR(fdt_string(&t, &n, "bootargs"), "quiet kpt=global");
}

static void
test_find(void)
{
    struct fdt_node n;
    open_sample();
    CHECK(fdt_find(&t, "/", &n));
    CHECK_EQ(n.depth, 0);
    CHECK(fdt_find(&t, "/bus/dev", &n));
    CHECK_STR(n.name, "dev@0");
    CHECK(fdt_find(&t, "/bus@1000/dev@1:115200n8", &n));
    CHECK_STR(n.name, "dev@1");
    CHECK(!fdt_find(&t, "/bus/child", &n));
    CHECK(!fdt_find(&t, "/dev@1", &n));
    CHECK(!fdt_find(&t, "/bu", &n));
    CHECK(!fdt_find(&t, "/bus/dev@0/child/x", &n));
    CHECK(!fdt_find(&t, "chosen", &n));
    CHECK(!fdt_find(&t, "", &n));
}

static void
test_reservations(void)
{
    uint64 base, size;
    open_sample();
    CHECK(fdt_reservation(&t, 0, &base, &size));
    CHECK_EQ(base, 0x90000000);
    CHECK_EQ(size, 0x1000);
    CHECK(!fdt_reservation(&t, 1, &base, &size));
    CHECK(!fdt_reservation(&t, 0xffffffff, &base, &size));
}

// One number of the header at a time is wrong.
static void
test_headers(void)
{
    static const struct {
        int at;
        uint32 bad;
    } bad[] = {
        {0, 0xd00dfeee},
        {4, 39},
        {4, sizeof(f.blob) + 1},
        {4, FDT_MAX_SIZE + 1},
        {8, sizeof(f.blob) + 4},
        {8, 0xfffffffc},
        {8, 73},
        {12, sizeof(f.blob) + 1},
        {20, 15},
        {24, 18},
        {32, sizeof(f.blob) - MAKE_STRINGS + 1},
        {36, 0xfffffff0},
        {36, 8},
    };
    for (size_t i = 0; i < NELEM(bad); i++) {
        make_sample();
        make_put32(f.blob + bad[i].at, bad[i].bad);
        CHECK(fdt_open(&t, f.blob, sizeof(f.blob)) < 0);
    }
    make_sample();
    CHECK(fdt_open(&t, f.blob, FDT_HEADER_SIZE - 1) < 0);
    CHECK(fdt_open(&t, f.blob, sizeof(f.blob) - 1) < 0);
    CHECK(fdt_open(&t, f.blob + 4, sizeof(f.blob) - 4) < 0);
    CHECK_EQ(fdt_open(&t, f.blob, sizeof(f.blob)), 0);
    CHECK_EQ(t.size, sizeof(f.blob));
}

static void
check_refused(void)
{
    make_end(&f);
    CHECK(fdt_open(&t, f.blob, sizeof(f.blob)) < 0);
}

// Tokens that form no tree.
static void
test_structure(void)
{
    make_start(&f); // a property after a child
    make_begin(&f, "a");
    make_close(&f);
    make_str(&f, "late", "x");
    check_refused();

    make_start(&f); // two roots
    make_close(&f);
    make_begin(&f, "");
    check_refused();

    make_start(&f); // closed too often
    make_close(&f);
    check_refused();

    make_start(&f); // not closed
    make_begin(&f, "a");
    check_refused();

    make_start(&f); // an unknown token
    make_token(&f, 5);
    check_refused();

    make_start(&f); // a property so long that its end wraps round to the tokens that close the tree
    make_str(&f, "name", "x");
    make_token(&f, 3);
    make_token(&f, 0xfffffffc);
    check_refused();

    make_start(&f); // a name outside the strings
    make_token(&f, 3);
    make_token(&f, 0);
    make_token(&f, 4);
    check_refused();

    make_start(&f); // as deep as allowed, and one deeper
    for (int i = 1; i < FDT_MAX_DEPTH; i++)
        make_begin(&f, "n");
    struct fdtmake deeper = f;
    for (int i = 1; i < FDT_MAX_DEPTH; i++)
        make_close(&f);
    make_end(&f);
    CHECK_EQ(fdt_open(&t, f.blob, sizeof(f.blob)), 0);
    f = deeper;
    make_begin(&f, "n");
    for (int i = 0; i < FDT_MAX_DEPTH; i++)
        make_close(&f);
    check_refused();
}

// For any truncation or damage, opening and walking stay inside the blob, as the sanitizer checks.
static void
test_damage(void)
{
    int opened = 0;
    for (int round = 0; round < 3000; round++) {
        make_sample();
        uint32 size = round % 2 ? sizeof(f.blob) : (uint32)rnd_below(sizeof(f.blob));
        uint8 *copy = malloc(size + !size);
        memcpy(copy, f.blob, size);
        for (int i = 0; round % 2 && i < 3; i++)
            copy[rnd_below(0x300)] = (uint8)rnd();
        if (fdt_open(&t, copy, size) == 0) {
            struct fdt_walk w;
            struct fdt_node n;
            uint64 base, length;
            opened++;
            fdt_walk_init(&w, &t);
            while (fdt_walk_next(&w, &n)) {
                (void)fdt_reg(&t, &n, 0, &base, &length);
                CHECK(n.depth < FDT_MAX_DEPTH);
            }
        } else {
            CHECK(true);
        }
        free(copy);
    }
    CHECK(opened > 100);
}

int
main(void)
{
    test_walk();
    test_props();
    test_find();
    test_reservations();
    test_headers();
    test_structure();
    test_damage();
    return test_done();
}
