// SPDX-License-Identifier: MIT
// dropped.c - uvmunmap() that removes a large leaf for a small range.
//
// Theory    A large leaf must be split before a part of it is unmapped. The process loses memory
//           when uvmunmap() clears a large leaf that its range does not cover, and the rest of the
//           leaf's pages is not mapped when uvmunmap() returns. A large leaf that no hart would
//           have taken, since its address is not a multiple of its size, was wrong before.
#include "check/atrest.h"
#include "check/entries.h"
#include "check/leaves.h"
#include "machine.h"
#include "sight/check.h"

struct cleared {
    uint64 when; // of the call of uvmunmap(); 0: none
    struct moment moment;
    uint64 pte;
    int level;
};

struct dropped_watch {
    struct cleared of[HARTS_MAX];
    uint32 next;
};

static struct dropped_watch *
state(struct machine *m)
{
    return SIGHT_STATE(m, dropped, struct dropped_watch);
}

// A kernel may give the name uvmunmap() to a function that takes other arguments.
static bool
is_root(const struct machine *m, uint64 pa)
{
    return pa % PAGE_BYTES == 0 && ram_has(&m->ram, pa, PAGE_BYTES);
}

void
dropped_entry(struct machine *m, unsigned hart, int level, uint64 slot, uint64 is)
{
    uint64 was = *(const uint64 *)ram_at(&m->ram, slot);
    if (level == 0 || !pte_leaf(was) || (is & PTE_V))
        return;
    const struct call *c = known_inside(m, hart, KNOWN_UVMUNMAP);
    if (c == NULL || !is_root(m, c->arg[0]) || c->arg[2] * PAGE_BYTES >= pt_leaf_size(level))
        return;
    if (pte_pa(was) % pt_leaf_size(level) != 0) {
        atrest_large(m, hart, &(struct leaf){c->arg[1], was, slot, level});
        return;
    }
    struct cleared *k = &state(m)->of[state(m)->next++ % HARTS_MAX];
    *k = (struct cleared){.when = c->when, .pte = was, .level = level};
    moment_now(m, hart, &k->moment);
}

// Returns whether the part of the leaf outside the range is mapped by other leaves.
static bool
mapped_anew(const struct machine *m, const struct call *c, const struct cleared *k)
{
    uint64 base = c->arg[1] & ~(pt_leaf_size(k->level) - 1);
    uint64 beside = c->arg[1] > base ? base : c->arg[1] + c->arg[2] * PAGE_BYTES;
    struct leaf leaf;
    return leaves_find(m, c->arg[0], PT_MIN_LEVELS, beside, &leaf);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct cleared *k = NULL;
    struct report r;
    (void)result;
    for (unsigned i = 0; i < HARTS_MAX; i++)
        if (state(m)->of[i].when == c->when && c->when != 0)
            k = &state(m)->of[i];
    if (k == NULL)
        return;
    k->when = 0;
    if (mapped_anew(m, c, k))
        return;
    report_begin(m, &r, REPORT_LARGE_DROPPED, c->hart, 0);
    r.moment = k->moment;
    r.site = moment_pc(m, &k->moment, 0);
    r.what = (struct fact){.word = WORD_LARGE_DROPPED,
                           .arg = {r.site, pt_leaf_size(k->level), c->arg[2], c->arg[1]},
                           .moment = k->moment};
    r.todo.word = WORD_LARGE_DROPPED_DO;
    report_send(m, &r);
}

const struct check dropped_check = {
    .name = "dropped",
    .bytes = sizeof(struct dropped_watch),
    .returns = KNOWN_BIT(UVMUNMAP),
    .returned = returned,
};
