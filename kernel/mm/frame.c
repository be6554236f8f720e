// SPDX-License-Identifier: MIT
// frame.c - physical memory: handing frames out and taking them back.
//
// Theory    Free frames are in the buddy lists, or in one of two stashes per hart: `ready`,
//           contents undefined, and `zero`, all zeroes (torn-down page tables). The common
//           kalloc() and kfree() touch only the own hart's stash and the frame's ledger entry.
//           Stashes are filled from the lists, and emptied into them, by the half. When the lists
//           have nothing, all stashes of all harts are emptied into them; then kmem and the page
//           cache are asked for frames.
// Promises  frame-once: a frame is in one place: a list, a stash, a user's hands, or reserved. An
//           allocation fails only after lists, stashes and reclaim had nothing; it changes
//           nothing.
// Locks     lock (RANK_FRAME) guards the buddy lists. Stashes need none, see mm/stash.h.
// Next      mm/ledger.c, mm/buddy.c, mm/kmem.c
#include "mm/frame.h"

#include "lib/page.h"
#include "lib/panic.h"
#include "mm/buddy.h"
#include "mm/failnth.h"
#include "mm/fill.h"
#include "mm/kmem.h"
#include "mm/ledger.h"
#include "mm/stash.h"
#include "rv/cpu.h"
#include "sync/spinlock.h"

#define STASH_FRAMES 60
#define BATCH_ORDER  5
#define BATCH        (1U << BATCH_ORDER) // frames that move between a stash and the lists at once

static struct spinlock lock;
static struct buddy lists; // by lock

// Protection: [h] only this hart, but for what mm/stash.h lets thieves do
static struct hart_frames {
    struct stash ready, zero;                                           // [h]
    void *ready_slots[1 + STASH_FRAMES], *zero_slots[1 + STASH_FRAMES]; // [h]
} harts[MAXHART];

_Static_assert(sizeof(struct hart_frames) == 1024, "a hart's part is found by shifting");

static bool reclaiming[MAXHART]; // by its hart: what reclaim allocates must not reclaim

static uint64 (*reclaim)(uint64 want); // constant after boot

static inline struct hart_frames *
mine(void)
{
    return &harts[cpuid()];
}

// ---- Boot
// -----------------------------------------------------------------------------------------

// Describes the whole frames in [start, end); none can be allocated before frames_ready().
void
frames_init(uint64 start, uint64 end, void *ledger)
{
    ledger_init(start, end, ledger);
    initlock(&lock, "frames", RANK_FRAME);
    buddy_init(&lists);
    for (struct hart_frames *h = harts; h < &harts[MAXHART]; h++) {
        stash_init(&h->ready, h->ready_slots, STASH_FRAMES);
        stash_init(&h->zero, h->zero_slots, STASH_FRAMES);
    }
}

// Frees all that is not reserved.
void
frames_ready(void)
{
    struct frame *f = frame_of(frames.start), *end = f + frames_total();
    while (f < end) {
        struct frame *run = f;
        while (f < end && f->kind == FRAME_FREE)
            f++;
        buddy_put_run(&lists, run, f - run);
        while (f < end && f->kind == FRAME_RESERVED)
            f++;
    }
}

void
frames_set_reclaim(uint64 (*fn)(uint64 want))
{
    reclaim = fn;
}

// ---- Handing out
// ----------------------------------------------------------------------------------

// Makes a free block its new user's.
static inline void *
claim(struct frame *f, enum frame_kind kind, uint32 owner)
{
    f->refs = 1; // nobody else knows the frame: no atomic needed
    f->kind = kind;
    f->flags = 0;
    f->owner = owner;
    return f->mem;
}

static void
steal(struct stash *s)
{
    struct frame *f;
    for (void **slot = s->bottom; slot < s->end; slot++)
        if ((f = stash_grab(slot)) != NULL)
            buddy_put(&lists, f, 0);
}

// Empties all stashes of all harts into the lists and takes a block of `order` from these.
static struct frame *
gather(int order)
{
    acquire(&lock);
    for (struct hart_frames *h = harts; h < &harts[MAXHART]; h++) {
        steal(&h->ready);
        steal(&h->zero);
    }
    struct frame *f = buddy_take(&lists, order);
    release(&lock);
    return f;
}

// Asks kmem, then the page cache, to free frames. Returns how many were freed.
static uint64
reclaim_some(uint64 want)
{
    bool *busy = &reclaiming[cpuid()];
    if (*busy)
        return 0;
    *busy = true;
    uint64 freed = kmem_drain();
    if (freed < want && reclaim != NULL)
        freed += reclaim(want - freed);
    *busy = false;
    return freed;
}

// Finds a block when the lists have none. One of the largest order is a favour, for which nothing
// is thrown out of the page cache; its callers make do with single frames.
static struct frame *
scrape(int order)
{
    struct frame *f = gather(order);
    for (int tries = order == 0 ? 16 : 1; !f && tries > 0 && order < FRAME_MAX_ORDER; tries--) {
        if (reclaim_some(BATCH + (1UL << order)) == 0)
            return NULL;
        f = gather(order);
    }
    return f;
}

// Puts the frames of a block into a stash that has room for them, the first on top.
static void
stash_block(struct stash *s, struct frame *f)
{
    uint32 n = 1U << f->order;
    f->order = 0;
    while (n-- > 0)
        stash_push(s, f + n);
}

// Finds a frame when the own stash seems empty, and refills that from the lists.
static struct frame *
refill(struct stash *s)
{
    struct frame *f = stash_pop_robbed(s);
    if (f)
        return f;
    acquire(&lock);
    while (stash_space(s) >= BATCH && (f = buddy_take_upto(&lists, BATCH_ORDER)) != NULL)
        stash_block(s, f);
    release(&lock);
    f = stash_pop(s);
    return f ? f : scrape(0);
}

// kalloc() when the own stash seems empty; out of line so that the common case needs no stack.
static void *__attribute__((noinline)) kalloc_slow(enum frame_kind kind, uint32 owner)
{
    struct frame *f = refill(&mine()->ready);
    if (!f)
        return NULL;
    void *p = claim(f, kind, owner);
    fill_allocated(p, PGSIZE);
    return p;
}

// Allocates one frame with undefined contents.
// Returns its address in the direct map, or NULL if there is none left.
// Locks the caller holds none of rank RANK_KMEM or above. Never sleeps.
void *
kalloc(enum frame_kind kind, uint32 owner)
{
    if (failnth())
        return NULL;
    struct frame *f = stash_pop(&mine()->ready);
    if (unlikely(!f))
        return kalloc_slow(kind, owner);
    void *p = claim(f, kind, owner);
    fill_allocated(p, PGSIZE);
    return p;
}

// kzalloc() when no frame is known to be zero already.
static void *__attribute__((noinline)) kzalloc_slow(enum frame_kind kind, uint32 owner)
{
    struct stash *s = &mine()->ready;
    struct frame *f = stash_pop_robbed(&mine()->zero);
    if (f)
        return claim(f, kind, owner);
    if (!(f = stash_pop(s)) && !(f = refill(s)))
        return NULL;
    void *p = claim(f, kind, owner);
    page_zero(p);
    return p;
}

// Allocates one frame of zeroes, as kalloc() does.
void *
kzalloc(enum frame_kind kind, uint32 owner)
{
    if (failnth())
        return NULL;
    struct frame *f = stash_pop(&mine()->zero);
    if (unlikely(!f))
        return kzalloc_slow(kind, owner);
    return claim(f, kind, owner);
}

// Allocates 2^order frames that follow each other, aligned to their size, as kalloc() does. They
// are one block, freed as one unless frame_split() makes single frames of it.
void *
kalloc_order(enum frame_kind kind, uint32 owner, int order)
{
    assert(order >= 0 && order <= FRAME_MAX_ORDER);
    if (order == 0)
        return kalloc(kind, owner);
    if (failnth())
        return NULL;
    acquire(&lock);
    struct frame *f = buddy_take(&lists, order);
    release(&lock);
    if (!f && !(f = scrape(order)))
        return NULL;
    void *p = claim(f, kind, owner);
    fill_allocated(p, PGSIZE << order);
    return p;
}

// ---- Taking back
// ----------------------------------------------------------------------------------

// Says what is wrong with freeing the block that `f` describes.
static void __attribute__((noinline)) bad_free(const struct frame *f)
{
    const char *what = f->kind == FRAME_RESERVED ? "reserved frame"
                       : f->kind == FRAME_FREE   ? "double free or inside of a block"
                                                 : "still mapped";
    panic("kfree: %s: pa 0x%lx kind %s owner %u refs %d order 0x%x mapcount %u", what, frame_pa(f),
          frame_kind_name(f->kind), f->owner, f->refs, f->order, f->mapcount);
}

static void __attribute__((noinline)) bad_address(const void *p)
{
    panic("kfree: %p is not the address of a frame of RAM [0x%lx, 0x%lx)", p, frames.start,
          frames.start + frames.size);
}

// The entry of the frame at `p`, NULL if there is none. Frames of the ledger that are not RAM are
// marked reserved, so that looking them up does no harm.
static inline struct frame *
freed_frame(const void *p)
{
    uint64 off = (uint64)p - (uint64)frames.first;
    if (unlikely(off % PGSIZE != 0 || off >= frames.span))
        return NULL;
    return &frames.ledger[off >> PGSHIFT];
}

// Makes room in the own stash by giving a batch to the lists, `f` with it.
static void __attribute__((noinline)) spill(struct frame *f)
{
    struct stash *s = &mine()->ready;
    acquire(&lock);
    for (uint32 i = 0; i < BATCH && f != NULL; i++) {
        buddy_put(&lists, f, 0);
        f = stash_pop_robbed(s);
    }
    release(&lock);
    if (f != NULL)
        stash_push(s, f); // there is room: pops preceded it
}

// Frees a block of several frames, or finds that it cannot be free.
static void __attribute__((noinline)) free_block(struct frame *f)
{
    if (f->mapcount != 0)
        bad_free(f);
    int order = f->order;
    f->kind = FRAME_FREE;
    f->order = 0;
    fill_freed(f->mem, PGSIZE << order);
    acquire(&lock);
    buddy_put(&lists, f, order);
    release(&lock);
}

// What remains to do when a reference was dropped that was not the last, or none at all.
static void __attribute__((noinline)) put_shared(struct frame *f, int32 refs)
{
    if (refs > 0)
        return;
    f->refs = 0;
    bad_free(f);
}

static inline void
put(struct frame *f)
{
    // Release: the caller's accesses end before another hart frees the block and reuses it;
    // acquire: those of the other users have ended before this hart does.
    int32 refs = __atomic_fetch_sub(&f->refs, 1, __ATOMIC_ACQ_REL);
    if (unlikely(refs != 1)) {
        put_shared(f, refs);
        return;
    }
    if (unlikely(f->order | f->mapcount)) {
        free_block(f);
        return;
    }
    f->kind = FRAME_FREE;
    fill_freed(f->mem, PGSIZE);
    if (unlikely(!stash_push(&mine()->ready, f)))
        spill(f);
}

// Drops a reference to a block; the last one frees it. Panics ("kfree") if there is none.
// Locks the caller holds none of rank RANK_FRAME or above. Never sleeps.
void
frame_put(struct frame *f)
{
    put(f);
}

// Drops a reference to the block at `p`, as frame_put() does.
void
kfree(void *p)
{
    struct frame *f = freed_frame(p);
    if (unlikely(!f)) {
        bad_address(p);
        return;
    }
    put(f);
}

// Frees the frame at `p`, whose only user promises that it is all zero, for kzalloc() to hand out.
void
kfree_zeroed(void *p)
{
    struct frame *f = freed_frame(p);
    struct stash *s = &mine()->zero;
    if (unlikely(!f || f->refs != 1 || (f->order | f->mapcount) != 0 || stash_space(s) == 0)) {
        kfree(p);
        return;
    }
    fill_expect_zero(p, PGSIZE);
    f->refs = 0;
    f->kind = FRAME_FREE;
    stash_push(s, f); // there is room
}

// ---- Counting
// -------------------------------------------------------------------------------------

// Returns the frames that kalloc() could hand out without reclaim.
uint64
frames_free(void)
{
    acquire(&lock);
    uint64 n = lists.nfree;
    for (struct hart_frames *h = harts; h < &harts[MAXHART]; h++)
        n += stash_count(&h->ready) + stash_count(&h->zero);
    release(&lock);
    return n;
}

uint64
frames_contended(void)
{
    return lock.contended;
}
