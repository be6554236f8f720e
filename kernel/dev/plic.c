// SPDX-License-Identifier: MIT
// plic.c - device interrupts: the platform-level interrupt controller.
//
// Theory    A source has a priority; a context (one hart in S-mode) has a set of enabled sources,
//           a threshold, and a register whose reading claims the pending source for this hart
//           alone and whose writing says that it has been served.
// Promises  Every hart may take every source, so that a busy hart delays no device: the first to
//           claim serves it and the others find nothing. A source is let through only after its
//           handler is in place.
// Locks     plic.lock guards the enable bits; handlers are written once, before they can be
//           called.
// Manual    riscv-plic-spec: memory map
// Next      dev/console.c, dev/virtio_blk.c
#include "dev/plic.h"

#include "abi/errno.h"
#include "dev/machine.h"
#include "dev/mmio.h"
#include "mm/kvm.h"
#include "sync/spinlock.h"

#define SOURCES 256 // sources above this cannot be used
#define WORDS   (SOURCES / 32)

#define PRIORITY(irq)     (4UL * (irq))
#define ENABLE(ctx, word) (0x2000 + 0x80UL * (ctx) + 4 * (word))
#define THRESHOLD(ctx)    (0x200000 + 0x1000UL * (ctx))
#define CLAIM(ctx)        (0x200004 + 0x1000UL * (ctx))

static struct {
    uint8 *regs;
    uint32 sources; // usable ones are 1 .. sources
    const struct machine *machine;
    uint8 *claim[MACHINE_HARTS]; // the claim register of each hart that takes interrupts; else NULL
    uint32 enabled[WORDS];       // for all harts
    struct {
        irq_handler *fn;
        void *arg;
    } handler[SOURCES];
    struct spinlock lock;
} plic;

static void
set_enables(uint32 ctx, uint32 word)
{
    mmio_write32(plic.regs + ENABLE(ctx, word), plic.enabled[word]);
}

// Prepares the controller: every source is off until it is registered. `m` must stay.
// Returns   0; -ENODEV when the registers cannot be mapped.
int
plic_init(const struct machine *m)
{
    uint8 *regs = kvm_map_device(m->plic.base, m->plic.size);
    if (!regs)
        return -ENODEV;
    initlock(&plic.lock, "plic", RANK_BLK);
    plic.machine = m;
    plic.sources = m->plic_sources < SOURCES ? m->plic_sources : SOURCES - 1;
    plic.regs = regs;
    for (uint32 irq = 1; irq <= plic.sources; irq++)
        mmio_write32(regs + PRIORITY(irq), 0);
    return 0;
}

// Lets the hart with this index take device interrupts; called on that hart.
void
plic_init_hart(int hart)
{
    uint32 ctx = plic.machine->hart[hart].plic_context;
    if (ctx == MACHINE_NO_CONTEXT || CLAIM(ctx) + 4 > plic.machine->plic.size)
        return;
    acquire(&plic.lock);
    for (uint32 word = 0; word < WORDS; word++) {
        // A controller need not have the word of a source number that is a multiple of 32.
        if (word * 32 < plic.sources || plic.enabled[word])
            set_enables(ctx, word);
    }
    mmio_write32(plic.regs + THRESHOLD(ctx), 0);
    plic.claim[hart] = plic.regs + CLAIM(ctx);
    release(&plic.lock);
}

// Has `handler` called for each interrupt of source `irq`, on any hart.
// Returns   0; -EINVAL for no source of this controller, -EBUSY when it has a handler.
// Locks     takes plic.lock.
int
irq_register(uint32 irq, irq_handler *handler, void *arg)
{
    if (irq == 0 || irq > plic.sources)
        return -EINVAL;
    acquire(&plic.lock);
    if (plic.handler[irq].fn) {
        release(&plic.lock);
        return -EBUSY;
    }
    plic.handler[irq].arg = arg;
    plic.handler[irq].fn = handler;
    plic.enabled[irq / 32] |= 1U << irq % 32;
    mmio_write32(plic.regs + PRIORITY(irq), 1);
    for (int i = 0; i < plic.machine->nharts; i++) {
        if (plic.claim[i])
            set_enables(plic.machine->hart[i].plic_context, irq / 32);
    }
    release(&plic.lock);
    return 0;
}

// Serves the most urgent pending source, if another hart has not taken it.
void
plic_handle(int hart)
{
    uint8 *claim = plic.claim[hart];
    if (!claim)
        return;
    uint32 irq = mmio_read32(claim);
    if (irq == 0)
        return;
    if (irq < SOURCES && plic.handler[irq].fn)
        plic.handler[irq].fn(plic.handler[irq].arg);
    mmio_write32(claim, irq);
}
