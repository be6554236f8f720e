// SPDX-License-Identifier: MIT
// frame_put.c - physical memory: taking frames back.
//
// Promises  frame-once: a frame that is freed had one user, and goes to one place. A wrong address,
//           a double free and a free of mapped memory are caught.
// Locks     none in the common case: mm/frame/pool.h.
#include "lib/panic.h"
#include "mm/frame/fill.h"
#include "mm/frame/ledger.h"
#include "mm/frame/pool.h"

// Panics with what is wrong with freeing the allocation that `f` describes.
static void noreturn __attribute__((noinline)) bad_free(const struct frame *f)
{
    uint64 pa = frame_pa(f);
    const char *kind = frame_kind_name(f->kind);
    if (f->kind == FRAME_RESERVED)
        panic("kfree: reserved frame: pa 0x%lx kind %s owner %u refs %d order 0x%x mapcount %u", pa,
              kind, f->owner, f->refs, f->order, f->mapcount);
    if (f->kind == FRAME_FREE)
        panic("kfree: double free or inside an allocation: pa 0x%lx kind %s owner %u refs %d order "
              "0x%x mapcount %u",
              pa, kind, f->owner, f->refs, f->order, f->mapcount);
    panic("kfree: still mapped: pa 0x%lx kind %s owner %u refs %d order 0x%x mapcount %u", pa, kind,
          f->owner, f->refs, f->order, f->mapcount);
}

static void __attribute__((noinline)) bad_address(const void *p)
{
    panic("kfree: %p is not the address of a frame of RAM [0x%lx, 0x%lx)", p, frame_map.start,
          frame_map.start + frame_map.size);
}

// The entry of the frame at `p`, NULL if there is none. Frames of the ledger that are not RAM are
// marked reserved, so that looking them up does no harm.
static inline struct frame *
freed_frame(const void *p)
{
    uint64 off = (uint64)p - (uint64)frame_map.first;
    if (unlikely(off % PGSIZE != 0 || off >= frame_map.span))
        return NULL;
    return &frame_map.ledger[off >> PGSHIFT];
}

// Gives a batch of this hart's magazine to the lists, `f` with it.
static void __attribute__((noinline)) spill(struct frame *f)
{
    struct magazine *s = &my_frames()->ready;
    acquire(&frame_pool.lock);
    for (uint32 i = 0; i < BATCH && f != NULL; i++) {
        buddy_put(&frame_pool.lists, f, 0);
        f = magazine_pop_stolen(s);
    }
    release(&frame_pool.lock);
    if (f != NULL)
        magazine_push(s, f); // there is room: pops preceded it
}

// Frees an allocation of several frames, or panics if it is none that can be freed.
static void __attribute__((noinline)) free_block(struct frame *f)
{
    if (f->mapcount != 0)
        bad_free(f);
    int order = f->order;
    f->kind = FRAME_FREE;
    f->order = 0;
    fill_freed(f->mem, PGSIZE << order);
    acquire(&frame_pool.lock);
    buddy_put(&frame_pool.lists, f, order);
    release(&frame_pool.lock);
}

// Frees an allocation that has no references any more.
static inline void
put_last(struct frame *f)
{
    if (unlikely(f->order | f->mapcount)) {
        free_block(f);
        return;
    }
    f->kind = FRAME_FREE;
    fill_freed(f->mem, PGSIZE);
    if (unlikely(!magazine_push(&my_frames()->ready, f)))
        spill(f);
}

// Completes a drop of one of `refs` references: frees the allocation if that was the last one.
// Panics ("kfree") if there was none.
// Returns   whether the allocation has other users still.
bool
frame_dropped(struct frame *f, int32 refs)
{
    if (refs > 1)
        return true;
    __atomic_thread_fence(__ATOMIC_ACQUIRE); // pairs with the other users' release in frame_put()
    if (refs == 1) {
        put_last(f);
        return false;
    }
    f->refs = 0;
    bad_free(f);
}

// Drops a reference to the allocation at `p`, as frame_put() does.
void
kfree(void *p)
{
    struct frame *f = freed_frame(p);
    if (unlikely(!f)) {
        bad_address(p);
        return;
    }
    // Release and acquire as in frame_put(). Most frames that are freed by address have one user.
    int32 refs = __atomic_fetch_sub(&f->refs, 1, __ATOMIC_ACQ_REL);
    if (likely(refs == 1))
        put_last(f);
    else
        frame_dropped(f, refs);
}

// Frees the frame at `p`, which is all zeroes and has one user, for kzalloc() to hand out.
void
kfree_zeroed(void *p)
{
    struct frame *f = freed_frame(p);
    struct magazine *s = &my_frames()->zero;
    if (unlikely(!f || f->refs != 1 || (f->order | f->mapcount) != 0 || magazine_space(s) == 0)) {
        kfree(p);
        return;
    }
    fill_expect_zero(p, PGSIZE);
    f->refs = 0;
    f->kind = FRAME_FREE;
    magazine_push(s, f); // there is room
}
