// SPDX-License-Identifier: MIT
// forkfaults.c - memory errors in leaf tables whose copy fork defers, made by the process that mapped the
// memory or by a child.
//
// Usage     forkfaults NAME [forked]: makes the error, with `forked` in a child that has inherited
//           the memory. The process is always killed. NAME: read-only, no-access, not-code,
//           unmapped or past-heap.
// Theory    A fork defers the copy of full leaf tables (kernel/mm/aspace/defer.h). The kernel's explanation must
//           not depend on that.
#include "user/user.h"

#include "abi/mman.h"
#include "ulib/cmd.h"

#include "access.h"

#define PAGE 4096
#define MUCH (512L * PAGE)

static int forked;

// Touches the pages not in order, so that each gets a leaf of its own. The step has no divisor in
// common with any number of pages here.
static void
touch(char *p, long pages)
{
    for (long i = 1; i <= pages; i++)
        store(p + i * 5 % pages * PAGE);
}

static char *
map_much(void)
{
    char *p = mmap(0, MUCH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == (char *)-1)
        exit(fail("forkfaults", "mmap"));
    touch(p, MUCH / PAGE);
    return p;
}

// Continues in a child, if `forked` was given.
static void
bequeath(void)
{
    if (!forked || fork() == 0)
        return;
    wait(0);
    exit(0);
}

static void
read_only(void)
{
    char *p = map_much();

    mprotect(p, MUCH, PROT_READ);
    bequeath();
    store(p);
}

static void
no_access(void)
{
    char *p = map_much();

    mprotect(p, MUCH, PROT_NONE);
    bequeath();
    load(p);
}

static void
not_code(void)
{
    char *p = map_much();

    bequeath();
    asm volatile("jalr %0" ::"r"(p) : "ra", "memory");
}

// Behind the mapping, but in the range of its last leaf table.
static void
unmapped(void)
{
    char *p = map_much() + MUCH - PAGE;

    munmap(p, PAGE);
    bequeath();
    load(p);
}

static void
past_heap(void)
{
    char *p = (char *)(((unsigned long)sbrk(0) + MUCH - 1) / MUCH * MUCH);

    sbrklazy((int)(p + MUCH - PAGE - sbrk(0)));
    touch(p, MUCH / PAGE - 1);
    bequeath();
    load(sbrk(0) + 8);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*mistake)(void);
    } all[] = {
        {"read-only", read_only}, {"no-access", no_access}, {"not-code", not_code},
        {"unmapped", unmapped},   {"past-heap", past_heap},
    };

    forked = argc > 2;
    for (unsigned int i = 0; argc > 1 && i < sizeof(all) / sizeof(all[0]); i++) {
        if (strcmp(argv[1], all[i].name) == 0)
            all[i].mistake();
    }
    return usage("forkfaults read-only|no-access|not-code|unmapped|past-heap [forked]");
}
