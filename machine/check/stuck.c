// SPDX-License-Identifier: MIT
// stuck.c - harts that spin for ever, on words that nobody will change.
//
// Theory    When nothing that is known has happened for long, the machine runs on a while on
//           trial. If no hart changes memory, takes a trap or leaves a small piece of code in that
//           time, then all that they read stays as it is: they spin for ever. What they read in
//           their loops is what they wait for, and who stored that last is told.
//           A hart that spins in the function in which it stored the word that another one waits
//           for, behind its loop, has come back to the loop and left its change behind: that is
//           how a count of readers leaks.
// Promises  silence: with no store and interrupts off, the loops cannot end.
#include "check/trial.h"

#include "mmu/access.h"
#include "run.h"
#include "sight/guest.h"
#include "sight/watcher.h"
#include "time/snapshot.h"

#define QUIET_STEPS 30000000ULL // of all harts, without a call or a trap
#define TRIAL_STEPS 40000
#define LOOP_BYTES  256
#define LOOP_READS  4

// Where a hart spins.
struct spin {
    uint64 low, high; // pc; low > high: it has not run
    uint32 reads;
    uint64 read[LOOP_READS]; // physical addresses
};

struct stuck {
    uint64 last;   // position of the last event
    uint64 tried;  // position of the last trial
    bool told;
    struct spin spin[HARTS_MAX];
};

// Who stored the word that a hart waits for.
struct cause {
    unsigned waiter;
    uint64 word;
    uint32 value;
    struct moment store;
    bool left_behind;
};

// --- events ----------------------------------------------------------------------------------

static void
happens(struct machine *m)
{
    SIGHT_STATE(m, stuck, struct stuck)->last = m->sight->now;
}

static void
called(struct machine *m, const struct call *c)
{
    (void)c;
    happens(m);
}

static void
left(struct machine *m, unsigned hart, bool supervisor)
{
    (void)hart;
    (void)supervisor;
    happens(m);
}

// --- the trial -------------------------------------------------------------------------------

static void
note(const struct machine *m, unsigned hart, struct spin *s)
{
    uint64 va, pa, pc = m->s.hart[hart].pc;
    s->low = pc < s->low ? pc : s->low;
    s->high = pc > s->high ? pc : s->high;
    if (!trial_reads(m, hart, &va) || !guest_translate(m, hart, va, PT_READ, &pa))
        return;
    for (uint32 i = 0; i < s->reads; i++)
        if (s->read[i] == (pa & ~3ULL))
            return;
    if (s->reads < LOOP_READS)
        s->read[s->reads++] = pa & ~3ULL;
}

// Can an interrupt take the hart out of its loop?
static bool
interruptible(const struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    return h->mode == MODE_U || h->waiting || (h->mode == MODE_S && (h->mstatus & STATUS_SIE));
}

// Do all harts spin in small loops, with interrupts off?
static bool
small_loops(const struct machine *m, const struct stuck *s)
{
    unsigned run = 0;
    for (unsigned h = 0; h < m->config.harts; h++) {
        const struct spin *x = &s->spin[h];
        if (interruptible(m, h) || (x->low <= x->high && x->high - x->low > LOOP_BYTES))
            return false;
        run += x->low <= x->high;
    }
    return run > 0;
}

// A sum over all of RAM, which shows whether it has changed.
static uint64
sum(const struct machine *m)
{
    uint64 total = 0;
    for (uint64 pa = 0; pa < m->ram.size; pa += 8)
        total = (total ^ *(const uint64 *)(m->ram.bytes + pa)) * 0x9e3779b97f4a7c15ULL;
    return total;
}

// Runs on trial. Returns whether all harts spin for ever.
static bool
spins(struct machine *m, struct stuck *s)
{
    struct trial_apart a;
    trial_begin(m, &a);
    for (unsigned h = 0; h < HARTS_MAX; h++)
        s->spin[h] = (struct spin){.low = ~0ULL};
    uint64 before = sum(m);
    for (uint32 n = 0; n < TRIAL_STEPS; n++) {
        if (m->s.turns.left != 0)
            note(m, m->s.turns.hart, &s->spin[m->s.turns.hart]);
        if (machine_run(m, 1) == STOP_IDLE)
            break;
    }
    bool found = small_loops(m, s) && sum(m) == before;
    trial_end(m, &a);
    return found;
}

// --- who is it -------------------------------------------------------------------------------

// Does the hart that stored last spin before that store, in the same function?
static bool
left_behind(const struct machine *m, const struct stuck *s, const struct moment *store)
{
    uint64 at, here, pc = moment_pc(m, store, 0);
    const struct spin *x = &s->spin[store->hart];
    return x->low <= x->high && x->low < pc &&
           symbols_find(&m->sight->symbols, pc, &at) != NULL &&
           symbols_find(&m->sight->symbols, x->low, &here) != NULL && pc - at == x->low - here;
}

// Looks for who stored last what a hart waits for.
static bool
find_cause(struct machine *m, const struct stuck *s, unsigned hart, uint64 word, struct cause *c)
{
    struct trial_apart a;
    struct store_event e;
    trial_begin(m, &a);
    *c = (struct cause){hart, word, *(const uint32 *)ram_at(&m->ram, word), {0}, false};
    bool found = history_last_store(m, word, 4, a.here, &e) && e.hart >= 0;
    if (found)
        moment_now(m, (unsigned)e.hart, &c->store);
    trial_end(m, &a);
    c->left_behind = found && c->store.hart != hart && left_behind(m, s, &c->store);
    return found;
}

static void
tell(struct machine *m, const struct cause *best, const struct cause *all, unsigned count)
{
    struct report r;
    uint64 guilty = moment_pc(m, &best->store, 0);
    report_begin(m, &r, REPORT_STUCK, best->waiter, guilty);
    r.what = (struct fact){.word = best->left_behind ? WORD_STUCK_LEFT : WORD_STUCK,
                           .arg = {best->waiter, r.moment.mode == MODE_S ? moment_pc(m, &r.moment, 0) : 0,
                                   best->word, best->value, guilty, best->store.hart},
                           .moment = best->store};
    for (unsigned i = 0; i < count; i++) {
        struct fact *f = report_since(&r, WORD_STUCK_STORE);
        f->arg[0] = all[i].waiter;
        f->arg[1] = all[i].word;
        f->arg[2] = all[i].value;
        f->arg[3] = m->s.hart[all[i].waiter].pc;
        f->moment = all[i].store;
    }
    r.rule.word = best->left_behind ? WORD_STUCK_LEFT_RULE : WORD_STUCK_RULE;
    r.todo = (struct fact){.word = best->left_behind ? WORD_STUCK_LEFT_DO : WORD_STUCK_DO,
                           .arg = {guilty, best->word}};
    r.fatal = true;
    report_send(m, &r);
}

static void
explain(struct machine *m, struct stuck *s)
{
    struct cause all[REPORT_SINCE];
    const struct cause *best = NULL;
    unsigned count = 0;
    for (unsigned h = 0; h < m->config.harts; h++)
        for (uint32 i = 0; i < s->spin[h].reads && count < REPORT_SINCE; i++)
            count += find_cause(m, s, h, s->spin[h].read[i], &all[count]);
    for (unsigned i = 0; i < count; i++)
        if (best == NULL || (all[i].left_behind && !best->left_behind))
            best = &all[i];
    s->told = true;
    if (best != NULL)
        tell(m, best, all, count);
}

static void
examine(struct machine *m)
{
    struct stuck *s = SIGHT_STATE(m, stuck, struct stuck);
    uint64 here = machine_position(m), since = s->last > s->tried ? s->last : s->tried;
    if (s->told || m->history == NULL || here - since < QUIET_STEPS)
        return;
    s->tried = here;
    if (spins(m, s))
        explain(m, s);
}

const struct watcher stuck_watcher = {
    .name = "stuck",
    .bytes = sizeof(struct stuck),
    .calls = KNOWN_BIT(ACQUIRE) | KNOWN_BIT(PANIC),
    .called = called,
    .left = left,
    .examine = examine,
};
