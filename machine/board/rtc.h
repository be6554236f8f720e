// SPDX-License-Identifier: MIT
// rtc.h - the clock that knows the date: a goldfish RTC, in virtual time.
#pragma once

#include "base/types.h"

#define RTC_BASE 0x101000ULL
#define RTC_SIZE 0x1000ULL

struct machine;

struct rtc {
    uint64 offset;                // nanoseconds since 1970 when mtime is 0, modulo 2^64
    uint64 alarm;                 // nanoseconds since 1970
    uint32 time_high, alarm_high; // latched for the next access of the lower half
    bool armed;                   // the alarm has yet to ring
    bool ringing;                 // the alarm's interrupt is pending
    bool enabled;                 // the interrupt is enabled
};

// Resets the registers; the date is `epoch` seconds since 1970.
void rtc_reset(struct rtc *r, uint64 epoch);
// Rings the alarm when it is due.
void rtc_tick(struct machine *m);
// The cycle at which the alarm rings; ~0: it is not set.
uint64 rtc_due(const struct machine *m);
bool rtc_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value);
bool rtc_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value);
