// SPDX-License-Identifier: MIT
// stops.c - stops the run at breakpoints and watched memory, or notes where it would stop.
#include "time/stops.h"

#include "board/ram.h"
#include "hart/code.h"
#include "machine.h"
#include "mmu/contexts.h"

uint8
stops_marks(const struct machine *m, uint64 pa)
{
    const struct stops *s = m->stops;
    uint8 marks = 0;
    for (unsigned i = 0; s != NULL && i < s->watches; i++) {
        const struct watched *w = &s->watch[i];
        if (w->pa >> PAGE_BITS == pa >> PAGE_BITS)
            marks |= (uint8)((w->stores ? RAM_WATCH_STORE : 0) | (w->loads ? RAM_WATCH_LOAD : 0));
    }
    return marks;
}

// Marks that are not needed any more stay: others may rely on them.
void
stops_change(struct machine *m)
{
    const struct stops *s = m->stops;
    code_break(m, s->at, s->count);
    for (unsigned i = 0; i < s->watches; i++)
        *ram_marks(&m->ram, s->watch[i].pa) |= stops_marks(m, s->watch[i].pa);
    contexts_drop_all(m);
}

// Notes the place, and stops the run there unless note_only is set.
static void
meet(struct machine *m, struct stop_event event)
{
    struct stops *s = m->stops;
    s->met = true;
    s->last = event;
    if (s->note_only)
        return;
    m->stop = STOP_BREAK;
    machine_attention(m, m->turn_hart);
}

// Returns whether a loop is tried (time/spin.c), whose stores are undone.
static bool
tried(const struct machine *m)
{
    return m->s.turns.left == 0;
}

void
stops_hook(struct machine *m, unsigned hart)
{
    const struct stops *s = m->stops;
    uint64 pc = m->s.hart[hart].pc, position = machine_position(m) - 1;
    if (tried(m) || (!s->note_only && position == s->pass))
        return;
    if (m->lane[hart].attention)
        return; // the turn ends here; the hart comes here again
    for (unsigned i = 0; i < s->count; i++) {
        if (s->at[i] == pc)
            meet(m, (struct stop_event){STOP_AT_CODE, position, (int)hart, pc, i});
    }
}

void
stops_access(struct machine *m, int hart, uint64 pa, uint64 bytes, bool store)
{
    const struct stops *s = m->stops;
    bool in_turn = !tried(m);
    if (hart >= 0 && !in_turn)
        return;
    for (unsigned i = 0; i < s->watches; i++) {
        const struct watched *w = &s->watch[i];
        if (pa >= w->pa + w->bytes || pa + bytes <= w->pa || !(store ? w->stores : w->loads))
            continue;
        meet(m, (struct stop_event){.kind = store ? STOP_AT_STORE : STOP_AT_LOAD,
                                    .position = machine_position(m) - in_turn,
                                    .hart = hart,
                                    .pc = hart >= 0 ? m->s.hart[hart].pc : 0,
                                    .number = i});
    }
}
