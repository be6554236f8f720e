// SPDX-License-Identifier: MIT
// ticks.c - computes ticks, ends time slices, and wakes sleepers.
//
// Theory    Ticks are computed from the time CSR, and not counted. A busy hart is interrupted
//           once a slice; an idle one only when one of its sleepers is due. Sleepers are on a
//           list per hart, soonest first; a record is taken off the list with the list's lock held.
// Locks     a list's lock, then the process's (thread_wake).
#include "proc/sched/ticks.h"

#include "lib/range.h"
#include "proc/proc.h"
#include "rv/cpu.h"
#include "rv/csr.h"
#include "rv/timer.h"
#include "sync/spinlock.h"
#include "sync/thread.h"

#define TICKS_PER_SECOND  10
#define SLICES_PER_SECOND 100

struct sleepers {
    struct spinlock lock;
    struct list list; // by `when`
    uint64 next;      // the first one's `when`, or TIMER_NEVER
};

static struct sleepers sleepers[MAXHART];
static uint64 timebase, boot_time;
static uint64 slice;           // in units of the time CSR
static uint64 random[MAXHART]; // [h] each hart's state of random slices; 0: slices are all alike

// Prepares ticks and timers; `hz` is the steps of the time CSR in a second. Tick 0 begins. Once at
// boot.
void
ticks_init(uint64 hz)
{
    timebase = hz;
    slice = hz / SLICES_PER_SECOND;
    boot_time = r_time();
    for (int i = 0; i < MAXHART; i++) {
        initlock(&sleepers[i].lock, "sleepers", RANK_TIMER);
        list_init(&sleepers[i].list);
        sleepers[i].next = TIMER_NEVER;
    }
}

// The steps of the time CSR in a second.
uint64
ticks_timebase(void)
{
    return timebase;
}

// The time CSR when tick 0 began.
uint64
ticks_boot(void)
{
    return boot_time;
}

// The number of ticks of 100 ms since boot.
uint64
ticks_now(void)
{
    return (r_time() - boot_time) / (timebase / TICKS_PER_SECOND);
}

static void
update_next(struct sleepers *s)
{
    s->next =
        list_empty(&s->list) ? TIMER_NEVER : list_entry(s->list.next, struct sleeper, node)->when;
}

static void
insert_sleeper(struct sleepers *s, struct sleeper *new)
{
    struct list *where = &s->list;
    while (where->prev != &s->list &&
           list_entry(where->prev, struct sleeper, node)->when > new->when)
        where = where->prev;
    list_push_back(where, &new->node);
    update_next(s);
}

// Blocks the running process until the time CSR has reached `when`.
// Returns   0; -EINTR: it was killed.
// Locks     no spinlock held.
// Sleeps    yes.
int
ticks_sleep_until(uint64 when)
{
    struct sleepers *s = &sleepers[cpuid()];
    struct sleeper *me = &myproc()->sleeper;
    *me = (struct sleeper){.when = when, .proc = myproc(), .listed = true};
    acquire(&s->lock);
    insert_sleeper(s, me);
    thread_prepare_block(me->proc);
    release(&s->lock);
    ticks_resume(); // the deadline may be this sleeper's now
    int error = thread_block(true);
    acquire(&s->lock);
    if (me->listed) {
        list_remove(&me->node);
        update_next(s);
    }
    release(&s->lock);
    return error;
}

// Blocks the running process for so many ticks; 0: not at all.
// Returns   0; -EINTR: it was killed.
// Locks     no spinlock held.
// Sleeps    yes.
int
ticks_sleep(uint64 ticks)
{
    return ticks ? ticks_sleep_until(r_time() + ticks * (timebase / TICKS_PER_SECOND)) : 0;
}

static void
wake_due(struct sleepers *s, uint64 now)
{
    acquire(&s->lock);
    while (s->next <= now) {
        struct sleeper *first = list_entry(s->list.next, struct sleeper, node);
        list_remove(&first->node);
        first->listed = false;
        thread_wake(first->proc); // cannot leave ticks_sleep_until() before this lock is free
        update_next(s);
    }
    release(&s->lock);
}

// Gives time slices random lengths, from a seed, for tests; 0: all alike. At boot.
void
ticks_scatter(uint32 seed)
{
    for (uint64 i = 0; i < MAXHART; i++)
        random[i] = seed ? (seed * MAXHART + i) * 0x9e3779b97f4a7c15UL | 1 : 0;
}

// The length of the next random slice: from 1/256 to 1/8 of the usual one.
static uint64
random_slice(uint64 *state)
{
    *state = *state * 0x5851f42d4c957f2dUL + 0x14057b7ef767814fUL;
    return slice / 256 + (*state >> 32) % (slice / 8);
}

// Sets this hart's deadline to the end of a slice that begins now, or to its first sleeper's.
void
ticks_resume(void)
{
    uint64 *state = &random[cpuid()];
    uint64 length = likely(!*state) ? slice : random_slice(state);
    timer_set(smaller(r_time() + length, sleepers[cpuid()].next));
}

// Sets this hart's deadline to its first sleeper's: it has nothing to run.
void
ticks_idle(void)
{
    timer_set(sleepers[cpuid()].next);
}

// Handles this hart's timer interrupt: wakes the sleepers that are due, and ends the time slice.
// Locks     takes the list's lock, then the lock of each process.
void
ticks_interrupt(void)
{
    struct sleepers *s = &sleepers[cpuid()];
    uint64 now = r_time();
    if (s->next <= now)
        wake_due(s, now);
    mycpu()->need_resched = 1;
    ticks_resume();
}
