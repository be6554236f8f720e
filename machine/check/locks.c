// SPDX-License-Identifier: MIT
// locks.c - mistakes that one hart makes with spinlocks: taken twice, kept too long, never taken.
//
// Theory    A hart must not
//           (1) acquire a lock that it holds, or release a lock that it does not hold;
//           (2) go to user mode, or leave a process for another, with a lock that stays held;
//           (3) have interrupts on while it holds a lock that handlers of interrupts acquire.
// Promises  silence: both the table and the lock's word in memory must show the mistake.
// Next      check/lockorder.c, check/deadlock.c
#include "check/locktable.h"

#include "machine.h"
#include "sight/check.h"

#define SWITCHES_SURE 4      // that many calls of swtch() show the kernel's way to do it
#define FOR_EVER      100000 // steps of all harts inside one acquire()

// --- reports ---------------------------------------------------------------------------------

// The sentences of a report about a lock.
struct complaint {
    enum report_kind kind;
    enum word what, since, rule, todo;
};

static const struct complaint open = {REPORT_LOCK_OPEN, WORD_LOCK_OPEN, WORD_SPIN_TAKEN,
                                      WORD_LOCK_OPEN_RULE, WORD_LOCK_OPEN_DO},
                              twice = {REPORT_LOCK_TWICE, WORD_LOCK_TWICE, WORD_SPIN_TAKEN,
                                       WORD_LOCK_TWICE_RULE, WORD_LOCK_TWICE_DO},
                              other = {REPORT_LOCK_OTHER, WORD_LOCK_OTHER, WORD_SPIN_TAKEN,
                                       WORD_LOCK_OTHER_RULE, WORD_LOCK_OTHER_DO},
                              not_held = {REPORT_LOCK_FREE, WORD_LOCK_FREE, WORD_LOCK_RELEASED,
                                          WORD_LOCK_OTHER_RULE, WORD_LOCK_FREE_DO},
                              across = {REPORT_LOCK_ACROSS, WORD_LOCK_ACROSS, WORD_SPIN_TAKEN,
                                        WORD_LOCK_ACROSS_RULE, WORD_SPIN_DO},
                              to_user = {REPORT_LOCK_TO_USER, WORD_LOCK_TO_USER, WORD_SPIN_TAKEN,
                                         WORD_LOCK_TO_USER_RULE, WORD_SPIN_DO};

// Reports a mistake. `at` says when the lock was taken or released, `guilty` is the function to
// name.
static void
tell(struct machine *m, unsigned hart, const struct complaint *c, const struct held *at,
     uint64 guilty)
{
    struct report r;
    report_begin(m, &r, c->kind, hart, guilty);
    if (at->leave.position != 0)
        r.moment = at->leave;
    r.what = (struct fact){.word = c->what, .arg = {at->lock, guilty, hart}, .moment = r.moment};
    struct fact *since = report_since(&r, c->since);
    since->arg[0] = at->lock;
    since->moment = at->since;
    r.rule.word = c->rule;
    r.todo = (struct fact){.word = c->todo, .arg = {at->lock, guilty}};
    report_send(m, &r);
}

// Returns the function that took the lock or released it: the caller of acquire() or release().
static uint64
caller(const struct machine *m, const struct held *held)
{
    return locktable_taker(m, &held->since, true);
}

// --- events ----------------------------------------------------------------------------------

static bool
interrupts_on(const struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    return h->mode == MODE_S && (h->mstatus & STATUS_SIE);
}

// Returns whether the function that took the lock has returned.
static bool
has_returned(const struct machine *m, unsigned hart, const struct held *held)
{
    uint64 offset, taker = caller(m, held);
    struct moment now;
    moment_now(m, hart, &now);
    const char *name = symbols_find(&m->sight->symbols, taker, &offset);
    for (unsigned i = 0; i < MOMENT_CALLS && now.pc[i] != 0; i++)
        if (symbols_find(&m->sight->symbols, moment_pc(m, &now, i), &offset) == name)
            return false;
    return now.pc[MOMENT_CALLS - 1] == 0;
}

// Reports a lock that handlers of interrupts take, too, while the hart has interrupts on.
static void
look_open(struct machine *m, struct locktable *t, unsigned hart, const struct held *held)
{
    const struct lock *lock = locktable_lock(t, held->lock);
    struct complaint c = open;
    if (lock == NULL || !lock->in_interrupt || !locktable_owns(m, hart, held->lock))
        return;
    if (!held->open && has_returned(m, hart, held))
        c.todo = WORD_SPIN_DO;
    tell(m, hart, &c, held, held->open ? m->sight->known.entry[KNOWN_ACQUIRE] : caller(m, held));
}

static void
acquire_called(const struct machine *m, struct locktable *t, const struct call *c)
{
    struct hart_locks *h = &t->hart[c->hart];
    for (uint32 i = 0; i < h->count; i++)
        t->over |= !locktable_owns(m, c->hart, h->held[i].lock);
    h->wants = c->arg[0];
    caller_now(m, c, &h->wanted);
}

static void
acquire_returned(struct machine *m, struct locktable *t, const struct call *c)
{
    struct hart_locks *h = &t->hart[c->hart];
    struct lock *lock = locktable_lock(t, c->arg[0]);
    if (h->wants != c->arg[0])
        return; // the call began on another hart: the table does not know it here
    h->wants = 0;
    if (h->count == HELD_MAX || locktable_held(t, c->hart, c->arg[0]) != NULL)
        return;
    struct held *held = &h->held[h->count++];
    *held = (struct held){c->arg[0], h->wanted, interrupts_on(m, c->hart), false, {0}};
    if (lock != NULL && h->interrupt)
        lock->in_interrupt = true;
    if (held->open)
        look_open(m, t, c->hart, held);
}

static void
drop(struct hart_locks *h, const struct held *held)
{
    uint32 i = (uint32)(held - h->held);
    for (h->count--; i < h->count; i++)
        h->held[i] = h->held[i + 1];
}

// Called when a hart releases a lock that it does not hold by the table.
static void
release_unheld(struct machine *m, struct locktable *t, const struct call *c)
{
    struct lock *lock = locktable_lock(t, c->arg[0]);
    int holder = locktable_holder(t, c->arg[0]);
    bool taken = locktable_taken(m, c->hart, c->arg[0]);
    struct held last = {.lock = c->arg[0]};
    if (holder >= 0 && locktable_owns(m, (unsigned)holder, c->arg[0])) {
        tell(m, c->hart, &other, locktable_held(t, (unsigned)holder, c->arg[0]), c->ra - 1);
    } else if (holder < 0 && !taken && lock != NULL && lock->releases > 0) {
        last.since = lock->free;
        tell(m, c->hart, &not_held, &last, c->ra - 1);
    }
}

static void
release_called(struct machine *m, struct locktable *t, const struct call *c)
{
    struct held *held = locktable_held(t, c->hart, c->arg[0]);
    struct lock *lock = locktable_lock(t, c->arg[0]);
    if (held == NULL)
        release_unheld(m, t, c);
    else if (interrupts_on(m, c->hart))
        look_open(m, t, c->hart, held);
    if (held != NULL)
        drop(&t->hart[c->hart], held);
    if (lock != NULL) {
        lock->releases++;
        caller_now(m, c, &lock->free);
    }
}

// Notes the lock that initlock() makes. In memory that was freed, it may replace one of another
// kind.
static void
init_called(struct locktable *t, const struct call *c)
{
    struct lock *lock = locktable_lock(t, c->arg[0]);
    bool renewed = lock != NULL && lock->kind != 0 && lock->kind != c->ra;
    if (lock == NULL)
        return;
    if (renewed)
        *lock = (struct lock){.at = c->arg[0]};
    lock->kind = c->ra;
    lock->name = c->arg[1];
    lock->renewed = renewed;
}

// Returns the lock that the hart should not hold when it leaves a process.
static struct held *
superfluous(struct locktable *t, struct hart_locks *h)
{
    for (uint32 i = 0; i < h->count; i++) {
        const struct lock *lock = locktable_lock(t, h->held[i].lock);
        if (lock != NULL && lock->kind != t->switch_kind)
            return &h->held[i];
    }
    return &h->held[0];
}

// Called when the kernel leaves a process. It should hold one lock, that of the process; the next
// process, or the scheduler, releases it. The scheduler may release another one as well: that lock
// counts when the hart leaves it, too.
static void
leave_called(struct machine *m, struct locktable *t, const struct call *c)
{
    struct hart_locks *h = &t->hart[c->hart];
    bool sure = t->switches >= SWITCHES_SURE && !t->other_switch;
    h->interrupt = false;
    h->in_sched = c->what == KNOWN_SCHED;
    if (c->what == KNOWN_SWTCH && h->count == 1) {
        const struct lock *lock = locktable_lock(t, h->held[0].lock);
        t->switches++;
        t->switch_kind = lock != NULL ? lock->kind : 0;
    } else if (c->what == KNOWN_SWTCH && !sure) {
        t->other_switch = true;
    }
    struct held *held = sure && h->count > 1 ? superfluous(t, h) : NULL;
    if (held == NULL || !locktable_owns(m, c->hart, held->lock))
        return;
    if (held->left) {
        tell(m, c->hart, &across, held, caller(m, held));
        drop(h, held);
        return;
    }
    if (held->leave.position == 0)
        moment_now(m, c->hart, &held->leave);
    held->left = c->what == KNOWN_SWTCH;
}

// Reports a hart that waits for a lock that it holds.
static void
tell_again(struct machine *m, const struct hart_locks *h, unsigned hart, const struct held *held)
{
    if (held->left)
        tell(m, hart, &across, held, caller(m, held));
    else
        tell(m, hart, &twice, held, moment_pc(m, &h->wanted, 0));
}

// Called when sched() itself panics because of too many locks, or acquire() because the hart holds
// the lock: a kernel may let a hart acquire a lock again.
static void
panic_called(struct machine *m, struct locktable *t, const struct call *c)
{
    struct hart_locks *h = &t->hart[c->hart];
    const struct held *held = h->wants != 0 ? locktable_held(t, c->hart, h->wants) : NULL;
    if (held != NULL && locktable_owns(m, c->hart, held->lock))
        tell_again(m, h, c->hart, held);
    if (h->in_sched && h->count > 1)
        tell(m, c->hart, &across, superfluous(t, h), caller(m, superfluous(t, h)));
    t->over = true;
}

static void
called(struct machine *m, const struct call *c)
{
    struct locktable *t = SIGHT_STATE(m, locks, struct locktable);
    if (t->over)
        return;
    if (c->what == KNOWN_ACQUIRE)
        acquire_called(m, t, c);
    else if (c->what == KNOWN_INITSLEEPLOCK)
        init_called(t, c);
    else if (c->what == KNOWN_RELEASE)
        release_called(m, t, c);
    else if (c->what == KNOWN_INITLOCK)
        init_called(t, c);
    else if (c->what == KNOWN_PANIC)
        panic_called(m, t, c);
    else
        leave_called(m, t, c);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct locktable *t = SIGHT_STATE(m, locks, struct locktable);
    (void)result;
    if (!t->over)
        acquire_returned(m, t, c);
}

static void
trap(struct machine *m, unsigned hart)
{
    struct locktable *t = SIGHT_STATE(m, locks, struct locktable);
    const struct hart *h = &m->s.hart[hart];
    if (h->mode != MODE_S || t->over)
        return;
    t->hart[hart].interrupt = h->scause >> 63 && (h->mstatus & STATUS_SPP);
    for (uint32 i = 0; t->hart[hart].interrupt && i < t->hart[hart].count; i++)
        look_open(m, t, hart, &t->hart[hart].held[i]);
}

// Called when the kernel turns interrupts on.
static void
enabled(struct machine *m, unsigned hart)
{
    struct locktable *t = SIGHT_STATE(m, locks, struct locktable);
    for (uint32 i = 0; !t->over && i < t->hart[hart].count; i++)
        look_open(m, t, hart, &t->hart[hart].held[i]);
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    struct locktable *t = SIGHT_STATE(m, locks, struct locktable);
    struct hart_locks *h = &t->hart[hart];
    if (!supervisor || t->over)
        return;
    h->interrupt = false;
    if (m->s.hart[hart].mode != MODE_U)
        return;
    for (uint32 i = 0; i < h->count; i++)
        if (locktable_owns(m, hart, h->held[i].lock))
            tell(m, hart, &to_user, &h->held[i], caller(m, &h->held[i]));
    h->count = 0; // its later locks have nothing to do with these
}

// Reports a hart that has been in acquire() for long, for a lock that it holds. A kernel that lets
// it acquire the lock again returns at once.
static void
examine(struct machine *m)
{
    struct locktable *t = SIGHT_STATE(m, locks, struct locktable);
    for (unsigned hart = 0; hart < m->config.harts && !t->over; hart++) {
        struct hart_locks *h = &t->hart[hart];
        const struct held *held = h->wants != 0 ? locktable_held(t, hart, h->wants) : NULL;
        if (held == NULL || machine_position(m) - h->wanted.position < FOR_EVER ||
            !locktable_owns(m, hart, held->lock))
            continue;
        tell_again(m, h, hart, held);
        h->wants = 0;
    }
}

static bool
start(struct machine *m)
{
    return known_has(m, KNOWN_ACQUIRE) && known_has(m, KNOWN_RELEASE);
}

const struct check locks_check = {
    .name = "locks",
    .bytes = sizeof(struct locktable),
    .calls = KNOWN_BIT(ACQUIRE) | KNOWN_BIT(RELEASE) | KNOWN_BIT(INITLOCK) |
             KNOWN_BIT(INITSLEEPLOCK) | KNOWN_BIT(SCHED) | KNOWN_BIT(SWTCH) | KNOWN_BIT(PANIC),
    .returns = KNOWN_BIT(ACQUIRE),
    .start = start,
    .called = called,
    .returned = returned,
    .trap = trap,
    .enabled = enabled,
    .trap_return = trap_return,
    .examine = examine,
};
