// SPDX-License-Identifier: MIT
// t_lockcheck.c - the order of locks: allowed orders pass, each violation is named.
//
// SOURCES: kernel/checked/lockcheck.c kernel/sync/spinlock.c tests/host/shim/host.c
// CFLAGS: -DDEBUG
#include "test.h"

#include "panic/backtrace.h"
#include "panic/ksyms.h"
#include "panic/panic.h"
#include "rv/cpu.h"
#include "sync/lockcheck.h"
#include "sync/spinlock.h"

static struct spinlock low, high, same[2];

bool
panicking(void)
{
    return false;
}

const char *
ksyms_lookup(uint64 pc, uint64 *offset)
{
    (void)pc, (void)offset;
    return NULL;
}

// The host's stack frames have another shape.
int
backtrace_walk(uint64 fp, uint64 bottom, uint64 top, uint64 *pcs, int max)
{
    (void)fp, (void)bottom, (void)top, (void)pcs, (void)max;
    return 0;
}

static void
test_allowed(void)
{
    acquire(&low);
    acquire(&high);
    release(&low); // in any order
    release(&high);
    lockcheck_none();
    acquire(&high);
    CHECK(tryacquire(&low)); // does not wait, so it may be out of order
    release(&high);
    release(&low);
    acquire(&same[0]);
    acquire(&same[1]);
    release(&same[1]);
    release(&same[0]);
    lockcheck_none();
}

static void
test_refused(void)
{
    acquire(&high);
    EXPECT_PANIC("lockcheck: low", acquire(&low));
    EXPECT_PANIC("lockcheck: high", acquire(&high));
    EXPECT_PANIC("lockcheck: high is held", lockcheck_none());
    release(&high);
    EXPECT_PANIC("lockcheck: hart 0 releases", release(&high));
    acquire(&same[1]);
    EXPECT_PANIC("lockcheck: same", acquire(&same[0]));
    host_hart = 1; // another hart holds nothing
    lockcheck_none();
    acquire(&low);
    release(&low);
    host_hart = 0;
    release(&same[1]);
    lockcheck_none();
}

int
main(void)
{
    initlock(&low, "low", RANK_TREE);
    initlock(&high, "high", RANK_FRAME);
    initlock(&same[0], "same", RANK_PROC);
    initlock(&same[1], "same", RANK_PROC);
    test_allowed();
    test_refused();
    return test_done();
}
