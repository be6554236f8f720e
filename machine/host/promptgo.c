// SPDX-License-Identifier: MIT
// promptgo.c - the commands that take the run to another place: back, step, until, when.
#include <inttypes.h>
#include <string.h>

#include "host/answer.h"
#include "host/prompt.h"
#include "host/words.h"
#include "sight/guest.h"
#include "time/snapshot.h"

#define X "0x%" PRIx64

// --- back, step, until -----------------------------------------------------------------------

static void
back(struct control *c, const struct asked *a)
{
    uint64 here = machine_position(c->m), n = 1, position;
    if (a->words == 1 || word_number(a->word[1], &n)) {
        position = here - n;
        if (n > here) {
            answer(c->out, "The run has made %s steps only; `back @%s' goes to that moment.",
                   digits(here).text, digits(n).text);
            return;
        }
    } else if (!word_moment(a->word[1], &position)) {
        answer(c->out, "back `%.40s': a number of steps, or a moment such as @1,000, is expected.",
               a->word[1]);
        return;
    }
    if (control_back(c, position))
        control_where(c);
}

static void
step(struct control *c, const struct asked *a)
{
    uint64 n = 1;
    if (a->words > 1 && (!word_number(a->word[1], &n) || n == 0)) {
        answer(c->out, "step `%.40s': a number of steps is expected.", a->word[1]);
        return;
    }
    control_go(c, machine_position(c->m) + n);
}

static void
until(struct control *c, const struct asked *a)
{
    uint64 here = machine_position(c->m), at;
    if (word_moment(a->word[1], &at)) {
        if (at > here)
            control_go(c, at);
        else
            answer(c->out, "@%s is in the past; `back @%s' goes there.", digits(at).text,
                   digits(at).text);
        return;
    }
    if (!need_address(c, a->word[1], &at))
        return;
    control_until(c, at);
}

// --- when ------------------------------------------------------------------------------------

static void
tell_store(struct control *c, const struct store_event *e, uint64 pa, uint64 bytes)
{
    char by[32];
    uint64 was = 0, is = 0;
    snprintf(by, sizeof(by), "%s", said("a device"));
    if (e->hart >= 0) {
        c->hart = (unsigned)e->hart;
        snprintf(by, sizeof(by), said("hart %u"), c->hart);
    }
    memcpy(&was, ram_at(&c->m->ram, pa), bytes > 8 ? 8 : bytes);
    history_resume(c->m, 1);
    memcpy(&is, ram_at(&c->m->ram, pa), bytes > 8 ? 8 : bytes);
    history_go(c->m, e->position);
    if (bytes <= 8)
        answer(c->out, "Last written by the next step, of %s: " X " becomes " X ".", by,
               (uint64_t)was, (uint64_t)is);
    else
        answer(c->out, "Last written by the next step, of %s.", by);
    control_where(c);
}

// Goes to the last store to [pa, pa + bytes).
static void
when_stored(struct control *c, uint64 pa, uint64 bytes)
{
    struct store_event e;
    uint64 here = machine_position(c->m);
    struct stops *stops = c->m->stops;
    if (!ram_has(&c->m->ram, pa, bytes)) {
        answer(c->out, "There is no memory at " X ".", (uint64_t)pa);
        return;
    }
    c->m->stops = NULL;
    bool found = history_last_store(c->m, pa, bytes, here, &e);
    if (found)
        tell_store(c, &e, pa, bytes);
    c->m->stops = stops;
    if (!found)
        answer(c->out, "Nothing has been written to " X " since the run began%s.", (uint64_t)pa,
               c->m->history == NULL ? said(", or --history was 0") : "");
}

// Single steps from `from` to `to`: the last position at which the register was another one.
static bool
last_change(const struct control *c, int number, uint64 from, uint64 to, uint64 *at)
{
    struct machine *m = c->m;
    bool found = false;
    if (!history_go(m, from))
        return false;
    uint64 was = register_value(c, c->hart, number);
    while (machine_position(m) < to) {
        uint64 here = machine_position(m);
        enum stop stop = history_resume(m, 1);
        uint64 is = register_value(c, c->hart, number);
        if (is != was) {
            *at = here;
            found = true;
        }
        was = is;
        if (stop == STOP_IDLE || stop == STOP_FINISHED)
            break;
    }
    return found;
}

// Goes to the last change of a register, looking further and further back.
static void
when_register(struct control *c, int number)
{
    struct machine *m = c->m;
    uint64 here = machine_position(m), end = here, at = 0, span = 1000, first;
    unsigned hart = c->hart;
    struct stops *stops = m->stops;
    bool found = false;
    if (m->history == NULL || m->history->count == 0) {
        answer(c->out, "There are no snapshots to go back to: --history was 0.");
        return;
    }
    m->stops = NULL;
    for (first = m->history->of[0].position; !found && end > first; span *= 8) {
        uint64 from = end - first > span ? end - span : first;
        found = last_change(c, number, from, end, &at);
        end = from;
    }
    history_go(m, found ? at : here);
    c->hart = hart;
    if (!found) {
        m->stops = stops;
        answer(c->out, "%s has been the same since the run began.", register_name(number));
        return;
    }
    uint64 was = register_value(c, hart, number);
    history_resume(m, 1);
    answer(c->out, "Last changed by the next step: %s, " X ", becomes " X ".",
           register_name(number), (uint64_t)was, (uint64_t)register_value(c, hart, number));
    history_go(m, at);
    m->stops = stops;
    control_where(c);
}

// The entry at which the walk for `va` ends.
static bool
last_entry(const struct control *c, uint64 va, uint64 *pa)
{
    struct pt_trace trace;
    if (!guest_walk(c->m, c->hart, va, PT_READ, &trace) || trace.reads == 0)
        return false;
    *pa = trace.step[trace.reads - 1].pa;
    return true;
}

static void
when_page_or_entry(struct control *c, const char *what, const char *word)
{
    uint64 va, pa;
    bool page = strcmp(what, "page") == 0;
    if (!page && strcmp(what, "pte") != 0) {
        answer(c->out, "when %.20s ...: `when page ADDRESS' or `when pte ADDRESS' is expected.",
               what);
    } else if (!need_address(c, word, &va)) {
        return;
    } else if (!page && last_entry(c, va, &pa)) {
        when_stored(c, pa, 8);
    } else if (page && guest_translate(c->m, c->hart, va, PT_READ, &pa)) {
        when_stored(c, pa & ~(PAGE_BYTES - 1), PAGE_BYTES);
    } else {
        answer(c->out, "hart %u has no translation for " X ".", c->hart, (uint64_t)va);
    }
}

static void
when(struct control *c, const struct asked *a)
{
    uint64 va, pa;
    int number = register_number(a->word[1]);
    if (a->words == 3) {
        when_page_or_entry(c, a->word[1], a->word[2]);
    } else if (number >= 0) {
        when_register(c, number);
    } else if (!need_address(c, a->word[1], &va)) {
        return;
    } else if (guest_translate(c->m, c->hart, va, PT_READ, &pa)) {
        uint64 room = PAGE_BYTES - (pa & (PAGE_BYTES - 1));
        when_stored(c, pa, room < 8 ? room : 8);
    } else {
        answer(c->out,
               "hart %u has no translation for " X ": `when pte " X "' tells who wrote "
               "the entry.",
               c->hart, (uint64_t)va, (uint64_t)va);
    }
}

const struct command time_commands[] = {
    {"back", "[N|TIME]", 0, 1, back, "N steps back, or to a moment"},
    {"step", "[N]", 0, 1, step, "N steps on, of whichever hart has its turn"},
    {"until", "ADDRESS|TIME", 1, 1, until, "on until a hart comes there"},
    {"when", "[page|pte] ADDRESS|REG", 1, 2, when, "back to where it was last written"},
    {NULL, NULL, 0, 0, NULL, NULL},
};
