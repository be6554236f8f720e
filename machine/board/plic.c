// SPDX-License-Identifier: MIT
// plic.c - the interrupts of devices: pending, enabled, claimed.
//
// Theory    A device that raises its line makes its source pending; one that lowers it withdraws
//           the request. A claim takes the request and holds further ones back until completion.
//           A line that is still high at completion makes no new request, as in QEMU: xv6 never
//           reads the UART's interrupt register, so its transmitter's line stays high for ever.
// Manual    RISC-V PLIC 1.0.0; SiFive's register map
// Next      board/board.h
#include "board/plic.h"

#include "machine.h"

#define PENDING       0x1000
#define ENABLE        0x2000
#define ENABLE_STRIDE 0x80
#define CONTEXT       0x200000
#define CONTEXT_SIZE  0x1000

#define MAX_PRIORITY 7

// Resets the registers: nothing pending, nothing enabled, all priorities and thresholds 0.
void
plic_reset(struct plic *p)
{
    *p = (struct plic){0};
}

// Tells all harts: which of them take interrupts of a source may depend on any register.
static void
changed(struct machine *m)
{
    for (unsigned i = 0; i < m->config.harts; i++)
        machine_attention(m, i);
}

void
plic_line(struct machine *m, unsigned source, bool level)
{
    struct plic *p = &m->s.plic;
    uint64 bit = 1ULL << source, before = p->pending;
    p->pending = level ? p->pending | bit : p->pending & ~bit;
    if (p->pending != before)
        changed(m);
}

// Returns the source that context `c` would claim: the highest priority, then the lowest number,
//         among those pending, enabled and of a priority above `floor`; 0: none.
static unsigned
best(const struct plic *p, unsigned c, unsigned floor)
{
    unsigned found = 0;
    for (uint64 left = p->pending & ~p->claimed & p->enable[c]; left != 0; left &= left - 1) {
        unsigned source = (unsigned)__builtin_ctzll(left);
        if (p->priority[source] > floor) {
            floor = p->priority[source];
            found = source;
        }
    }
    return found;
}

uint64
plic_irqs(const struct machine *m, unsigned hart)
{
    const struct plic *p = &m->s.plic;
    unsigned machine = 2 * hart, supervisor = machine + 1;
    return (best(p, machine, p->threshold[machine]) ? IRQ_MEIP : 0) |
           (best(p, supervisor, p->threshold[supervisor]) ? IRQ_SEIP : 0);
}

// Takes the best request, without regard to the threshold. Returns its source, 0 when there is
// none.
static unsigned
claim(struct machine *m, unsigned c)
{
    struct plic *p = &m->s.plic;
    unsigned source = best(p, c, 0);
    if (source != 0) {
        p->pending &= ~(1ULL << source);
        p->claimed |= 1ULL << source;
        changed(m);
    }
    return source;
}

// Ends the service of a source; ignored unless the context has the source enabled.
static void
complete(struct machine *m, unsigned c, uint64 source)
{
    struct plic *p = &m->s.plic;
    if (source >= PLIC_SOURCES || !(p->enable[c] >> source & 1))
        return;
    p->claimed &= ~(1ULL << source);
    changed(m);
}

// Word `i` of a mask of sources; sources that this board lacks are 0.
static uint32
mask_word(uint64 mask, uint64 i)
{
    return i < PLIC_SOURCES / 32 ? (uint32)(mask >> 32 * i) : 0;
}

static uint32
load_context(struct machine *m, uint64 offset)
{
    uint64 c = offset / CONTEXT_SIZE, reg = offset % CONTEXT_SIZE;
    if (c >= 2 * m->config.harts)
        return 0;
    if (reg == 0)
        return m->s.plic.threshold[c];
    return reg == 4 ? claim(m, (unsigned)c) : 0;
}

static uint32
load_enable(const struct machine *m, uint64 offset)
{
    uint64 c = offset / ENABLE_STRIDE;
    return c < 2 * m->config.harts ? mask_word(m->s.plic.enable[c], offset % ENABLE_STRIDE / 4) : 0;
}

// Loads a register, in 4 bytes. Registers of sources and contexts that do not exist are 0.
bool
plic_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value)
{
    (void)unit;
    if (bytes != 4)
        return false;
    if (offset >= CONTEXT)
        *value = load_context(m, offset - CONTEXT);
    else if (offset >= ENABLE)
        *value = load_enable(m, offset - ENABLE);
    else if (offset >= PENDING)
        *value = mask_word(m->s.plic.pending, (offset - PENDING) / 4);
    else
        *value = offset / 4 < PLIC_SOURCES ? m->s.plic.priority[offset / 4] : 0;
    return true;
}

static void
store_context(struct machine *m, uint64 offset, uint64 value)
{
    uint64 c = offset / CONTEXT_SIZE, reg = offset % CONTEXT_SIZE;
    if (c >= 2 * m->config.harts)
        return;
    if (reg == 0)
        m->s.plic.threshold[c] = value & MAX_PRIORITY;
    else if (reg == 4)
        complete(m, (unsigned)c, value);
}

static void
store_enable(struct machine *m, uint64 offset, uint64 value)
{
    uint64 c = offset / ENABLE_STRIDE, word = offset % ENABLE_STRIDE / 4;
    if (c >= 2 * m->config.harts || word >= PLIC_SOURCES / 32)
        return;
    uint64 *mask = &m->s.plic.enable[c], part = 0xffffffffULL << 32 * word;
    *mask = ((*mask & ~part) | (value << 32 * word & part)) & ~1ULL;
}

// Stores a register, in 4 bytes. A store to a register that does not exist or is read-only is
// ignored.
bool
plic_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value)
{
    (void)unit;
    if (bytes != 4)
        return false;
    value &= 0xffffffff;
    if (offset >= CONTEXT)
        store_context(m, offset - CONTEXT, value);
    else if (offset >= ENABLE)
        store_enable(m, offset - ENABLE, value);
    else if (offset >= 4 && offset / 4 < PLIC_SOURCES)
        m->s.plic.priority[offset / 4] = value & MAX_PRIORITY;
    changed(m);
    return true;
}
