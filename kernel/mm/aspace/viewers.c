// SPDX-License-Identifier: MIT
// viewers.c - keeps a process's memory from being freed while other processes look at it.
//
// Theory    as->viewers counts them. A process enters while it can find the other process;
//           uvmfree() waits for the count to fall to 0, after the space has been hidden.
// Locks     viewers.lock guards the counts of all spaces.
#include "mm/aspace/viewers.h"

#include "mm/aspace/aspace.h"
#include "sync/waitq.h"

static struct {
    struct spinlock lock;
    struct waitq drained; // a space has no viewers any more
} viewers;

// Prepares the lock and the wait queue; once at boot.
void
viewers_init(void)
{
    initlock(&viewers.lock, "viewers", RANK_VIEW);
    waitq_init(&viewers.drained, "viewers");
}

// Keeps the space's memory from being freed, until viewers_leave().
// Locks     the caller holds one under which the space can still be found.
void
viewers_enter(struct aspace *as)
{
    acquire(&viewers.lock);
    as->viewers++;
    release(&viewers.lock);
}

// Ends what viewers_enter() began; NULL is allowed.
void
viewers_leave(struct aspace *as)
{
    if (!as)
        return;
    acquire(&viewers.lock);
    if (--as->viewers == 0)
        wakeup(&viewers.drained);
    release(&viewers.lock);
}

// Waits until the space has no viewers. It is hidden: none can enter any more.
// Sleeps    while a viewer is there.
void
viewers_drain(struct aspace *as)
{
    if (likely(!__atomic_load_n(&as->viewers, __ATOMIC_RELAXED))) // the hiding lock ordered it
        return;
    acquire(&viewers.lock);
    while (as->viewers)
        sleep_unkillable(&viewers.drained, &viewers.lock);
    release(&viewers.lock);
}
