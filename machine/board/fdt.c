// SPDX-License-Identifier: MIT
// fdt.c - builds the device tree that describes the board to firmware and kernel.
//
// Theory    A blob has a header, an empty list of reserved memory, a block of tokens and a block of
//           the properties' names; all numbers are big-endian. The writer puts tokens straight into
//           the blob and collects the names, each once, which it appends at the end.
// Promises  bounded: nothing is written past the blob's end; a tree that does not fit is given up.
// Manual    Devicetree Specification 0.4, chapter 5
// Next      board/boot.c
#include "board/fdt.h"

#include "base/mem.h"
#include "machine.h"

#define MAGIC      0xd00dfeed
#define VERSION    17
#define COMPATIBLE 16
#define HEADER     40
#define TREE       (HEADER + 16) // after the end of the reservations, a pair of zeros

enum { TOKEN_BEGIN = 1, TOKEN_END = 2, TOKEN_PROP = 3, TOKEN_LAST = 9 };

// Handles by which nodes refer to each other; 0 is none. That of hart h's controller is 1 + h.
enum { PHANDLE_HART = 1, PHANDLE_PLIC = 16, PHANDLE_TEST = 17 };

#define UART_CLOCK 3686400

struct writer {
    uint8 *blob;
    uint64 at, max;
    bool full; // something did not fit
    uint32 names_size;
    char names[512];
};

static void
put_bytes(struct writer *w, const void *bytes, uint64 n)
{
    uint64 padded = (n + 3) & ~3ULL;
    if (w->full || w->max - w->at < padded) {
        w->full = true;
        return;
    }
    mem_copy(w->blob + w->at, bytes, n);
    mem_set(w->blob + w->at + n, 0, padded - n);
    w->at += padded;
}

static void
big_endian(uint8 *to, uint32 value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8)(value >> (24 - 8 * i));
}

static void
put32(struct writer *w, uint32 value)
{
    uint8 bytes[4];
    big_endian(bytes, value);
    put_bytes(w, bytes, sizeof(bytes));
}

static uint32
length(const char *s)
{
    uint32 n = 0;
    while (s[n])
        n++;
    return n;
}

// Returns the offset of a property's name in the block of names, where it is added if missing.
static uint32
name_offset(struct writer *w, const char *name)
{
    uint32 size = length(name) + 1;
    for (uint32 at = 0; at < w->names_size; at += length(w->names + at) + 1) {
        if (length(w->names + at) + 1 == size && mem_equal(w->names + at, name, size))
            return at;
    }
    if (size > sizeof(w->names) - w->names_size) {
        w->full = true;
        return 0;
    }
    mem_copy(w->names + w->names_size, name, size);
    w->names_size += size;
    return w->names_size - size;
}

static void
begin(struct writer *w, const char *name)
{
    put32(w, TOKEN_BEGIN);
    put_bytes(w, name, length(name) + 1);
}

// Begins the node NAME@ADDRESS.
static void
begin_at(struct writer *w, const char *name, uint64 address)
{
    char text[40];
    uint32 n = length(name);
    int shift = 60;
    mem_copy(text, name, n);
    text[n++] = '@';
    while (shift > 0 && address >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        text[n++] = "0123456789abcdef"[address >> shift & 15];
    text[n] = '\0';
    begin(w, text);
}

static void
end(struct writer *w)
{
    put32(w, TOKEN_END);
}

static void
prop(struct writer *w, const char *name, const void *data, uint32 size)
{
    put32(w, TOKEN_PROP);
    put32(w, size);
    put32(w, name_offset(w, name));
    put_bytes(w, data, size);
}

static void
prop_empty(struct writer *w, const char *name)
{
    prop(w, name, "", 0);
}

static void
prop_string(struct writer *w, const char *name, const char *value)
{
    prop(w, name, value, length(value) + 1);
}

static void
prop_cells(struct writer *w, const char *name, const uint32 *cells, uint32 count)
{
    put32(w, TOKEN_PROP);
    put32(w, 4 * count);
    put32(w, name_offset(w, name));
    for (uint32 i = 0; i < count; i++)
        put32(w, cells[i]);
}

static void
prop_cell(struct writer *w, const char *name, uint32 value)
{
    prop_cells(w, name, &value, 1);
}

static void
prop_wide(struct writer *w, const char *name, uint64 value)
{
    uint32 cells[] = {(uint32)(value >> 32), (uint32)value};
    prop_cells(w, name, cells, 2);
}

static void
prop_reg(struct writer *w, uint64 base, uint64 size)
{
    uint32 cells[] = {(uint32)(base >> 32), (uint32)base, (uint32)(size >> 32), (uint32)size};
    prop_cells(w, "reg", cells, 4);
}

// How many cells the addresses and sizes of a node's children have.
static void
prop_widths(struct writer *w, uint32 address, uint32 size)
{
    prop_cell(w, "#address-cells", address);
    prop_cell(w, "#size-cells", size);
}

static void
prop_irq(struct writer *w, uint32 source)
{
    prop_cell(w, "interrupts", source);
    prop_cell(w, "interrupt-parent", PHANDLE_PLIC);
}

// The interrupts `a` and `b` of each hart, in the order of harts.
static void
prop_hart_irqs(struct writer *w, const struct machine *m, uint32 a, uint32 b)
{
    uint32 cells[4 * HARTS_MAX], n = 0;
    for (unsigned h = 0; h < m->config.harts; h++) {
        cells[n++] = PHANDLE_HART + h;
        cells[n++] = a;
        cells[n++] = PHANDLE_HART + h;
        cells[n++] = b;
    }
    prop_cells(w, "interrupts-extended", cells, n);
}

static void
write_hart(struct writer *w, const struct machine *m, unsigned h)
{
    static const char isa[] = "rv64imafdc_zicntr_zicsr_zifencei_sstc_svinval";
    static const char isa_svade[] = "rv64imafdc_zicntr_zicsr_zifencei_sstc_svade_svinval";
    char mmu[] = "riscv,sv39";
    mmu[8] = (char)('0' + m->config.mmu / 10);
    mmu[9] = (char)('0' + m->config.mmu % 10);
    begin_at(w, "cpu", h);
    prop_string(w, "device_type", "cpu");
    prop_cell(w, "reg", h);
    prop_string(w, "status", "okay");
    prop_string(w, "compatible", "riscv");
    prop_string(w, "riscv,isa", m->config.svade ? isa_svade : isa);
    prop_string(w, "mmu-type", mmu);
    begin(w, "interrupt-controller");
    prop_cell(w, "#interrupt-cells", 1);
    prop_empty(w, "interrupt-controller");
    prop_string(w, "compatible", "riscv,cpu-intc");
    prop_cell(w, "phandle", PHANDLE_HART + h);
    end(w);
    end(w);
}

static void
write_harts(struct writer *w, const struct machine *m)
{
    begin(w, "cpus");
    prop_widths(w, 1, 0);
    prop_cell(w, "timebase-frequency", TIMEBASE_HZ);
    for (unsigned h = 0; h < m->config.harts; h++)
        write_hart(w, m, h);
    end(w);
}

static void
write_chosen(struct writer *w, const struct fdt_chosen *c)
{
    begin(w, "chosen");
    prop_string(w, "stdout-path", "/soc/serial@10000000");
    if (c->bootargs)
        prop_string(w, "bootargs", c->bootargs);
    if (c->initrd != c->initrd_end) {
        prop_wide(w, "linux,initrd-start", c->initrd);
        prop_wide(w, "linux,initrd-end", c->initrd_end);
    }
    end(w);
}

static void
write_memory(struct writer *w, const struct machine *m)
{
    begin_at(w, "memory", m->ram.base);
    prop_string(w, "device_type", "memory");
    prop_reg(w, m->ram.base, m->ram.size);
    end(w);
}

// A store of `value` to the finisher ends the run.
static void
write_power(struct writer *w, const char *name, const char *compatible, uint32 value)
{
    begin(w, name);
    prop_string(w, "compatible", compatible);
    prop_cell(w, "regmap", PHANDLE_TEST);
    prop_cell(w, "offset", 0);
    prop_cell(w, "value", value);
    end(w);
}

static void
write_controllers(struct writer *w, const struct machine *m)
{
    static const char clint[] = "sifive,clint0\0riscv,clint0";
    static const char plic[] = "sifive,plic-1.0.0\0riscv,plic0";
    begin_at(w, "clint", CLINT_BASE);
    prop(w, "compatible", clint, sizeof(clint));
    prop_reg(w, CLINT_BASE, CLINT_SIZE);
    prop_hart_irqs(w, m, 3, 7); // MSIP, MTIP
    end(w);
    begin_at(w, "plic", PLIC_BASE);
    prop(w, "compatible", plic, sizeof(plic));
    prop_cell(w, "phandle", PHANDLE_PLIC);
    prop_reg(w, PLIC_BASE, PLIC_SIZE);
    prop_cell(w, "#address-cells", 0);
    prop_cell(w, "#interrupt-cells", 1);
    prop_empty(w, "interrupt-controller");
    prop_cell(w, "riscv,ndev", PLIC_SOURCES - 1);
    prop_hart_irqs(w, m, 11, 9); // MEIP, SEIP
    end(w);
}

static void
write_devices(struct writer *w)
{
    static const char test[] = "sifive,test1\0sifive,test0\0syscon";
    begin_at(w, "test", FINISHER_BASE);
    prop(w, "compatible", test, sizeof(test));
    prop_cell(w, "phandle", PHANDLE_TEST);
    prop_reg(w, FINISHER_BASE, FINISHER_SIZE);
    end(w);
    begin_at(w, "rtc", RTC_BASE);
    prop_string(w, "compatible", "google,goldfish-rtc");
    prop_reg(w, RTC_BASE, RTC_SIZE);
    prop_irq(w, IRQ_SOURCE_RTC);
    end(w);
    begin_at(w, "serial", UART_BASE);
    prop_string(w, "compatible", "ns16550a");
    prop_reg(w, UART_BASE, UART_SIZE);
    prop_cell(w, "clock-frequency", UART_CLOCK);
    prop_irq(w, IRQ_SOURCE_UART);
    end(w);
    for (unsigned i = 0; i < DISKS_MAX; i++) {
        begin_at(w, "virtio_mmio", VIRTIO_BASE + i * VIRTIO_SIZE);
        prop_string(w, "compatible", "virtio,mmio");
        prop_reg(w, VIRTIO_BASE + i * VIRTIO_SIZE, VIRTIO_SIZE);
        prop_irq(w, IRQ_SOURCE_VIRTIO + i);
        end(w);
    }
}

static void
write_root(struct writer *w, const struct machine *m, const struct fdt_chosen *c)
{
    begin(w, "");
    prop_widths(w, 2, 2);
    prop_string(w, "compatible", "riscv-virtio");
    prop_string(w, "model", "vitrine,glass");
    write_chosen(w, c);
    write_harts(w, m);
    write_memory(w, m);
    write_power(w, "poweroff", "syscon-poweroff", FINISHER_PASS);
    write_power(w, "reboot", "syscon-reboot", FINISHER_RESET);
    begin(w, "soc");
    prop_widths(w, 2, 2);
    prop_string(w, "compatible", "simple-bus");
    prop_empty(w, "ranges");
    write_controllers(w, m);
    write_devices(w);
    end(w);
    end(w);
}

uint64
fdt_build(const struct machine *m, const struct fdt_chosen *c, uint8 *blob, uint64 max)
{
    struct writer w = {.blob = blob, .at = TREE, .max = max, .full = max < TREE};
    if (w.full)
        return 0;
    mem_set(blob, 0, TREE);
    write_root(&w, m, c);
    put32(&w, TOKEN_LAST);
    uint64 names = w.at;
    put_bytes(&w, w.names, w.names_size);
    const uint32 header[HEADER / 4] = {
        MAGIC,   (uint32)w.at, TREE, (uint32)names, HEADER,
        VERSION, COMPATIBLE,   0,    w.names_size,  (uint32)names - TREE};
    for (uint32 i = 0; i < NELEM(header); i++)
        big_endian(blob + 4 * i, header[i]);
    return w.full ? 0 : w.at;
}
