// SPDX-License-Identifier: MIT
// control.c - a run that a person or a debugger stops, takes back and lets go on.
#include "host/control.h"

#include <inttypes.h>
#include <string.h>

#include "host/answer.h"
#include "run.h"
#include "sight/facts.h"
#include "time/snapshot.h"
#include "words/words.h"

#define NEVER (~0ULL)

void
control_start(struct control *c, struct machine *m, const struct names *names,
              const struct options *o)
{
    *c = (struct control){.m = m, .names = names, .o = o, .out = stdout, .reports = c->reports};
    c->aim = c->stops.pass = NEVER;
    c->stepping = -1;
    c->front = machine_position(m);
    m->stops = &c->stops;
}

bool
control_past(const struct control *c)
{
    const struct history *h = c->m->history;
    return h != NULL && (machine_position(c->m) < c->front || h->inputs.next < h->inputs.count);
}

uint64
control_slice(const struct control *c, uint64 steps)
{
    uint64 here = machine_position(c->m);
    if (c->stepping >= 0)
        return 1;
    if (here < c->front && c->front - here < steps)
        steps = c->front - here;
    if (c->aim > here && c->aim - here < steps)
        steps = c->aim - here;
    return steps;
}

static void
pause(struct control *c, enum pause why)
{
    if (c->until) {
        c->until = false;
        c->stops.count--;
        stops_change(c->m);
    }
    if (c->pause == PAUSE_NONE)
        c->pause = why;
}

void
control_reached(struct control *c, enum stop stop)
{
    const struct machine *m = c->m;
    uint64 here = machine_position(m);
    bool stepped = c->stepping >= 0 && m->s.hart[c->stepping].steps >= c->step_aim;
    if (here > c->front)
        c->front = here;
    if (stop == STOP_BREAK && c->stops.met) {
        c->stops.met = false;
        pause(c, PAUSE_STOP);
        if (c->stops.last.hart >= 0)
            c->hart = (unsigned)c->stops.last.hart;
    } else if (here >= c->aim || stepped) {
        pause(c, PAUSE_AIM);
        c->hart = c->stepping >= 0 ? (unsigned)c->stepping : m->s.turns.hart;
    } else if (c->stepping >= 0 && stop == STOP_IDLE) {
        pause(c, PAUSE_AIM);
    }
}

void
control_go(struct control *c, uint64 aim)
{
    c->pause = PAUSE_NONE;
    c->aim = aim;
    c->stepping = -1;
    c->stops.met = false;
    c->stops.pass = machine_position(c->m);
}

void
control_until(struct control *c, uint64 va)
{
    if (c->stops.count == STOPS_MAX) {
        answer(c->out, "There are too many breakpoints.");
        return;
    }
    c->stops.at[c->stops.count++] = va;
    c->until = true;
    stops_change(c->m);
    control_go(c, NEVER);
}

void
control_stay(struct control *c, enum pause why)
{
    pause(c, why);
    c->aim = NEVER;
    c->stepping = -1;
}

bool
control_refuses_end(struct control *c)
{
    if (c->aim == NEVER && !c->until && c->stepping < 0)
        return false;
    answer(c->out, "This is where the run is over: `go' or `quit' leaves.");
    pause(c, PAUSE_END);
    return true;
}

void
control_step(struct control *c, unsigned hart)
{
    control_go(c, NEVER);
    c->stepping = (int)hart;
    c->step_aim = c->m->s.hart[hart].steps + 1;
}

bool
control_back(struct control *c, uint64 position)
{
    struct machine *m = c->m;
    const struct history *h = m->history;
    if (h == NULL || h->count == 0) {
        answer(c->out, "There are no snapshots to go back to: --history was 0, or too little.");
        return false;
    }
    if (position < h->of[0].position)
        position = h->of[0].position;
    if (position > c->front) {
        answer(c->out, "The run has come to %s only; `until @%s' runs on to there.",
               digits(c->front).text, digits(position).text);
        return false;
    }
    if (!history_go(m, position)) {
        answer(c->out, "The run cannot be taken to %s.", digits(position).text);
        return false;
    }
    c->hart = m->s.turns.hart;
    return true;
}

// The first position from `begin` on where the hart has made `steps` steps.
static void
forward_to(struct machine *m, unsigned hart, uint64 steps)
{
    while (m->s.hart[hart].steps < steps && history_resume(m, 1) == STOP_NONE)
        ;
}

bool
control_step_back(struct control *c, unsigned hart)
{
    struct machine *m = c->m;
    uint64 here = machine_position(m), steps = m->s.hart[hart].steps;
    uint64 first = m->history != NULL && m->history->count > 0 ? m->history->of[0].position : here;
    bool met = false;
    if (steps == 0 || first == here)
        return false;
    m->stops = NULL;
    for (uint64 far = 1; !met; far *= 64) {
        bool begins = far >= here - first;
        if (!history_go(m, begins ? first : here - far))
            break;
        met = m->s.hart[hart].steps < steps;
        if (begins && !met)
            break;
    }
    if (met)
        forward_to(m, hart, steps - 1);
    else
        history_go(m, here);
    m->stops = &c->stops;
    c->hart = hart;
    return met;
}

void
control_say_hart(const struct control *c, const char *before, unsigned hart)
{
    static struct text place;
    const struct hart *h = &c->m->s.hart[hart];
    struct speaker s = {c->m, c->reports->language, machine_position(c->m)};
    uint64 proc = c->m->sight != NULL ? facts_current(c->m, hart) : 0;
    char process[64] = "", name[PROCESS_NAME + 1];
    place.used = 0;
    if (h->mode == MODE_U || c->m->sight == NULL)
        snprintf(place.bytes, sizeof(place.bytes), said("at 0x%" PRIx64), (uint64_t)h->pc);
    else
        words_place(&s, h->pc, &place);
    if (proc != 0) {
        facts_name(c->m, proc, name);
        snprintf(process, sizeof(process), said(", pid %d (%s)"), facts_pid(c->m, hart), name);
    }
    answer(c->out, "%shart %u, %c-mode%s, %s%s", before, hart, "US?M"[h->mode & 3], process,
           place.bytes, h->waiting ? said(", waiting") : "");
}

void
control_where(const struct control *c)
{
    static struct text calls;
    const struct machine *m = c->m;
    struct speaker s = {m, c->reports->language, machine_position(m)};
    uint64 ms = machine_time(m) / (TIMEBASE_HZ / 1000);
    char before[80];
    struct moment now;
    snprintf(before, sizeof(before), said("At @%s (%" PRIu64 ".%03" PRIu64 " s): "),
             digits(machine_position(m)).text, (uint64_t)(ms / 1000), (uint64_t)(ms % 1000));
    control_say_hart(c, before, c->hart);
    calls.used = 0;
    now.pc[0] = 0;
    if (m->sight != NULL)
        moment_now(m, c->hart, &now);
    if (now.pc[0] != 0 && now.pc[1] != 0 && now.mode != MODE_U) {
        words_calls(&s, &now, &calls);
        answer(c->out, "  from: %s", calls.bytes);
    }
    if (control_past(c))
        answer(c->out, "  The run has come to @%s.", digits(c->front).text);
}
