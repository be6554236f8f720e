// SPDX-License-Identifier: MIT
// t_kmem.c - kernel objects: every size, a random sequence against a model on several harts, memory
// back at rest, exhaustion, frames given back under pressure, wrong frees.
//
// SOURCES: kernel/mm/frame/frame*.c kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c
// SOURCES: kernel/mm/frame/failnth.c kernel/lib/page.c kernel/sync/spinlock.c tests/host/shim/host.c
#include "test.h"

#include "mm/frame/kmem.h"
#include "ram.h"

#define MIB (1UL << 20)

// Without objects every frame is free again, after the magazines are drained.
static void
check_rest(uint64 free)
{
    kmem_drain();
    CHECK_EQ(frames_of_kind(FRAME_SLAB), 0);
    CHECK_EQ(frames_free(), free);
    check_ledger();
}

static void
test_sizes(void)
{
    uint64 free = frames_free();
    CHECK(kmem_alloc(2 * MIB + 1) == NULL);
    kmem_free(NULL);
    for (size_t size = 0; size <= 3 * PGSIZE; size += size < 300 ? 1 : 61) {
        char *a = kmem_alloc(size), *b = kmem_zalloc(size);
        CHECK(a != NULL && b != NULL && a != b);
        CHECK_EQ((uint64)a % 16, 0);
        CHECK(size > KMEM_MAX ? (uint64)a % PGSIZE == 0 : true);
        for (size_t i = 0; i < size; i++)
            if (b[i] != 0)
                CHECK_EQ(i, size);
        memset(a, 1, size);
        memset(b, 2, size);
        for (size_t i = 0; i < size; i++)
            if (a[i] != 1)
                CHECK_EQ(i, size);
        kmem_free(a);
        kmem_free(b);
    }
    char *big = kmem_alloc(2 * MIB);
    CHECK(big != NULL);
    memset(big, 3, 2 * MIB);
    kmem_free(big);
    check_rest(free);
}

// ---- A random sequence against a model ----------------------------------------------------------

enum { MOST = 3000, STEPS = 300000 };

static struct {
    uint8 *p;
    size_t size;
    uint8 tag;
} live[MOST];

static uint64 nlive;

static void
model_alloc(void)
{
    static uint8 tag;
    size_t size = rnd_below(8) ? 1 + rnd_below(600) : 1 + rnd_below(9000);
    uint8 *p = kmem_alloc(size);
    CHECK(p != NULL);
    memset(p, ++tag, size);
    live[nlive].p = p;
    live[nlive].size = size;
    live[nlive++].tag = tag;
}

static void
model_free(uint64 i)
{
    for (size_t k = 0; k < live[i].size; k++)
        if (live[i].p[k] != live[i].tag)
            CHECK_EQ(live[i].p[k], live[i].tag);
    kmem_free(live[i].p);
    live[i] = live[--nlive];
}

static void
test_model(void)
{
    uint64 free = frames_free(), most = 0;
    for (int step = 0; step < STEPS; step++) {
        host_hart = rnd_below(MAXHART);
        uint64 goal = (step / 20000) % 2 ? MOST / 20 : MOST; // waves
        if (nlive < goal && (nlive == 0 || rnd_below(3)))
            model_alloc();
        else
            model_free(rnd_below(nlive));
        most = nlive > most ? nlive : most;
        if (step > STEPS / 2 && step % 50000 == 0)
            kmem_drain(); // without magazines from here on
    }
    CHECK(most > MOST / 2);
    while (nlive > 0)
        model_free(nlive - 1);
    check_rest(free);
}

// The frames in use depend on the existing objects alone, not on freed ones: an object allocated
// before the drain is placed among the old ones, too.
static void
test_rest(void)
{
    static struct kmem_cache c;
    void *keep[40], *more[500], *late;
    kmem_cache_init(&c, "rest", 200);
    for (int i = 0; i < 40; i++)
        CHECK((keep[i] = kmem_cache_alloc(&c)) != NULL);
    kmem_drain();
    uint64 free = frames_free();
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 500; i++) {
            host_hart = i % MAXHART;
            CHECK((more[i] = kmem_cache_alloc(&c)) != NULL);
        }
        CHECK(frames_free() < free - 20);
        for (int i = 0; i < 500; i++) {
            host_hart = (i + round) % MAXHART;
            kmem_cache_free(&c, more[i]);
        }
        CHECK(frames_free() <= free);
        CHECK((late = kmem_cache_alloc(&c)) != NULL);
        kmem_drain();
        CHECK_EQ(frames_free(), free);
        kmem_cache_free(&c, late);
    }
    for (int i = 0; i < 40; i++)
        kmem_cache_free(&c, keep[i]);
    CHECK_EQ(kmem_drain() > 0, true);
    CHECK_EQ(kmem_drain(), 0);
}

// Idle slabs do not pile up: without any drain, a cache keeps one and those in magazines.
static void
test_idle(void)
{
    static struct kmem_cache c;
    static void *p[2000];
    kmem_cache_init(&c, "idle", 1000);
    host_hart = 0;
    uint64 free = frames_free();
    for (int i = 0; i < 2000; i++)
        CHECK((p[i] = kmem_cache_alloc(&c)) != NULL);
    for (int i = 0; i < 2000; i++)
        kmem_cache_free(&c, p[i]);
    CHECK(frames_free() >= free - 1 - KMEM_MAGAZINE);
    CHECK_EQ(c.empty <= 1, true);
    kmem_drain();
    CHECK_EQ(frames_free(), free);
}

static void
test_exhaustion(void)
{
    static struct kmem_cache c;
    kmem_cache_init(&c, "last", 512);
    uint64 free = frames_free(), spare = frames_spare(), n = 0;
    void *list = NULL, *p, *frame;
    host_hart = 5;
    while ((p = kmem_cache_alloc(&c)) != NULL) {
        *(void **)p = list;
        list = p;
        n++;
    }
    CHECK_EQ(n, spare * 8);
    CHECK_EQ(frames_spare(), 0);
    CHECK(kalloc(FRAME_USER, 1) == NULL);
    for (; list != NULL; n--) {
        host_hart = n % MAXHART; // the frees end up in all harts' magazines
        p = list;
        list = *(void **)p;
        kmem_cache_free(&c, p);
    }
    host_hart = 2;
    for (n = 0; (frame = kalloc(FRAME_USER, 1)) != NULL; n++) {
        *(void **)frame = list;
        list = frame;
    }
    CHECK_EQ(n, spare); // kalloc() asked for the pages that the cache kept
    while (list != NULL) {
        frame = list;
        list = *(void **)frame;
        kfree(frame);
    }
    check_rest(free);
}

// An object that another hart keeps at hand is found when no frame is left.
static void
test_theft(void)
{
    static struct kmem_cache c;
    kmem_cache_init(&c, "theft", 1024);
    host_hart = 1;
    void *pinned = kmem_cache_alloc(&c), *other = kmem_cache_alloc(&c);
    CHECK(pinned != NULL && other != NULL);
    while (kalloc(FRAME_USER, 1) != NULL)
        ;
    kmem_cache_free(&c, other); // to this hart's magazine
    host_hart = 6;
    for (int i = 0; i < 3; i++)
        CHECK(kmem_cache_alloc(&c) != NULL);
    CHECK(kmem_cache_alloc(&c) == NULL);
    host_hart = 1;
    CHECK(kmem_cache_alloc(&c) == NULL);
}

static void
test_wrong(void)
{
    static struct kmem_cache c;
    int local;
    kmem_cache_init(&c, "wrong", 64);
    char *p = kmem_cache_alloc(&c), *frame = kalloc(FRAME_USER, 1);
    EXPECT_PANIC("kmem_free: ", kmem_free(&local));
    EXPECT_PANIC("kmem_free: ", kmem_free(frame));
    kmem_cache_free(&c, p + 8);
    struct spinlock lock;
    initlock(&lock, "mine", RANK_FS);
    EXPECT_PANIC("release: ", release(&lock));
    EXPECT_PANIC("kmem: ", kmem_drain()); // leaves the cache locked: the end of this kernel
}

int
main(void)
{
    ram_boot(RAM_BASE, 16 * MIB, 0, 0);
    kmem_init();
    test_model();
    test_sizes();
    test_rest();
    test_idle();
    test_exhaustion();
    test_theft();
    ram_boot(RAM_BASE, 16 * MIB, 0, 0);
    test_wrong();
    return test_done();
}
