// SPDX-License-Identifier: MIT
// t_glass_fdt.c - the device tree of the glass machine, read by the kernel's reader.
//
// SOURCES: machine/board/*.c kernel/lib/parse/fdt.c kernel/lib/parse/fdtwalk.c tests/host/shim/host.c
#include "glassboard.h"

#include "board/fdt.h"
#include "lib/parse/fdt.h"

static uint8 blob[FDT_ROOM];
static struct fdt tree;
static struct fdt_node node;
static struct fdt_prop models;
static uint64 base, size;

static void
build(const struct fdt_chosen *c)
{
    uint64 n = fdt_build(&m, c, blob, sizeof(blob));
    CHECK(n > 0);
    CHECK_EQ(fdt_open(&tree, blob, n), 0);
    CHECK_EQ(tree.size, n);
}

static void
check_device(const char *path, const char *model, uint64 at, uint32 irq)
{
    CHECK(fdt_find(&tree, path, &node));
    CHECK(fdt_prop(&tree, &node, "compatible", &models) && fdt_lists(&models, model));
    CHECK(fdt_reg(&tree, &node, 0, &base, &size));
    CHECK_EQ(base, at);
    CHECK(bus_find(&m, base, 1) && bus_find(&m, base + size - 1, 1));
    CHECK_EQ(fdt_u32(&tree, &node, "interrupts", 0), irq);
}

static void
test_devices(void)
{
    static const struct fdt_chosen none;
    build(&none);
    check_device("/soc/serial@10000000", "ns16550a", 0x10000000, 10);
    check_device("/soc/rtc@101000", "google,goldfish-rtc", 0x101000, 11);
    check_device("/soc/test@100000", "syscon", 0x100000, 0);
    uint32 test = fdt_u32(&tree, &node, "phandle", 0);
    check_device("/soc/plic@c000000", "riscv,plic0", 0xc000000, 0);
    uint32 plic = fdt_u32(&tree, &node, "phandle", 0);
    check_device("/soc/clint@2000000", "sifive,clint0", 0x2000000, 0);
    for (unsigned i = 0; i < 8; i++) {
        char path[40];
        snprintf(path, sizeof(path), "/soc/virtio_mmio@%x", 0x10001000 + i * 0x1000);
        check_device(path, "virtio,mmio", 0x10001000 + i * 0x1000, 1 + i);
        CHECK_EQ(fdt_u32(&tree, &node, "interrupt-parent", 0), plic);
    }
    CHECK(fdt_find(&tree, "/poweroff", &node));
    CHECK_EQ(fdt_u32(&tree, &node, "regmap", 0), test);
    CHECK_EQ(fdt_u32(&tree, &node, "value", 0), 0x5555);
    CHECK(fdt_find(&tree, "/memory@80000000", &node));
    CHECK(fdt_reg(&tree, &node, 0, &base, &size));
    CHECK_EQ(base, RAM_BASE);
    CHECK_EQ(size, BOARD_RAM);
}

static void
test_harts(unsigned harts, uint8 mmu, bool svade)
{
    static const struct fdt_chosen none;
    struct fdt_prop p;
    char path[60], words[20];
    board_new(true);
    m.config.harts = harts;
    m.config.mmu = mmu;
    m.config.svade = svade;
    build(&none);
    for (unsigned h = 0; h < harts; h++) {
        snprintf(path, sizeof(path), "/cpus/cpu@%u", h);
        CHECK(fdt_find(&tree, path, &node));
        CHECK_EQ(fdt_u32(&tree, &node, "reg", 99), h);
        snprintf(words, sizeof(words), "riscv,sv%u", mmu);
        CHECK_STR(fdt_string(&tree, &node, "mmu-type"), words);
        const char *isa = fdt_string(&tree, &node, "riscv,isa");
        CHECK(strncmp(isa, "rv64imafdc_", 11) == 0 && strstr(isa, "_sstc"));
        CHECK_EQ(strstr(isa, "_svade") != NULL, svade);
        strcat(path, "/interrupt-controller");
        CHECK(fdt_find(&tree, path, &node));
        uint32 phandle = fdt_u32(&tree, &node, "phandle", 0);
        CHECK(fdt_find(&tree, "/soc/plic@c000000", &node));
        CHECK(fdt_prop(&tree, &node, "interrupts-extended", &p));
        CHECK_EQ(fdt_cells(&p), 4 * harts);
        CHECK_EQ(fdt_cell(&p, 4 * h), phandle);
        CHECK_EQ(fdt_cell(&p, 4 * h + 1), 11);
        CHECK_EQ(fdt_cell(&p, 4 * h + 3), 9);
    }
    snprintf(path, sizeof(path), "/cpus/cpu@%u", harts);
    CHECK(!fdt_find(&tree, path, &node));
}

static void
test_chosen(void)
{
    struct fdt_chosen c = {"quiet year=2020", 0x81000000, 0x81234567};
    struct fdt_prop p;
    board_new(false);
    build(&c);
    CHECK(fdt_find(&tree, "/chosen", &node));
    CHECK_STR(fdt_string(&tree, &node, "bootargs"), "quiet year=2020");
    CHECK_STR(fdt_string(&tree, &node, "stdout-path"), "/soc/serial@10000000");
    CHECK(fdt_prop(&tree, &node, "linux,initrd-end", &p));
    CHECK_EQ(fdt_cells(&p), 2);
    CHECK_EQ(fdt_cell(&p, 1), 0x81234567);
    build(&(struct fdt_chosen){NULL, 5, 5});
    CHECK(fdt_find(&tree, "/chosen", &node));
    CHECK(!fdt_has(&tree, &node, "bootargs"));
    CHECK(!fdt_has(&tree, &node, "linux,initrd-start"));
}

// A buffer that is too small is never written past its end.
static void
test_room(void)
{
    static const struct fdt_chosen none;
    uint64 whole = fdt_build(&m, &none, blob, sizeof(blob));
    for (uint64 room = 0; room <= whole; room += room + 7 < whole ? 7 : 1) {
        uint8 *exact = malloc(room + 1);
        CHECK_EQ(fdt_build(&m, &none, exact, room), room < whole ? 0 : whole);
        free(exact);
    }
}

int
main(void)
{
    board_new(false);
    test_devices();
    test_harts(1, 39, false);
    test_harts(3, 48, true);
    test_harts(8, 57, false);
    test_chosen();
    test_room();
    return test_done();
}
