// SPDX-License-Identifier: MIT
// frames.c - follows kalloc and kfree.
#include "sight/frames.h"

#include "machine.h"
#include "sight/check.h"

#define SUPER_BYTES (512 * PAGE_BYTES)

struct frames_watch {
    bool fills; // kfree() fills pages that it frees
};

struct frame *
frames_at(const struct machine *m, uint64 pa)
{
    if (m->sight->frames == NULL || !ram_has(&m->ram, pa, 1))
        return NULL;
    return &m->sight->frames->of[(size_t)((pa - m->ram.base) >> PAGE_BITS)];
}

bool
frames_free(const struct machine *m, uint64 pa)
{
    const struct frame *f = frames_at(m, pa);
    return f != NULL && f->state == FRAME_FREE;
}

void
frames_tell(const struct frame *f, struct report *r)
{
    report_since(r, WORD_FREED_BY)->moment = f->freed;
    if (f->allocated.position != 0)
        report_since(r, WORD_ALLOCATED_BY)->moment = f->allocated;
}

// Returns the physical address of the page to which the kernel's pointer leads; 0: none.
static uint64
page_of(const struct machine *m, uint64 pointer)
{
    uint64 pa;
    if (symbols_physical(&m->sight->symbols, pointer, &pa))
        return pa;
    return ram_has(&m->ram, pointer, PAGE_BYTES) ? pointer : 0;
}

static void
allocated(struct machine *m, unsigned hart, uint64 pa, uint64 bytes, bool super)
{
    struct moment now;
    moment_now(m, hart, &now);
    for (uint64 at = pa; at < pa + bytes; at += PAGE_BYTES) {
        struct frame *f = frames_at(m, at);
        if (f == NULL)
            return;
        if (!super && !f->super && f->state == FRAME_ALLOCATED &&
            f->began < f->allocated.position) {
            m->sight->frames->again = at;
            m->sight->frames->before = f->allocated;
        }
        f->state = FRAME_ALLOCATED;
        f->super = super;
        f->freeing = f->filled = f->twice = f->cow = false;
        f->allocated = now;
    }
}

// Marks the pages as free. One that has been allocated since the call began stays allocated.
static void
freed(struct machine *m, const struct call *c, uint64 pa, uint64 bytes)
{
    struct moment now;
    moment_now(m, c->hart, &now);
    for (uint64 at = pa; at < pa + bytes; at += PAGE_BYTES) {
        struct frame *f = frames_at(m, at);
        if (f == NULL || (f->state == FRAME_ALLOCATED && f->allocated.position > c->when))
            continue;
        f->state = FRAME_FREE;
        f->super = bytes > PAGE_BYTES;
        f->freed = now;
    }
}

static bool
start(struct machine *m)
{
    struct frames *f = sight_alloc(m, sizeof(*f));
    if (f == NULL)
        return false;
    f->of = sight_alloc(m, (m->ram.size >> PAGE_BITS) * sizeof(struct frame));
    if (f->of == NULL)
        return false;
    m->sight->frames = f;
    return true;
}

// Notes that the page is being filled, which kfree() does when it frees the page. kalloc() may fill
// a page as well. Notes, too, whether another call of kfree() has filled it since this one began.
static void
maybe_fills(struct machine *m, unsigned hart, struct frame *f)
{
    const struct call *c = known_inside(m, hart, KNOWN_KFREE);
    bool by_kfree = c != NULL && frames_at(m, c->arg[0]) == f;
    if (!by_kfree && !f->freeing)
        return;
    SIGHT_STATE(m, frames, struct frames_watch)->fills = true;
    f->twice =
        by_kfree && f->fill > c->when && f->fill > f->allocated.position && f->filler != c->when;
    f->fill = m->sight->now;
    f->filler = by_kfree ? c->when : 0;
    f->filled = true;
    if (!f->twice)
        moment_now(m, hart, &f->freed);
}

static void
called(struct machine *m, const struct call *c)
{
    struct frame *f = frames_at(m, page_of(m, c->arg[0]));
    if (f == NULL)
        return;
    if (c->what == KNOWN_KFREE) {
        f->freeing = true;
        f->filled = false;
        f->began = c->when;
    } else if ((f->freeing || f->state == FRAME_FREE) && c->arg[2] >= PAGE_BYTES) {
        maybe_fills(m, c->hart, f);
    }
}

// Decides, when kfree() returns, whether it has freed the page or has only dropped a reference. If
// another call of kfree() for the page has begun since, the return of that call decides.
static void
maybe_freed(struct machine *m, const struct call *c, uint64 pa)
{
    const struct frames_watch *w = SIGHT_STATE(m, frames, struct frames_watch);
    struct frame *f = frames_at(m, pa);
    if (f->began != c->when)
        return;
    if (f->filled)
        freed(m, c, pa, PAGE_BYTES);
    else if (!w->fills)
        f->state = FRAME_UNKNOWN;
    f->freeing = f->filled = false;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    uint64 pa;
    if (c->what == KNOWN_KALLOC && (pa = page_of(m, result)) != 0) {
        allocated(m, c->hart, pa, PAGE_BYTES, false);
    } else if (c->what == KNOWN_SUPERALLOC && (pa = page_of(m, result)) != 0) {
        allocated(m, c->hart, pa, SUPER_BYTES, true);
    } else if (c->what == KNOWN_SUPERFREE && (pa = page_of(m, c->arg[0])) != 0) {
        freed(m, c, pa, SUPER_BYTES);
    } else if (c->what == KNOWN_KFREE && (pa = page_of(m, c->arg[0])) != 0) {
        maybe_freed(m, c, pa);
    }
}

const struct check frames_check = {
    .name = "frames",
    .bytes = sizeof(struct frames_watch),
    .calls = KNOWN_BIT(KFREE) | KNOWN_BIT(MEMSET),
    .returns = KNOWN_BIT(KALLOC) | KNOWN_BIT(KFREE) | KNOWN_BIT(SUPERALLOC) | KNOWN_BIT(SUPERFREE),
    .start = start,
    .called = called,
    .returned = returned,
};
