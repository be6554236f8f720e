// SPDX-License-Identifier: MIT
// near.c - classifies an address by what is near it.
//
// Theory    A pure function of regions and numbers. The first of its tests that applies decides;
//           certain tests come before likely ones.
// Locks     none; the caller makes sure that the regions do not change.
#include "explain/near.h"

#include "mm/kvm/layout.h"

#define HEAP_REACH (1UL << 20) // an address at most this far above the break is the heap's
#define NULL_REACH 1024UL      // largest offset of a field
#define ERRNO_MAX  4095UL
#define SP_REACH   (64UL * PGSIZE) // a function's locals may move sp this far below the stack
#define FREED_FILL 0x0101010101010101UL
#define FRESH_FILL 0x0505050505050505UL

// Returns whether `va` is the pattern, plus the offset of a field.
static bool
holds(uint64 va, uint64 pattern)
{
    return va - pattern < 4 * PGSIZE;
}

// Returns whether va is a pattern of debug builds: NEAR_FREED_FILL or NEAR_FRESH_FILL; NEAR_REGION:
// neither.
enum near_kind
near_fill(uint64 va)
{
    if (holds(va, FREED_FILL) || holds(va, FREED_FILL & 0xffffffff))
        return NEAR_FREED_FILL;
    if (holds(va, FRESH_FILL) || holds(va, FRESH_FILL & 0xffffffff))
        return NEAR_FRESH_FILL;
    return NEAR_REGION;
}

static enum near_kind
near_kernel(uint64 va)
{
    if (va - DIRECT_MAP < DIRECT_SIZE)
        return NEAR_DIRECT;
    if (va - DEVICES < DEVICES_SIZE)
        return NEAR_DEVICE;
    if (va - KSTACKS < KSTACKS_SIZE)
        return va & KSTACK_SIZE ? NEAR_KSTACK : NEAR_KSTACK_HOLE;
    return va >= KERNEL_LINK ? NEAR_KERNEL_IMAGE : NEAR_KERNEL_HALF;
}

// Classifies va without an address space: NEAR_USER_HALF, a part of the kernel's half, or nonsense.
enum near_kind
near_any(uint64 va)
{
    if (-va <= ERRNO_MAX)
        return NEAR_NEGATIVE;
    if (va < PGSIZE)
        return NEAR_NULL;
    if (near_fill(va) != NEAR_REGION)
        return near_fill(va);
    if (va < MAXVA)
        return NEAR_USER_HALF;
    return va >= DIRECT_MAP ? near_kernel(va) : NEAR_NOWHERE;
}

// Fills in the region around va, or the ones below and above it.
static void
find_neighbours(const struct near_space *s, uint64 va, struct near *near)
{
    for (int i = 0; i < s->n; i++) {
        const struct region *r = &s->region[i];
        if (va - r->start < r->end - r->start)
            near->in = r;
        else if (r->end <= va)
            near->below = r;
        else if (near->above == NULL)
            near->above = r;
    }
}

// Returns whether sp, with va just above it, points at no memory of the process.
static bool
sp_is_lost(const struct near_space *s, uint64 va)
{
    if (va - s->sp >= PGSIZE)
        return false;
    for (int i = 0; i < s->n; i++)
        if (s->sp - s->region[i].start <= s->region[i].end - s->region[i].start)
            return false;
    return true;
}

static enum near_kind
judge_inside(const struct near_space *s, const struct near *near, uint64 va)
{
    uint64 end = near->in->end;
    if (near->in->kind == REGION_GUARD)
        return s->sp < end && end - s->sp <= SP_REACH ? NEAR_OVERFLOW : NEAR_GUARD;
    if (near->in->kind == REGION_USYSCALL)
        return NEAR_USYSCALL;
    return va < NULL_REACH ? NEAR_NULL : NEAR_REGION;
}

static enum near_kind
judge_outside(const struct near_space *s, uint64 va)
{
    if (va >= TRAPFRAME)
        return va >= TRAMPOLINE ? NEAR_TRAMPOLINE : NEAR_TRAPFRAME;
    if (va < PGSIZE)
        return NEAR_NULL;
    if (va >= s->brk && va < s->highest_brk)
        return NEAR_FREED;
    if (va - s->brk < HEAP_REACH)
        return NEAR_HEAP;
    return NEAR_BETWEEN;
}

// Classifies va for a process with these regions.
struct near
near_in(const struct near_space *s, uint64 va)
{
    struct near near = {.kind = sp_is_lost(s, va) ? NEAR_SP : near_any(va)};
    if (va >= MAXVA)
        return near;
    find_neighbours(s, va, &near);
    if (near.in != NULL)
        near.kind = judge_inside(s, &near, va);
    else if (near.kind == NEAR_USER_HALF)
        near.kind = judge_outside(s, va);
    return near;
}
