// SPDX-License-Identifier: MIT
// stuck.c - harts that spin for ever on words that no code will change.
//
// Theory    If the checks have heard of no event for long, or no hart was in user mode for long,
//           the machine runs on trial for a while. A hart that executes only a few instructions in
//           that time, has interrupts off and stores nothing, spins: it waits until another hart
//           stores to the word that it reads. The report names the last store to that word.
//           A count leaks when a function goes back to its loop without undoing its change:
//               again: while (writer) ;        // the hart spins here,
//                      readers++;              // has stored here, and another waits for 0
//                      if (writer) goto again;
//           So a store that comes after the loop in which its hart spins is reported as the cause.
// Promises  silence: the hart runs a process, and no other hart does any work. A hart that is
//           parked, or waits for another to boot, runs no process.
#include "check/trial.h"

#include "hart/opcodes.h"
#include "mmu/access.h"
#include "run.h"
#include "sight/check.h"
#include "sight/guest.h"
#include "time/snapshot.h"

#define QUIET_STEPS  30000000ULL // of all harts, without a call or a trap
#define REST_TICKS   20000000ULL // of mtime, without a step in user mode
#define TRIAL_STEPS  40000
#define FORCED_STEPS 200
#define STORES_BACK  8
#define LOOP_BYTES   256
#define LOOP_READS   4

// Where a hart spins.
struct spin {
    uint64 low, high; // pc; low > high: it has not run
    uint32 reads;
    uint64 read[LOOP_READS]; // physical addresses
    uint32 value[LOOP_READS];
    bool works; // it stores, or has read different values
};

struct stuck {
    uint64 last;   // position of the last event
    uint64 tried;  // position of the last trial
    uint64 user;   // mtime when a hart was last in user mode; 0: it never was
    uint64 rested; // ... and when that was tried
    bool told;
    struct spin spin[HARTS_MAX];
};

// The last store of the word for which a hart waits.
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
    happens(m);
    if (c->what == KNOWN_PANIC)
        SIGHT_STATE(m, stuck, struct stuck)->told = true;
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    (void)supervisor;
    happens(m);
    if (m->s.hart[hart].mode == MODE_U)
        SIGHT_STATE(m, stuck, struct stuck)->user = machine_time(m);
}

// --- the trial -------------------------------------------------------------------------------

static void
note_read(const struct machine *m, struct spin *s, uint64 pa)
{
    uint32 value = *(const uint32 *)ram_at(&m->ram, pa);
    for (uint32 i = 0; i < s->reads; i++) {
        if (s->read[i] != pa)
            continue;
        s->works |= s->value[i] != value;
        return;
    }
    if (s->reads == LOOP_READS)
        return;
    s->value[s->reads] = value;
    s->read[s->reads++] = pa;
}

// Notes the hart's next access.
static void
note(const struct machine *m, unsigned hart, struct spin *s)
{
    uint64 va, pa, pc = m->s.hart[hart].pc;
    uint32 raw = trial_instruction(m, hart);
    s->low = pc < s->low ? pc : s->low;
    s->high = pc > s->high ? pc : s->high;
    s->works |= opcode_of(raw) == OPCODE_STORE || opcode_of(raw) == OPCODE_SYSTEM;
    if (trial_reads(m, hart, &va) && guest_translate(m, hart, va, PT_READ, &pa))
        note_read(m, s, pa & ~3ULL);
}

// Returns whether the hart spins in a small loop, with interrupts off.
static bool
small_loop(const struct machine *m, const struct stuck *s, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    const struct spin *x = &s->spin[hart];
    bool off = h->mode == MODE_S && !(h->mstatus & STATUS_SIE) && !h->waiting;
    return off && x->low < x->high && x->high - x->low <= LOOP_BYTES && x->reads > 0 && !x->works;
}

// Makes one step of a hart that gives its turns away because the machine has found that it spins.
static void
force(struct machine *m, unsigned hart)
{
    m->s.turns.hart = hart;
    m->s.turns.left = 2;
    m->s.turns.weight = 1;
    m->s.turns.watched = false;
    machine_run(m, 1);
}

// Lets the machine run on, then makes steps of the harts that give their turns away.
static void
observe(struct machine *m, struct stuck *s)
{
    for (uint32 n = 0; n < TRIAL_STEPS && machine_turn(m); n++) {
        note(m, m->s.turns.hart, &s->spin[m->s.turns.hart]);
        machine_run(m, 1);
    }
    for (unsigned h = 0; h < m->config.harts; h++) {
        bool unseen = s->spin[h].low > s->spin[h].high && m->s.hart[h].rest == REST_SPIN;
        for (uint32 n = 0; unseen && n < FORCED_STEPS; n++) {
            note(m, h, &s->spin[h]);
            force(m, h);
        }
    }
}

// Runs on trial. Returns whether all harts that run a process spin.
static bool
spins(struct machine *m, struct stuck *s)
{
    struct trial_apart a;
    bool found = false, work = false;
    trial_begin(m, &a);
    for (unsigned h = 0; h < HARTS_MAX; h++)
        s->spin[h] = (struct spin){.low = ~0ULL};
    observe(m, s);
    for (unsigned h = 0; h < m->config.harts; h++) {
        bool small = small_loop(m, s, h), process = facts_current(m, h) != 0;
        found |= small && process;
        work |= !small && process && !m->s.hart[h].waiting;
        if (!small)
            s->spin[h] = (struct spin){.low = ~0ULL};
    }
    trial_end(m, &a);
    return found && !work;
}

// --- the cause -------------------------------------------------------------------------------

// Returns whether the hart that stored last spins now in a loop before that store, in the same
// function.
static bool
left_behind(const struct machine *m, const struct stuck *s, const struct moment *store)
{
    uint64 at, here, pc = moment_pc(m, store, 0);
    const struct spin *x = &s->spin[store->hart];
    return x->low <= x->high && x->low < pc && symbols_find(&m->sight->symbols, pc, &at) != NULL &&
           symbols_find(&m->sight->symbols, x->low, &here) != NULL && pc - at == x->low - here;
}

// Called just before a store to the word. Returns whether the store makes the value greater.
static bool
raises(struct machine *m, uint64 word)
{
    const uint32 *value = (const uint32 *)ram_at(&m->ram, word);
    uint32 before = *value;
    machine_run(m, 1);
    return *value > before;
}

// Goes back from store to store, to one whose hart spins before it (left_behind()). `c` has the
// last.
static void
look_back(struct machine *m, const struct stuck *s, struct cause *c, struct store_event e)
{
    uint32 seen = 0; // harts, as bits: of each its last store counts
    for (unsigned i = 0; i < STORES_BACK && e.hart >= 0; i++) {
        struct moment store;
        moment_now(m, (unsigned)e.hart, &store);
        bool last = !(seen >> e.hart & 1) && (unsigned)e.hart != c->waiter;
        if (last && left_behind(m, s, &store) && raises(m, c->word)) {
            c->store = store;
            c->left_behind = true;
            return;
        }
        seen |= 1u << e.hart;
        if (!history_last_store(m, c->word, 4, e.position, &e))
            return;
    }
}

// Looks for the code that stored the word that a hart waits for.
static bool
find_cause(struct machine *m, const struct stuck *s, unsigned hart, uint64 word, struct cause *c)
{
    struct trial_apart a;
    struct store_event e;
    trial_begin(m, &a);
    *c = (struct cause){hart, word, *(const uint32 *)ram_at(&m->ram, word), {0}, false};
    bool found = history_last_store(m, word, 4, a.here, &e) && e.hart >= 0;
    if (found) {
        moment_now(m, (unsigned)e.hart, &c->store);
        look_back(m, s, c, e);
    }
    trial_end(m, &a);
    return found;
}

static void
tell(struct machine *m, const struct cause *best, const struct cause *all, unsigned count)
{
    struct report r;
    uint64 guilty = moment_pc(m, &best->store, 0);
    report_begin(m, &r, REPORT_STUCK, best->waiter, guilty);
    r.what = (struct fact){.word = best->left_behind ? WORD_STUCK_LEFT : WORD_STUCK,
                           .arg = {best->waiter, m->s.hart[best->waiter].pc, best->word,
                                   best->value, guilty, best->store.hart},
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

// Returns whether it is time for a trial.
static bool
due(struct machine *m, struct stuck *s)
{
    uint64 here = machine_position(m), since = s->last > s->tried ? s->last : s->tried;
    bool rests = s->user != 0 && s->rested != s->user && machine_time(m) - s->user >= REST_TICKS;
    if (!rests && here - since < QUIET_STEPS)
        return false;
    s->tried = here;
    s->rested = s->user;
    return true;
}

static void
examine(struct machine *m)
{
    struct stuck *s = SIGHT_STATE(m, stuck, struct stuck);
    if (!s->told && m->history != NULL && due(m, s) && spins(m, s))
        explain(m, s);
}

static bool
start(struct machine *m)
{
    return facts_have(m, FACT_BIT(AT_CPUS) | FACT_BIT(CPU_SIZE) | FACT_BIT(CPU_PROC));
}

const struct check stuck_check = {
    .name = "stuck",
    .bytes = sizeof(struct stuck),
    .calls = KNOWN_BIT(ACQUIRE) | KNOWN_BIT(PANIC),
    .start = start,
    .called = called,
    .trap_return = trap_return,
    .examine = examine,
};
