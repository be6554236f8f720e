// SPDX-License-Identifier: MIT
// frame.c - physical memory: handing frames out and taking them back.
//
// Theory    Free frames are in the buddy lists, or in one of two magazines per hart: `ready`,
//           contents undefined, and `zero`, all zeroes (freed page tables). The common kalloc()
//           and kfree() touch only this hart's magazine and the frame's ledger entry. Magazines
//           are filled from the lists, and emptied into them, by the half. When the lists
//           have nothing, all magazines of all harts are emptied into them; then kmem, the spare
//           kernel stacks and the page cache are asked for frames (frames_reclaim()). The last
//           frames stay on the lists, for kalloc_urgent().
// Promises  frame-once: a frame is in one place: a list, a magazine, a user's hands, or reserved.
//           An allocation fails only after lists, magazines and reclaim had nothing; it changes
//           nothing.
// Locks     frame_pool.lock guards the buddy lists. Magazines need none, see mm/frame/magazine.h.
// Next      mm/frame/frame_put.c, mm/frame/ledger.c, mm/frame/buddy.c
#include "mm/frame/frame.h"

#include "lib/page.h"
#include "lib/panic.h"
#include "mm/frame/failnth.h"
#include "mm/frame/fill.h"
#include "mm/frame/kmem.h"
#include "mm/frame/ledger.h"
#include "mm/frame/pool.h"

#define KEPT_SHARE 512 // one frame in 512 is kept for urgent allocations
#define KEPT_MOST  64
#define AMPLE      16 // so many times what is wanted is ample

struct frame_pool frame_pool;
struct frame_harts frame_harts[MAXHART];

static int keep, lent; // frames that are kept, and how many of them are lent; by frame_pool.lock

static bool reclaiming[MAXHART]; // by its hart: an allocation inside a reclaim must not reclaim

static uint64 (*reclaim)(uint64 want); // constant after boot

// ---- Boot

// Describes the whole frames in [start, end); none can be allocated before frames_ready().
void
frames_init(uint64 start, uint64 end, void *ledger)
{
    ledger_init(start, end, ledger);
    initlock(&frame_pool.lock, "frames", RANK_FRAME);
    buddy_init(&frame_pool.lists);
    for (struct frame_harts *h = frame_harts; h < &frame_harts[MAXHART]; h++) {
        magazine_init(&h->ready, h->ready_slots, MAGAZINE_FRAMES);
        magazine_init(&h->zero, h->zero_slots, MAGAZINE_FRAMES);
    }
}

// The number of free frames from f on, below `end`. A block without addresses has no other frames.
static uint64
free_run(const struct frame *f, const struct frame *end)
{
    const struct frame *at = f;
    while (at < end && at->kind == FRAME_FREE) {
        bool first = frame_pa(at) % (PGSIZE << FRAME_MAX_ORDER) == 0;
        at += first && !ledger_named(at) ? 1U << FRAME_MAX_ORDER : 1;
    }
    return at - f;
}

// Frees all that is not reserved.
void
frames_ready(void)
{
    struct frame *f = frame_of(frame_map.start), *end = f + frames_total();
    uint64 share = frames_total() / KEPT_SHARE;
    keep = (int)(share < KEPT_MOST ? share : KEPT_MOST);
    lent = 0;
    frames_lend(0);
    while (f < end) {
        uint64 n = free_run(f, end);
        buddy_put_run(&frame_pool.lists, f, n);
        f += n;
        while (f < end && f->kind == FRAME_RESERVED)
            f++;
    }
}

// Sets what an allocation calls that finds no frame: reclaim(want) frees up to `want` frames and
// returns how many. It takes a lock only if that is free, and never sleeps. Once at boot.
void
frames_set_reclaim(uint64 (*fn)(uint64 want))
{
    reclaim = fn;
}

// ---- Handing out

// Makes a free block an allocation with one user.
static inline void *
claim(struct frame *f, enum frame_kind kind, uint32 owner)
{
    f->refs = 1; // the frame has no other reference yet: no atomic needed
    f->kind = kind;
    f->flags = 0;
    f->owner = owner;
    return f->mem;
}

// claim(), with contents that are undefined.
static inline void *
hand_out(struct frame *f, enum frame_kind kind, uint32 owner, uint64 size)
{
    void *p = claim(f, kind, owner);
    fill_allocated(p, size);
    return p;
}

static void
steal(struct magazine *s)
{
    struct frame *f;
    for (void **slot = s->bottom; slot < s->end; slot++)
        if ((f = magazine_take(slot)) != NULL)
            buddy_put(&frame_pool.lists, f, 0);
}

// Empties the magazines of all harts into the buddy lists, then takes a block.
static struct frame *
gather(int order)
{
    acquire(&frame_pool.lock);
    for (struct frame_harts *h = frame_harts; h < &frame_harts[MAXHART]; h++) {
        steal(&h->ready);
        steal(&h->zero);
    }
    struct frame *f = buddy_take(&frame_pool.lists, order);
    release(&frame_pool.lock);
    return f;
}

// Asks kmem for `want` frames, then the function that frames_set_reclaim() has set: it asks the
// spare kernel stacks and the page cache (boot/main.c). A reclaim that needs memory itself does not
// ask again.
// Returns   false: they have none to give.
// Locks     the caller holds none of rank RANK_KMEM or above. Never sleeps.
static bool
frames_reclaim(uint64 want)
{
    bool *busy = &reclaiming[cpuid()];
    if (*busy)
        return false;
    *busy = true;
    uint64 freed = kmem_drain();
    if (freed < want && reclaim != NULL)
        freed += reclaim(want - freed);
    *busy = false;
    return freed > 0;
}

// Finds a block when the lists have none. Nothing is reclaimed from the page
// cache for the largest order, whose callers make do with single frames.
static struct frame *
scrape(int order)
{
    struct frame *f = gather(order);
    for (int tries = order == 0 ? 16 : 1; !f && tries > 0 && order < FRAME_MAX_ORDER; tries--) {
        if (!frames_reclaim(BATCH + (1UL << order)))
            return NULL;
        f = gather(order);
    }
    return f;
}

// Finds a frame when this hart's magazine seems empty, and refills the magazine from the lists. If
// these have none to spare, asks other harts' magazines, kmem and the page cache.
// Returns   NULL: there is no frame.
static struct frame *
refill(struct magazine *s)
{
    struct frame *f = magazine_pop_stolen(s);
    if (f)
        return f;
    acquire(&frame_pool.lock);
    while (magazine_space(s) >= BATCH &&
           (f = buddy_take_upto(&frame_pool.lists, BATCH_ORDER)) != NULL) {
        uint32 n = 1U << f->order;
        f->order = 0;
        while (n-- > 0)
            magazine_push(s, f + n); // the first on top
    }
    release(&frame_pool.lock);
    f = magazine_pop(s);
    return f ? f : scrape(0);
}

// Takes one of the kept frames.
// Returns   NULL: all are in use.
static struct frame *
take_kept(void)
{
    acquire(&frame_pool.lock);
    struct frame *f = buddy_take_kept(&frame_pool.lists);
    release(&frame_pool.lock);
    return f;
}

// Allocates one frame as kalloc() does, or a kept one if there is no other. For a process that uses
// memory which it has: other processes' allocations must not make that fail.
// Returns   NULL: there is none.
void *
kalloc_urgent(enum frame_kind kind, uint32 owner)
{
    if (failnth())
        return NULL;
    struct magazine *s = &my_frames()->ready;
    struct frame *f = magazine_pop(s);
    if (unlikely(!f) && !(f = refill(s)) && !(f = take_kept()))
        return NULL;
    return hand_out(f, kind, owner, PGSIZE);
}

// Allocates one frame of zeroes as kalloc_urgent() does.
void *
kzalloc_urgent(enum frame_kind kind, uint32 owner)
{
    void *p = kalloc_urgent(kind, owner);
    if (p)
        page_zero(p);
    return p;
}

// kalloc() when this hart's magazine seems empty; out of line so that the common case needs no
// stack.
static void *__attribute__((noinline)) kalloc_slow(enum frame_kind kind, uint32 owner)
{
    struct frame *f = refill(&my_frames()->ready);
    return f ? hand_out(f, kind, owner, PGSIZE) : NULL;
}

// Allocates one frame with undefined contents.
// Returns   its address in the direct map; NULL: there is none left.
// Locks     the caller holds none of rank RANK_KMEM or above. Never sleeps.
void *
kalloc(enum frame_kind kind, uint32 owner)
{
    if (failnth())
        return NULL;
    struct frame *f = magazine_pop(&my_frames()->ready);
    if (unlikely(!f))
        return kalloc_slow(kind, owner);
    return hand_out(f, kind, owner, PGSIZE);
}

// kzalloc() when no frame is known to be zero already.
static void *__attribute__((noinline)) kzalloc_slow(enum frame_kind kind, uint32 owner)
{
    struct magazine *s = &my_frames()->ready;
    struct frame *f = magazine_pop_stolen(&my_frames()->zero);
    if (f)
        return claim(f, kind, owner);
    if (!(f = magazine_pop(s)) && !(f = refill(s)))
        return NULL;
    void *p = claim(f, kind, owner);
    page_zero(p);
    return p;
}

// Allocates one frame of zeroes, as kalloc() does.
// Returns   NULL: there is none left.
void *
kzalloc(enum frame_kind kind, uint32 owner)
{
    if (failnth())
        return NULL;
    struct frame *f = magazine_pop(&my_frames()->zero);
    if (unlikely(!f))
        return kzalloc_slow(kind, owner);
    return claim(f, kind, owner);
}

// Takes a block from the lists, without gathering or reclaiming. NULL: none.
static struct frame *
take_block(int order)
{
    acquire(&frame_pool.lock);
    struct frame *f = buddy_take(&frame_pool.lists, order);
    release(&frame_pool.lock);
    return f;
}

// Allocates 2^order frames that follow each other, aligned to their size, as kalloc() does. They
// are one allocation, freed as one unless frame_split() makes single frames of it.
// Returns   NULL: there are none.
void *
kalloc_order(enum frame_kind kind, uint32 owner, int order)
{
    assert(order >= 0 && order <= FRAME_MAX_ORDER);
    if (order == 0)
        return kalloc(kind, owner);
    if (failnth())
        return NULL;
    struct frame *f = take_block(order);
    if (!f)
        f = scrape(order);
    return f ? hand_out(f, kind, owner, PGSIZE << order) : NULL;
}

// An opportunistic kalloc_order(): it takes from the lists alone, and neither gathers nor reclaims.
// Returns   NULL: the lists have no such block.
void *
kalloc_try(enum frame_kind kind, uint32 owner, int order)
{
    if (failnth())
        return NULL;
    struct frame *f = take_block(order);
    return f ? hand_out(f, kind, owner, PGSIZE << order) : NULL;
}

// ---- Counting

// Returns   the frames that are free, kept ones included.
uint64
frames_free(void)
{
    acquire(&frame_pool.lock);
    uint64 n = frame_pool.lists.nfree;
    for (struct frame_harts *h = frame_harts; h < &frame_harts[MAXHART]; h++)
        n += magazine_count(&h->ready) + magazine_count(&h->zero);
    release(&frame_pool.lock);
    return n;
}

// Makes n of the kept frames like any other until frames_lend(-n); meanwhile any allocation may
// take them.
void
frames_lend(int n)
{
    acquire(&frame_pool.lock);
    lent += n;
    int64 most = (int64)frame_pool.lists.nfree < keep ? (int64)frame_pool.lists.nfree : keep;
    int64 kept = lent > 0 ? most - lent : keep;
    frame_pool.lists.kept = kept > 0 ? (uint64)kept : 0;
    release(&frame_pool.lock);
}

// Returns   the frames that kalloc() could hand out without a reclaim.
uint64
frames_spare(void)
{
    uint64 free = frames_free();
    return free > frame_pool.lists.kept ? free - frame_pool.lists.kept : 0;
}

// Returns whether `n` frames are a small part of those on the lists: a guess, read without the
// lock.
bool
frames_ample(uint64 n)
{
    return buddy_spare(&frame_pool.lists) / AMPLE >= (int64)n;
}

// How often a hart had to wait for the allocator's lock.
uint64
frames_contended(void)
{
    return frame_pool.lock.contended;
}
