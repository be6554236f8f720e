// SPDX-License-Identifier: MIT
// t_frame.c - the frame allocator: every order, exhaustion, stealing between harts, reclaim, a
// random sequence against a model, wrong frees; the ledger adds up after each.
//
// SOURCES: kernel/mm/frame/frame*.c kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c
// SOURCES: kernel/mm/frame/failnth.c kernel/lib/page.c kernel/sync/spinlock.c tests/host/shim/host.c
#include "test.h"

#include "ram.h"

#define MIB (1UL << 20)

static void
check_rest(uint64 free)
{
    check_ledger();
    CHECK_EQ(frames_free(), free);
}

static void
test_boot(void)
{
    uint64 start = RAM_BASE + 5 * PGSIZE + 100, size = 7 * MIB + 300;
    ram_boot(start, size, RAM_BASE + 3 * MIB - 10, RAM_BASE + 3 * MIB + 10);
    uint64 first = PGROUNDUP(start), end = PGROUNDDOWN(start + size);
    CHECK_EQ(frames_total(), (end - first) / PGSIZE);
    check_rest(frames_total() - 2);
    CHECK_EQ(frames_of_kind(FRAME_RESERVED), 2);
    CHECK(frame_managed(first) && frame_managed(end - 1));
    CHECK(!frame_managed(first - 1) && !frame_managed(end));
    uint64 n = 0;
    for (void *p; (p = kalloc(FRAME_USER, 1)) != NULL; n++) {
        uint64 pa = v2p(p);
        CHECK(pa >= first && pa + PGSIZE <= end && pa % PGSIZE == 0);
        CHECK(pa + PGSIZE <= RAM_BASE + 3 * MIB - PGSIZE || pa >= RAM_BASE + 3 * MIB + PGSIZE);
        CHECK_EQ(frame_pa(frame_of(pa)), pa);
        CHECK_EQ(frame_of(pa)->mem, p);
        memset(p, 0xff, PGSIZE);
    }
    uint64 kept = frames_total() / 512; // the last ones are for the urgent alone
    CHECK_EQ(n, frames_total() - 2 - kept);
    CHECK_EQ(frames_spare(), 0);
    check_rest(kept);
    CHECK(kalloc_order(FRAME_USER, 1, 1) == NULL && kzalloc(FRAME_USER, 1) == NULL);
    for (; kzalloc_urgent(FRAME_USER, 1) != NULL; kept--)
        ;
    CHECK_EQ(kept, 0);
    check_rest(0);
    EXPECT_PANIC("kfree: reserved frame", kfree(p2v(first - PGSIZE)));
    EXPECT_PANIC("kfree: reserved frame", kfree(p2v(end)));
    ram_boot(RAM_BASE, 2 * MIB, 0, ~0UL); // all reserved
    check_rest(0);
    CHECK(kalloc(FRAME_USER, 1) == NULL);
}

static void
test_orders(void)
{
    ram_boot(RAM_BASE + PGSIZE, 8 * MIB, 0, 0);
    uint64 free = frames_free(), spare = frames_spare();
    for (int order = 0; order <= FRAME_MAX_ORDER; order++) {
        uint64 n = 0;
        void *list = NULL, *p;
        while ((p = kalloc_order(FRAME_DMA, 7, order)) != NULL) {
            CHECK_EQ(v2p(p) % (PGSIZE << order), 0);
            CHECK_EQ(frame_of(v2p(p))->order, order);
            memset(p, order, PGSIZE << order);
            *(void **)p = list;
            list = p;
            n++;
        }
        CHECK_EQ(frames_of_kind(FRAME_DMA), n << order);
        check_rest(free - (n << order));
        CHECK(order > 0 || n == spare);
        CHECK(n >= 3); // of 8 MiB less one frame
        while (list != NULL) {
            p = list;
            list = *(void **)p;
            for (uint64 i = sizeof(void *); i < PGSIZE << order; i++)
                if (((char *)p)[i] != order)
                    CHECK_EQ(i, 0);
            kfree(p);
        }
        check_rest(free); // joined again: the next order finds its blocks
    }
}

// A hart without free frames gets those in other harts' magazines, for any kind of request.
static void
test_theft(void)
{
    for (int order = 0; order <= FRAME_MAX_ORDER; order++) {
        ram_boot(RAM_BASE, 4 * MIB, 0, 0);
        void *held[1024];
        uint64 spare = frames_spare();
        for (uint64 n = 0; n < 1024; n++) {
            host_hart = n % MAXHART;
            CHECK((held[n] = kzalloc_urgent(FRAME_USER, 1)) != NULL);
        }
        for (uint64 n = 0; n < 1024; n++) {
            host_hart = n % MAXHART;
            if (n % 2)
                kfree_zeroed(held[n]);
            else
                kfree(held[n]);
        }
        check_rest(1024);
        host_hart = 3;
        uint64 got = 0;
        while (kalloc_order(FRAME_USER, 2, order) != NULL)
            got += 1UL << order;
        CHECK_EQ(got, spare >> order << order);
        for (; kalloc(FRAME_USER, 2) != NULL; got++)
            ;
        CHECK_EQ(got, spare);
        for (host_hart = 0; host_hart < MAXHART; host_hart++)
            CHECK(kalloc(FRAME_USER, 2) == NULL); // the other harts notice the steal
        check_rest(1024 - spare);
    }
}

static void *hoard[4096]; // frames that reclaim may free
static uint64 hoarded, calls;
static bool greedy;

static uint64
reclaim(uint64 want)
{
    uint64 n = 0;
    calls++;
    if (greedy)
        CHECK(kalloc(FRAME_CACHE, 0) == NULL); // must not come back here
    for (; n < want && hoarded > 0; n++)
        kfree(hoard[--hoarded]);
    return n;
}

static void
test_reclaim(void)
{
    ram_boot(RAM_BASE, 4 * MIB, 0, 0);
    frames_set_reclaim(reclaim);
    uint64 spare = frames_spare();
    greedy = true;
    for (hoarded = 0; hoarded < 700; hoarded++)
        CHECK((hoard[hoarded] = kalloc(FRAME_CACHE, 1)) != NULL);
    CHECK_EQ(calls, 0);
    CHECK(kalloc_order(FRAME_USER, 1, FRAME_MAX_ORDER) == NULL);
    CHECK_EQ(calls, 0); // not for an opportunistic allocation
    uint64 n = 0;
    while (kalloc(FRAME_USER, 1) != NULL)
        n++;
    CHECK_EQ(n, spare);
    CHECK_EQ(hoarded, 0);
    CHECK(calls >= 700 / 40 && calls < 100); // in batches
    check_rest(1024 - spare);

    ram_boot(RAM_BASE, 2 * MIB, 0, 0);
    frames_set_reclaim(reclaim);
    for (hoarded = 0, spare = frames_spare(); hoarded < spare; hoarded++)
        CHECK((hoard[hoarded] = kalloc(FRAME_CACHE, 1)) != NULL);
    CHECK(kzalloc(FRAME_PGTABLE, 1) != NULL);
    greedy = false;
    CHECK(kalloc_order(FRAME_USER, 1, 3) != NULL);
    check_ledger();
}

// ---- A random sequence against a model ----------------------------------------------------------

enum { MOST = 600, STEPS = 60000 };

static struct {
    uint8 *p;
    int order, refs;
    uint8 tag;
} live[MOST];

static uint64 nlive, frames_used;

static void
model_alloc(void)
{
    static uint8 tag;
    int order = rnd_below(4) ? 0 : (int)rnd_below(FRAME_MAX_ORDER + 1), zero = 0;
    uint8 *p;
    if (order == 0 && rnd_below(2)) {
        p = kzalloc(FRAME_PGTABLE, 3);
        zero = 1;
    } else {
        p = kalloc_order(FRAME_USER, 3, order);
    }
    if (p == NULL) {
        CHECK(order > 0 || frames_spare() == 0);
        return;
    }
    for (uint64 i = 0; zero && i < PGSIZE; i++)
        if (p[i] != 0)
            CHECK_EQ(p[i], 0);
    memset(p, ++tag, PGSIZE << order);
    live[nlive].p = p;
    live[nlive].order = order;
    live[nlive].refs = 1;
    live[nlive++].tag = tag;
    frames_used += 1UL << order;
}

static void
model_drop(uint64 i)
{
    uint64 size = PGSIZE << live[i].order;
    for (uint64 at = 0; at < size; at += 509)
        CHECK_EQ(live[i].p[at], live[i].tag); // not overwritten
    if (--live[i].refs > 0) {
        kfree(live[i].p);
        return;
    }
    frames_used -= 1UL << live[i].order;
    if (rnd_below(2)) {
        memset(live[i].p, 0, size);
        kfree_zeroed(live[i].p);
    } else {
        kfree(live[i].p);
    }
    live[i] = live[--nlive];
}

static void
model_split(uint64 i)
{
    uint64 n = 1UL << live[i].order;
    if (nlive + n > MOST)
        return;
    struct frame *f = frame_of(v2p(live[i].p));
    frame_split(f);
    live[i].order = 0;
    for (uint64 k = 1; k < n; k++) {
        live[nlive] = live[i];
        live[nlive++].p = live[i].p + k * PGSIZE;
        CHECK_EQ(f[k].refs, live[i].refs);
        CHECK_EQ(f[k].kind, f->kind);
    }
}

static void
model_step(void)
{
    uint64 i = nlive ? rnd_below(nlive) : 0, what = rnd_below(100);
    host_hart = rnd_below(MAXHART);
    if (nlive == 0 || (what < 48 && nlive < MOST)) {
        model_alloc();
    } else if (what < 53) {
        frame_get(frame_of(v2p(live[i].p)));
        live[i].refs++;
    } else if (what < 55) {
        model_split(i);
    } else {
        model_drop(i);
    }
}

static void
test_model(void)
{
    ram_boot(RAM_BASE + 3 * PGSIZE, 10 * MIB, RAM_BASE + 5 * MIB, RAM_BASE + 6 * MIB);
    uint64 free = frames_free();
    for (int step = 0; step < STEPS; step++) {
        model_step();
        if (step % 64 == 0)
            check_rest(free - frames_used);
    }
    while (nlive > 0)
        model_drop(nlive - 1);
    check_rest(free);
    CHECK(kalloc_order(FRAME_USER, 1, FRAME_MAX_ORDER) != NULL);
}

// The last frame back is the first one out, as long as the hart's magazine holds them.
static void
test_last_first(void)
{
    void *p[8];
    ram_boot(RAM_BASE, 4 * MIB, 0, 0);
    for (size_t i = 0; i < NELEM(p); i++)
        p[i] = kalloc(FRAME_USER, 1);
    for (size_t i = 0; i < NELEM(p); i++)
        kfree(p[i]);
    for (size_t i = NELEM(p); i-- > 0;)
        CHECK_EQ(kalloc(FRAME_USER, 1), p[i]);
}

static void
test_wrong(void)
{
    ram_boot(RAM_BASE, 4 * MIB, RAM_BASE, RAM_BASE + MIB);
    char *p = kalloc(FRAME_USER, 42), *block = kalloc_order(FRAME_KSTACK, 42, 2);
    uint64 free = frames_free();
    EXPECT_PANIC("kfree: ", kfree(p + 8));
    EXPECT_PANIC("kfree: ", kfree(ram_arena - PGSIZE));
    EXPECT_PANIC("kfree: ", kfree(ram_arena + 4 * MIB));
    EXPECT_PANIC("kfree: ", kfree(NULL));
    EXPECT_PANIC("kfree: reserved frame", kfree(ram_arena));
    EXPECT_PANIC("kfree: double free or inside", kfree(block + PGSIZE));
    kfree(p);
    EXPECT_PANIC("kfree: double free", kfree(p));
    EXPECT_PANIC("kfree: double free", kfree_zeroed(p));
    CHECK(strstr(host_panic_text, "owner 42") != NULL);
    kfree(block);
    EXPECT_PANIC("kfree: double free", kfree(block));
    check_rest(free + 5);
    p = kalloc(FRAME_USER, 42);
    frame_of(v2p(p))->flags = 99;
    kfree(p);
    CHECK(kalloc(FRAME_USER, 42) == p);
    CHECK_EQ(frame_of(v2p(p))->flags, 0);
    frame_of(v2p(p))->mapcount = 1;
    EXPECT_PANIC("kfree: still mapped", kfree(p));
    EXPECT_PANIC("ledger: ", check_ledger());
}

int
main(void)
{
    test_boot();
    test_orders();
    test_theft();
    test_reclaim();
    test_model();
    test_last_first();
    test_wrong();
    return test_done();
}
