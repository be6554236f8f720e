// SPDX-License-Identifier: MIT
// plic.c - device interrupts: the platform-level interrupt controllers.
//
// Theory    A source has a priority; a context (one hart in S-mode) has a set of enabled sources,
//           a threshold, and a register: a read claims the pending source for this hart alone, and
//           a write completes it. A machine of several sockets has a controller in each, wired to
//           the harts of its socket.
// Promises  Every hart may take every source of the controllers that it is wired to, so that a
//           busy hart delays no device: the first hart to claim serves it, and the others find
//           nothing. A source is enabled only after its handler is in place.
// Locks     plic_lock guards the enable bits; handlers are written once, before they can be
//           called.
// Manual    riscv-plic-spec: memory map
// Next      dev/console/console.c, dev/disk/virtio_blk.c
#include "dev/plic.h"

#include "abi/errno.h"
#include "dev/machine.h"
#include "dev/mmio.h"
#include "mm/frame/kmem.h"
#include "mm/kvm/kvm.h"
#include "sync/spinlock.h"

#define WORDS (MACHINE_SOURCES / 32)

#define PRIORITY(irq)     (4UL * (irq))
#define ENABLE(ctx, word) (0x2000 + 0x80UL * (ctx) + 4 * (word))
#define THRESHOLD(ctx)    (0x200000 + 0x1000UL * (ctx))
#define CLAIM(ctx)        (0x200004 + 0x1000UL * (ctx))

struct plic {
    uint8 *regs;
    const struct machine_plic *machine;
    uint8 *claim[MACHINE_HARTS]; // the claim register of each hart that takes interrupts; else NULL
    uint32 enabled[WORDS];       // for all harts
    struct {
        irq_handler *fn;
        void *arg;
    } handler[MACHINE_SOURCES];
};

static struct plic *plics[MACHINE_PLICS];
static int nplics;
static struct spinlock plic_lock;

static void
set_enables(struct plic *p, uint32 ctx, uint32 word)
{
    mmio_write32(p->regs + ENABLE(ctx, word), p->enabled[word]);
}

// Prepares one controller: every source is off until it is registered.
static int
add_plic(const struct machine_plic *machine)
{
    struct plic *p = kmem_zalloc(sizeof *p);
    if (!p)
        return -ENOMEM;
    p->regs = kvm_map_device(machine->base, machine->size);
    p->machine = machine;
    if (!p->regs) {
        kmem_free(p);
        return -ENODEV;
    }
    for (uint32 irq = 1; irq <= machine->sources; irq++)
        mmio_write32(p->regs + PRIORITY(irq), 0);
    plics[nplics++] = p;
    return 0;
}

// Prepares the controllers. `m` must stay.
// Returns   0; -ENODEV when the registers of one cannot be mapped, -ENOMEM.
int
plic_init(const struct machine *m)
{
    int error = 0;
    initlock(&plic_lock, "plic", RANK_BLK);
    for (int i = 0; !error && i < m->nplics; i++)
        error = add_plic(&m->plic[i]);
    return error;
}

// Lets the hart with this index take the interrupts of one controller.
static void
listen(struct plic *p, int hart)
{
    uint32 ctx = p->machine->context[hart];
    if (ctx == MACHINE_NO_CONTEXT || CLAIM(ctx) + 4 > p->machine->size)
        return;
    acquire(&plic_lock);
    for (uint32 word = 0; word < WORDS; word++) {
        // A controller need not have the word of a source number that is a multiple of 32.
        if (word * 32 < p->machine->sources || p->enabled[word])
            set_enables(p, ctx, word);
    }
    mmio_write32(p->regs + THRESHOLD(ctx), 0);
    p->claim[hart] = p->regs + CLAIM(ctx);
    release(&plic_lock);
}

// Lets the hart with this index take device interrupts; called on that hart.
void
plic_init_hart(int hart)
{
    for (int i = 0; i < nplics; i++)
        listen(plics[i], hart);
}

static void
enable(struct plic *p, uint32 source)
{
    p->enabled[source / 32] |= 1U << source % 32;
    mmio_write32(p->regs + PRIORITY(source), 1);
    for (int hart = 0; hart < MACHINE_HARTS; hart++)
        if (p->claim[hart])
            set_enables(p, p->machine->context[hart], source / 32);
}

// Has `handler` called for each interrupt with the machine's number `irq`, on any hart.
// Returns   0; -EINVAL for no source of a controller, -EBUSY when it has a handler.
// Locks     takes plic_lock.
int
irq_register(uint32 irq, irq_handler *handler, void *arg)
{
    uint32 source = irq % MACHINE_SOURCES;
    struct plic *p = irq / MACHINE_SOURCES < (uint32)nplics ? plics[irq / MACHINE_SOURCES] : NULL;
    if (!p || source == 0 || source > p->machine->sources)
        return -EINVAL;
    acquire(&plic_lock);
    int error = p->handler[source].fn ? -EBUSY : 0;
    if (!error) {
        p->handler[source].arg = arg;
        p->handler[source].fn = handler;
        enable(p, source);
    }
    release(&plic_lock);
    return error;
}

// Serves the most urgent pending source of one controller, if another hart has not taken it.
static void
serve(struct plic *p, int hart)
{
    uint8 *claim = p->claim[hart];
    if (!claim)
        return;
    uint32 source = mmio_read32(claim);
    if (source == 0)
        return;
    if (source < MACHINE_SOURCES && p->handler[source].fn)
        p->handler[source].fn(p->handler[source].arg);
    mmio_write32(claim, source);
}

// Serves one source of each controller that interrupts this hart.
void
plic_handle(int hart)
{
    for (int i = 0; i < nplics; i++)
        serve(plics[i], hart);
}

static bool
in_use(const struct plic *p)
{
    for (uint32 word = 0; word < WORDS; word++)
        if (p->enabled[word])
            return true;
    return false;
}

static bool
heard(const struct plic *p)
{
    for (int hart = 0; hart < MACHINE_HARTS; hart++)
        if (p->claim[hart])
            return true;
    return false;
}

// Returns whether each interrupt with a handler can reach a hart. Called when all harts run.
bool
plic_reaches_harts(void)
{
    for (int i = 0; i < nplics; i++)
        if (in_use(plics[i]) && !heard(plics[i]))
            return false;
    return true;
}
