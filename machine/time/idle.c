// SPDX-License-Identifier: MIT
// idle.c - looks for a long loop that leaves memory as it was.
//
// Theory    The turn runs at full speed. A hook at the pc where it began tells when the hart is
//           there again; the pages that it stores to are copied at the first store, and compared
//           at the end.
#include "time/rest.h"

#include "base/mem.h"
#include "hart/code.h"
#include "machine.h"
#include "mmu/reach.h"
#include "mmu/contexts.h"

#define USUAL_TURN 1000 // steps

bool
rest_worth(const struct machine *m, unsigned hart)
{
    // Where turns are short, one that is so much longer would let others wait for a lock that its
    // hart holds, or let its hart wait for theirs.
    uint64 quiet = m->s.hart[hart].quiet;
    return m->config.harts > 1 && m->config.mean_turn >= USUAL_TURN && quiet >= 2 &&
           (quiet & (quiet - 1)) == 0;
}

void
rest_begin(struct machine *m, unsigned hart)
{
    struct watch_turn *w = m->watch_turn;
    w->on = reach_plain(m, hart, m->s.hart[hart].pc, PT_EXEC, &w->pc_pa);
    w->spoiled = w->came_back = false;
    w->began = m->s.turns.retired;
    w->pages = 0;
    if (!w->on)
        return;
    mem_copy(w->x, m->s.hart[hart].x, sizeof(w->x));
    w->on = code_hook(m, w->pc_pa, HOOK_REST);
    contexts_drop_stores(m);
}

void
rest_store(struct machine *m, uint64 pa)
{
    struct watch_turn *w = m->watch_turn;
    uint64 page = pa & ~(PAGE_BYTES - 1);
    for (uint32 i = 0; i < w->pages; i++)
        if (w->page[i] == page)
            return;
    if (w->pages == NELEM(w->page)) {
        w->spoiled = true;
        return;
    }
    w->page[w->pages] = page;
    mem_copy(w->copy[w->pages++], ram_at(&m->ram, page), PAGE_BYTES);
}

void
rest_spoil(struct machine *m)
{
    m->watch_turn->spoiled = true;
}

void
rest_here(struct machine *m, unsigned hart)
{
    struct watch_turn *w = m->watch_turn;
    if (machine_position(m) - w->began <= 1 || !mem_equal(w->x, m->s.hart[hart].x, sizeof(w->x)))
        return;
    w->came_back = true;
    turns_cut(m, hart);
}

bool
rest_end(struct machine *m, unsigned hart)
{
    struct watch_turn *w = m->watch_turn;
    bool same = w->on && w->came_back && !w->spoiled && m->s.hart[hart].quiet != 0;
    if (w->on)
        code_unhook(m, w->pc_pa, HOOK_REST);
    w->on = false;
    for (uint32 i = 0; same && i < w->pages; i++)
        same = mem_equal(w->copy[i], ram_at(&m->ram, w->page[i]), PAGE_BYTES);
    return same;
}
