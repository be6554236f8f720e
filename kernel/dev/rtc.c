// SPDX-License-Identifier: MIT
// rtc.c - the wall clock: QEMU's goldfish RTC, read once, and the `time` CSR since then.
//
// Theory    The RTC counts nanoseconds since 1970, in two registers. Several harts could not read
//           them at once without a lock. So the RTC is read at boot, while one hart runs, and the
//           kernel keeps the difference between the `time` CSR and one that had been 0 in 1970.
//           From then on the time is an addition and a division, and no hart waits for another.
// Promises  Time does not go backwards while the machine runs.
// Manual    unpriv: zicntr
#include "dev/rtc.h"

#include "dev/machine.h"
#include "dev/mmio.h"
#include "mm/kvm/kvm.h"
#include "rv/csr.h"

#define RTC_TIME_LOW  0 // reading it keeps the upper half for
#define RTC_TIME_HIGH 4
#define SECOND        1000000000UL // in nanoseconds

// Constant after rtc_init().
static struct {
    uint64 timebase; // steps of the `time` CSR in a second; 0: there is no clock
    uint64 ahead;    // steps from 1970 to a CSR of 0
} rtc;

static uint64
read_clock(const uint8 *regs)
{
    uint64 low = mmio_read32(regs + RTC_TIME_LOW); // first: it latches the other
    return (uint64)mmio_read32(regs + RTC_TIME_HIGH) << 32 | low;
}

// Scales without overflow: a product of the whole value would not fit.
static uint64
scale(uint64 n, uint64 from, uint64 to)
{
    return n / from * to + n % from * to / from;
}

// Reads the clock, if the machine has one.
void
rtc_init(const struct machine *m)
{
    if (!m->rtc.size || !m->timebase)
        return;
    const uint8 *regs = kvm_map_device(m->rtc.base, m->rtc.size);
    rtc.ahead = scale(read_clock(regs), SECOND, m->timebase) - r_time();
    rtc.timebase = m->timebase;
}

// The seconds since 1970; 0: there is no clock.
uint64
rtc_seconds(void)
{
    return rtc.timebase ? (r_time() + rtc.ahead) / rtc.timebase : 0;
}

// The nanoseconds since 1970; 0: there is no clock.
uint64
rtc_nanoseconds(void)
{
    return rtc.timebase ? scale(r_time() + rtc.ahead, rtc.timebase, SECOND) : 0;
}
