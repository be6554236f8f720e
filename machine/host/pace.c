// SPDX-License-Identifier: MIT
// pace.c - keeps the machine's clock from running ahead of the host's.
//
// Theory    The two clocks were equal at one moment and run on from there. While all harts wait,
//           the machine's clock may jump as far as the host's has come. A machine that is behind,
//           since it computes or waits for a key, does not catch up: the moment is chosen anew. One
//           that waits for a timer is not behind before the timer is due.
// Promises  no-influence: the run is the same, only its pace is not.
#include "host/pace.h"

#include <time.h>

#include "board/board.h"
#include "run.h"

#define BEHIND_NS 50000000ULL // a machine that is as much behind stays behind

#define NS_PER_CYCLE (1000000000ULL / (TIMEBASE_HZ * CYCLES_PER_TICK))

static uint64
host_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64)t.tv_sec * 1000000000 + (uint64)t.tv_nsec;
}

static uint64
to_ns(uint64 clock)
{
    return (clock >> CLOCK_FRACTION) * NS_PER_CYCLE;
}

void
pace_start(struct pace *p, bool on, const struct machine *m)
{
    *p = (struct pace){on, host_now(), to_ns(machine_clock(m))};
}

uint64
pace_limit(struct pace *p, const struct machine *m, bool idle)
{
    uint64 clock = machine_clock(m), due = machine_due(m);
    if (!p->on)
        return ~0ULL;
    if (idle && due != ~0ULL && due > clock)
        clock = due;
    uint64 host = host_now() - p->host, machine = to_ns(clock) - p->machine;
    if (host > machine + BEHIND_NS) {
        p->host += host - machine;
        host = machine;
    }
    return (p->machine + host) / NS_PER_CYCLE << CLOCK_FRACTION;
}

uint64
pace_until(const struct pace *p, uint64 clock)
{
    if (!p->on)
        return 0;
    uint64 host = host_now() - p->host, machine = to_ns(clock) - p->machine;
    return machine > host ? machine - host : 0;
}
