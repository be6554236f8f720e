// SPDX-License-Identifier: MIT
// t_compoundharts.c - a compound allocation that two spaces have mapped, on two harts that really run at once:
// one splits it, as a first write to one of its pages does, while the other drops its leaves.
//
// SOURCES: kernel/mm/frame/frame*.c kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/compound.c kernel/mm/frame/kmem.c
// SOURCES: kernel/mm/frame/failnth.c kernel/lib/page.c kernel/sync/spinlock.c tests/host/shim/host.c
#include "test.h"

#include <pthread.h>
#include <sched.h>

#include "mm/frame/compound.h"
#include "mm/frame/kmem.h"
#include "mm/frame/userpage.h"
#include "ram.h"

enum { ROUNDS = 10000, ORDER = FRAME_MAX_ORDER, FRAMES = 1024, PATIENCE = 20000 };

static struct frame *block;
static int arrived, left; // harts, in all rounds

// Waits until both harts have come here so many times.
static void
meet(int *count, int times)
{
    __atomic_fetch_add(count, 1, __ATOMIC_ACQ_REL);
    while (__atomic_load_n(count, __ATOMIC_ACQUIRE) < 2 * times)
        sched_yield();
}

// Waits until the block is being split, or not much longer than that takes.
static void
await_split(struct frame *f)
{
    for (int turns = 0; turns < PATIENCE && !__atomic_load_n(&f[1].refs, __ATOMIC_RELAXED); turns++)
        if (turns % 64 == 0)
            sched_yield();
}

// A space's leaves of the block are gone.
static void
drop_leaves(struct frame *f)
{
    int size;
    for (struct frame *end = f + (1 << ORDER); f < end; f += size) {
        int order = compound_order(f);
        size = 1 << order;
        if (order > 0)
            compound_put(f, order);
        else
            userpage_drop(f);
    }
}

static void *
hart(void *arg)
{
    host_hart = (int)(uint64)arg;
    for (int round = 1; round <= ROUNDS; round++) {
        if (host_hart == 0) {
            block = frame_of(v2p(kalloc_order(FRAME_USER, 1, ORDER)));
            userpage_mapped(block);
            compound_get(block, ORDER);
        }
        meet(&arrived, round);
        if (host_hart == 0)
            (void)compound_page_sole(&block[round % (1 << ORDER)]); // false splits it
        else
            await_split(block);
        drop_leaves(block);
        meet(&left, round);
    }
    return NULL;
}

int
main(void)
{
    pthread_t t[2];
    ram_boot(RAM_BASE, FRAMES * PGSIZE, 0, 0);
    kmem_init();
    compound_init();
    uint64 free = frames_free();
    for (uint64 i = 0; i < 2; i++)
        CHECK_EQ(pthread_create(&t[i], NULL, hart, (void *)i), 0);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(pthread_join(t[i], NULL), 0);
    kmem_drain();
    CHECK_EQ(frames_free(), free);
    check_ledger();
    return test_done();
}
