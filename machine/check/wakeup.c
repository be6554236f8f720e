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

#include "check/blame.h"
#include "check/locktable.h"
#include "machine.h"
#include "mmu/store.h"
#include "run.h"
#include "sight/check.h"
#include "time/snapshot.h"

#define SLEEPS_MAX  128
#define REST_TICKS  20000000ULL // of mtime, without a step in user mode: the machine rests
#define LOOKS_MAX   8
#define SLEEP_BYTES 1024 // sleep() is not longer

#define FINISHES                                                                                   \
    (KNOWN_BIT(EXIT) | KNOWN_BIT(ACQUIRESLEEP) | KNOWN_BIT(BREAD) | KNOWN_BIT(BEGIN_OP))

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
    uint64 next;    // mtime of the next look while the machine rests; 0: no process has slept
    bool due;       // that time has come
    uint64 unheard; // interrupts of devices that waited at the last look
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

// Checks, when sleep() releases the lock of the condition, that a wakeup() finds the process from
// now on: p->lock is held, or the channel is stored.
static void
look_at_release(struct machine *m, const struct call *c)
{
    const struct locktable *t = locktable(m);
    uint64 proc = facts_current(m, c->hart), noff, chan, offset, pa;
    struct report r;
    if (t == NULL || t->over || t->hart[c->hart].count != 0 || proc == 0 ||
        symbols_find(&m->sight->symbols, c->ra - 1, &offset) == NULL ||
        !symbols_physical(&m->sight->symbols, c->ra - 1 - offset, &pa) ||
        pa != m->sight->known.entry[KNOWN_SLEEP])
        return;
    const struct nap *n = nap_of(SIGHT_STATE(m, wakeup, struct wakeup), proc);
    if (n == NULL || n->lock != c->arg[0] || n->asleep != 0 ||
        !facts_field(m, facts_cpu(m, c->hart), FACT_CPU_NOFF, 4, &noff) || noff != 1 ||
        !facts_field(m, proc, FACT_PROC_CHAN, 8, &chan) || chan == n->chan)
        return;
    report_begin(m, &r, REPORT_LOST_WAKEUP, c->hart, c->ra - 1);
    r.what = (struct fact){
        .word = WORD_SLEEP_EARLY, .arg = {r.site, n->lock, n->chan}, .moment = r.moment};
    r.todo = (struct fact){.word = WORD_SLEEP_EARLY_DO, .arg = {r.site, n->lock}};
    report_send(m, &r);
}

static void
called(struct machine *m, const struct call *c)
{
    struct wakeup *w = SIGHT_STATE(m, wakeup, struct wakeup);
    if (c->what == KNOWN_RELEASE) {
        if (c->ra - m->sight->known.entry[KNOWN_SLEEP] < SLEEP_BYTES)
            look_at_release(m, c);
        return;
    }
    uint64 proc = facts_current(m, c->hart);
    struct nap *n = proc != 0 ? nap_of(w, proc) : NULL;
    if (n == NULL)
        return;
    if (c->what == KNOWN_SLEEP) {
        if (w->next == 0)
            w->next = machine_time(m) + REST_TICKS; // no program runs yet
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
    if (w->due || w->next == 0 || machine_time(m) < w->next)
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
    w->next = machine_time(m) + REST_TICKS;
    w->unheard = 0;
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

// Returns whether a killed process sleeps on, and reports that: kill() has not woken it, or it
// sleeps again without a look at p->killed. The file system finishes what it has begun first: so
// the process has slept since an earlier look, or a system call itself lets it sleep.
static bool
sleeps_on(struct machine *m, const struct nap *n)
{
    uint64 killed, pa, offset;
    const char *name;
    struct trial_apart a;
    struct store_event e;
    struct moment kill;
    struct report r;
    if (!facts_field(m, n->proc, FACT_PROC_KILLED, 4, &killed) || killed == 0 ||
        !symbols_physical(&m->sight->symbols, n->proc + fact(m, FACT_PROC_KILLED), &pa) ||
        blame_inside(m, &n->since, FINISHES))
        return false;
    name = symbols_find(&m->sight->symbols, moment_pc(m, &n->since, 0), &offset);
    if (n->looks == 0 && (name == NULL || !text_has(name, "sys_")))
        return false;
    trial_begin(m, &a);
    bool found = history_last_store(m, pa, 4, a.here, &e) && e.hart >= 0;
    if (found)
        moment_now(m, (unsigned)e.hart, &kill);
    trial_end(m, &a);
    if (!found)
        return false;
    bool woken = e.position < n->asleep;
    uint64 guilty = moment_pc(m, woken ? &n->since : &kill, 0);
    report_begin(m, &r, REPORT_LOST_WAKEUP, n->since.hart, guilty);
    r.moment = n->since;
    r.what =
        (struct fact){.word = WORD_KILLED_SLEEPS,
                      .arg = {0, n->chan, (uint64)(int64)n->since.pid, moment_pc(m, &n->since, 0)},
                      .moment = n->since};
    report_since(&r, WORD_KILLED_BY)->moment = kill;
    r.todo =
        (struct fact){.word = woken ? WORD_KILLED_LOOK_DO : WORD_KILLED_WAKE_DO, .arg = {guilty}};
    report_send(m, &r);
    return true;
}

// --- devices ---------------------------------------------------------------------------------

#define FIRST_DISK  1
#define LAST_DISK   8
#define UART_SOURCE 10

// Returns whether a process sleeps until that device interrupts, by the functions that it is in.
static bool
waits_for(const struct machine *m, const struct wakeup *w, unsigned source)
{
    uint64 offset;
    for (int i = 0; i < SLEEPS_MAX; i++) {
        const struct nap *n = &w->nap[i];
        const char *name = symbols_find(&m->sight->symbols, moment_pc(m, &n->since, 0), &offset);
        bool disk = source >= FIRST_DISK && source <= LAST_DISK;
        if (!asleep(m, n) || n->looks == 0 || name == NULL)
            continue;
        if (disk ? text_has(name, "disk")
                 : source == UART_SOURCE && (text_has(name, "uart") || text_has(name, "console")))
            return true;
    }
    return false;
}

static void
tell_unheard(struct machine *m, unsigned source, enum word todo, const char *name)
{
    struct report r;
    uint64 guilty = 0;
    if (!symbols_address(&m->sight->symbols, name, &guilty))
        guilty = m->sight->known.entry[KNOWN_KERNELTRAP];
    report_begin(m, &r, REPORT_UNHEARD, 0, guilty);
    r.moment = (struct moment){.position = r.when, .pid = -1};
    r.what = (struct fact){.word = WORD_UNHEARD, .arg = {source}};
    r.todo = (struct fact){.word = todo, .arg = {guilty, source}};
    r.fatal = true;
    report_send(m, &r);
}

// Reports interrupts of devices that no hart takes from one look to the next.
static void
look_at_devices(struct machine *m, struct wakeup *w)
{
    const struct plic *p = &m->s.plic;
    uint64 before = w->unheard;
    w->unheard = 0;
    for (unsigned source = 1; source < PLIC_SOURCES; source++) {
        bool enabled = false, sie = false, claimed = p->claimed >> source & 1;
        if (!((p->pending | p->claimed) >> source & 1) || !waits_for(m, w, source))
            continue;
        w->unheard |= 1ULL << source;
        if (!(before >> source & 1))
            continue;
        for (unsigned hart = 0; hart < m->config.harts; hart++) {
            enabled |= p->enable[2 * hart + 1] >> source & 1;
            sie |= (m->s.hart[hart].mie & IRQ_SEIP) != 0;
        }
        if (claimed)
            tell_unheard(m, source, WORD_UNHEARD_COMPLETE, "devintr");
        else if (p->priority[source] == 0)
            tell_unheard(m, source, WORD_UNHEARD_PRIORITY, "plicinit");
        else if (!enabled)
            tell_unheard(m, source, WORD_UNHEARD_ENABLE, "plicinithart");
        else if (!sie)
            tell_unheard(m, source, WORD_UNHEARD_SIE, "start");
    }
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
    look_at_devices(m, w);
    for (int i = 0; i < SLEEPS_MAX; i++) {
        struct nap *n = &w->nap[i];
        if (n->looks < LOOKS_MAX && now >= n->next && asleep(m, n) && !sleeps_on(m, n))
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
    .calls = KNOWN_BIT(SLEEP) | KNOWN_BIT(SWTCH) | KNOWN_BIT(RELEASE),
    .start = start,
    .called = called,
    .trap = trap,
    .trap_return = trap_return,
    .examine = examine,
};
