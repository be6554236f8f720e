// SPDX-License-Identifier: MIT
// rtc.c - the clock that knows the date: a goldfish RTC, in virtual time.
//
// Theory    The date is a fixed one at reset (config.epoch) plus the machine's clock, in
//           nanoseconds; stores to mtime do not change it. A load of the lower half latches the
//           upper half; a store of the lower half takes the upper half that was stored before.
// Manual    goldfish virtual hardware: goldfish_rtc
// Next      board/board.c
#include "board/rtc.h"

#include "board/board.h"
#include "machine.h"

enum {
    TIME_LOW = 0x00,
    TIME_HIGH = 0x04,
    ALARM_LOW = 0x08,
    ALARM_HIGH = 0x0c,
    IRQ_ENABLED = 0x10,
    CLEAR_ALARM = 0x14,
    ALARM_STATUS = 0x18,
    CLEAR_INTERRUPT = 0x1c,
};

#define NS_PER_SECOND 1000000000ULL
#define NS_PER_CYCLE  (NS_PER_SECOND / (TIMEBASE_HZ * CYCLES_PER_TICK))

void
rtc_reset(struct rtc *r, uint64 epoch)
{
    *r = (struct rtc){.offset = epoch * NS_PER_SECOND};
}

static uint64
now(const struct machine *m)
{
    return m->s.rtc.offset + board_cycles(m) * NS_PER_CYCLE;
}

static void
update_line(struct machine *m)
{
    plic_line(m, IRQ_SOURCE_RTC, m->s.rtc.ringing && m->s.rtc.enabled);
}

void
rtc_tick(struct machine *m)
{
    struct rtc *r = &m->s.rtc;
    if (!r->armed || now(m) < r->alarm)
        return;
    r->armed = false;
    r->ringing = true;
    update_line(m);
}

uint64
rtc_due(const struct machine *m)
{
    const struct rtc *r = &m->s.rtc;
    if (!r->armed)
        return ~0ULL;
    uint64 wait = r->alarm > now(m) ? r->alarm - now(m) : 0;
    return board_cycles(m) + (wait + NS_PER_CYCLE - 1) / NS_PER_CYCLE;
}

static uint32
read_register(struct machine *m, uint64 reg)
{
    struct rtc *r = &m->s.rtc;
    switch (reg) {
    case TIME_LOW:
        r->time_high = (uint32)(now(m) >> 32);
        return (uint32)now(m);
    case TIME_HIGH:
        return r->time_high;
    case ALARM_LOW:
        return (uint32)r->alarm;
    case ALARM_HIGH:
        return (uint32)(r->alarm >> 32);
    case IRQ_ENABLED:
        return r->enabled;
    case ALARM_STATUS:
        return r->armed;
    default:
        return 0;
    }
}

// Loads a register, in 4 bytes.
bool
rtc_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value)
{
    (void)unit;
    if (bytes != 4)
        return false;
    *value = read_register(m, offset);
    return true;
}

static void
write_register(struct machine *m, uint64 reg, uint32 value)
{
    struct rtc *r = &m->s.rtc;
    switch (reg) {
    case TIME_LOW:
        r->offset += ((uint64)r->time_high << 32 | value) - now(m);
        break;
    case TIME_HIGH:
        r->time_high = value;
        break;
    case ALARM_LOW:
        r->alarm = (uint64)r->alarm_high << 32 | value;
        r->armed = true;
        break;
    case ALARM_HIGH:
        r->alarm_high = value;
        break;
    case IRQ_ENABLED:
        r->enabled = value & 1;
        break;
    case CLEAR_ALARM:
        r->armed = false;
        break;
    case CLEAR_INTERRUPT:
        r->ringing = false;
        break;
    }
}

// Stores a register, in 4 bytes. Stores to registers that are read-only are ignored.
bool
rtc_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value)
{
    (void)unit;
    if (bytes != 4)
        return false;
    write_register(m, offset, (uint32)value);
    rtc_tick(m);
    update_line(m);
    return true;
}
