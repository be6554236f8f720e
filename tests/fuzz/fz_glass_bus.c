// SPDX-License-Identifier: MIT
// fz_glass_bus.c - any accesses to the devices of the glass machine, and anything in its memory.
//
// Theory    Eight bytes of input are a step: the operation, the place, and the value. The first byte of
//           the input chooses the transport. Addresses are biased to the beginning of a window and
//           values to numbers that mean something.
//
// SOURCES: machine/board/*.c
#include "glassboard.h"

#include "board/virtio_ring.h"

int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

struct step {
    uint8 what, window;
    uint16 offset;
    uint32 value;
};

static const uint64 windows[] = {
    0x10001000, 0x10001000, 0x10001000, 0x10002000, 0x2000000, 0x2004000,  0x200bff0,  0xc000000,
    0xc002000,  0xc200000,  0x10000000, 0x101000,   0x100000,  0x30000000, 0x10008f00, 0x10009000};

// A small number, an address in RAM, or anything.
static uint64
meaning(const struct step *s)
{
    if (s->what & 0x40)
        return RAM_BASE + s->value % 0x8000;
    return s->what & 0x80 ? s->value : s->value & 0xff;
}

static void
run(const struct step *s)
{
    int bytes = 1 << (s->what >> 2 & 3);
    uint64 pa = windows[s->window % NELEM(windows)] + (s->offset & 0xfff & ~(bytes - 1));
    uint64 value = meaning(s);
    switch (s->what & 3) {
    case 0:
        (void)bus_load(&m, pa, bytes, &value);
        break;
    case 1:
        (void)bus_store(&m, pa, bytes, value);
        break;
    case 2:
        memcpy(ram_bytes + s->offset % 0x8000, &value, (size_t)bytes);
        break;
    default:
        if (uart_room(&m))
            uart_input(&m, (uint8)value);
        pass(s->value % 4000);
        (void)board_due(&m);
    }
    for (unsigned h = 0; h < m.config.harts; h++)
        CHECK(!(board_irqs(&m, h) & ~(IRQ_MSIP | IRQ_MTIP | IRQ_MEIP | IRQ_SEIP)));
    printed_count = 0;
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
    struct step s;
    if (size == 0)
        return 0;
    memset(ram_bytes, 0, sizeof(ram_bytes));
    board_new(data[0] & 1);
    m.disk_readonly[0] = data[0] & 2;
    m.config.tohost = data[0] & 4 ? RAM_BASE + 0x100 : 0;
    for (size_t at = 1; at + sizeof(s) <= size; at += sizeof(s)) {
        memcpy(&s, data + at, sizeof(s));
        run(&s);
    }
    return 0;
}
