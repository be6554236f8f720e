// SPDX-License-Identifier: MIT
// sleeplocks.c - sleep locks that are never released, or that threads wait for in a ring.
//
// Theory    A system call ends with no sleep lock held: a process that goes to user mode or exits
//           with one never releases it, and all threads that want it later sleep for ever.
//           When each of several threads waits for a lock that the next one holds, none goes on.
// Promises  silence: a lock that a system call gives to a program, such as a mutex, stays held on
//           purpose; the name of the function that takes it tells.
#include "check/sleeplocks.h"

#include "check/locktable.h"
#include "check/trial.h"
#include "machine.h"
#include "sight/check.h"
#include "time/snapshot.h"

#define RING_MAX 4

struct sleeplocks *
sleeplocks(const struct machine *m)
{
    return m->sight->on >> CHECK_sleeplocks & 1 ? SIGHT_STATE(m, sleeplocks, struct sleeplocks)
                                                : NULL;
}

struct sleeper *
sleeplocks_holder(struct sleeplocks *s, uint64 lock)
{
    for (uint32 i = 0; i < s->used; i++)
        if (s->of[i].lock == lock && !s->of[i].waits)
            return &s->of[i];
    return NULL;
}

struct sleeper *
sleeplocks_wait(struct sleeplocks *s, uint64 thread)
{
    for (uint32 i = 0; i < s->used; i++)
        if (s->of[i].lock != 0 && s->of[i].thread == thread && s->of[i].waits)
            return &s->of[i];
    return NULL;
}

bool
sleeplocks_held(const struct machine *m, unsigned hart)
{
    const struct sleeplocks *s = sleeplocks(m);
    for (uint32 i = 0; s != NULL && i < s->used; i++)
        if (s->of[i].lock != 0 && !s->of[i].waits && s->of[i].thread == s->thread[hart])
            return true;
    return false;
}

// Returns an empty slot, or NULL.
static struct sleeper *
empty(struct sleeplocks *s)
{
    for (uint32 i = 0; i < s->used; i++)
        if (s->of[i].lock == 0)
            return &s->of[i];
    return s->used < SLEEPLOCKS_MAX ? &s->of[s->used++] : NULL;
}

static void
clear(struct sleeplocks *s, struct sleeper *x)
{
    if (x != NULL)
        *x = (struct sleeper){0};
    while (s->used > 0 && s->of[s->used - 1].lock == 0)
        s->used--;
}

// Returns whether memory says that the lock is held.
static bool
taken(const struct machine *m, unsigned hart, uint64 lock)
{
    uint64 value, offset = fact(m, FACT_SLEEPLOCK_LOCKED); // 0 if it is not known
    return kernel_word(m, hart, lock + offset, &value) && value != 0;
}

// --- reports ---------------------------------------------------------------------------------

// Returns whether the function takes locks for programs, by its name.
static bool
for_programs(const struct machine *m, uint64 taker)
{
    uint64 offset;
    const char *name = symbols_find(&m->sight->symbols, taker, &offset);
    return name != NULL &&
           (text_has(name, "lock") || text_has(name, "mutex") || text_has(name, "sem"));
}

static void
tell_kept(struct machine *m, unsigned hart, enum word what, const struct sleeper *x)
{
    struct report r;
    uint64 guilty = locktable_taker(m, &x->since, false);
    if (for_programs(m, guilty))
        return;
    report_begin(m, &r, REPORT_SLEEPLOCK, hart, guilty);
    r.what = (struct fact){.word = what, .arg = {x->lock, guilty, hart}, .moment = x->since};
    struct fact *since = report_since(&r, WORD_SPIN_TAKEN);
    since->arg[0] = x->lock;
    since->moment = x->since;
    r.rule.word = WORD_SLEEPLOCK_RULE;
    r.todo = (struct fact){.word = WORD_SLEEPLOCK_DO, .arg = {x->lock, guilty}};
    report_send(m, &r);
}

static void
tell_ring(struct machine *m, struct sleeplocks *s, unsigned hart, const struct sleeper *first)
{
    struct report r;
    const struct sleeper *x = first;
    report_begin(m, &r, REPORT_SLEEPLOCK_RING, hart, moment_pc(m, &first->since, 0));
    bool alone = sleeplocks_holder(s, first->lock)->thread == first->thread;
    r.what = (struct fact){.word = alone ? WORD_SLEEPLOCK_TWICE : WORD_SLEEPLOCK_RING,
                           .arg = {first->lock, locktable_taker(m, &first->since, false)},
                           .moment = first->since};
    do {
        const struct sleeper *holder = sleeplocks_holder(s, x->lock);
        struct fact *f = report_since(&r, WORD_RING_WANTS);
        f->arg[0] = x->lock;
        f->moment = x->since;
        f = report_since(&r, WORD_RING_HOLDS);
        f->arg[0] = x->lock;
        f->moment = holder->since;
        x = sleeplocks_wait(s, holder->thread);
    } while (x != first);
    r.rule.word = alone ? WORD_LOCK_TWICE_RULE : WORD_RING_RULE;
    r.todo = (struct fact){.word = alone ? WORD_SLEEPLOCK_DO : WORD_RING_DO, .arg = {first->lock}};
    r.fatal = true;
    report_send(m, &r);
}

// Returns whether the thread waits, by way of other threads, for itself.
static bool
ring(struct sleeplocks *s, const struct sleeper *first)
{
    const struct sleeper *x = first;
    for (int i = 0; i < RING_MAX && x != NULL; i++) {
        const struct sleeper *holder = sleeplocks_holder(s, x->lock);
        x = holder != NULL ? sleeplocks_wait(s, holder->thread) : NULL;
        if (x == first)
            return true;
    }
    return false;
}

// Reports that two threads hold a lock, if the second has stored to it when it was taken: the table
// does not know of a release by other code than releasesleep().
static void
examine(struct machine *m)
{
    struct sleeplocks *s = SIGHT_STATE(m, sleeplocks, struct sleeplocks);
    struct trial_apart a;
    struct store_event e;
    struct report r;
    uint64 pa, lock = s->first.lock;
    s->first.lock = 0;
    if (lock == 0 || s->over || m->history == NULL ||
        !symbols_physical(&m->sight->symbols, lock + fact(m, FACT_SLEEPLOCK_LOCKED), &pa))
        return;
    trial_begin(m, &a);
    bool two = history_last_store(m, pa, 4, s->second.position, &e) && e.hart == s->second.hart &&
               *(const uint32 *)ram_at(&m->ram, pa) != 0;
    trial_end(m, &a);
    if (!two)
        return;
    report_begin(m, &r, REPORT_SLEEPLOCK, s->second.hart, e.pc);
    r.moment = s->second;
    r.what = (struct fact){.word = WORD_SLEEPLOCK_TWO, .arg = {lock, e.pc}, .moment = s->second};
    struct fact *since = report_since(&r, WORD_RING_HOLDS);
    since->arg[0] = lock;
    since->moment = s->first.since;
    r.todo = (struct fact){.word = WORD_SLEEPLOCK_TWO_DO, .arg = {lock, e.pc}};
    r.fatal = true;
    report_send(m, &r);
}

// --- events ----------------------------------------------------------------------------------

static void
acquire_called(struct machine *m, struct sleeplocks *s, const struct call *c)
{
    uint64 thread = s->thread[c->hart];
    clear(s, sleeplocks_wait(s, thread)); // a call that did not return
    struct sleeper *x = thread != 0 ? empty(s) : NULL;
    if (x == NULL)
        return;
    *x = (struct sleeper){.lock = c->arg[0], .thread = thread, .waits = true};
    caller_now(m, c, &x->since);
    if (taken(m, c->hart, c->arg[0]) && ring(s, x))
        tell_ring(m, s, c->hart, x);
}

static void
acquire_returned(struct machine *m, struct sleeplocks *s, const struct call *c)
{
    struct sleeper *x = sleeplocks_wait(s, s->thread[c->hart]);
    if (x == NULL || x->lock != c->arg[0])
        return;
    const struct sleeper *holder = sleeplocks_holder(s, x->lock);
    if (holder != NULL && holder->thread != x->thread) {
        s->first = *holder;
        moment_now(m, c->hart, &s->second);
        m->stop = STOP_LOOK;
    }
    clear(s, sleeplocks_holder(s, x->lock));
    x->waits = false;
}

// Reports a lock that the thread holds when it goes to user mode or exits: it cannot release it
// then.
static void
look(struct machine *m, struct sleeplocks *s, unsigned hart, enum word what)
{
    uint64 thread = s->thread[hart];
    for (uint32 i = 0; i < s->used; i++) {
        struct sleeper *x = &s->of[i];
        if (x->lock == 0 || x->waits || x->thread != thread || !taken(m, hart, x->lock))
            continue;
        tell_kept(m, hart, what, x);
        *x = (struct sleeper){0};
    }
    clear(s, NULL);
}

static void
called(struct machine *m, const struct call *c)
{
    struct sleeplocks *s = SIGHT_STATE(m, sleeplocks, struct sleeplocks);
    if (c->what == KNOWN_SWTCH)
        s->thread[c->hart] = c->arg[1];
    else if (c->what == KNOWN_PANIC)
        s->over = true;
    else if (c->what == KNOWN_ACQUIRESLEEP)
        acquire_called(m, s, c);
    else if (c->what == KNOWN_RELEASESLEEP)
        clear(s, sleeplocks_holder(s, c->arg[0]));
    else if (!s->over)
        look(m, s, c->hart, WORD_SLEEPLOCK_EXIT);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    (void)result;
    acquire_returned(m, SIGHT_STATE(m, sleeplocks, struct sleeplocks), c);
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    struct sleeplocks *s = SIGHT_STATE(m, sleeplocks, struct sleeplocks);
    if (supervisor && m->s.hart[hart].mode == MODE_U && !s->over && s->used > 0)
        look(m, s, hart, WORD_SLEEPLOCK_TO_USER);
}

static bool
start(struct machine *m)
{
    return known_has(m, KNOWN_ACQUIRESLEEP) && known_has(m, KNOWN_RELEASESLEEP) &&
           known_has(m, KNOWN_SWTCH);
}

const struct check sleeplocks_check = {
    .name = "sleeplocks",
    .bytes = sizeof(struct sleeplocks),
    .calls = KNOWN_BIT(ACQUIRESLEEP) | KNOWN_BIT(RELEASESLEEP) | KNOWN_BIT(SWTCH) |
             KNOWN_BIT(EXIT) | KNOWN_BIT(PANIC),
    .returns = KNOWN_BIT(ACQUIRESLEEP),
    .start = start,
    .called = called,
    .returned = returned,
    .trap_return = trap_return,
    .examine = examine,
};
