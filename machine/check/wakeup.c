// SPDX-License-Identifier: MIT
// wakeup.c - processes that go on sleeping although their condition has become true.
//
// Theory    A sleeper checks its condition in a loop. So waking it without need does no harm: it
//           sleeps again. When the machine rests, each sleeper is woken in two trials, which are
//           undone afterwards. In the first, memory is as now. In the second, the words that the
//           sleeper reads have the values from when it fell asleep. If the sleeper leaves its loop
//           only in the first, its condition has become true and no code has woken it. The words
//           that it reads are its condition. The function that last stored to them while the
//           process slept should have called wakeup(). The wake-up may still come, so a sleeper is
//           reported only if a second look, long after the first, finds it in this state again.
// Promises  silence: a report needs both trials, both looks, and the store.
//           same-run: the trials are undone before the run continues.
#include "check/trial.h"

#include "check/locktable.h"
#include "machine.h"
#include "mmu/store.h"
#include "run.h"
#include "sight/check.h"
#include "time/snapshot.h"

#define SLEEPS_MAX 128
#define REST_TICKS 20000000ULL // of mtime, without a step in user mode: the machine rests
#define LOOKS_MAX  8

// The last sleep() of a process.
struct nap {
    uint64 proc; // 0: none
    uint64 chan, lock, ra;
    uint64 asleep; // position when its hart left it; 0: it has not
    uint64 next;   // mtime before which it is not tried again
    uint32 looks;  // how often it was tried
    bool missed;   // in the last try it left its loop with memory as it was then
    struct moment since;
};

struct wakeup {
    struct nap nap[SLEEPS_MAX];
    uint64 user; // mtime when a hart was last in user mode
    uint64 next; // mtime of the next look while the machine rests
    bool due;    // that time has come
};

// --- events ----------------------------------------------------------------------------------

static struct nap *
nap_of(struct wakeup *w, uint64 proc)
{
    for (int i = 0; i < SLEEPS_MAX; i++)
        if (w->nap[i].proc == proc || w->nap[i].proc == 0)
            return &w->nap[i];
    return NULL;
}

// Checks, when a process leaves its hart asleep, that its struct proc has the channel.
static void
look_at_channel(struct machine *m, const struct call *c, const struct nap *n)
{
    uint64 state, chan;
    struct report r;
    if (n->chan == 0 || !facts_field(m, n->proc, FACT_PROC_STATE, 4, &state) ||
        !facts_field(m, n->proc, FACT_PROC_CHAN, 8, &chan) ||
        state != fact(m, FACT_STATE_SLEEPING) || chan != 0)
        return;
    report_begin(m, &r, REPORT_LOST_WAKEUP, c->hart, m->sight->known.entry[KNOWN_SLEEP]);
    r.what =
        (struct fact){.word = WORD_SLEEP_NO_CHAN, .arg = {r.site, n->chan}, .moment = r.moment};
    r.todo = (struct fact){.word = WORD_SLEEP_NO_CHAN_DO, .arg = {r.site}};
    r.fatal = true;
    report_send(m, &r);
}

static void
called(struct machine *m, const struct call *c)
{
    struct wakeup *w = SIGHT_STATE(m, wakeup, struct wakeup);
    uint64 proc = facts_current(m, c->hart);
    struct nap *n = proc != 0 ? nap_of(w, proc) : NULL;
    if (n == NULL)
        return;
    if (c->what == KNOWN_SLEEP) {
        *n = (struct nap){.proc = proc, .chan = c->arg[0], .lock = c->arg[1], .ra = c->ra};
        caller_now(m, c, &n->since);
    } else if (n->asleep == 0) {
        n->asleep = m->sight->now;
        look_at_channel(m, c, n);
    }
}

static void
trap(struct machine *m, unsigned hart)
{
    struct wakeup *w = SIGHT_STATE(m, wakeup, struct wakeup);
    (void)hart;
    if (w->due || w->user == 0 || machine_time(m) < w->next)
        return;
    w->due = true;
    m->stop = STOP_LOOK; // the trials need a machine that stands
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    struct wakeup *w = SIGHT_STATE(m, wakeup, struct wakeup);
    (void)supervisor;
    if (m->s.hart[hart].mode != MODE_U)
        return;
    w->user = machine_time(m);
    w->next = w->user + REST_TICKS;
    w->due = false;
}

// --- at rest ---------------------------------------------------------------------------------

// Returns whether the process still is in its last sleep().
static bool
asleep(const struct machine *m, const struct nap *n)
{
    uint64 state, chan;
    return n->proc != 0 && n->asleep != 0 && facts_field(m, n->proc, FACT_PROC_STATE, 4, &state) &&
           facts_field(m, n->proc, FACT_PROC_CHAN, 8, &chan) &&
           state == fact(m, FACT_STATE_SLEEPING) && chan == n->chan;
}

static void
tell(struct machine *m, const struct nap *n, const struct trial *t)
{
    struct report r;
    uint64 guilty = moment_pc(m, &t->store, 0);
    report_begin(m, &r, REPORT_LOST_WAKEUP, n->since.hart, guilty);
    r.moment = n->since;
    r.what = (struct fact){
        .word = WORD_LOST_WAKEUP,
        .arg = {guilty, n->chan, (uint64)(int64)n->since.pid, moment_pc(m, &n->since, 0)},
        .moment = n->since};
    struct fact *f = report_since(&r, WORD_LOST_SLEEP);
    f->arg[0] = n->chan;
    f->moment = n->since;
    f = report_since(&r, WORD_LOST_STORE);
    f->arg[0] = t->address;
    f->moment = t->store;
    r.rule.word = WORD_LOST_RULE;
    r.todo = (struct fact){.word = WORD_WAKEUP_DO, .arg = {guilty, n->chan}};
    r.fatal = true;
    report_send(m, &r);
}

// Tries one sleeper. Afterwards the run is at the position where it was.
static void
examine_one(struct machine *m, struct nap *n)
{
    struct sleeper_at at = {n->proc, n->chan, n->lock, n->ra};
    struct trial t;
    bool missed = trial_with_present(m, &at, &t) == TRIAL_GOES_ON &&
                  trial_with_past(m, n->asleep, &at, &t) == TRIAL_SLEEPS &&
                  trial_last_store(m, &t, n->since.position, machine_position(m));
    if (missed && n->missed)
        tell(m, n, &t);
    n->next = machine_time(m) + (missed ? REST_TICKS : REST_TICKS << n->looks);
    n->missed = missed;
    n->looks++;
}

static void
examine(struct machine *m)
{
    struct wakeup *w = SIGHT_STATE(m, wakeup, struct wakeup);
    uint64 now = machine_time(m);
    if (!w->due || m->history == NULL)
        return;
    w->due = false;
    w->next = now + REST_TICKS;
    for (int i = 0; i < SLEEPS_MAX; i++) {
        struct nap *n = &w->nap[i];
        if (n->looks < LOOKS_MAX && now >= n->next && asleep(m, n))
            examine_one(m, n);
    }
}

static bool
start(struct machine *m)
{
    return known_has(m, KNOWN_SLEEP) && known_has(m, KNOWN_SWTCH) && known_has(m, KNOWN_RELEASE) &&
           facts_have(m, FACT_BIT(PROC_STATE) | FACT_BIT(PROC_CHAN) | FACT_BIT(PROC_SIZE) |
                             FACT_BIT(STATE_SLEEPING) | FACT_BIT(STATE_RUNNABLE) |
                             FACT_BIT(CPU_PROC));
}

const struct check wakeup_check = {
    .name = "wakeup",
    .bytes = sizeof(struct wakeup),
    .calls = KNOWN_BIT(SLEEP) | KNOWN_BIT(SWTCH),
    .start = start,
    .called = called,
    .trap = trap,
    .trap_return = trap_return,
    .examine = examine,
};
