// SPDX-License-Identifier: MIT
// t_near.c - the memory near an address: made-up address spaces, every verdict, and every edge.
//
// SOURCES: kernel/explain/near.c
// CFLAGS: -DDIRECT_MAP=0xffffffc000000000UL
#include "test.h"

#include "explain/near.h"
#include "mm/kvm/layout.h"

// Text, data, guard, stack, heap, USYSCALL: as exec lays a program out.
static const struct region program[] = {
    {.start = 0x0, .end = 0x3000, .kind = REGION_IMAGE},
    {.start = 0x3000, .end = 0x4000, .kind = REGION_IMAGE},
    {.start = 0x4000, .end = 0x5000, .kind = REGION_GUARD},
    {.start = 0x5000, .end = 0x6000, .kind = REGION_STACK},
    {.start = 0x6000, .end = 0x8000, .kind = REGION_HEAP},
    {.start = USYSCALL, .end = USYSCALL + 0x1000, .kind = REGION_USYSCALL},
};

static struct near_space space = {
    .region = program, .n = 6, .brk = 0x8000, .highest_brk = 0xa000, .sp = 0x5800};

static void
expect(uint64 va, enum near_kind kind)
{
    CHECK_EQ(near_in(&space, va).kind, kind);
}

static void
test_inside(void)
{
    expect(0, NEAR_NULL);
    expect(1023, NEAR_NULL);
    expect(1024, NEAR_REGION);
    expect(0x1000, NEAR_REGION);
    expect(0x3fff, NEAR_REGION);
    expect(0x5000, NEAR_REGION);
    expect(0x7fff, NEAR_REGION);
    expect(USYSCALL, NEAR_USYSCALL);
    expect(USYSCALL + 0xfff, NEAR_USYSCALL);
    CHECK_EQ(near_in(&space, 0x3000).in, &program[1]);
    CHECK_EQ(near_in(&space, 0x2fff).in, &program[0]);
}

static void
test_guard(void)
{
    expect(0x4000, NEAR_GUARD);
    expect(0x4fff, NEAR_GUARD);
    CHECK_EQ(near_in(&space, 0x4800).above, &program[3]);
    space.sp = 0x5000; // at the very bottom, but still inside
    expect(0x4ff8, NEAR_GUARD);
    space.sp = 0x4ff0;
    expect(0x4ff8, NEAR_OVERFLOW);
    space.sp = 0x1000; // one large frame
    expect(0x4000, NEAR_OVERFLOW);
    space.sp = 0x4ff0 + (1UL << 32);
    expect(0x4ff8, NEAR_GUARD);
    space.sp = 0x5800;
}

static void
test_sp(void)
{
    space.sp = -100UL; // the stack pointer wrapped
    expect(-90UL, NEAR_SP);
    expect(-100UL + PGSIZE, NEAR_REGION); // page 0
    space.sp = 0x20000000;
    expect(0x20000000, NEAR_SP);
    expect(0x20000fff, NEAR_SP);
    expect(0x20001000, NEAR_BETWEEN);
    expect(0x1fffffff, NEAR_BETWEEN);
    space.sp = 0x8000; // the end of the heap, where a stack of one's own may begin
    expect(0x8000, NEAR_FREED);
    space.sp = 0x5800;
}

static void
test_outside(void)
{
    expect(0x8000, NEAR_FREED);
    expect(0x9fff, NEAR_FREED);
    expect(0xa000, NEAR_HEAP);
    expect(0x8000 + (1UL << 20) - 1, NEAR_HEAP);
    expect(0x8000 + (1UL << 20), NEAR_BETWEEN);
    struct near near = near_in(&space, 0x30000000);
    CHECK_EQ(near.kind, NEAR_BETWEEN);
    CHECK_EQ(near.below, &program[4]);
    CHECK_EQ(near.above, &program[5]);
    CHECK_EQ(near.in, NULL);
    expect(TRAPFRAME, NEAR_TRAPFRAME);
    expect(TRAMPOLINE, NEAR_TRAMPOLINE);
    expect(MAXVA - 1, NEAR_TRAMPOLINE);
    struct near_space none = {.brk = 0, .sp = 1UL << 30};
    CHECK_EQ(near_in(&none, 0x10).kind, NEAR_NULL);
    CHECK_EQ(near_in(&none, 1UL << 37).kind, NEAR_BETWEEN);
}

static void
test_nonsense(void)
{
    expect(MAXVA, NEAR_NOWHERE);
    expect(1UL << 40, NEAR_NOWHERE);
    expect(DIRECT_MAP - 1, NEAR_NOWHERE);
    expect(-1UL, NEAR_NEGATIVE);
    expect(-4095UL, NEAR_NEGATIVE);
    expect(-4096UL, NEAR_KERNEL_IMAGE);
    expect(0x0101010101010101, NEAR_FREED_FILL);
    expect(0x0101010101010141, NEAR_FREED_FILL);
    expect(0x01010101, NEAR_FREED_FILL);
    expect(0x0505050505050505, NEAR_FRESH_FILL);
    expect(0x0505050505050d05, NEAR_FRESH_FILL);
    expect(0x0505060505050505, NEAR_NOWHERE);
    CHECK_EQ(near_fill(0x0404040404040404), NEAR_REGION);
}

static void
test_kernel(void)
{
    expect(DIRECT_MAP, NEAR_DIRECT);
    expect(DEVICES - 1, NEAR_DIRECT);
    expect(DEVICES, NEAR_DEVICE);
    expect(KSTACKS, NEAR_KSTACK_HOLE);
    expect(KSTACKS + KSTACK_SIZE, NEAR_KSTACK);
    expect(KSTACKS + KSTACK_SLOT - 1, NEAR_KSTACK);
    expect(KSTACKS + KSTACK_SLOT, NEAR_KSTACK_HOLE);
    expect(KSTACKS + KSTACKS_SIZE, NEAR_KERNEL_HALF);
    expect(KERNEL_LINK, NEAR_KERNEL_IMAGE);
    CHECK_EQ(near_any(0x1000), NEAR_USER_HALF);
}

// A fill that a region happens to contain is an ordinary address.
static void
test_fill_in_region(void)
{
    static const struct region big = {.start = 0, .end = 0x10000000, .kind = REGION_HEAP};
    struct near_space s = {.region = &big, .n = 1, .brk = 0x10000000};
    CHECK_EQ(near_in(&s, 0x05050505).kind, NEAR_REGION);
}

int
main(void)
{
    test_inside();
    test_guard();
    test_sp();
    test_outside();
    test_nonsense();
    test_kernel();
    test_fill_in_region();
    return test_done();
}
