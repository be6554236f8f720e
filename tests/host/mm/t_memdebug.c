// SPDX-License-Identifier: MIT
// t_memdebug.c - additions of debug builds to the allocators: fills, and failures on demand.
//
// CFLAGS: -DDEBUG
// SOURCES: kernel/mm/frame/frame*.c kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c
// SOURCES: kernel/mm/frame/failnth.c kernel/lib/page.c kernel/sync/spinlock.c tests/host/shim/host.c
#include "test.h"

#include "mm/frame/failnth.h"
#include "mm/frame/kmem.h"
#include "ram.h"
#include "sync/lockcheck.h"

// The order of locks is not the subject here.
void
lockcheck_acquire(struct spinlock *lk)
{
    (void)lk;
}

void
lockcheck_tryacquire(struct spinlock *lk)
{
    (void)lk;
}

void
lockcheck_release(struct spinlock *lk)
{
    (void)lk;
}

static bool
all(const void *p, int byte, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((const uint8 *)p)[i] != byte)
            return false;
    return true;
}

static void
test_fills(void)
{
    char *p = kalloc(FRAME_USER, 1), *block = kalloc_order(FRAME_USER, 1, 1);
    CHECK(all(p, 5, PGSIZE) && all(block, 5, 2 * PGSIZE));
    kfree(p);
    kfree(block);
    CHECK(all(p, 1, PGSIZE) && all(block, 1, 2 * PGSIZE));
    p = kzalloc(FRAME_USER, 1);
    CHECK(all(p, 0, PGSIZE));
    kfree_zeroed(p);
    CHECK(all(kzalloc(FRAME_USER, 1), 0, PGSIZE));
    p[77] = 1;
    EXPECT_PANIC("kfree_zeroed: ", kfree_zeroed(p));
    kfree(p);
    p = kmem_alloc(100);
    kmem_free(p);
    CHECK(all(p, 1, 100));
    p[50] = 2;
    EXPECT_PANIC("kmem: free object written to", (void)kmem_alloc(100));
    char *pin = kmem_alloc(KMEM_MAX); // the other half of a slab
    p = kmem_alloc(KMEM_MAX);
    kmem_free(p);
    p[50] = 2;
    kmem_drain();
    EXPECT_PANIC("kmem: free object written to", (void)kmem_alloc(KMEM_MAX));
    kmem_free(pin);
}

static int countdown, asked;

static bool
fail_one(void)
{
    asked++;
    return countdown-- == 0;
}

// Each allocator asks once, and a failure leaves memory as it was.
static void
test_failnth(void)
{
    uint64 free = frames_free();
    failnth_hook = fail_one;
    countdown = 0;
    CHECK(kalloc(FRAME_USER, 1) == NULL);
    countdown = 0;
    CHECK(kzalloc(FRAME_USER, 1) == NULL);
    countdown = 0;
    CHECK(kalloc_order(FRAME_USER, 1, 3) == NULL);
    countdown = 0;
    CHECK(kmem_zalloc(500) == NULL);
    countdown = 0;
    CHECK(kmem_alloc(5000) == NULL);
    CHECK_EQ(asked, 5);
    countdown = 1; // the frame for a new slab fails
    CHECK(kmem_alloc(1360) == NULL);
    CHECK_EQ(asked, 7);
    CHECK_EQ(frames_free(), free);
    check_ledger();
    void *p = kalloc(FRAME_USER, 1);
    CHECK(p != NULL);
    failnth_hook = NULL;
    kfree(p);
}

int
main(void)
{
    ram_boot(RAM_BASE, 4UL << 20, 0, 0);
    kmem_init();
    test_failnth();
    test_fills();
    return test_done();
}
