// SPDX-License-Identifier: MIT
// clint.c - software interrupts and the machine timer of each hart.
//
// Theory    The registers are an array of 4-byte msip, an array of 8-byte mtimecmp, and mtime. An
//           8-byte register may also be accessed in halves of 4 bytes. mtime is the machine's clock
//           plus an offset, so that a store to it needs no second clock. MTIP is not stored: it is
//           mtime >= mtimecmp at the moment of the question.
// Manual    priv: 3.2.1 machine timer registers; RISC-V ACLINT 1.0 for the addresses
// Next      time/turns.h, board/board.h
#include "board/clint.h"

#include "machine.h"

#define MTIMECMP 0x4000
#define MTIME    0xbff8

// Resets the registers: no software interrupt, no timer set, mtime at the machine's clock.
void
clint_reset(struct clint *c)
{
    *c = (struct clint){0};
    for (unsigned i = 0; i < HARTS_MAX; i++)
        c->mtimecmp[i] = ~0ULL;
}

uint64
clint_irqs(const struct machine *m, unsigned hart)
{
    const struct clint *c = &m->s.clint;
    bool timer = machine_time(m) >= c->mtimecmp[hart];
    return (c->msip[hart] ? IRQ_MSIP : 0) | (timer ? IRQ_MTIP : 0);
}

// The cycle at which the clock, without mtime's offset, reaches a number of ticks; ~0: never.
static uint64
cycle_of(uint64 ticks)
{
    return ticks > ~0ULL / CYCLES_PER_TICK ? ~0ULL : ticks * CYCLES_PER_TICK;
}

uint64
clint_due(const struct machine *m)
{
    const struct clint *c = &m->s.clint;
    uint64 now = machine_time(m), nearest = ~0ULL;
    for (unsigned i = 0; i < m->config.harts; i++) {
        if (c->mtimecmp[i] > now && c->mtimecmp[i] < nearest)
            nearest = c->mtimecmp[i];
    }
    return nearest == ~0ULL ? ~0ULL : cycle_of(nearest - c->offset);
}

// An 8-byte register with the half that starts at byte `at` of it replaced.
static uint64
with_half(uint64 old, uint64 at, uint64 value)
{
    unsigned shift = (unsigned)at * 8;
    return (old & ~(0xffffffffULL << shift)) | (value & 0xffffffff) << shift;
}

static uint64
read_part(uint64 whole, uint64 offset, int bytes)
{
    return bytes == 8 ? whole : whole >> (offset & 4) * 8 & 0xffffffff;
}

// Returns the 8-byte register at `offset`, mtimecmp or mtime; 0 where there is none.
static uint64
read_wide(const struct machine *m, uint64 offset)
{
    uint64 hart = (offset - MTIMECMP) / 8;
    if (offset >= MTIME)
        return machine_time(m);
    return offset >= MTIMECMP && hart < m->config.harts ? m->s.clint.mtimecmp[hart] : 0;
}

// Loads a register in 4 or 8 bytes. Registers of harts that do not exist are 0.
bool
clint_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value)
{
    (void)unit;
    if (bytes < 4)
        return false;
    if (offset >= MTIMECMP) {
        *value = read_part(read_wide(m, offset & ~7ULL), offset, bytes);
        return true;
    }
    uint64 hart = offset / 4;
    *value = hart < m->config.harts ? m->s.clint.msip[hart] : 0;
    if (bytes == 8 && hart + 1 < m->config.harts)
        *value |= (uint64)m->s.clint.msip[hart + 1] << 32;
    return true;
}

static void
store_msip(struct machine *m, uint64 hart, uint64 value)
{
    if (hart >= m->config.harts)
        return;
    m->s.clint.msip[hart] = value & 1;
    machine_attention(m, (unsigned)hart);
}

static void
store_wide(struct machine *m, uint64 offset, uint64 value)
{
    struct clint *c = &m->s.clint;
    uint64 hart = (offset - MTIMECMP) / 8;
    if (offset >= MTIME) {
        c->offset += value - machine_time(m);
        for (unsigned i = 0; i < m->config.harts; i++)
            machine_attention(m, i);
    } else if (hart < m->config.harts) {
        c->mtimecmp[hart] = value;
        machine_attention(m, (unsigned)hart);
    }
}

// Stores a register in 4 or 8 bytes. Stores to registers of harts that do not exist are ignored.
bool
clint_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value)
{
    (void)unit;
    if (bytes < 4)
        return false;
    if (offset < MTIMECMP) {
        store_msip(m, offset / 4, value);
        if (bytes == 8)
            store_msip(m, offset / 4 + 1, value >> 32);
        return true;
    }
    if (bytes == 4)
        value = with_half(read_wide(m, offset & ~7ULL), offset & 4, value);
    store_wide(m, offset & ~7ULL, value);
    return true;
}
