// SPDX-License-Identifier: MIT
// lockcheck.c - the order of spinlocks, checked whenever one is acquired (debug builds only).
//
// Theory    Each hart records the locks that it holds, with the place of acquisition. If every hart
//           acquires in ascending rank, no cycle of harts can wait for each other. Locks of one
//           rank may be held together when they are acquired by ascending address.
// Promises  a violation panics with both locks and where they were acquired, before it can
//           deadlock.
// Locks     none: a hart's record is touched by that hart alone, with interrupts off.
// Next      sync/rank.h, sync/spinlock.c
#include "sync/lockcheck.h"

#include "panic/backtrace.h"
#include "panic/ksyms.h"
#include "panic/panic.h"
#include "rv/cpu.h"
#include "rv/kstack.h"
#include "sync/spinlock.h"

#define MAX_HELD 16

struct held {
    const struct spinlock *lock;
    uint64 pc; // of the call of acquire()
};

static struct record {
    struct held held[MAX_HELD];
    uint32 count;
} records[MAXHART];

static struct record *
mine(void)
{
    return &records[cpuid()];
}

// The return address two callers up from the frame: of acquire(), for the functions below.
static uint64
caller_of_acquire(void *frame)
{
    uint64 pcs[2] = {0, 0}, fp = (uint64)frame; // taken apart to find the end of the stack
    backtrace_walk(fp, fp - 16, ((fp - 1) | (KSTACK_SIZE - 1)) + 1, pcs, 2);
    return pcs[1];
}

static const char *
symbol(uint64 pc)
{
    uint64 offset;
    const char *name = ksyms_lookup(pc, &offset);
    return name != NULL ? name : "?";
}

static bool
in_order(const struct spinlock *held, const struct spinlock *next)
{
    return held->rank < next->rank || (held->rank == next->rank && held < next);
}

static void
push_held(const struct spinlock *lk, uint64 pc)
{
    struct record *r = mine();
    if (r->count == MAX_HELD)
        panic("lockcheck: hart %d holds %d spinlocks, now %s", cpuid(), MAX_HELD, lk->name);
    r->held[r->count++] = (struct held){lk, pc};
}

// Records a lock before this hart waits for it. Panics if it holds one of a larger rank, or of the
// same rank and a higher address.
void
lockcheck_acquire(struct spinlock *lk)
{
    uint64 pc = caller_of_acquire(__builtin_frame_address(0));
    struct record *r = mine();
    if (panicking())
        return;
    for (uint32 i = 0; i < r->count; i++) {
        const struct held *h = &r->held[i];
        if (!in_order(h->lock, lk))
            panic("lockcheck: %s (rank %u) wanted in %s while %s (rank %u) is held since %s",
                  lk->name, lk->rank, symbol(pc), h->lock->name, h->lock->rank, symbol(h->pc));
    }
    push_held(lk, pc);
}

// Records a lock that this hart has got without waiting, in any order.
void
lockcheck_tryacquire(struct spinlock *lk)
{
    if (!panicking())
        push_held(lk, caller_of_acquire(__builtin_frame_address(0)));
}

// Removes a lock from the record of this hart. Panics if it is not there.
void
lockcheck_release(struct spinlock *lk)
{
    struct record *r = mine();
    if (panicking())
        return;
    for (uint32 i = r->count; i-- > 0;) {
        if (r->held[i].lock != lk)
            continue;
        for (r->count--; i < r->count; i++)
            r->held[i] = r->held[i + 1];
        return;
    }
    panic("lockcheck: hart %d releases %s, which it does not hold", cpuid(), lk->name);
}

// Panics if this hart holds a spinlock: the caller may sleep, or lets other processes run.
void
lockcheck_none(void)
{
    const struct record *r = mine();
    if (r->count > 0 && !panicking())
        panic("lockcheck: %s is held since %s where no spinlock may be", r->held[0].lock->name,
              symbol(r->held[0].pc));
}
