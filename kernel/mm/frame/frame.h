// SPDX-License-Identifier: MIT
// frame.h - physical memory: 4 KiB frames, each with a kind, an owner and a count of references.
#pragma once

#include "lib/list.h"
#include "lib/types.h"
#include "mm/frame/direct.h"

enum frame_kind {
    FRAME_FREE,
    FRAME_RESERVED, // firmware, kernel image and its gaps, the ledger itself, holes between banks
    FRAME_PGTABLE,
    FRAME_USER,  // anonymous user memory
    FRAME_CACHE, // a page of a file or of the disk; obj and index say which
    FRAME_KSTACK,
    FRAME_TRAPFRAME,
    FRAME_USYSCALL,
    FRAME_SLAB, // small kernel objects; obj is the cache, NULL: one large object
    FRAME_DMA,  // queues shared with a device
    FRAME_KINDS
};

#define FRAME_MAX_ORDER 9 // 2 MiB
#define FRAME_LEAF      (1UL << 32 | 1)

// Protection: [o] the frame's owner's lock  [a] atomic  [f] the allocator  [c] constant
// One entry per 4 KiB of RAM, a power of two so that frame_of() and frame_pa() are shifts. An
// allocation of 2^order frames is described by its first entry; the others have refs 0.
struct frame {
    union {
        struct {
            int32 refs;      // [a] users of an allocation; 0 when free
            uint32 mapcount; // [a] leaves of user tables that map it; 0 when allocated and freed
        };
        uint64 users; // [a] both at once: FRAME_LEAF is a reference and a leaf
    };
    uint8 kind;       // [f] enum frame_kind
    uint8 order;      // [f] of the allocation that starts here; mm/frame/buddy.h: of a free block
    uint16 flags;     // [o] 0 when allocated
    uint32 owner;     // [f] pid, inode number ..., as the ledger shows it
    struct list link; // [f] while free; else [o], undefined when allocated
    void *obj;        // [o] undefined when allocated
    uint64 index;     // [o] undefined when allocated
    void *mem;        // [c] the frame in the direct map; see mm/frame/ledger.c
    uint32 block;     // [o] undefined when allocated
    uint32 copy;      // [o] undefined when allocated; see fs/cache/pageio.h
} __attribute__((aligned(64)));

// Constant after frames_init().
struct frame_map {
    uint64 origin;        // where the entry of physical address 0 would be
    struct frame *ledger; // describes [base, base + span)
    uint64 base;          // physical address; a multiple of 2 MiB, as is span
    uint64 span;
    void *first;  // `base` in the direct map
    uint64 start; // the RAM in it: [start, start + size)
    uint64 size;
};

extern struct frame_map frame_map;

// Boot, in this order. The ledger is kernel memory of frames_ledger_size() bytes; when it lies in
// [start, end) the caller reserves it as well.
size_t frames_ledger_size(uint64 start, uint64 end);
void frames_init(uint64 start, uint64 end, void *ledger);
void frames_reserve(uint64 start, uint64 end); // never hand out what touches [start, end)
void frames_ready(void);                       // all else is free now

void *kalloc(enum frame_kind kind, uint32 owner);  // one frame, contents undefined; NULL: none left
void *kzalloc(enum frame_kind kind, uint32 owner); // one frame of zeroes
void *kalloc_order(enum frame_kind kind, uint32 owner,
                   int order); // 2^order frames, aligned to that
void *kalloc_try(enum frame_kind kind, uint32 owner,
                 int order);         // opportunistic: reclaims nothing
void kfree(void *frame);             // drops a reference; the last one frees the allocation
void kfree_zeroed(void *frame);      // frees one frame that is all zeroes, for kzalloc()
void frame_split(struct frame *f);   // into single frames, each with the allocation's references
void frame_join(struct frame *f);    // undoes it, for 2 MiB from f on with one user each
struct frame *frame_head(uint64 pa); // the first entry of the allocation that contains pa

bool frame_dropped(struct frame *f, int32 refs); // after a drop: frees it if `refs` was 1
uint64 frames_free(void);      // frames in no use, kept ones too; exact when no hart allocates
uint64 frames_total(void);     // frames of [start, end)
uint64 frames_contended(void); // how often a hart waited for the allocator's lock

// The last frames are kept for processes that need one to use memory which they already have.
void *kalloc_urgent(enum frame_kind kind, uint32 owner);  // kalloc(), with the kept frames
void *kzalloc_urgent(enum frame_kind kind, uint32 owner); // kzalloc(), with the kept frames
void frames_lend(int n);     // makes n kept frames like any other; -n undoes it
bool frames_ample(uint64 n); // tells whether many more than n frames are free; a guess
uint64 frames_spare(void);   // free frames, without those that are kept

// Called when an allocation finds nothing: frees up to `want` frames, returns how many. It takes
// only locks that it can have at once, and never sleeps.
void frames_set_reclaim(uint64 (*reclaim)(uint64 want));

// The ledger's entry for pa, which must be managed.
static inline struct frame *
frame_of(uint64 pa)
{
    return (struct frame *)(frame_map.origin +
                            (pa >> PGSHIFT) * sizeof(struct frame)); // in the ledger
}

// The physical address of the frame that a ledger entry describes.
static inline uint64
frame_pa(const struct frame *f)
{
    return frame_map.base + ((uint64)(f - frame_map.ledger) << PGSHIFT);
}

// Returns whether pa is RAM that the ledger describes.
static inline bool
frame_managed(uint64 pa)
{
    return pa - frame_map.start < frame_map.size;
}

// Adds a user to an allocation that the caller has a reference to, or may see under its owner's
// lock.
static inline void
frame_get(struct frame *f)
{
    __atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED); // frame_put() orders; a get needs no order
}

// Drops a reference to an allocation; the last one frees it. Panics ("kfree") if there is none.
// Returns   whether the allocation has other users still.
// Locks     the caller holds none of rank RANK_FRAME or above. Never sleeps.
static inline bool
frame_put(struct frame *f)
{
    // The caller's accesses come before: pairs with the acquire in frame_dropped().
    int32 refs = __atomic_fetch_sub(&f->refs, 1, __ATOMIC_RELEASE);
    return likely(refs > 1) || frame_dropped(f, refs);
}
