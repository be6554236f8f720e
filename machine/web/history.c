// SPDX-License-Identifier: MIT
// history.c - the exports for going back, and for the store that made an entry.
#include "time/snapshot.h"
#include "web/web.h"

EXPORT bool web_history(struct machine *m, uint64 limit);
EXPORT bool web_go(struct machine *m, uint64 position);
EXPORT uint64 web_first(const struct machine *m);
EXPORT uint64 web_input_at(const struct machine *m, uint32 n);
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

// How many bytes of input are noted, and the position of one.
uint32
web_inputs(const struct machine *m)
{
    return m->history != NULL ? m->history->inputs.count : 0;
}

uint64
web_input_at(const struct machine *m, uint32 n)
{
    return m->history->inputs.block[n / INPUT_BLOCK][n % INPUT_BLOCK].position;
}

// Looks for the last store before a position to the entry at `pa`, as history_last_store() does;
// the words of `out` are position, hart, pc.
bool
web_last_store(struct machine *m, uint64 pa, uint64 before, struct store_event *out)
{
    return history_last_store(m, pa, sizeof(uint64), before, out);
}
