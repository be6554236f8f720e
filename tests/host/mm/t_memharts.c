// SPDX-License-Identifier: MIT
// t_memharts.c - frames and objects on harts that really run at once, with so little memory that
// they steal from each other all the time. Everything allocated is written to, to detect memory
// given to two harts.
//
// SOURCES: kernel/mm/frame/frame*.c kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c
// SOURCES: kernel/mm/frame/failnth.c kernel/lib/page.c kernel/sync/spinlock.c tests/host/shim/host.c
#include "test.h"

#include <pthread.h>
#include <sched.h>

#include "mm/frame/kmem.h"
#include "ram.h"

enum { HARTS = 4, HELD = 40, TURNS = 150000, FRAMES = 64 };

static struct kmem_cache cache;
static uint64 allocated[HARTS], refused[HARTS];

struct held {
    uint64 *p;
    size_t words;
    uint64 tag;
};

// A frame or an object, by a coin of this hart's.
static void
hold(struct held *h, uint64 coin, uint64 tag)
{
    h->words = coin % 3 == 0 ? 24 : PGSIZE / 8;
    if (coin % 3 == 0)
        h->p = kmem_cache_alloc(&cache);
    else
        h->p = coin % 3 == 1 ? kalloc(FRAME_USER, host_hart) : kzalloc(FRAME_PGTABLE, host_hart);
    if (h->p == NULL) {
        refused[host_hart]++;
        sched_yield();
        return;
    }
    allocated[host_hart]++;
    if (coin % 3 == 2 && (h->p[0] != 0 || h->p[511] != 0))
        test_fail(__FILE__, __LINE__, "kzalloc: not zero", h->p[0], h->p[511]);
    h->tag = tag;
    h->p[0] = h->p[h->words / 2] = h->p[h->words - 1] = tag;
}

static void
drop(struct held *h, uint64 coin)
{
    uint64 *p = h->p, last = h->words - 1;
    if (p[0] != h->tag || p[h->words / 2] != h->tag || p[last] != h->tag)
        test_fail(__FILE__, __LINE__, "somebody else wrote", p[0], h->tag);
    h->p = NULL;
    if (h->words == 24) {
        kmem_cache_free(&cache, p);
    } else if (coin % 2) {
        p[0] = p[256] = p[511] = 0;
        for (int i = 0; i < 512; i++)
            p[i] = 0;
        kfree_zeroed(p);
    } else {
        kfree(p);
    }
}

static void *
hart(void *arg)
{
    struct held held[HELD] = {0};
    host_hart = (int)(uint64)arg;
    uint64 seed = 12345 + host_hart * 77777;
    for (uint64 turn = 0; turn < TURNS; turn++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        struct held *h = &held[(seed >> 33) % HELD];
        if (h->p == NULL)
            hold(h, seed >> 50, turn << 8 | (uint64)host_hart);
        else
            drop(h, seed >> 50);
    }
    for (int i = 0; i < HELD; i++)
        if (held[i].p != NULL)
            drop(&held[i], 0);
    return NULL;
}

int
main(void)
{
    pthread_t t[HARTS];
    ram_boot(RAM_BASE, FRAMES * PGSIZE, 0, 0);
    kmem_cache_init(&cache, "objects", 192);
    for (uint64 i = 0; i < HARTS; i++)
        CHECK_EQ(pthread_create(&t[i], NULL, hart, (void *)i), 0);
    for (int i = 0; i < HARTS; i++)
        CHECK_EQ(pthread_join(t[i], NULL), 0);
    for (int i = 0; i < HARTS; i++)
        CHECK(allocated[i] > TURNS / 10 && refused[i] > 0);
    kmem_drain();
    CHECK_EQ(frames_free(), FRAMES);
    check_ledger();
    return test_done();
}
