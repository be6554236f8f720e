// SPDX-License-Identifier: MIT
// plic.h - the interrupts of devices: pending, enabled, claimed.
#pragma once

#include "base/types.h"
#include "hart/hart.h"

#define PLIC_BASE     0xc000000ULL
#define PLIC_SIZE     0x600000ULL
#define PLIC_SOURCES  64 // source 0 does not exist
#define PLIC_CONTEXTS (2 * HARTS_MAX)

// Sources of this board. The device tree (board/fdt.c) tells them to the kernel.
enum { IRQ_SOURCE_VIRTIO = 1, IRQ_SOURCE_UART = 10, IRQ_SOURCE_RTC = 11 };

struct machine;

// Context 2h is hart h in M-mode, context 2h + 1 the same hart in S-mode. Bit n of a mask: source
// n.
struct plic {
    uint64 pending; // requested, and not claimed since
    uint64 claimed; // claimed and not completed: the gateway holds further requests back
    uint64 enable[PLIC_CONTEXTS];
    uint8 priority[PLIC_SOURCES]; // 0 to 7; 0: never interrupts
    uint8 threshold[PLIC_CONTEXTS];
};

void plic_reset(struct plic *p);
// A device's line changes to `level`.
void plic_line(struct machine *m, unsigned source, bool level);
// MEIP and SEIP of a hart, as bits of mip.
uint64 plic_irqs(const struct machine *m, unsigned hart);
bool plic_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value);
bool plic_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value);
