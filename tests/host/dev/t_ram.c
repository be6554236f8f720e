// SPDX-License-Identifier: MIT
// t_ram.c - memory and interrupt controllers that a device tree describes in an unusual way: in pieces,
// overlapping, repeated, not in whole pages, more than can be remembered; a controller for each hart.
//
// SOURCES: kernel/lib/parse/fdt*.c kernel/lib/range*.c kernel/dev/machine.c kernel/dev/ram.c
// SOURCES: tests/host/shim/host.c
#include "test.h"

#include "dev/machine.h"
#include "dev/ram.h"
#include "fdtmake.h"

static struct machine m;
static struct fdtmake f;

static void
make_cpu(const char *name, const char *reg, const char *phandle)
{
    make_begin(&f, name);
    make_cells(&f, "reg", reg);
    make_str(&f, "mmu-type", "riscv,sv39");
    make_str(&f, "riscv,isa", "rv64gc");
    make_begin(&f, "interrupt-controller");
    make_cells(&f, "phandle", phandle);
    make_prop(&f, "interrupt-controller", "", 0);
    make_close(&f);
    make_close(&f);
}

static void
make_cpus(void)
{
    make_begin(&f, "cpus");
    make_cells(&f, "#address-cells", "1");
    make_cells(&f, "#size-cells", "0");
    make_cells(&f, "timebase-frequency", "1000000");
    make_cpu("cpu@0", "0", "100");
    make_cpu("cpu@1", "1", "101");
    make_close(&f);
}

// A machine without devices and two harts; its memory is in so many nodes.
static void
make_memory_nodes(const char *const *reg, int n)
{
    make_start(&f);
    make_cells(&f, "#address-cells", "2");
    make_cells(&f, "#size-cells", "2");
    for (int i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof(name), "memory@%d", i);
        make_begin(&f, name);
        make_str(&f, "device_type", "memory");
        make_cells(&f, "reg", reg[i]);
        make_close(&f);
    }
    make_cpus();
}

static void
probe_memory(const char *const *reg, int n)
{
    make_memory_nodes(reg, n);
    make_end(&f);
    CHECK(strstr(machine_probe(f.blob, 0, &m), "PLIC")); // but for memory, nothing is there
}

static void
check_ram(int i, uint64 start, uint64 end)
{
    CHECK(i < m.ram.n);
    CHECK_EQ(m.ram.v[i].start, start);
    CHECK_EQ(m.ram.v[i].end, end);
}

// Memory that is described in an unusual way comes out sorted, in whole pages, and each page once.
static void
test_ram(void)
{
    static const char *const overlap[] = {"0 0x84000000 0 0x8000000", "0 0x80000000 0 0x8000000",
                                          "0 0x81000000 0 0x1000000 0 0x80000000 0 0x8000000"};
    probe_memory(overlap, 3);
    CHECK_EQ(m.ram.n, 1);
    check_ram(0, 0x80000000, 0x8c000000);

    // Two ends inside a page that is one when both are joined; one node without a whole page.
    static const char *const odd[] = {"0 0x80000123 0 0x1000000", "0 0x81000123 0 0x234567",
                                      "0 0x90000800 0 0x1000", "0 0xa0000000 0 0"};
    probe_memory(odd, 4);
    CHECK_EQ(m.ram.n, 1);
    check_ram(0, 0x80001000, 0x81234000);
    CHECK_EQ(m.ram_cut, 0x1000 - 0x123 + 0x68a + 0x1000);
    CHECK_EQ(m.ram_dropped, 0);

    static const char *const beyond[] = {"0xffffffff 0xfffff000 0 0x1000", "0 0x80000000 0 0x1000",
                                         "0xffffffff 0xfffff800 0 0x700"};
    probe_memory(beyond, 3);
    CHECK_EQ(m.ram.n, 1);
    check_ram(0, 0x80000000, 0x80001000);
    CHECK_EQ(m.ram_dropped, 1); // it would end beyond all addresses
}

static uint64
bytes_of_ram(void)
{
    uint64 bytes = 0;
    for (int i = 0; i < m.ram.n; i++)
        bytes += m.ram.v[i].end - m.ram.v[i].start;
    return bytes;
}

// More pieces than can be remembered: neighbours are one; of the others the lowest are used.
static void
test_ram_pieces(void)
{
    static char cells[2 * RANGES][40];
    const char *reg[2 * RANGES];
    for (int i = 0; i < 2 * RANGES; i++) {
        int k = i * 37 % (2 * RANGES); // in disorder
        snprintf(cells[i], sizeof(cells[i]), "0 0x%x 0 0x100000", 0x80000000U + ((uint32)k << 20));
        reg[i] = cells[i];
    }
    probe_memory(reg, 2 * RANGES);
    CHECK_EQ(bytes_of_ram() + m.ram_dropped_size, (uint64)2 * RANGES << 20);
    probe_memory(reg, RANGES);
    CHECK_EQ(bytes_of_ram(), (uint64)RANGES << 20);

    for (int i = 0; i < RANGES + 3; i++) {
        int k = i * 8 % (RANGES + 3);
        snprintf(cells[i], sizeof(cells[i]), "0 0x%x 0 0x80000", 0x80000000U + ((uint32)k << 20));
    }
    probe_memory(reg, RANGES + 3);
    CHECK_EQ(m.ram.n, RANGES);
    check_ram(0, 0x80000000, 0x80080000);
    check_ram(RANGES - 1, 0x80000000UL + ((RANGES - 1UL) << 20),
              0x80080000UL + ((RANGES - 1UL) << 20));
    CHECK_EQ(m.ram_dropped, 3);
    CHECK_EQ(m.ram_dropped_size, 3 * 0x80000);
}

// Reserved RAM is not usable, and counted once; reservations outside of RAM do not matter.
static void
test_usable(void)
{
    memset(&m, 0, sizeof(m));
    ram_add(&m, 0x80000000, 16 << 20);
    ram_add(&m, 0x90000000, 16 << 20);
    CHECK(ram_reserve(&m, 0x80000000, 1 << 20));
    CHECK(ram_reserve(&m, 0x80080000, 1 << 20));
    CHECK(ram_reserve(&m, 0x80fff000, 0x1000000));
    CHECK(ram_reserve(&m, 0xfffffffffffff000, 0x2000));
    ram_settle(&m);
    CHECK_EQ(ram_usable(&m), (32UL << 20) - 0x180000 - 0x1000);
    ram_drop_last(&m);
    CHECK_EQ(ram_usable(&m), (16UL << 20) - 0x180000 - 0x1000);
    CHECK_EQ(m.ram_dropped_size, 16 << 20);
}

static void
make_plic(uint32 phandle, const char *base, const char *wires)
{
    char cells[40];
    make_begin(&f, base);
    make_str(&f, "compatible", "riscv,plic0");
    snprintf(cells, sizeof(cells), "%u", phandle);
    make_cells(&f, "phandle", cells);
    snprintf(cells, sizeof(cells), "0 0x%s 0 0x400000", strchr(base, '@') + 1);
    make_cells(&f, "reg", cells);
    make_cells(&f, "riscv,ndev", "90");
    make_cells(&f, "interrupts-extended", wires);
    make_close(&f);
}

// A controller for each hart: interrupts are told apart by controller and source.
static void
test_two_plics(void)
{
    static const char *const reg[] = {"0 0x80000000 0 0x8000000"};
    make_memory_nodes(reg, 1);
    make_begin(&f, "serial@10000000");
    make_str(&f, "compatible", "ns16550a");
    make_cells(&f, "reg", "0 0x10000000 0 0x100");
    make_cells(&f, "interrupts-extended", "51 10");
    make_close(&f);
    make_begin(&f, "virtio@9000");
    make_str(&f, "compatible", "virtio,mmio");
    make_cells(&f, "reg", "0 0x9000 0 0x200");
    make_cells(&f, "interrupts-extended", "50 10");
    make_close(&f);
    make_plic(50, "plic@c400000", "101 11 101 9");
    make_plic(51, "plic@c000000", "100 11 100 9");
    make_end(&f);
    CHECK(!machine_probe(f.blob, 0, &m));
    CHECK_EQ(m.nplics, 2);
    CHECK_EQ(m.plic[0].base, 0xc400000);
    CHECK_EQ(m.plic[0].context[0], MACHINE_NO_CONTEXT);
    CHECK_EQ(m.plic[0].context[1], 1);
    CHECK_EQ(m.plic[1].context[0], 1);
    CHECK_EQ(m.plic[1].context[1], MACHINE_NO_CONTEXT);
    CHECK_EQ(m.uart.irq, machine_irq(1, 10));
    CHECK_EQ(m.virtio[0].irq, machine_irq(0, 10));
}

int
main(void)
{
    test_ram();
    test_ram_pieces();
    test_usable();
    test_two_plics();
    return test_done();
}
