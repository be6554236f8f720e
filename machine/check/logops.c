// SPDX-License-Identifier: MIT
// logops.c - operations of the file system's log that are begun and never ended.
//
// Theory    begin_op() opens an operation, and end_op() has to close it before the process is back
//           in user mode. If one stays open, the log is never written, and later operations wait
//           for room for ever.
// Promises  silence: an operation counts only if this process opened it, after it entered the
//           kernel.
#include "machine.h"
#include "sight/check.h"

#define PROCESSES 64

struct operation {
    uint64 proc; // struct proc; 0: unused
    uint32 open;
    uint64 by;            // the call of begin_op()
    struct moment moment; // of the last begin_op()
};

struct logops {
    struct operation of[PROCESSES];
    unsigned used;
};

static struct operation *
of_process(struct machine *m, uint64 proc, bool make)
{
    struct logops *w = SIGHT_STATE(m, logops, struct logops);
    struct operation *empty = NULL;
    for (unsigned i = 0; i < PROCESSES; i++) {
        if (w->of[i].proc == proc)
            return &w->of[i];
        if (w->of[i].proc == 0)
            empty = &w->of[i];
    }
    if (make && empty != NULL) {
        *empty = (struct operation){.proc = proc};
        w->used++;
    }
    return make ? empty : NULL;
}

static void
forget(struct logops *w, struct operation *o)
{
    o->proc = 0;
    w->used--;
}

static void
tell(struct machine *m, unsigned hart, const struct operation *o)
{
    struct report r;
    report_begin(m, &r, REPORT_LOG_OP, hart, o->by);
    r.what = (struct fact){.word = WORD_LOG_OPEN, .arg = {o->by}, .moment = r.moment};
    report_since(&r, WORD_LOG_BEGUN)->moment = o->moment;
    r.rule.word = WORD_LOG_OPEN_RULE;
    r.todo = (struct fact){.word = WORD_LOG_OPEN_DO, .arg = {o->by}};
    report_send(m, &r);
}

static void
called(struct machine *m, const struct call *c)
{
    uint64 proc = facts_current(m, c->hart);
    struct operation *o = proc == 0 ? NULL : of_process(m, proc, c->what == KNOWN_BEGIN_OP);
    if (o == NULL)
        return;
    if (c->what == KNOWN_EXIT) {
        forget(SIGHT_STATE(m, logops, struct logops), o);
    } else if (c->what == KNOWN_BEGIN_OP) {
        o->open++;
        o->by = c->ra - 1;
        moment_now(m, c->hart, &o->moment);
    } else if (o->open > 0) {
        o->open--;
    }
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    struct logops *w = SIGHT_STATE(m, logops, struct logops);
    uint64 proc =
        supervisor && m->s.hart[hart].mode == MODE_U && w->used > 0 ? facts_current(m, hart) : 0;
    struct operation *o = proc == 0 ? NULL : of_process(m, proc, false);
    if (o == NULL)
        return;
    if (o->open > 0)
        tell(m, hart, o);
    forget(w, o);
}

static bool
start(struct machine *m)
{
    return known_has(m, KNOWN_BEGIN_OP) && known_has(m, KNOWN_END_OP);
}

const struct check logops_check = {
    .name = "logops",
    .bytes = sizeof(struct logops),
    .calls = KNOWN_BIT(BEGIN_OP) | KNOWN_BIT(END_OP) | KNOWN_BIT(EXIT),
    .start = start,
    .called = called,
    .trap_return = trap_return,
};
