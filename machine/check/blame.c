// SPDX-License-Identifier: MIT
// blame.c - chooses the call, among those of a moment, that a report names.
//
// Theory    A mistake shows in a helper such as kfree() or memmove(), but a caller has made it:
//           helpers only do what their arguments say.
#include "check/blame.h"

#include "machine.h"
#include "sight/known.h"

#define ALLOCATORS                                                                                 \
    (KNOWN_BIT(KALLOC) | KNOWN_BIT(KFREE) | KNOWN_BIT(SUPERALLOC) | KNOWN_BIT(SUPERFREE))
#define HELPERS                                                                                    \
    (ALLOCATORS | KNOWN_BIT(WALK) | KNOWN_BIT(MAPPAGES) | KNOWN_BIT(UVMUNMAP) |                    \
     KNOWN_BIT(UVMDEALLOC) | KNOWN_BIT(UVMFREE) | KNOWN_BIT(FREEWALK) | KNOWN_BIT(MEMSET) |        \
     KNOWN_BIT(MEMMOVE) | KNOWN_BIT(PROC_FREEPAGETABLE))

// Helpers that allocate pages for their callers.
#define MAKERS                                                                                     \
    (KNOWN_BIT(UVMCREATE) | KNOWN_BIT(UVMALLOC) | KNOWN_BIT(PROC_PAGETABLE) | KNOWN_BIT(UVMCOPY))

// Returns whether the pc lies in one of the functions of the mask.
static bool
is_of(const struct machine *m, uint64 pc, uint64 mask)
{
    uint64 offset, pa;
    if (symbols_find(&m->sight->symbols, pc, &offset) == NULL ||
        !symbols_physical(&m->sight->symbols, pc - offset, &pa))
        return false;
    for (unsigned i = 0; i < KNOWN_COUNT; i++)
        if ((mask >> i & 1) && m->sight->known.entry[i] == pa)
            return true;
    return false;
}

// Returns the innermost call that is in no function of the mask; if all are, the innermost.
static uint64
first_not(const struct machine *m, const struct moment *at, uint64 mask)
{
    uint64 pc;
    for (unsigned i = 0; (pc = moment_pc(m, at, i)) != 0; i++)
        if (!is_of(m, pc, mask))
            return pc;
    return moment_pc(m, at, 0);
}

uint64
blame(const struct machine *m, const struct moment *at)
{
    return first_not(m, at, HELPERS);
}

uint64
blame_caller(const struct machine *m, const struct moment *at)
{
    return first_not(m, at, ALLOCATORS);
}

uint64
blame_owner(const struct machine *m, const struct moment *at)
{
    return first_not(m, at, HELPERS | MAKERS);
}

// Returns whether the code is from the file that the function is in.
static bool
beside(const struct machine *m, uint64 pc, enum known what)
{
    const struct lines *lines = &m->sight->lines;
    struct line_place here, there;
    return lines_find(lines, pc, &here) && lines_find(lines, m->sight->known.entry[what], &there) &&
           here.file == there.file;
}

uint64
blame_outside(const struct machine *m, const struct moment *at, enum known what)
{
    uint64 pc;
    for (unsigned i = 0; (pc = moment_pc(m, at, i)) != 0; i++)
        if (!beside(m, pc, what))
            return pc;
    return moment_pc(m, at, 0);
}

bool
blame_inside(const struct machine *m, const struct moment *at, uint64 mask)
{
    uint64 pc;
    for (unsigned i = 0; (pc = moment_pc(m, at, i)) != 0; i++)
        if (is_of(m, pc, mask))
            return true;
    return false;
}

bool
blame_first(const struct machine *m, const struct moment *at, uint64 mask)
{
    return is_of(m, moment_pc(m, at, 0), mask);
}

bool
blame_other_allocator(const struct machine *m, const struct moment *at)
{
    uint64 pc;
    bool other = false, known = blame_inside(m, at, ALLOCATORS);
    for (unsigned i = 0; !known && !other && (pc = moment_pc(m, at, i)) != 0; i++)
        other = beside(m, pc, KNOWN_KALLOC);
    return other;
}

bool
blame_allocator(const struct machine *m, const struct moment *at)
{
    return blame_inside(m, at, ALLOCATORS) || blame_other_allocator(m, at);
}
