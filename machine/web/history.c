// SPDX-License-Identifier: MIT
// history.c - the exports for going back in time, and for finding the store of an entry.
#include "time/snapshot.h"
#include "web/web.h"

struct input_view {
    uint64 position, clock, idle, byte;
};

EXPORT bool web_history(struct machine *m, uint64 limit);
EXPORT bool web_go(struct machine *m, uint64 position);
EXPORT uint64 web_first(const struct machine *m);
EXPORT uint64 web_snapshot_before(const struct machine *m, uint64 position);
EXPORT void web_input_of(const struct machine *m, uint32 n, struct input_view *out);
EXPORT bool web_note_input(struct machine *m, const struct input_view *in);
EXPORT uint32 web_inputs(const struct machine *m);
EXPORT bool web_last_store(struct machine *m, uint64 pa, uint64 before, struct store_event *out);

// Begins the history, in at most `limit` bytes. Returns false if memory is lacking.
bool
web_history(struct machine *m, uint64 limit)
{
    return history_new(m, web_alloc, limit) != NULL;
}

// Takes the run to a position. Returns false if that cannot be.
bool
web_go(struct machine *m, uint64 position)
{
    return history_go(m, position);
}

// The position of the first snapshot; ~0: there is none.
uint64
web_first(const struct machine *m)
{
    return m->history != NULL && m->history->count > 0 ? m->history->of[0].position : ~0ULL;
}

// The position of the last snapshot at or before a position; ~0: there is none.
uint64
web_snapshot_before(const struct machine *m, uint64 position)
{
    const struct history *h = m->history;
    uint64 found = ~0ULL;
    for (uint32 i = 0; h != NULL && i < h->count && h->of[i].position <= position; i++)
        found = h->of[i].position;
    return found;
}

// How many bytes of input are noted.
uint32
web_inputs(const struct machine *m)
{
    return m->history != NULL ? m->history->inputs.count : 0;
}

// One of them, with the place where it came: struct input_view.
void
web_input_of(const struct machine *m, uint32 n, struct input_view *out)
{
    const struct input_event *e = &m->history->inputs.block[n / INPUT_BLOCK][n % INPUT_BLOCK];
    *out = (struct input_view){e->position, e->clock, e->idle, e->byte};
}

// Notes a byte that is still to come, as if it had come at its place in a run before. The machine
// has a history. Returns false if there is no room.
bool
web_note_input(struct machine *m, const struct input_view *in)
{
    struct input_event e = {in->position, in->clock, in->idle != 0, (uint8)in->byte};
    struct inputlog *log = &m->history->inputs;
    uint32 next = log->next;
    bool added = inputlog_add(log, e);
    log->next = next;
    return added;
}

// Looks for the last store before a position to the entry at `pa`, as history_last_store() does;
// the words of `out` are position, hart, pc.
bool
web_last_store(struct machine *m, uint64 pa, uint64 before, struct store_event *out)
{
    return history_last_store(m, pa, sizeof(uint64), before, out);
}
