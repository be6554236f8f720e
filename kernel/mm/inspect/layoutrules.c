// SPDX-License-Identifier: MIT
// layoutrules.c - the address-space layout check: a pure function of regions and parts.
#include "mm/inspect/layoutrules.h"

_Static_assert(REGION_KINDS <= PART_FIRST, "a kind of region is no other kind of part");

static struct part
part_of(const struct region *r)
{
    return (struct part){r->start, r->end, r->kind};
}

// Returns whether two parts overlap; if so, describes it in *f.
static bool
overlap(struct part one, struct part two, struct layout_fault *f)
{
    if (one.end <= two.start || two.end <= one.start)
        return false;
    *f = (struct layout_fault){.rule = LAYOUT_OVERLAP, .one = one, .two = two};
    return true;
}

static bool
is_guard(const struct regions *rs, int i)
{
    return i >= 0 && i < rs->n && rs->v[i].kind == REGION_GUARD;
}

// Returns whether the stack, region i, lacks its guard page; if so, describes it in *f.
static bool
unguarded(const struct regions *rs, int i, struct layout_fault *f)
{
    const struct region *stack = &rs->v[i];
    if (is_guard(rs, i - 1) && stack[-1].end == stack->start)
        return false;
    *f = (struct layout_fault){.rule = LAYOUT_GUARD_NONE, .one = part_of(stack)};
    if (is_guard(rs, i + 1) && stack[1].start == stack->end) {
        f->rule = LAYOUT_GUARD_ABOVE;
        f->two = part_of(stack + 1);
    }
    return true;
}

static bool
region_wrong(const struct regions *rs, int i, const struct part *parts, int n,
             struct layout_fault *f)
{
    struct part here = part_of(&rs->v[i]);
    for (int j = 0; j < n; j++)
        if (overlap(parts[j], here, f))
            return true;
    if (i > 0 && overlap(part_of(&rs->v[i - 1]), here, f))
        return true;
    return here.kind == REGION_STACK && unguarded(rs, i, f);
}

// Checks that no two of the parts and regions overlap, and that each stack region has its guard
// page.
// Returns   true: they do, or one has not; *f says which.
// Locks     the regions', held by the caller.
bool
layout_wrong(const struct regions *rs, const struct part *parts, int n, struct layout_fault *f)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            if (overlap(parts[j], parts[i], f))
                return true;
    for (int i = 0; i < rs->n; i++)
        if (region_wrong(rs, i, parts, n, f))
            return true;
    return false;
}
