// SPDX-License-Identifier: MIT
// bus.c - physical accesses outside of RAM: the devices and their addresses.
//
// Theory    The addresses are those of QEMU's virt machine, so that kernels for it run unchanged.
//           The bus of PCI has no cards: its configuration space reads as ones.
// Next      board/fdt.c describes the same addresses to the kernel
#include "board/bus.h"

#include "machine.h"

#define ECAM_BASE 0x30000000ULL
#define ECAM_SIZE 0x10000000ULL

static bool
no_card_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value)
{
    (void)unit;
    (void)offset;
    m->card_sought = true;
    *value = ~0ULL >> (64 - 8 * bytes);
    return true;
}

static bool
no_card_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value)
{
    (void)m;
    (void)unit;
    (void)offset;
    (void)bytes;
    (void)value;
    return true;
}

#define VIRTIO_SLOT(n)                                                                             \
    {                                                                                              \
        "virtio", VIRTIO_BASE + (n)*VIRTIO_SIZE, VIRTIO_SIZE, n, virtio_blk_load, virtio_blk_store \
    }

// Those that are accessed most come first.
static const struct device devices[] = {
    {"uart", UART_BASE, UART_SIZE, 0, uart_load, uart_store},
    {"clint", CLINT_BASE, CLINT_SIZE, 0, clint_load, clint_store},
    {"plic", PLIC_BASE, PLIC_SIZE, 0, plic_load, plic_store},
    VIRTIO_SLOT(0),
    VIRTIO_SLOT(1),
    VIRTIO_SLOT(2),
    VIRTIO_SLOT(3),
    VIRTIO_SLOT(4),
    VIRTIO_SLOT(5),
    VIRTIO_SLOT(6),
    VIRTIO_SLOT(7),
    {"rtc", RTC_BASE, RTC_SIZE, 0, rtc_load, rtc_store},
    {"finisher", FINISHER_BASE, FINISHER_SIZE, 0, finisher_load, finisher_store},
    {"pci", ECAM_BASE, ECAM_SIZE, 0, no_card_load, no_card_store},
};

const struct device *
bus_find(const struct machine *m, uint64 pa, int bytes)
{
    (void)m;
    for (unsigned i = 0; i < NELEM(devices); i++) {
        const struct device *d = &devices[i];
        if (pa - d->base < d->size && d->size - (pa - d->base) >= (uint64)bytes)
            return d;
    }
    return NULL;
}

bool
bus_load(struct machine *m, uint64 pa, int bytes, uint64 *value)
{
    const struct device *d = bus_find(m, pa, bytes);
    return d && d->load(m, d->unit, pa - d->base, bytes, value);
}

bool
bus_store(struct machine *m, uint64 pa, int bytes, uint64 value)
{
    const struct device *d = bus_find(m, pa, bytes);
    return d && d->store(m, d->unit, pa - d->base, bytes, value);
}
