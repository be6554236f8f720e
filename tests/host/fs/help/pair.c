// SPDX-License-Identifier: MIT
// pair.c - see pair.h: the flows of two harts, and the compiler's calls.
#include "pair.h"

#include "mmu/fiber.h"
#include "rv/cpu.h"
#include "sync/thread.h"
#include "sync/waitq.h"
#include "test.h"

#define WATCHED  4
#define PATIENCE 100000 // turns of harts that wait for each other
#define HOOK     __attribute__((no_sanitize("address")))

// The functions that the compiler calls before an access, and the sanitizer's own checks, called
// behind ours.
void __asan_loadN(void *at, long size);
void __asan_storeN(void *at, long size);
void __asan_loadN_noabort(void *at, long size);
void __asan_storeN_noabort(void *at, long size);

struct proc {
    struct fiber fiber;
    void (*fn)(void);
    bool woken, ended;
    uint64 left; // accesses before it stops
    struct waiter waiter;
};

static struct proc harts[2];
static struct fiber driver;
static struct {
    uint64 start, end;
} watched[WATCHED];
static int nwatched;
static unsigned stopped; // which harts have been
static bool running;
static unsigned turns;

int (*host_on_block)(bool killable); // of worlds with a single thread

// ---- Turns

static void
other_hart(void)
{
    struct proc *self = &harts[host_hart], *other = &harts[!host_hart];
    CHECK(!other->ended && turns++ < PATIENCE); // else both wait for ever
    host_hart = !host_hart;
    fiber_switch(&self->fiber, &other->fiber);
}

static void
flow(void)
{
    struct proc *self = &harts[host_hart];
    self->fn();
    self->ended = true;
    if (!harts[!host_hart].ended)
        other_hart();
    fiber_switch(&self->fiber, &driver);
}

static void
prepare(struct proc *hart, void (*fn)(void), unsigned accesses)
{
    hart->fn = fn;
    hart->ended = false;
    hart->left = accesses;
    fiber_start(&hart->fiber, flow);
}

unsigned
pair_run(void (*first)(void), void (*second)(void), unsigned n, unsigned m)
{
    prepare(&harts[0], first, n);
    prepare(&harts[1], second, m);
    stopped = turns = 0;
    running = true;
    host_on_spin = other_hart;
    fiber_switch(&driver, &harts[0].fiber);
    host_on_spin = NULL;
    running = false;
    host_hart = 0;
    return stopped;
}

// ---- Where a hart sleeps

struct proc *
thread_self(void)
{
    return &harts[host_hart];
}

struct waiter *
thread_waiter(struct proc *self)
{
    return &self->waiter;
}

void
thread_prepare_block(struct proc *self)
{
    self->woken = false;
}

int
thread_block(bool killable)
{
    struct proc *self = thread_self();
    (void)killable;
    while (!self->woken)
        other_hart();
    return 0;
}

void
thread_wake(struct proc *p)
{
    p->woken = true;
}

int
preempt_point(void)
{
    return 0;
}

// ---- The compiler's calls

void
pair_watch(const void *object, size_t size)
{
    CHECK(nwatched < WATCHED);
    watched[nwatched].start = (uint64)object;
    watched[nwatched++].end = (uint64)object + size;
}

void
pair_watch_nothing(void)
{
    nwatched = 0;
}

HOOK static bool
is_watched(uint64 at, uint64 size)
{
    for (int i = 0; i < nwatched; i++)
        if (at < watched[i].end && at + size > watched[i].start)
            return true;
    return false;
}

HOOK static void
before(const void *object, uint64 size)
{
    struct proc *self = &harts[host_hart];
    unsigned bit = 1U << host_hart;
    if (!running || stopped & bit || harts[!host_hart].ended || !is_watched((uint64)object, size))
        return;
    if (self->left-- > 0)
        return;
    stopped |= bit;
    other_hart();
}

HOOK void
__asan_loadN(void *at, long size)
{
    before(at, (uint64)size);
    __asan_loadN_noabort(at, size);
}

HOOK void
__asan_storeN(void *at, long size)
{
    before(at, (uint64)size);
    __asan_storeN_noabort(at, size);
}

#define CALLS(n)                                                                                   \
    HOOK void __asan_load##n(void *at)                                                             \
    {                                                                                              \
        __asan_loadN(at, n);                                                                       \
    }                                                                                              \
    HOOK void __asan_store##n(void *at)                                                            \
    {                                                                                              \
        __asan_storeN(at, n);                                                                      \
    }

CALLS(1)
CALLS(2)
CALLS(4)
CALLS(8)
CALLS(16)
