// SPDX-License-Identifier: MIT
// storm.c - interrupts that come again at once, because their handler does not take the cause back.
//
// Theory    If an interrupt of S-mode comes again before one instruction has been executed, many
//           times, its handler does not acknowledge it.
#include "machine.h"
#include "sight/check.h"

#define STORM   200
#define AT_ONCE 1000 // ticks of mtime: a kernel may wait for the next interrupt in two instructions

// Interrupts of S-mode that come again at once.
struct storm {
    uint64 pc, steps, time; // when the hart left the last handler: its pc, its steps, mtime
    uint64 cause, count;
};

struct storms {
    struct storm of[HARTS_MAX];
};

static void
tell_storm(struct machine *m, unsigned hart, uint64 cause)
{
    const struct hart *h = &m->s.hart[hart];
    struct report r;
    report_begin(m, &r, REPORT_STORM, hart, cause);
    r.moment = (struct moment){.position = r.when, .pid = -1};
    enum known handler =
        (cause & 63) == 5 && known_has(m, KNOWN_CLOCKINTR) ? KNOWN_CLOCKINTR : KNOWN_KERNELTRAP;
    r.what =
        (struct fact){.word = WORD_STORM,
                      .arg = {hart, cause & 63, STORM, h->sepc, m->sight->known.entry[handler]}};
    r.todo = (struct fact){.word = WORD_STORM_DO, .arg = {cause & 63}};
    r.fatal = true;
    report_send(m, &r);
}

// Counts an interrupt of S-mode that comes again at once, and reports it when it has come often
// with no other trap between: a system call may be so long that each one ends with an interrupt.
static void
count_storm(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct storm *s = &SIGHT_STATE(m, storm, struct storms)->of[hart];
    bool at_once = s->cause == h->scause && s->pc == h->sepc &&
                   machine_steps(m, hart) - s->steps <= 2 && machine_time(m) - s->time < AT_ONCE;
    s->count = at_once ? s->count + 1 : 0;
    s->cause = h->scause;
    if (s->count == STORM)
        tell_storm(m, hart, h->scause);
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    if (h->mode != MODE_S)
        return;
    if (h->scause >> 63)
        count_storm(m, hart);
    else
        SIGHT_STATE(m, storm, struct storms)->of[hart].count = 0;
}

// Notes that the hart leaves a handler of S-mode.
static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    struct storm *s = &SIGHT_STATE(m, storm, struct storms)->of[hart];
    if (!supervisor)
        return;
    s->pc = m->s.hart[hart].pc;
    s->steps = machine_steps(m, hart);
    s->time = machine_time(m);
}

const struct check storm_check = {
    .name = "storm",
    .bytes = sizeof(struct storms),
    .trap = trap,
    .trap_return = trap_return,
};
