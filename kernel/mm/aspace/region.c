// SPDX-License-Identifier: MIT
// region.c - the sorted array of regions: finding, adding, cutting and joining them.
#include "mm/aspace/region.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "lib/range.h"
#include "lib/string.h"
#include "mm/frame/kmem.h"

#define FIRST_ROOM 8
#define SPARE      2  // free slots that a cut may need
#define FEW        32 // regions that are moved to either side for little

// Makes the array empty.
void
regions_init(struct regions *rs)
{
    *rs = (struct regions){.searched = ~0UL};
}

// The region's claim on its pager's object: PAGER_WRITE, PAGER_RUN or 0 for none.
static int32
claim_of(const struct region *r)
{
    if (r->kind == REGION_IMAGE)
        return PAGER_RUN;
    return r->shared && r->most & PTE_W ? PAGER_WRITE : 0;
}

// Counts a region that has pages of its pager's object. The count is there before a page is asked
// for, and until none is mapped; the pager's lock orders it for the file system, which looks at
// both.
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

// Drops all regions and their references to pagers.
// Sleeps    a pager's unref() may.
void
regions_free(struct regions *rs)
{
    for (int i = 0; i < rs->n; i++)
        unref_pager(&rs->v[i]);
    kmem_free(rs->v - rs->before);
    regions_init(rs);
}

static inline int
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

// Returns the index of the first region that ends above va; rs->n if none does.
int
regions_index(const struct regions *rs, uint64 va)
{
    return first_above(rs, va);
}

static inline bool
contains(const struct region *r, uint64 va)
{
    return r->start <= va && va < r->end;
}

// The region that contains va; NULL: none does. Valid until the array changes.
struct region *
region_find(struct regions *rs, uint64 va)
{
    if (likely(rs->found < rs->n && contains(&rs->v[rs->found], va)))
        return &rs->v[rs->found];
    int i = first_above(rs, va);
    if (i == rs->n || rs->v[i].start > va)
        return NULL;
    rs->found = i;
    return &rs->v[i];
}

// The first region that starts at va or above; NULL: there is none. Valid until the array changes.
struct region *
region_above(struct regions *rs, uint64 va)
{
    int i = first_above(rs, va);
    if (i < rs->n && rs->v[i].start < va)
        i++;
    return i < rs->n ? &rs->v[i] : NULL;
}

// The last region that ends at va or below; NULL: there is none. Valid until the array changes.
struct region *
region_below(struct regions *rs, uint64 va)
{
    int i = first_above(rs, va); // the first that ends above va
    return i > 0 ? &rs->v[i - 1] : NULL;
}

// Returns whether there are SPARE free slots; on either side, unless there are few regions.
static inline bool
slots_free(const struct regions *rs)
{
    int less = rs->before < rs->after ? rs->before : rs->after;
    return likely(rs->n < FEW) ? rs->before + rs->after >= SPARE : less >= SPARE;
}

// Moves the regions to a larger array.
// On error  -ENOMEM: no change.
static int
grow(struct regions *rs)
{
    int room = rs->n ? 3 * rs->n : FIRST_ROOM;
    struct region *mem = kmem_alloc((size_t)room * sizeof *mem);
    if (!mem)
        return -ENOMEM;
    int before = rs->n ? (room - rs->n) / 2 : 0;
    if (rs->n)
        memcpy(mem + before, rs->v, (size_t)rs->n * sizeof *mem);
    if (rs->v)
        kmem_free(rs->v - rs->before);
    rs->v = mem + before;
    rs->before = before;
    rs->after = room - rs->n - before;
    return 0;
}

// Makes v[i] a free slot, by moving the shorter side if there is room for that. There is some room.
static inline void
open_slot(struct regions *rs, int i)
{
    if (rs->before > 0 && (i < rs->n - i || rs->after == 0)) {
        rs->v--;
        rs->before--;
        memmove(rs->v, rs->v + 1, (size_t)i * sizeof *rs->v);
    } else {
        rs->after--;
        memmove(&rs->v[i + 1], &rs->v[i], (size_t)(rs->n - i) * sizeof *rs->v);
    }
    rs->n++;
}

// Takes `count` slots from v[i] on out of the array, by moving the shorter side.
static inline void
close_slots(struct regions *rs, int i, int count)
{
    rs->n -= count;
    if (i < rs->n - i) {
        memmove(rs->v + count, rs->v, (size_t)i * sizeof *rs->v);
        rs->v += count;
        rs->before += count;
    } else {
        memmove(&rs->v[i], &rs->v[i + count], (size_t)(rs->n - i) * sizeof *rs->v);
        rs->after += count;
    }
}

// Adds a region and counts it at its pager.
// On error  -EINVAL: it would overlap another region; -ENOMEM; -ETXTBSY: see refer(). No change.
int
region_add(struct regions *rs, const struct region *r)
{
    int i = first_above(rs, r->start);
    if (r->start >= r->end || (i < rs->n && rs->v[i].start < r->end))
        return -EINVAL;
    if (!slots_free(rs) && grow(rs) < 0)
        return -ENOMEM;
    int error = refer(r);
    if (error)
        return error;
    if (i == rs->n && rs->after)
        rs->after--, rs->n++;
    else
        open_slot(rs, i);
    rs->v[i] = *r;
    return 0;
}

// Splits region i at `va`. The array has room for one more.
static void
split(struct regions *rs, int i, uint64 va)
{
    open_slot(rs, i);
    struct region *low = &rs->v[i], *high = low + 1;
    *low = *high;
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

// Splits the regions in which [start, end) begins or ends.
// On error  -ENOMEM: nothing has changed.
int
regions_cut(struct regions *rs, uint64 start, uint64 end)
{
    if (!slots_free(rs) && grow(rs) < 0)
        return -ENOMEM;
    split_at(rs, start);
    split_at(rs, end);
    return 0;
}

// Returns whether two neighbours can be one region: same kind, rights and source, and the second
// goes on in the source where the first ends.
static bool
alike(const struct region *low, const struct region *high)
{
    uint64 size = low->end - low->start;
    return low->end == high->start && low->kind == high->kind && low->prot == high->prot &&
           low->most == high->most && low->shared == high->shared && low->pager == high->pager &&
           (!low->pager || (low->offset + size == high->offset && low->filesz == size));
}

// Merges adjacent regions that are alike, where they adjoin in [start, end], ends included.
void
regions_merge(struct regions *rs, uint64 start, uint64 end)
{
    int at = first_above(rs, start ? start - 1 : 0), next = at + 1;
    for (; next < rs->n && rs->v[at].end <= end; next++) {
        struct region *low = &rs->v[at], *high = &rs->v[next];
        if (!alike(low, high)) {
            rs->v[++at] = *high;
            continue;
        }
        low->end = high->end;
        low->filesz += high->filesz;
        unref_pager(high);
    }
    if (next <= rs->n)
        close_slots(rs, at + 1, next - at - 1);
}

// A search from `ceiling` down.
struct search {
    uint64 floor, ceiling, size, align;
    uint64 skipped; // the largest hole in which there is no room
};

// Returns the highest place, 0 for none.
static uint64
search_down(const struct regions *rs, struct search *s)
{
    uint64 top = s->ceiling;
    for (int i = first_above(rs, s->ceiling - 1); i >= 0; i--) {
        uint64 end = i > 0 ? rs->v[i - 1].end : 0;
        if (i < rs->n && rs->v[i].start < top)
            top = rs->v[i].start;
        uint64 bottom = larger(end, s->floor);
        uint64 hole = top > bottom ? top - bottom : 0, at = (top - s->size) & ~(s->align - 1);
        if (hole >= s->size && at >= bottom) {
            s->skipped = larger(s->skipped, top - (at + s->size));
            return at;
        }
        s->skipped = larger(s->skipped, hole);
        if (end <= s->floor)
            break;
    }
    return 0;
}

// Returns the highest multiple of `align`, a power of two, where `size` bytes are in no region,
// within [floor, ceiling); 0: there is none. The caller adds a region there. A search begins where
// the last one ended, unless it could find room above: so many mappings cost no more than few.
uint64
regions_gap(struct regions *rs, uint64 floor, uint64 ceiling, uint64 size, uint64 align)
{
    bool lower = rs->searched < ceiling && size > rs->largest;
    struct search s = {floor, lower ? rs->searched : ceiling, size, align, lower ? rs->largest : 0};
    uint64 at = search_down(rs, &s);
    if (!at && lower) {
        s = (struct search){floor, ceiling, size, align, 0};
        at = search_down(rs, &s);
    }
    if (at) {
        rs->searched = at;
        rs->largest = s.skipped;
    }
    return at;
}

// A hole begins at region i's place: the next search begins no lower than at its end.
static void
note_hole(struct regions *rs, int i)
{
    uint64 end = i < rs->n ? rs->v[i].start : ~0UL;
    rs->searched = larger(rs->searched, end);
}

// The addresses from the region below region i to the one above, or to 0 and `end`: no other region
// has any of them.
struct pt_zone
regions_own(const struct regions *rs, int i, uint64 end)
{
    return (struct pt_zone){i > 0 ? rs->v[i - 1].end : 0, regions_zone(rs, i, end).ceiling};
}

// The zone of region i when all regions are unmapped one after the other, from the lowest on.
struct pt_zone
regions_zone(const struct regions *rs, int i, uint64 end)
{
    return (struct pt_zone){0, i + 1 < rs->n ? rs->v[i + 1].start : end};
}

// Takes the region out of the array and drops its reference to its pager.
// Sleeps    the pager's unref() may.
void
region_remove(struct regions *rs, struct region *r)
{
    int i = (int)(r - rs->v);
    struct region gone = *r;
    close_slots(rs, i, 1);
    note_hole(rs, i);
    unref_pager(&gone);
}

// Drops the regions that begin in [start, end).
void
regions_drop(struct regions *rs, uint64 start, uint64 end)
{
    struct region *first = region_above(rs, start);
    int from = first ? (int)(first - rs->v) : rs->n, next;
    for (next = from; next < rs->n && rs->v[next].start < end; next++)
        unref_pager(&rs->v[next]);
    close_slots(rs, from, next - from);
    note_hole(rs, from);
}

// Makes `to` a copy of `from`, with references to the pagers.
// On error  -ENOMEM: `to` is empty.
int
regions_copy(struct regions *to, const struct regions *from)
{
    int room = from->before + from->n + from->after;
    regions_init(to);
    if (!from->n)
        return 0;
    struct region *mem = kmem_alloc((size_t)room * sizeof *mem);
    if (!mem)
        return -ENOMEM;
    *to = *from;
    to->v = mem + from->before;
    memcpy(to->v, from->v, (size_t)from->n * sizeof *to->v);
    for (int i = 0; i < to->n; i++)
        refer_again(&to->v[i]);
    return 0;
}
