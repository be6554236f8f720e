// SPDX-License-Identifier: MIT
// pt.h - page tables: look up, map, unmap, protect, copy, split, free.
//
// Theory    A pure library: no CSR, lock, global or allocator of its own. `struct pt` names a
//           tree and the environment it lives in. Ranges are [start, end), page-aligned,
//           canonical, within one half of the address space; an end of 0 is the end of the upper
//           half.
// Promises  map-atomic: a call that fails leaves the tree and the allocator as they were.
//           hole-zero: an invalid entry is zero, unless it is a deferred pointer.
// Locks     none here. The caller owns the tree; walkers of any hart may read it meanwhile.
// Fences    none here. Entries that are removed or narrowed go into a tlb_batch, see batch.h.
// Next      pt/walk.c, pt/map.c, pt/unmap.c, doc/page-tables.md
#pragma once

#include "pt/slot.h"
#include "pt/sv.h"

struct pt;
struct tlb_batch;

struct pt_env {
    int levels;                    // 3 (Sv39) to 5 (Sv57)
    uint64 direct;                 // a table at physical `pa` is seen at pa + direct
    uint64 (*alloc)(struct pt *t); // pa of a frame of zeroes; 0: none left; leaves `t` alone
    void (*free)(struct pt *t, uint64 pa); // of a table frame that no hart can reach
    // The owner's use of the software bits of entries; 0: none.
    pte_t readonly; // the bit of a leaf that never has W
    pte_t deferred; // the bit of an invalid entry that keeps the address of a table out of use
};

// Returns whether the entry leads to a table that is out of use. A hart sees a hole.
static inline bool
pt_deferred(const struct pt_env *env, pte_t pte)
{
    return !(pte & PTE_V) && (pte & env->deferred);
}

// A page table. Its owner embeds it, so that alloc and free find the owner by container_of().
struct pt {
    pagetable_t root;
    const struct pt_env *env;
};

// The range being unmapped, and the unmapped addresses around it: within [floor, ceiling) the tree
// maps nothing outside the range, so a table that covers addresses of the zone alone is freed with
// the range. The zone of a region extends to the neighbouring regions.
struct pt_zone {
    uint64 floor, ceiling; // a ceiling of 0 is the end of the address space
};

// A cursor: the slot where the walk for va ends. It holds a leaf of that level, or a hole. The
// cursor is valid while the tree's tables stay, and saves another walk.
struct pt_cursor {
    pte_t *slot;
    uint64 va;
    int level;
};

// The table at physical address `pa`, as the kernel sees it through the environment's linear map.
static inline pagetable_t
pt_table_at(const struct pt *t, uint64 pa)
{
    return (pagetable_t)(size_t)(pa + t->env->direct);
}

// The physical address of the tree's root, as satp wants it.
static inline uint64
pt_root_pa(const struct pt *t)
{
    return (uint64)(size_t)t->root - t->env->direct;
}

// Walks towards level `bottom` until an entry is no pointer. Inline: each copy begins with it.
// Returns   the slot where that ends; *level and *pte are its level and entry.
static inline pte_t *
pt_descend(const struct pt *t, uint64 va, int bottom, int *level, pte_t *pte)
{
    const uint64 direct = t->env->direct;
    int at = t->env->levels - 1;
    pte_t *slot = &t->root[PX(at, va)];
    *pte = pte_load(slot);
    while (at > bottom && pte_table(*pte)) {
        at--;
        slot = (pte_t *)(size_t)(pte_pa(*pte) + direct) + PX(at, va); // through the linear map
        *pte = pte_load(slot);
    }
    *level = at;
    return slot;
}

// walk.c - look up, and map one page.

// An empty root. -ENOMEM.
int pt_create(struct pt *t, const struct pt_env *env) must_check;
// A root above t's, made of the blank table at `pa`; its last entry leads to t's root.
pagetable_t pt_root_above(const struct pt *t, uint64 pa);
// The slot of `va` at level 0, or of the larger leaf that holds it; NULL: none.
pte_t *walk(struct pt *t, uint64 va, int alloc);
// The slot where the walk ends (hole or leaf) and its level; NULL: not canonical.
pte_t *walk_leaf(const struct pt *t, uint64 va, int *level);
// walk_leaf()'s slot as a cursor, for a canonical address.
struct pt_cursor pt_find(const struct pt *t, uint64 va);
// One page into the hole at the cursor, which is then at the page's leaf. -ENOMEM.
int pt_fill_at(struct pt *t, struct pt_cursor *at, pte_t pte) must_check;
// One page into a hole. -ENOMEM, -EINVAL.
int map_page(struct pt *t, uint64 va, pte_t pte) must_check;
// The slot of `va` at `level`; missing tables above it are made. NULL: no memory for them.
pte_t *pt_slot(struct pt *t, uint64 va, int level);
// Copies the entries at `level` that a range touches: both then lead to the same. -ENOMEM.
int pt_share(struct pt *to, const struct pt *from, uint64 start, uint64 end, int level) must_check;
void pt_unshare(struct pt *t, uint64 start, uint64 end, int level); // undoes pt_share()

// map.c - leaves up to level `max_level`, as large as alignment allows. -ENOMEM, -EINVAL.
int mappages(struct pt *t, uint64 va, uint64 size, uint64 pa, uint64 perm,
             int max_level) must_check;

// rounded.c - the pages of any range of bytes, as leaves of level 0. -ENOMEM, -EINVAL.
int mappages_rounded(struct pt *t, uint64 va, uint64 size, uint64 pa, uint64 perm) must_check;

// unmap.c - remove; larger leaves at the edges are split first, hence -ENOMEM. -EINVAL.

// Removes leaves and keeps tables, for a range that stays in use.
int unmap(struct pt *t, uint64 start, uint64 end, struct tlb_batch *b) must_check;
// Removes leaves and the tables of the zone, for a range that ends.
int unmap_zone(struct pt *t, uint64 start, uint64 end, struct pt_zone zone,
               struct tlb_batch *b) must_check;
// unmap_zone() for a dead address space: no split, no atomics, no failure.
void pt_destroy_range(struct pt *t, uint64 start, uint64 end, struct pt_zone zone,
                      struct tlb_batch *b);

// protect.c - flags of each leaf become (flags & ~clear) | set. -ENOMEM, -EINVAL.
int protect(struct pt *t, uint64 start, uint64 end, uint64 clear, uint64 set,
            struct tlb_batch *b) must_check;

// super.c - larger leaves.

// The leaf that holds `va` becomes leaves of `level`, if it is larger. -ENOMEM, -EINVAL.
int pt_split(struct pt *t, uint64 va, int level, struct tlb_batch *b) must_check;

// free.c - tables of the root entries that a range touches; leaves are gone, or belong to others.

void freewalk(struct pt *t, uint64 start, uint64 end);       // panics on a leaf
void pt_free_tables(struct pt *t, uint64 start, uint64 end); // forgets leaves
void pt_free_root(struct pt *t);                             // the root alone

// iter.c - calls `fn` for each leaf, ascending, until it returns nonzero; returns that, or 0.
typedef int (*pt_leaf_fn)(pte_t *slot, uint64 va, int level, void *arg);
int pt_for_each_leaf(const struct pt *t, uint64 start, uint64 end, pt_leaf_fn fn, void *arg);
// Calls `fn` for each entry that leads to a table of level 0, in use or deferred, and for each
// superpage.
int pt_for_each_table(const struct pt *t, uint64 start, uint64 end, pt_leaf_fn fn, void *arg);

// copy.c - gives `fn` each run of `n` neighbouring slots of `from` with those for the same
// addresses of `to`: one call for a whole leaf table, holes among it, and n = 1 for a larger leaf.
// -ENOMEM before any call, or what `fn` returned if nonzero.
typedef int (*pt_copy_fn)(pte_t *from, pte_t *to, uint64 va, int n, int level, void *arg);
int pt_copy_range(struct pt *to, const struct pt *from, uint64 start, uint64 end, pt_copy_fn fn,
                  void *arg) must_check;
// Copies the upper half, its leaves without the flags `drop`, into a tree that maps nothing there
// and that no hart can walk yet. -ENOMEM.
int pt_clone_upper(struct pt *to, const struct pt *from, pte_t drop) must_check;
