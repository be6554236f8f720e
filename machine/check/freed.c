// SPDX-License-Identifier: MIT
// freed.c - pages that are freed twice, and pages that are used after they were freed.
//
// Theory    Loads and stores of free pages are watched. The allocator may touch them: it fills them,
//           and keeps its list in their first word, which other code of the kernel may read.
// Promises  silence: without kalloc and kfree no page counts as free.
#include "check/blame.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

#define SUPER_BYTES (512 * PAGE_BYTES)
#define LINK_BYTES  8 // of the allocator's list, at the beginning of a free page

static void
watch_pages(struct machine *m, uint64 pa, uint64 bytes, unsigned what)
{
    for (uint64 at = pa; at < pa + bytes; at += PAGE_BYTES) {
        const struct frame *f = frames_at(m, at);
        if (f != NULL && (what == 0 || f->state == FRAME_FREE))
            sight_watch(m, CHECK_freed, at, what);
    }
}

// Two calls of kfree() overlap for one page, and this one is about to fill it as well.
static void
freed_at_once(struct machine *m, const struct call *c, const struct frame *f)
{
    struct report r;
    report_begin(m, &r, REPORT_DOUBLE_FREE, c->hart, c->ra - 1);
    r.what = (struct fact){.word = WORD_FREE_RACE, .arg = {c->arg[0], r.site}};
    report_since(&r, WORD_FREED_BY)->moment = f->freed;
    if (f->allocated.position != 0)
        report_since(&r, WORD_ALLOCATED_BY)->moment = f->allocated;
    r.rule.word = WORD_FREE_RACE_RULE;
    r.todo.word = WORD_FREE_RACE_DO;
    report_send(m, &r);
}

// A call of kfree() begins, or one of memset().
static void
called(struct machine *m, const struct call *c)
{
    uint64 pa = c->arg[0];
    const struct frame *f = frames_at(m, pa);
    struct report r;
    if (c->what == KNOWN_MEMSET) {
        if (f != NULL && f->twice && c->arg[2] >= PAGE_BYTES)
            freed_at_once(m, c, f);
        return;
    }
    if (f == NULL || f->state != FRAME_FREE || pa % PAGE_BYTES != 0)
        return;
    report_begin(m, &r, REPORT_DOUBLE_FREE, c->hart, 0);
    r.site = blame(m, &r.moment);
    r.what = (struct fact){.word = WORD_DOUBLE_FREE, .arg = {pa, r.site}};
    report_since(&r, WORD_FREED_BY)->moment = f->freed;
    if (f->allocated.position != 0)
        report_since(&r, WORD_ALLOCATED_BY)->moment = f->allocated;
    r.todo.word = WORD_DOUBLE_FREE_DO;
    report_send(m, &r);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    bool frees = c->what == KNOWN_KFREE || c->what == KNOWN_SUPERFREE;
    bool super = c->what == KNOWN_SUPERFREE || c->what == KNOWN_SUPERALLOC;
    watch_pages(m, frees ? c->arg[0] : result, super ? SUPER_BYTES : PAGE_BYTES,
                frees ? WATCH_LOADS | WATCH_STORES : 0);
}

// The hart, or a device (-1), uses a free page.
static void
used(struct machine *m, int hart, uint64 pa, uint64 bytes, bool store)
{
    const struct frame *f = frames_at(m, pa);
    struct report r;
    if (f == NULL || f->state != FRAME_FREE)
        return;
    report_begin(m, &r, REPORT_USE_FREED, hart < 0 ? 0 : (unsigned)hart, 0);
    if (hart < 0)
        r.moment = (struct moment){.position = m->sight->now, .pid = -1};
    if (blame_allocator(m, &r.moment)) {
        sight_watch(m, CHECK_freed, pa, 0);
        return;
    }
    bool user = hart >= 0 && m->s.hart[hart].mode == MODE_U;
    r.site = hart < 0 ? 0 : user ? m->s.hart[hart].pc : blame(m, &r.moment);
    if (user)
        r.what = (struct fact){.word = WORD_USE_FREED_USER, .moment = r.moment};
    else if (hart < 0)
        r.what.word = WORD_USE_FREED_DEVICE;
    else
        r.what.word = WORD_USE_FREED;
    r.what.arg[0] = pa;
    r.what.arg[1] = store ? PT_WRITE : PT_READ;
    r.what.arg[2] = r.site;
    r.what.arg[3] = bytes;
    report_since(&r, WORD_FREED_BY)->moment = f->freed;
    if (f->allocated.position != 0)
        report_since(&r, WORD_ALLOCATED_BY)->moment = f->allocated;
    r.todo.word = WORD_USE_FREED_DO;
    report_send(m, &r);
}

static bool
is_link(const struct machine *m, unsigned hart, uint64 pa)
{
    return m->s.hart[hart].mode != MODE_U && pa % PAGE_BYTES < LINK_BYTES;
}

static void
load(struct machine *m, unsigned hart, uint64 pa, int bytes)
{
    if (!is_link(m, hart, pa))
        used(m, (int)hart, pa, (uint64)bytes, false);
}

static void
store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    (void)value;
    used(m, (int)hart, pa, (uint64)bytes, true);
}

static void
device(struct machine *m, uint64 pa, uint64 bytes)
{
    used(m, -1, pa, bytes, true);
}

const struct check freed_check = {
    .name = "freed",
    .calls = KNOWN_BIT(KFREE) | KNOWN_BIT(SUPERFREE) | KNOWN_BIT(MEMSET),
    .returns = KNOWN_BIT(KALLOC) | KNOWN_BIT(KFREE) | KNOWN_BIT(SUPERALLOC) | KNOWN_BIT(SUPERFREE),
    .called = called,
    .returned = returned,
    .load = load,
    .store = store,
    .device = device,
};
