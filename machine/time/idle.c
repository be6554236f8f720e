// SPDX-License-Identifier: MIT
// idle.c - looks for a long loop that leaves memory as it was.
//
// Theory    The turn runs at full speed. A hook at the pc where the turn began tells when the hart
//           is there again. Each page is copied before the first store to it, and compared at the
//           end.
#include "time/rest.h"

#include "base/mem.h"
#include "hart/code.h"
#include "machine.h"
#include "mmu/contexts.h"
#include "mmu/reach.h"

#define USUAL_TURN 1000 // steps

bool
rest_worth(const struct machine *m, unsigned hart)
{
    // Where turns are short, none is this long: other harts would wait too long for a lock that
    // this hart holds, or this hart for one of theirs.
    uint64 quiet = m->s.hart[hart].quiet;
    return m->config.harts > 1 && m->config.mean_turn >= USUAL_TURN && quiet >= 2 &&
           (quiet & (quiet - 1)) == 0;
}

void
rest_begin(struct machine *m, unsigned hart)
{
    struct loop_search *l = m->loop_search;
    l->on = reach_plain(m, hart, m->s.hart[hart].pc, PT_EXEC, &l->pc_pa);
    l->spoiled = l->came_back = false;
    l->began = m->s.turns.retired;
    l->pages = 0;
    if (!l->on)
        return;
    const struct hart *h = &m->s.hart[hart];
    mem_copy(l->x, h->x, sizeof(l->x));
    mem_copy(l->f, h->f, sizeof(l->f));
    l->reserved = h->reserved;
    l->on = code_hook(m, l->pc_pa, HOOK_REST);
    contexts_drop_stores(m);
}

void
rest_store(struct machine *m, uint64 pa)
{
    struct loop_search *l = m->loop_search;
    uint64 page = pa & ~(PAGE_BYTES - 1);
    for (uint32 i = 0; i < l->pages; i++)
        if (l->page[i] == page)
            return;
    if (l->pages == NELEM(l->page)) {
        l->spoiled = true;
        return;
    }
    l->page[l->pages] = page;
    mem_copy(l->copy[l->pages++], ram_at(&m->ram, page), PAGE_BYTES);
}

void
rest_spoil(struct machine *m)
{
    m->loop_search->spoiled = true;
}

void
rest_here(struct machine *m, unsigned hart)
{
    struct loop_search *l = m->loop_search;
    const struct hart *h = &m->s.hart[hart];
    if (machine_position(m) - l->began <= 1 || !mem_equal(l->x, h->x, sizeof(l->x)) ||
        !mem_equal(l->f, h->f, sizeof(l->f)) || h->reserved != l->reserved)
        return;
    l->came_back = true;
    turns_cut(m, hart);
}

bool
rest_end(struct machine *m, unsigned hart)
{
    struct loop_search *l = m->loop_search;
    bool same = l->on && l->came_back && !l->spoiled && m->s.hart[hart].quiet != 0;
    if (l->on)
        code_unhook(m, l->pc_pa, HOOK_REST);
    l->on = false;
    for (uint32 i = 0; same && i < l->pages; i++)
        same = mem_equal(l->copy[i], ram_at(&m->ram, l->page[i]), PAGE_BYTES);
    return same;
}
