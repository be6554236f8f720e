// SPDX-License-Identifier: MIT
// t_region.c - regions against a map with one number for each page: adding, cutting, joining,
// removing and finding room, at random.
//
// SOURCES: kernel/mm/aspace/region.c tests/host/shim/host.c tests/host/shim/memory.c
#include "test.h"

#include "abi/errno.h"
#include "mm/aspace/region.h"
#include "shim/memory.h"

#define PAGES 600
#define FLOOR (16 * PGSIZE)
#define TOP   ((uint64)PAGES * PGSIZE)

static struct regions rs;
static int map[PAGES]; // the page's use: a number for each mapping; 0: nothing
static int number;

static uint64
at_page(uint32 i)
{
    return (uint64)i * PGSIZE;
}

static void
check_map(void)
{
    uint64 end = 0;
    for (int i = 0; i < rs.n; i++) {
        CHECK(rs.v[i].start >= end && rs.v[i].start < rs.v[i].end);
        end = rs.v[i].end;
    }
    for (uint32 i = 0; i < PAGES; i++) {
        const struct region *r = region_find(&rs, at_page(i));
        CHECK_EQ(r != NULL, map[i] != 0);
    }
}

static void
fill(uint64 start, uint64 end, int with)
{
    for (uint64 i = start / PGSIZE; i < end / PGSIZE; i++)
        map[i] = with;
}

// Returns the highest place in the map that has room; 0: there is none.
static uint64
room_in_map(uint64 size, uint64 align)
{
    for (uint64 at = (TOP - size) & ~(align - 1); at >= FLOOR; at -= align) {
        uint64 i = 0;
        while (i < size / PGSIZE && !map[at / PGSIZE + i])
            i++;
        if (i == size / PGSIZE)
            return at;
    }
    return 0;
}

static void
add_one(void)
{
    uint64 size = at_page(1 + rnd_below(rnd_below(8) ? 3 : 60));
    uint64 align = rnd_below(6) ? PGSIZE : 16 * PGSIZE;
    uint64 at = regions_gap(&rs, FLOOR, TOP, size, align), known = room_in_map(size, align);
    CHECK_EQ(at != 0, known != 0);
    if (!at)
        return;
    CHECK(at >= FLOOR && at + size <= TOP && at % align == 0);
    for (uint64 i = 0; i < size / PGSIZE; i++)
        CHECK_EQ(map[at / PGSIZE + i], 0);
    struct region r = {
        .start = at, .end = at + size, .kind = REGION_MMAP, .prot = (uint8)rnd_below(8)};
    CHECK_EQ(region_add(&rs, &r), 0);
    CHECK_EQ(region_add(&rs, &r), -EINVAL);
    fill(at, at + size, ++number);
}

static void
remove_some(void)
{
    uint64 start = FLOOR + at_page(rnd_below(PAGES - 60)), end = start + at_page(1 + rnd_below(40));
    struct region *r;
    CHECK_EQ(regions_cut(&rs, start, end), 0);
    if (rnd_below(4) == 0) {
        regions_merge(&rs, start, end);
        return;
    }
    if (rnd_below(2))
        regions_drop(&rs, start, end);
    while ((r = region_above(&rs, start)) && r->start < end)
        region_remove(&rs, r);
    fill(start, end, 0);
}

static void
test_random(void)
{
    struct regions copy;
    regions_init(&rs);
    for (int i = 0; i < 20000; i++) {
        if (rnd_below(3))
            add_one();
        else
            remove_some();
        if (i % 50 == 0)
            check_map();
        if (i % 1000 == 0) {
            CHECK_EQ(regions_copy(&copy, &rs), 0);
            regions_free(&rs);
            rs = copy;
        }
    }
    regions_free(&rs);
    CHECK_EQ(host_allocated, 0);
}

int
main(void)
{
    test_random();
    return test_done();
}
