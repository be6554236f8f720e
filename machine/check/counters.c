// SPDX-License-Identifier: MIT
// counters.c - a variable that several harts count up or down, with no lock in common (--races).
//
// Theory    A hart loads a variable, changes the value and stores it. If another hart does this in
//           between, one of the changes is lost. In this run other locks may happen to order the
//           harts, and races.c finds no race. So this check compares the locks that were held at
//           each change: a protected variable has one lock that was held at all of them.
//           Only single variables are checked. A field of a structure may pass from one process to
//           another, so that it needs no lock at all times.
// Promises  silence: several processes have changed the variable, on several harts, several times;
//           not in atomic instructions; and no hart uses locks that the table does not know.
// Next      check/races.h, check/locktable.h
#include "check/locktable.h"
#include "check/races.h"
#include "check/sleeplocks.h"
#include "hart/opcodes.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/guest.h"

#define VARIABLES_MAX 256
#define LOCKS_KEPT    4
#define CHANGE_STEPS  400   // of all harts, from the load to the store
#define CHANGES_MIN   4     // before anything is told
#define OTHER_STEPS   20000 // after an atomic instruction that is not part of a known lock

enum { S0 = 8 };

struct seen {
    uint64 pc, frame, function, when;
};

struct variable {
    uint64 at, pa; // as linked, and in RAM
    int bytes;
    struct seen load[HARTS_MAX];
    uint64 lock[LOCKS_KEPT]; // held at all changes so far; 0: none
    uint32 changes;
    struct moment last, other; // changes; `other`: the last one by another hart than `last`
};

struct counters {
    struct variable of[VARIABLES_MAX]; // in the order of their addresses
    uint32 count;
    uint64 other[HARTS_MAX]; // when the hart last executed an atomic instruction of its own
};

static struct counters *
state(const struct machine *m)
{
    return SIGHT_STATE(m, counters, struct counters);
}

static struct variable *
find(struct counters *c, uint64 pa, int bytes)
{
    uint32 low = 0, high = c->count;
    while (low < high) {
        uint32 middle = low + (high - low) / 2;
        if (c->of[middle].pa < pa)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->count && c->of[low].pa == pa && c->of[low].bytes == bytes ? &c->of[low] : NULL;
}

static struct seen
now(const struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 offset = 0;
    bool known = symbols_find(&m->sight->symbols, h->pc, &offset) != NULL;
    return (struct seen){
        .pc = h->pc, .frame = h->x[S0], .function = known ? h->pc - offset : 0, m->sight->now};
}

static bool
atomic(const struct machine *m, unsigned hart)
{
    uint64 code;
    return guest_read(m, hart, m->s.hart[hart].pc, 2, PT_EXEC, &code) &&
           opcode_of((uint32)code) == OPCODE_AMO;
}

// --- locks -----------------------------------------------------------------------------------

// Keeps of the variable's locks those that the hart holds now.
static void
keep(const struct machine *m, unsigned hart, struct variable *v)
{
    const struct hart_locks *h = &locktable(m)->hart[hart];
    for (uint32 i = 0; i < LOCKS_KEPT; i++) {
        if (v->changes == 0)
            v->lock[i] = i < h->count ? h->held[h->count - 1 - i].lock : 0;
        else if (v->lock[i] != 0 && locktable_held(locktable(m), hart, v->lock[i]) == NULL)
            v->lock[i] = 0;
    }
}

static bool protected(const struct variable *v)
{
    for (uint32 i = 0; i < LOCKS_KEPT; i++)
        if (v->lock[i] != 0)
            return true;
    return false;
}

// --- events ----------------------------------------------------------------------------------

static void
tell(struct machine *m, unsigned hart, const struct variable *v, const struct moment *before)
{
    struct report r;
    uint64 guilty = m->s.hart[hart].pc;
    report_begin(m, &r, REPORT_RACE, hart, guilty);
    r.what = (struct fact){.word = WORD_RACE_COUNTER,
                           .arg = {v->at, guilty, hart, before->hart, moment_pc(m, before, 0)},
                           .moment = r.moment};
    struct fact *other = report_since(&r, WORD_RACE_COUNTER_OTHER);
    other->arg[0] = v->at;
    other->moment = *before;
    r.rule.word = WORD_RACE_COUNTER_RULE;
    r.todo = (struct fact){.word = WORD_RACE_COUNTER_DO, .arg = {v->at, guilty}};
    report_send(m, &r);
}

static void
changed(struct machine *m, unsigned hart, struct variable *v)
{
    struct moment here;
    moment_now(m, hart, &here);
    keep(m, hart, v);
    v->changes++;
    const struct moment *before = v->last.hart != hart ? &v->last : &v->other;
    bool other = before->position != 0 && (before->pid != here.pid || here.pid < 0);
    if (v->changes >= CHANGES_MIN && other && !protected(v))
        tell(m, hart, v, before);
    if (v->last.hart != hart)
        v->other = v->last;
    v->last = here;
}

static void
load(struct machine *m, unsigned hart, uint64 pa, int bytes)
{
    struct variable *v = find(state(m), pa, bytes);
    if (v != NULL)
        v->load[hart] = now(m, hart);
}

static void
store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    struct counters *c = state(m);
    struct variable *v = find(c, pa, bytes);
    if (v == NULL || locktable(m)->over)
        return;
    struct seen here = now(m, hart), before = v->load[hart];
    uint64 old =
        bytes == 4 ? *(const uint32 *)ram_at(&m->ram, pa) : *(const uint64 *)ram_at(&m->ram, pa);
    bool change = before.function != 0 && before.function == here.function &&
                  before.frame == here.frame && here.when - before.when < CHANGE_STEPS &&
                  old != (bytes == 4 ? (uint32)value : value);
    bool other = c->other[hart] != 0 && here.when - c->other[hart] < OTHER_STEPS;
    v->load[hart].function = 0;
    if (change && !other && !atomic(m, hart) && !sleeplocks_held(m, hart))
        changed(m, hart, v);
}

// Notes an atomic instruction that is not part of acquire(): the hart may use locks that the table
// does not know, so changes soon after it are not reported. A store of 0 only releases such a lock.
void
counters_atomic(struct machine *m, unsigned hart, uint64 value)
{
    if (value != 0 && (m->sight->on >> CHECK_counters & 1) && locktable(m)->hart[hart].wants == 0)
        state(m)->other[hart] = m->sight->now;
}

static bool
start(struct machine *m)
{
    struct counters *c = state(m);
    struct symbol_variable v;
    if (!races_on(m))
        return false;
    for (uint32 i = 0; symbols_variable(&m->sight->symbols, i, &v); i++) {
        uint32 at = c->count;
        uint64 pa;
        if ((v.bytes != 4 && v.bytes != 8) || at == VARIABLES_MAX ||
            !symbols_physical(&m->sight->symbols, v.at, &pa) || !ram_has(&m->ram, pa, v.bytes))
            continue;
        for (; at > 0 && c->of[at - 1].pa > pa; at--)
            c->of[at] = c->of[at - 1];
        c->of[at] = (struct variable){.at = v.at, .pa = pa, .bytes = (int)v.bytes};
        c->count++;
    }
    for (uint32 i = 0; i < c->count; i++)
        sight_watch(m, CHECK_counters, c->of[i].pa, WATCH_LOADS | WATCH_STORES);
    return c->count > 0;
}

const struct check counters_check = {
    .name = "counters",
    .bytes = sizeof(struct counters),
    .start = start,
    .load = load,
    .store = store,
};
