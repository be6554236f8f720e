// SPDX-License-Identifier: MIT
// t_machine.c - machines are recognised from their device trees: those of QEMU, and odd ones.
//
// SOURCES: kernel/lib/parse/fdt*.c kernel/lib/range*.c kernel/dev/machine.c kernel/dev/ram.c
// SOURCES: tests/host/shim/host.c
#include "test.h"

#include "dev/machine.h"
#include "fdtmake.h"

static struct machine m;
static struct fdtmake f;

// Probes a tree from tests/host/data.
static const char *
probe_file(const char *name, uint64 boot_hart)
{
    static uint8 blob[65536];
    char path[512];
    snprintf(path, sizeof(path), "%.*s../data/%s", (int)(strrchr(__FILE__, '/') + 1 - __FILE__),
             __FILE__, name);
    FILE *file = fopen(path, "rb");
    CHECK(file);
    CHECK(fread(blob, 1, sizeof(blob), file) > 40);
    fclose(file);
    return machine_probe(blob, boot_hart, &m);
}

static void
test_virt(void)
{
    CHECK(!probe_file("virt-3harts.dtb", 2));
    CHECK_EQ(m.ram.n, 1);
    CHECK_EQ(m.ram.v[0].start, 0x80000000);
    CHECK_EQ(m.ram.v[0].end, 0x88000000);
    CHECK_EQ(m.reserved.n, 0);
    CHECK_EQ(m.nplics, 1);
    CHECK_EQ(m.nharts, 3);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(m.hart[i].id, i);
        CHECK_EQ(m.plic[0].context[i], 2 * i + 1);
        CHECK_EQ(machine_hart_index(&m, (uint64)i), i);
    }
    CHECK_EQ(machine_hart_index(&m, 3), -1);
    CHECK(m.sstc);
    CHECK_EQ(m.timebase, 10000000);
    CHECK_EQ(m.uart.base, 0x10000000);
    CHECK_EQ(m.uart.irq, 10);
    CHECK_EQ(m.uart_shift, 0);
    CHECK_EQ(m.uart_width, 1);
    CHECK_EQ(m.plic[0].base, 0xc000000);
    CHECK_EQ(m.plic[0].size, 0x600000);
    CHECK_EQ(m.plic[0].sources, 96);
    CHECK_EQ(m.nvirtio, 8);
    for (uint32 i = 0; i < 8; i++) {
        CHECK_EQ(m.virtio[i].base, 0x10001000 + 0x1000 * i);
        CHECK_EQ(m.virtio[i].irq, i + 1);
    }
    CHECK_EQ(m.finisher.base, 0x100000);
    CHECK_EQ(m.rtc.base, 0x101000);
    CHECK_STR(m.bootargs, "");
}

static void
test_others(void)
{
    CHECK(!probe_file("virt-8harts-4g.dtb", 7));
    CHECK_EQ(m.nharts, 8);
    CHECK_EQ(m.plic[0].context[7], 15);
    CHECK_EQ(m.ram.v[0].end, 0x180000000);
    CHECK(strstr(probe_file("virt-aia.dtb", 0), "PLIC"));
    CHECK(strstr(probe_file("sifive-u.dtb", 1), "UART"));
    CHECK_EQ(m.nharts, 1); // the monitor hart has no MMU
    CHECK_EQ(m.plic[0].context[0], 2);
    CHECK(strstr(probe_file("virt-3harts.dtb", 3), "hart that was started"));
    CHECK(machine_probe(NULL, 0, &m));
    CHECK(machine_probe("no device tree at all, but enough bytes for a header", 0, &m));
}

static void
make_cpu(int id, const char *mmu, const char *status)
{
    char name[16], cells[16];
    snprintf(name, sizeof(name), "cpu@%d", id);
    snprintf(cells, sizeof(cells), "%d", id);
    make_begin(&f, name);
    make_cells(&f, "reg", cells);
    make_str(&f, "status", status);
    make_str(&f, "mmu-type", mmu);
    make_prop(&f, "riscv,isa-extensions", "i\0m\0a\0svade", 12);
    make_begin(&f, "interrupt-controller");
    snprintf(cells, sizeof(cells), "%d", id + 100);
    make_cells(&f, "phandle", cells);
    make_prop(&f, "interrupt-controller", "", 0);
    make_close(&f);
    make_close(&f);
}

static void
make_cpus(int first, int n)
{
    make_begin(&f, "cpus");
    make_cells(&f, "#address-cells", "1");
    make_cells(&f, "#size-cells", "0");
    make_cells(&f, "timebase-frequency", "1000000");
    make_cpu(first + n, "riscv,none", "okay");
    for (int i = n - 1; i >= 0; i--)
        make_cpu(first + i, i % 2 ? "riscv,sv57" : "riscv,sv39", "okay");
    make_cpu(first + n + 1, "riscv,sv39", "disabled");
    make_close(&f);
}

static void
make_odd_devices(void)
{
    make_begin(&f, "serial@20000");
    make_str(&f, "compatible", "ns16550a");
    make_cells(&f, "reg", "0x20000 0x100");
    make_close(&f);
    make_begin(&f, "serial@30000");
    make_str(&f, "compatible", "snps,dw-apb-uart");
    make_cells(&f, "reg", "0x30000 0x1000");
    make_cells(&f, "reg-shift", "2");
    make_cells(&f, "reg-io-width", "4");
    make_cells(&f, "interrupts-extended", "55 6");
    make_begin(&f, "bridge"); // an interrupt controller, but no hart's
    make_cells(&f, "phandle", "9");
    make_prop(&f, "interrupt-controller", "", 0);
    make_close(&f);
    make_close(&f);
    make_begin(&f, "plic@c000000");
    make_str(&f, "compatible", "riscv,plic0");
    make_cells(&f, "phandle", "55");
    make_cells(&f, "reg", "0xc000000 0x400000");
    make_cells(&f, "riscv,ndev", "5");
    make_cells(&f, "interrupts-extended", "101 0xffffffff 101 9 100 11 100 9");
    make_close(&f);
    make_begin(&f, "virtio@9000");
    make_str(&f, "compatible", "virtio,mmio");
    make_cells(&f, "reg", "0x9000 0x200");
    make_cells(&f, "interrupt-parent", "56");
    make_cells(&f, "interrupts", "3");
    make_close(&f);
}

static void
make_memory(void)
{
    make_begin(&f, "memory@80000000");
    make_str(&f, "device_type", "memory");
    make_cells(&f, "reg", "0x90000000 0x1000000 0x80000000 0x8000000 0 0 0xfff00000 0xfff00000");
    make_close(&f);
    make_begin(&f, "reserved-memory");
    make_cells(&f, "#address-cells", "1");
    make_cells(&f, "#size-cells", "1");
    make_begin(&f, "mmode_resv0@80000000");
    make_cells(&f, "reg", "0x80000000 0x80000");
    make_close(&f);
    make_close(&f);
}

static void
make_machine(int first_hart, int harts, const char *args)
{
    make_start(&f);
    make_cells(&f, "#address-cells", "1");
    make_cells(&f, "#size-cells", "1");
    make_begin(&f, "aliases");
    make_str(&f, "serial1", "/serial@30000");
    make_close(&f);
    make_begin(&f, "chosen");
    make_str(&f, "stdout-path", "serial1:115200n8");
    make_str(&f, "bootargs", args);
    make_close(&f);
    make_memory();
    make_cpus(first_hart, harts);
    make_odd_devices();
    make_end(&f);
}

static void
test_odd(void)
{
    make_machine(0, 2, "harts=2");
    CHECK(!machine_probe(f.blob, 0, &m));
    CHECK_EQ(m.ram.n, 3); // sorted; the empty range is left out
    CHECK_EQ(m.ram.v[0].start, 0x80000000);
    CHECK_EQ(m.ram.v[1].start, 0x90000000);
    CHECK_EQ(m.reserved.n, 2);
    CHECK_EQ(m.reserved.v[0].end, 0x80080000);
    CHECK_EQ(m.reserved.v[1].start, 0x90000000);
    CHECK_EQ(m.nharts, 2);
    CHECK_EQ(m.plic[0].context[0], 3);
    CHECK_EQ(m.plic[0].context[1], 1);
    CHECK(!m.sstc);
    CHECK_EQ(m.uart.base, 0x30000);
    CHECK_EQ(m.uart.irq, 0); // beyond the PLIC's sources
    CHECK_EQ(m.uart_shift, 2);
    CHECK_EQ(m.uart_width, 4);
    CHECK_EQ(m.virtio[0].irq, 0); // another controller's
    CHECK_EQ(m.finisher.size, 0);
    CHECK_STR(m.bootargs, "harts=2");
}

static void
test_limits(void)
{
    char args[MACHINE_BOOTARGS + 1];
    memset(args, 'x', sizeof(args));
    args[MACHINE_BOOTARGS] = '\0';
    make_machine(0, MACHINE_HARTS + 4, args);
    for (uint64 boot = 0; boot < MACHINE_HARTS + 4; boot++) {
        CHECK(!machine_probe(f.blob, boot, &m));
        CHECK_EQ(m.nharts, MACHINE_HARTS);
        CHECK(machine_hart_index(&m, boot) >= 0);
    }
    CHECK_EQ(strlen(m.bootargs), MACHINE_BOOTARGS - 1);

    make_start(&f);
    make_cells(&f, "#address-cells", "1");
    make_cells(&f, "#size-cells", "1");
    make_begin(&f, "reserved-memory");
    make_cells(&f, "#address-cells", "1");
    make_cells(&f, "#size-cells", "1");
    for (int i = 0; i < RANGES; i++) {
        char name[32], cells[32];
        snprintf(name, sizeof(name), "r@%d", i);
        snprintf(cells, sizeof(cells), "%d 0x1000", 0x2000 * i);
        make_begin(&f, name);
        make_cells(&f, "reg", cells);
        make_close(&f);
    }
    make_close(&f);
    make_end(&f);
    CHECK(strstr(machine_probe(f.blob, 0, &m), "reserved")); // one more is in the block
    CHECK_EQ(m.reserved.n, RANGES);
}

int
main(void)
{
    test_virt();
    test_others();
    test_odd();
    test_limits();
    return test_done();
}
