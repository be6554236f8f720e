// SPDX-License-Identifier: MIT
// alarms.c - programs that are sent to a handler which an earlier process has set.
//
// Theory    A struct proc is used again. If freeproc() does not clear what sigalarm() has set in
//           it, the alarm goes to the next process that gets it.
// Promises  silence: a child may have the alarm of its parent.
#include "machine.h"
#include "sight/check.h"

#define PROCESSES 64

enum { A1 = 11 };

// The alarm of a struct proc, and its process's last trap.
struct alarm {
    int pid;        // of the process that has called sigalarm() last; 0: none has
    uint64 handler; // ... with this
    uint64 pc, a1;  // at the last trap of user mode
    bool interrupt; // it was an interrupt
};

struct alarms {
    struct alarm of[PROCESSES];
};

static struct alarm *
alarm_of(const struct machine *m, uint64 proc)
{
    uint64 i = proc != 0 ? (proc - fact(m, FACT_AT_PROC)) / fact(m, FACT_PROC_SIZE) : PROCESSES;
    return i < PROCESSES ? &SIGHT_STATE(m, alarms, struct alarms)->of[i] : NULL;
}

static void
called(struct machine *m, const struct call *c)
{
    struct alarm *a = alarm_of(m, facts_current(m, c->hart));
    if (a != NULL) {
        a->pid = facts_pid(m, c->hart);
        a->handler = a->a1;
    }
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    bool user = h->mode == MODE_S && !(h->mstatus & STATUS_SPP);
    struct alarm *a = user ? alarm_of(m, facts_current(m, hart)) : NULL;
    if (a == NULL)
        return;
    a->pc = h->sepc;
    a->a1 = h->x[A1];
    a->interrupt = h->scause >> 63;
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    const struct hart *h = &m->s.hart[hart];
    bool user = supervisor && h->mode == MODE_U;
    uint64 proc = user ? facts_current(m, hart) : 0, parent = 0, pid = 0;
    const struct alarm *a = alarm_of(m, proc), *its;
    struct report r;
    if (a == NULL || !a->interrupt || a->pid == 0 || h->pc == a->pc || h->pc != a->handler ||
        a->pid == facts_pid(m, hart) || !facts_field(m, proc, FACT_PROC_PARENT, 8, &parent) ||
        !facts_field(m, parent, FACT_PROC_PID, 4, &pid) || (its = alarm_of(m, parent)) == NULL ||
        its->pid == (int)pid)
        return;
    report_begin(m, &r, REPORT_ALARM, hart, m->sight->known.entry[KNOWN_FREEPROC]);
    r.what = (struct fact){
        .word = WORD_ALARM, .arg = {r.site, a->handler, (uint64)a->pid}, .moment = r.moment};
    r.todo = (struct fact){.word = WORD_ALARM_DO, .arg = {r.site}};
    report_send(m, &r);
}

static bool
start(struct machine *m)
{
    return known_has(m, KNOWN_SYS_SIGALARM) &&
           facts_have(m, FACT_BIT(AT_PROC) | FACT_BIT(PROC_SIZE) | FACT_BIT(PROC_PID));
}

const struct check alarms_check = {
    .name = "alarms",
    .bytes = sizeof(struct alarms),
    .calls = KNOWN_BIT(SYS_SIGALARM),
    .start = start,
    .called = called,
    .trap = trap,
    .trap_return = trap_return,
};
