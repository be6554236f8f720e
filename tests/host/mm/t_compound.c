// SPDX-License-Identifier: MIT
// t_compound.c - 2 MiB as several leaves refer to it: whole and in single frames, the last leaf, and
// harts that take, split and drop the same allocation at once.
//
// SOURCES: kernel/mm/frame/compound.c kernel/mm/frame/frame*.c kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c
// SOURCES: kernel/mm/frame/kmem.c kernel/mm/frame/failnth.c kernel/lib/page.c kernel/sync/spinlock.c
// SOURCES: tests/host/shim/host.c
#include "test.h"

#include <pthread.h>

#include "mm/frame/compound.h"
#include "mm/frame/userpage.h"
#include "ram.h"

enum { HARTS = 4, ROUNDS = 300, PAGES = 512 };

#define MIB (1UL << 20)

static struct frame *
fresh(void)
{
    struct frame *f = frame_of(v2p(kalloc_order(FRAME_USER, 7, FRAME_MAX_ORDER)));
    userpage_mapped(f);
    return f;
}

// The leaf of one page of it is gone.
static void
drop_page(struct frame *f)
{
    userpage_release();
    userpage_drop(f);
}

static void
check_counts(const struct frame *f, int order, int refs)
{
    CHECK_EQ(f->order, order);
    for (int i = 0; i < (order ? 1 : PAGES); i++) {
        CHECK_EQ(f[i].refs, refs);
        CHECK_EQ(f[i].mapcount, refs);
    }
    check_ledger();
}

static void
test_whole(void)
{
    uint64 free = frames_free();
    struct frame *f = fresh();
    CHECK(compound_sole(f, FRAME_MAX_ORDER));
    compound_get(f, FRAME_MAX_ORDER);
    check_counts(f, FRAME_MAX_ORDER, 2);
    CHECK(!compound_sole(f, FRAME_MAX_ORDER));
    check_counts(f, FRAME_MAX_ORDER, 2);
    compound_put(f, FRAME_MAX_ORDER);
    CHECK(compound_sole(f, FRAME_MAX_ORDER));
    compound_put(f, FRAME_MAX_ORDER);
    CHECK_EQ(frames_free(), free);
    check_ledger();
}

static void
test_single(void)
{
    uint64 free = frames_free();
    struct frame *f = fresh();
    compound_get(f, FRAME_MAX_ORDER);
    compound_get(f, FRAME_MAX_ORDER);
    compound_split(f);
    check_counts(f, 0, 3);
    compound_split(f); // the second to split its leaf finds it done
    check_counts(f, 0, 3);
    compound_get(f, FRAME_MAX_ORDER);
    check_counts(f, 0, 4);
    compound_put(f, FRAME_MAX_ORDER);
    compound_put(f, FRAME_MAX_ORDER);
    drop_page(f + 5);
    CHECK_EQ(f[5].refs, 1);
    CHECK(!compound_sole(
        f, FRAME_MAX_ORDER)); // one frame of it is the caller's alone, the others are not
    CHECK_EQ(f->order, 0);
    for (int i = 0; i < PAGES; i++)
        if (i != 5)
            drop_page(f + i);
    check_counts(f, 0, 1);
    CHECK(compound_sole(f, FRAME_MAX_ORDER));
    check_counts(f, FRAME_MAX_ORDER, 1);
    compound_split(f);
    for (int i = 0; i < PAGES; i++)
        drop_page(f + i);
    CHECK_EQ(frames_free(), free);
    check_ledger();
}

// A hart uses its leaf at random, and drops it in the end.
static void
use(struct frame *f, uint64 coin)
{
    for (uint64 i = 0; i < 10 + coin % 200; i++)
        compound_get(f, FRAME_MAX_ORDER),
            compound_put(f, FRAME_MAX_ORDER); // a fork, and the child's end
    if (coin >> 20 & 1)
        compound_split(f);
    for (uint64 i = 0; i < 3; i++)
        compound_get(f, FRAME_MAX_ORDER), compound_put(f, FRAME_MAX_ORDER);
    if ((coin >> 21 & 1) && compound_sole(f, FRAME_MAX_ORDER)) {
        memset(f->mem, (int)coin, 2 * MIB);
        compound_split(f);
    }
    if (!(coin >> 20 & 1)) {
        compound_put(f, FRAME_MAX_ORDER);
        return;
    }
    compound_split(f);
    for (int n = 0; n < PAGES; n++)
        drop_page(f + n);
}

static struct frame *shared;
static pthread_barrier_t line;

static void *
hart(void *arg)
{
    host_hart = (int)(uint64)arg;
    uint64 seed = 99 + host_hart * 77777;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&line);
        seed = seed * 6364136223846793005 + 1442695040888963407;
        use(shared, seed >> 30);
        pthread_barrier_wait(&line);
    }
    return NULL;
}

static void
test_harts(void)
{
    pthread_t t[HARTS];
    uint64 free = frames_free();
    pthread_barrier_init(&line, NULL, HARTS + 1);
    for (uint64 i = 0; i < HARTS; i++)
        CHECK_EQ(pthread_create(&t[i], NULL, hart, (void *)i), 0);
    host_hart = HARTS;
    for (int round = 0; round < ROUNDS; round++) {
        shared = fresh();
        for (int i = 1; i < HARTS; i++)
            compound_get(shared, FRAME_MAX_ORDER);
        pthread_barrier_wait(&line);
        pthread_barrier_wait(&line);
        CHECK_EQ(frames_free(), free);
        check_ledger();
    }
    for (int i = 0; i < HARTS; i++)
        CHECK_EQ(pthread_join(t[i], NULL), 0);
}

int
main(void)
{
    ram_boot(RAM_BASE, 8 * MIB, 0, 0);
    compound_init();
    test_whole();
    test_single();
    test_harts();
    return test_done();
}
