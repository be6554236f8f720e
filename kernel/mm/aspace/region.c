// SPDX-License-Identifier: MIT
// region.c - see region.h.
#include "mm/aspace/region.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/aspace/pager.h"
#include "mm/frame/kmem.h"

#define FIRST_ROOM 8

void
regions_init(struct regions *rs)
{
    *rs = (struct regions){0};
}

// What the region claims its pager's object for; 0: nothing.
static int32
claim_of(const struct region *r)
{
    if (r->kind == REGION_IMAGE)
        return PAGER_RUN;
    return r->shared && r->most & PTE_W ? PAGER_WRITE : 0;
}

// Counts a region that has pages of its pager's object. The count is there before a page is asked
// for, and until none is mapped; the pager's lock orders it for the file system, which looks at both.
// On error  -ETXTBSY: the object is claimed otherwise. For a part or a copy of a region that is
//           counted there is no error.
static int
refer(const struct region *r)
{
    struct pager *pager = r->pager;
    int32 claim = pager ? claim_of(r) : 0;
    if (!pager)
        return 0;
    if (claim && !pager_claim(pager, claim))
        return -ETXTBSY;
    pager->ops->ref(pager);
    if (r->shared)
        __atomic_fetch_add(&pager->sharers, 1, __ATOMIC_RELAXED);
    return 0;
}

static void
refer_again(const struct region *r)
{
    int error = refer(r);
    assert(!error);
}

static void
unref_pager(const struct region *r)
{
    struct pager *pager = r->pager;
    if (!pager)
        return;
    if (r->shared)
        __atomic_fetch_sub(&pager->sharers, 1, __ATOMIC_RELAXED); // as above
    if (claim_of(r))
        pager_unclaim(pager, claim_of(r));
    pager->ops->unref(pager);
}

void
regions_free(struct regions *rs)
{
    for (int i = 0; i < rs->n; i++)
        unref_pager(&rs->v[i]);
    kmem_free(rs->v);
    regions_init(rs);
}

// The index of the first region that ends above va; rs->n if none does.
static int
first_above(const struct regions *rs, uint64 va)
{
    int low = 0, high = rs->n;
    while (low < high) {
        int mid = (low + high) / 2;
        if (rs->v[mid].end <= va)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

struct region *
region_find(struct regions *rs, uint64 va)
{
    int i = first_above(rs, va);
    return i < rs->n && rs->v[i].start <= va ? &rs->v[i] : NULL;
}

struct region *
region_above(struct regions *rs, uint64 va)
{
    int i = first_above(rs, va);
    if (i < rs->n && rs->v[i].start < va)
        i++;
    return i < rs->n ? &rs->v[i] : NULL;
}

struct region *
region_below(struct regions *rs, uint64 va)
{
    int i = first_above(rs, va); // the first that ends above va
    return i > 0 ? &rs->v[i - 1] : NULL;
}

static int
make_room(struct regions *rs, int n)
{
    if (n <= rs->room)
        return 0;
    int room = rs->room ? 2 * rs->room : FIRST_ROOM;
    struct region *v = kmem_alloc((size_t)room * sizeof *v);
    if (!v)
        return -ENOMEM;
    if (rs->n)
        memcpy(v, rs->v, (size_t)rs->n * sizeof *v);
    kmem_free(rs->v);
    rs->v = v;
    rs->room = room;
    return 0;
}

// Adds a region and counts it at its pager.
// On error  -EINVAL: it would overlap another region; -ENOMEM; -ETXTBSY: see refer(). No change.
int
region_add(struct regions *rs, const struct region *r)
{
    int i = first_above(rs, r->start);
    if (r->start >= r->end || (i < rs->n && rs->v[i].start < r->end))
        return -EINVAL;
    if (make_room(rs, rs->n + 1) < 0)
        return -ENOMEM;
    int error = refer(r);
    if (error)
        return error;
    memmove(&rs->v[i + 1], &rs->v[i], (size_t)(rs->n - i) * sizeof *r);
    rs->v[i] = *r;
    rs->n++;
    return 0;
}

// Makes the part of region i from `va` on a region of its own. There is room for it.
static void
split(struct regions *rs, int i, uint64 va)
{
    struct region *low = &rs->v[i], *high = low + 1;
    memmove(high, low, (size_t)(rs->n - i) * sizeof *low);
    rs->n++;
    uint64 size = va - low->start;
    low->end = high->start = va;
    high->offset += size;
    high->filesz = high->filesz > size ? high->filesz - size : 0;
    low->filesz = low->filesz < size ? low->filesz : size;
    refer_again(low);
}

static void
split_at(struct regions *rs, uint64 va)
{
    struct region *r = region_find(rs, va);
    if (r && r->start < va)
        split(rs, (int)(r - rs->v), va);
}

// Cuts regions in two where [start, end) begins or ends inside them.
// On error  nothing has changed.
int
regions_cut(struct regions *rs, uint64 start, uint64 end)
{
    if (make_room(rs, rs->n + 2) < 0)
        return -ENOMEM;
    split_at(rs, start);
    split_at(rs, end);
    return 0;
}

// Are two neighbours parts of one mapping, as far as anybody could tell?
static bool
alike(const struct region *low, const struct region *high)
{
    uint64 size = low->end - low->start;
    return low->end == high->start && low->kind == high->kind && low->prot == high->prot &&
           low->most == high->most && low->shared == high->shared && low->pager == high->pager &&
           (!low->pager || (low->offset + size == high->offset && low->filesz == size));
}

// Makes one region of neighbours that meet in [start, end], or at either end, and are alike.
void
regions_merge(struct regions *rs, uint64 start, uint64 end)
{
    int i = first_above(rs, start ? start - 1 : 0);
    while (i + 1 < rs->n && rs->v[i].end <= end) {
        struct region *low = &rs->v[i], *high = low + 1;
        if (!alike(low, high)) {
            i++;
            continue;
        }
        low->end = high->end;
        low->filesz += high->filesz;
        region_remove(rs, high);
    }
}

// The highest multiple of `align`, a power of two, where `size` bytes are in no region, within
// [floor, ceiling).
uint64
regions_gap(const struct regions *rs, uint64 floor, uint64 ceiling, uint64 size, uint64 align)
{
    uint64 top = ceiling;
    for (int i = first_above(rs, ceiling - 1); i >= 0; i--) {
        uint64 end = i > 0 ? rs->v[i - 1].end : 0;
        if (i < rs->n && rs->v[i].start < top)
            top = rs->v[i].start;
        uint64 bottom = end > floor ? end : floor;
        uint64 at = (top - size) & ~(align - 1);
        if (top >= bottom && top - bottom >= size && at >= bottom)
            return at;
        if (end <= floor)
            break;
    }
    return 0;
}

// The addresses around region i, up to its neighbours and `end`, which no other region is for.
struct pt_zone
regions_own(const struct regions *rs, int i, uint64 end)
{
    return (struct pt_zone){i > 0 ? rs->v[i - 1].end : 0, regions_zone(rs, i, end).ceiling};
}

// The tables that go with region i when all are unmapped, from the lowest on.
struct pt_zone
regions_zone(const struct regions *rs, int i, uint64 end)
{
    return (struct pt_zone){0, i + 1 < rs->n ? rs->v[i + 1].start : end};
}

void
region_remove(struct regions *rs, struct region *r)
{
    int i = (int)(r - rs->v);
    struct region gone = *r;
    rs->n--;
    memmove(r, r + 1, (size_t)(rs->n - i) * sizeof *r);
    unref_pager(&gone);
}

// Returns   -ENOMEM, and `to` is empty.
int
regions_copy(struct regions *to, const struct regions *from)
{
    regions_init(to);
    if (!from->n)
        return 0;
    to->v = kmem_alloc((size_t)from->room * sizeof *to->v);
    if (!to->v)
        return -ENOMEM;
    to->room = from->room;
    to->n = from->n;
    memcpy(to->v, from->v, (size_t)from->n * sizeof *to->v);
    for (int i = 0; i < to->n; i++)
        refer_again(&to->v[i]);
    return 0;
}
