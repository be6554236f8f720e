// SPDX-License-Identifier: MIT
// board.c - all devices together, for the loop that gives harts their turns.
//
// Next      board/bus.c, time/turns.h
#include "board/board.h"

#include "base/numbers.h"
#include "machine.h"

void
board_reset(struct machine *m)
{
    clint_reset(&m->s.clint);
    plic_reset(&m->s.plic);
    uart_reset(&m->s.uart);
    rtc_reset(&m->s.rtc, m->config.epoch);
    m->s.finisher = (struct finisher){0};
    for (unsigned i = 0; i < DISKS_MAX; i++)
        virtio_blk_power_on(&m->s.virtio[i]);
}

void
board_tick(struct machine *m)
{
    for (unsigned i = 0; i < DISKS_MAX; i++)
        virtio_blk_tick(m, i);
    rtc_tick(m);
    htif_poll(m);
}

uint64
board_due(const struct machine *m)
{
    uint64 due = smaller(clint_due(m), rtc_due(m));
    for (unsigned i = 0; i < DISKS_MAX; i++)
        due = smaller(due, virtio_blk_due(m, i));
    return due;
}

uint64
board_irqs(const struct machine *m, unsigned hart)
{
    return clint_irqs(m, hart) | plic_irqs(m, hart);
}

uint64
board_cycles(const struct machine *m)
{
    return machine_clock(m) >> CLOCK_FRACTION;
}
