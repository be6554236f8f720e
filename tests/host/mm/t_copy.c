// SPDX-License-Identifier: MIT
// t_copy.c - copies from and to user memory, with addresses and lengths from all of 64 bits: the
// kernel touches only bytes within the user's range, or none at all.
//
// SOURCES: kernel/mm/copy/copy.c
// CFLAGS: -iquote tests/host/mmu/shim
#include "test.h"

#include "abi/errno.h"
#include "mm/aspace/aspace.h"
#include "mm/copy/copy.h"
#include "mm/kvm/layout.h"
#include "rv/cpu.h"
#include "rv/usercopy.h"

#define ROUNDS 300000
#define NEVER  (-1UL)

typedef unsigned __int128 wide;

static const struct design walking = {.mirrored = false}, mirrored = {.mirrored = true};
const struct design *design;
struct cpu cpus[MAXHART];
int model_hart;

static pte_t no_entries[512];
static const struct pt_env env = {.levels = 3};
static struct aspace space = {.pt = {.root = no_entries, .env = &env}};
static char place[1]; // the kernel's side, which is not touched here
static uint64 first;  // user address that would have been touched; NEVER: none
static size_t bytes;  // so many, as far as the call knew

// ---- Functions that copy.c calls: they record the addresses -------------------------------------

static void
touched(uint64 va, size_t n)
{
    CHECK(n > 0);
    CHECK((wide)va + n <= USER_END);
    first = va;
    bytes = n;
}

int
usercopy(void *dst, const void *src, size_t n)
{
    if (n > 0)
        touched((uint64)(dst == place ? src : dst), n); // the one that is not the kernel's
    return 0;
}

int64
usercopy_str(char *dst, const char *src, size_t max)
{
    CHECK(dst == place);
    touched((uint64)src, max);
    return -ENAMETOOLONG;
}

int
directcopy(void *dst, const void *src, size_t n)
{
    (void)dst, (void)src, (void)n;
    CHECK(0); // no page is there
    return 0;
}

int
vmfault(struct aspace *as, uint64 va, enum pt_access access)
{
    CHECK(as == &space && (access == PT_READ || access == PT_WRITE));
    touched(va, 1);
    return -EFAULT;
}

// ---- Extremes -----------------------------------------------------------------------------------

// A number near one of those at which something ends, or any.
static uint64
extreme(void)
{
    static const uint64 ends[] = {0,     PGSIZE,    1UL << 31, 1UL << 32,  USER_END, USYSCALL,
                                  MAXVA, 1UL << 39, 1UL << 63, -1UL << 38, -MAXVA,   -USER_END};
    uint64 some = rnd() % 4 ? rnd_below(3) : rnd_below(2 * PGSIZE);
    switch (rnd_below(8)) {
    case 0:
        return rnd() * 0x9e3779b97f4a7c15;
    case 1:
        return rnd_below(USER_END);
    default:
        return ends[rnd_below(NELEM(ends))] + (rnd() % 2 ? some : -some);
    }
}

static void
check_copy(uint64 va, size_t n)
{
    bool in_range = (wide)va + n <= USER_END;
    for (int out = 0; out < 2; out++) {
        first = NEVER;
        int error = out ? copyout(&space, va, place, n) : copyin(&space, place, va, n);
        CHECK_EQ(first, in_range && n > 0 ? va : NEVER);
        if (design->mirrored)
            CHECK_EQ(error, in_range ? 0 : -EFAULT);
        else
            CHECK_EQ(error, in_range && n == 0 ? 0 : -EFAULT);
        if (design->mirrored && in_range && n > 0)
            CHECK_EQ(bytes, n);
    }
}

// A string that does not end: as far as it may be looked at, and a reason that fits.
static void
check_string(uint64 va, size_t max)
{
    first = NEVER;
    int64 error = copyinstr(&space, place, va, max);
    if (va >= USER_END) {
        CHECK_EQ(first, NEVER);
        CHECK_EQ(error, -EFAULT);
        return;
    }
    CHECK_EQ(first, va);
    bool cut = max > USER_END - va;
    if (design->mirrored) {
        CHECK_EQ(bytes, cut ? USER_END - va : max);
        CHECK_EQ(error, cut ? -EFAULT : -ENAMETOOLONG);
    }
}

// A string that runs to the end of user memory ends there: the error is not about its length,
// whichever way it is read.
static void
test_string_to_the_end(void)
{
    static _Alignas(PGSIZE) pte_t tables[3][PGSIZE / sizeof(pte_t)];
    static _Alignas(PGSIZE) char page[PGSIZE];
    static char copy[2 * PGSIZE];
    uint64 last = USER_END - PGSIZE;
    struct aspace full = {.pt = {.root = tables[2], .env = &env}};
    for (size_t i = 0; i < PGSIZE; i++)
        page[i] = 'x';
    tables[2][PX(2, last)] = PA2PTE((uint64)tables[1]) | PTE_V;
    tables[1][PX(1, last)] = PA2PTE((uint64)tables[0]) | PTE_V;
    tables[0][PX(0, last)] = PA2PTE(v2p(page)) | PTE_V | PTE_U | PTE_R | PTE_A;
    design = &walking;
    CHECK_EQ(copyinstr(&full, copy, last, sizeof(copy)), -EFAULT);
    CHECK_EQ(copyinstr(&full, copy, last, PGSIZE / 2), -ENAMETOOLONG);
    page[PGSIZE - 1] = 0;
    CHECK_EQ(copyinstr(&full, copy, last, sizeof(copy)), PGSIZE - 1);
}

int
main(void)
{
    test_string_to_the_end();
    const struct design *designs[] = {&walking, &mirrored};
    for (size_t i = 0; i < NELEM(designs); i++) {
        design = designs[i];
        cpus[0].as = &space;
        for (int round = 0; round < ROUNDS; round++) {
            uint64 n = extreme();
            check_copy(extreme(), n);
            check_copy(n, -n); // ends where the address space does
            check_copy(USER_END - n, n);
            if (n > 0)
                check_string(extreme(), n);
        }
    }
    return test_done();
}
