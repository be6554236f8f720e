// SPDX-License-Identifier: MIT
// pace.c - keeps the machine's clock from running ahead of the host's.
//
// Theory    While its harts wait, the machine's clock jumps from timer to timer, so a few steps may
//           take a long virtual time. So the number of steps between two looks at the host's clock
//           is halved when they took long, and doubled when they did not. A machine that is behind
//           does not catch up: the two clocks are set equal again.
// Promises  no-influence: the run is the same, only its pace is not.
#include "host/pace.h"

#include <time.h>

#include "board/board.h"

#define LEAST_STEPS 500ULL
#define MOST_STEPS  1000000ULL
#define LOOK_NS     10000000ULL  // the virtual time between looks that is aimed at
#define BEHIND_NS   100000000ULL // a machine that is as much behind stays behind

#define NS_PER_CYCLE (1000000000ULL / (TIMEBASE_HZ * CYCLES_PER_TICK))

static uint64
host_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64)t.tv_sec * 1000000000 + (uint64)t.tv_nsec;
}

static uint64
machine_now(const struct machine *m)
{
    return board_cycles(m) * NS_PER_CYCLE;
}

void
pace_start(struct pace *p, bool on, const struct machine *m)
{
    *p = (struct pace){on, host_now(), machine_now(m), MOST_STEPS};
}

uint64
pace_steps(const struct pace *p)
{
    return p->on ? p->steps : MOST_STEPS;
}

uint64
pace_ahead(struct pace *p, const struct machine *m)
{
    if (!p->on)
        return 0;
    uint64 host = host_now() - p->host, machine = machine_now(m) - p->machine;
    if (machine > host + LOOK_NS && p->steps > LEAST_STEPS)
        p->steps /= 2;
    else if (machine < host && p->steps < MOST_STEPS)
        p->steps *= 2;
    if (host > machine + BEHIND_NS) {
        p->host += host;
        p->machine += machine;
    }
    return machine > host ? machine - host : 0;
}
