// SPDX-License-Identifier: MIT
// writeback.c - changed pages of shared mappings that never get to their file.
//
// Theory    If the entry of a page of a MAP_SHARED mapping has D, the process has changed the page.
//           The change is lost if uvmunmap() frees the page, the page lies inside the file, and no
//           writei() has read the page.
// Promises  silence: a page that is still allocated after uvmunmap() may be written back later. A
//           writei() at any time since the page was allocated counts.
#include "check/blame.h"
#include "check/leaves.h"
#include "check/mapped.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"
#include "sight/guest.h"

#define GIVEN 64

// A changed page that a call of uvmunmap() may free.
struct given {
    uint64 root, called, va, pte;
    struct mapping mapping;
    uint64 size; // of the file
};

struct writeback_watch {
    struct given given[GIVEN];
    uint32 next;
    uint64 *written; // for each page of RAM: when writei() read it last
};

bool
mapped_file_size(const struct machine *m, uint64 file, uint64 *size)
{
    uint64 inode;
    return facts_have(m, FACT_BIT(FILE_IP) | FACT_BIT(INODE_SIZE)) && file != 0 &&
           facts_field(m, file, FACT_FILE_IP, 8, &inode) && inode != 0 &&
           facts_field(m, inode, FACT_INODE_SIZE, 4, size);
}

bool
mapped_behind_file(const struct machine *m, uint64 root, uint64 va)
{
    const struct mapping *k = mapped_find(m, root, va);
    uint64 page = va & ~(PAGE_BYTES - 1), size;
    return k != NULL && mapped_file_size(m, k->file, &size) && k->offset + (page - k->from) >= size;
}

static struct writeback_watch *
state(struct machine *m)
{
    return SIGHT_STATE(m, writeback, struct writeback_watch);
}

// Returns where the position is kept at which writei() last read the page at `pa`; NULL: not in
// RAM.
static uint64 *
written_at(struct machine *m, uint64 pa)
{
    return ram_has(&m->ram, pa, 1) ? &state(m)->written[(pa - m->ram.base) >> PAGE_BITS] : NULL;
}

// Notes the pages that writei() is about to read.
static void
note_written(struct machine *m, const struct call *c)
{
    uint64 root = facts_root(m, c->hart), end = c->arg[2] + (uint32)c->arg[4];
    for (uint64 va = c->arg[2] & ~(PAGE_BYTES - 1); va < end; va += PAGE_BYTES) {
        struct leaf leaf;
        uint64 *written = NULL, pa;
        if (c->arg[1] != 0 && leaves_find(m, root, PT_MIN_LEVELS, va, &leaf))
            written = written_at(m, pte_pa(leaf.pte));
        else if (c->arg[1] == 0 && guest_translate(m, c->hart, va, PT_READ, &pa))
            written = written_at(m, pa);
        if (written != NULL)
            *written = m->sight->now;
    }
}

// uvmunmap(root, va, pages, free) begins: notes the changed pages of shared mappings.
static void
unmaps(struct machine *m, const struct call *c)
{
    uint64 root = c->arg[0], end = c->arg[1] + (uint32)c->arg[2] * PAGE_BYTES, size;
    bool frees = c->arg[3] != 0 && root == facts_root(m, c->hart);
    for (uint64 va = c->arg[1]; frees && va < end; va += PAGE_BYTES) {
        const struct mapping *k = mapped_find(m, root, va);
        struct leaf leaf;
        if (k == NULL || !(k->flags & MAP_SHARED) ||
            !leaves_find(m, root, PT_MIN_LEVELS, va, &leaf) || !(leaf.pte & PTE_D) ||
            mapped_behind_file(m, root, va) || !mapped_file_size(m, k->file, &size))
            continue;
        state(m)->given[state(m)->next++ % GIVEN] =
            (struct given){root, c->when, va, leaf.pte, *k, size};
    }
}

static void
tell_lost(struct machine *m, const struct call *c, const struct given *g)
{
    const struct mapping *k = &g->mapping;
    struct report r;
    report_begin(m, &r, REPORT_MAP_LOST, c->hart, c->ra - 1);
    r.what = (struct fact){.word = WORD_MAP_LOST, .arg = {blame(m, &r.moment), g->va}};
    r.site = r.what.arg[0];
    *report_since(&r, WORD_NONE) = (struct fact){.word = WORD_MAP_LOST_PAGE, .arg = {g->pte}};
    *report_near(&r, WORD_NONE) = (struct fact){
        .word = WORD_MAP_LOST_RANGE, .arg = {k->from, k->offset + (g->va - k->from), g->size}};
    r.rule.word = WORD_MAP_LOST_RULE;
    r.todo.word = WORD_MAP_LOST_DO;
    report_send(m, &r);
}

// uvmunmap() returns: reports the noted pages that it has freed and that were not written.
static void
unmapped(struct machine *m, const struct call *c)
{
    for (unsigned i = 0; i < GIVEN; i++) {
        struct given *g = &state(m)->given[i];
        const struct frame *f = frames_at(m, pte_pa(g->pte));
        if (g->root != c->arg[0] || g->called != c->when || f == NULL)
            continue;
        g->root = 0;
        if (f->state == FRAME_FREE && f->freed.position > c->when &&
            *written_at(m, pte_pa(g->pte)) < f->allocated.position)
            tell_lost(m, c, g);
    }
}

static void
called(struct machine *m, const struct call *c)
{
    if (c->what == KNOWN_WRITEI)
        note_written(m, c);
    else
        unmaps(m, c);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    (void)result;
    unmapped(m, c);
}

static bool
start(struct machine *m)
{
    state(m)->written = sight_alloc(m, (m->ram.size >> PAGE_BITS) * sizeof(uint64));
    return state(m)->written != NULL && m->sight->frames != NULL && known_has(m, KNOWN_SYS_MMAP);
}

const struct check writeback_check = {
    .name = "writeback",
    .bytes = sizeof(struct writeback_watch),
    .calls = KNOWN_BIT(WRITEI) | KNOWN_BIT(UVMUNMAP),
    .returns = KNOWN_BIT(UVMUNMAP),
    .start = start,
    .called = called,
    .returned = returned,
};
