// SPDX-License-Identifier: MIT
// region.h - the parts of a user address space: each range's purpose, rights and source of pages.
//
// Theory    A sorted array of disjoint, page-aligned ranges. A page that is present lies in a
//           region; a region's page may be absent until it is touched.
// Locks     the address space's lock, held by the caller.
#pragma once

#include "lib/types.h"
#include "mm/aspace/pager.h"
#include "pt/pt.h"

enum region_kind {
    REGION_IMAGE, // part of the program: file pages, then zeroes
    REGION_GUARD, // below the stack: present, so that a walk shows it, but not for the user
    REGION_STACK,
    REGION_HEAP,
    REGION_USYSCALL,
    REGION_MMAP, // what mmap() made; with a pager, pages beyond the end of its object do not exist
    REGION_KINDS,
};

struct region {
    uint64 start, end;
    uint8 kind;          // enum region_kind
    uint8 prot;          // what the process may do: PTE_R, PTE_W, PTE_X; 0: nothing
    uint8 most;          // what mprotect() may allow
    bool shared;         // all spaces that map the object, and its readers, see stores
    struct pager *pager; // a reference; NULL: zeroes only
    uint64 offset;       // of `start` in the pager's object, a multiple of PGSIZE
    uint64 filesz;       // bytes from `start` on that come from there
};

// The array has free slots on both sides, so that a region comes and goes at the price of the
// shorter side: mmap() places from the top down, each time below all earlier mappings.
struct regions {
    struct region *v; // by address
    int n;
    int before, after; // free slots on either side of v[0] to v[n - 1]
    int found;         // where the last look-up found a region: the next one looks there first
    uint64 searched;   // at or above it no hole has more than `largest` bytes; see regions_gap()
    uint64 largest;
};

void regions_init(struct regions *rs);
void regions_free(struct regions *rs);                      // drops the pagers too
struct region *region_find(struct regions *rs, uint64 va);  // NULL: va is in none
int regions_index(const struct regions *rs, uint64 va);     // the first that ends above va
struct region *region_above(struct regions *rs, uint64 va); // the first that starts at va or above
struct region *region_below(struct regions *rs, uint64 va); // the last that ends at va or below
int region_add(struct regions *rs,
               const struct region *r) must_check; // takes a reference to the pager
int regions_cut(struct regions *rs, uint64 start, uint64 end) must_check; // at both ends; -ENOMEM
void regions_merge(struct regions *rs, uint64 start, uint64 end); // undoes it where both are alike
uint64 regions_gap(struct regions *rs, uint64 floor, uint64 ceiling, uint64 size,
                   uint64 align);                                         // 0: none
struct pt_zone regions_own(const struct regions *rs, int i, uint64 end);  // i's zone now
struct pt_zone regions_zone(const struct regions *rs, int i, uint64 end); // i's, when all go
void region_remove(struct regions *rs, struct region *r);                 // drops it
void regions_drop(struct regions *rs, uint64 start, uint64 end);          // those that begin there
int regions_copy(struct regions *to, const struct regions *from) must_check;

// Returns whether stores stay the process's own, so that a fork shares the pages copy-on-write.
static inline bool
region_copies(const struct region *r)
{
    return !r->shared && ((r->prot | r->most) & PTE_W);
}

// The page of the pager's object that belongs at va.
static inline uint64
region_file_page(const struct region *r, uint64 va)
{
    return (r->offset + (va - r->start)) >> PGSHIFT;
}

// How many bytes from va on come from the pager's object.
static inline uint64
region_file_bytes(const struct region *r, uint64 va)
{
    uint64 before = va - r->start, size = r->filesz;
    if (!r->pager)
        return 0;
    if (r->kind == REGION_MMAP)
        size = r->pager->ops->size(r->pager) - r->offset; // the file may grow and shrink
    return (int64)size <= 0 || before >= size ? 0 : size - before;
}
