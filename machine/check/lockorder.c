// SPDX-License-Identifier: MIT
// lockorder.c - spinlocks that are taken in both orders.
//
// Theory    When acquire() is called for B while the hart holds A, A comes before B. If B comes
//           before A elsewhere, two harts can wait for each other for ever, even if they did not in
//           this run. It is harmless if a third lock was held each time: then only one hart is
//           there at once.
// Promises  silence: single locks are compared, not kinds. Two locks of one kind, made at one
//           place, may have an order that only the kernel knows (parent before child): they are not
//           reported.
// Next      check/deadlock.c: harts that do wait for each other
#include "check/locktable.h"

#include "machine.h"
#include "sight/check.h"

#define ORDERS_MAX 16384 // a power of two
#define GATES      3

// A lock was wanted while another was held.
struct order {
    uint64 first, second; // first 0: an empty slot
    uint64 gate[GATES];   // held each time, besides `first`; 0: none
    struct moment held;   // `first` was taken, the first time
    struct moment wanted; // `second` was wanted
};

struct lockorder {
    struct order order[ORDERS_MAX];
    uint32 count;
};

// --- the orders that were seen ---------------------------------------------------------------

static struct order *
slot(struct lockorder *o, uint64 first, uint64 second)
{
    uint32 i = (uint32)((first * 0x9e3779b97f4a7c15ULL ^ second * 0xff51afd7ed558ccdULL) >> 40);
    for (i %= ORDERS_MAX; o->order[i].first != 0; i = (i + 1) % ORDERS_MAX)
        if (o->order[i].first == first && o->order[i].second == second)
            break;
    return &o->order[i];
}

static bool
has_gate(const struct order *x, uint64 lock)
{
    for (int i = 0; i < GATES; i++)
        if (x->gate[i] == lock)
            return true;
    return false;
}

// Returns whether both were seen under one lock.
static bool
gated(const struct order *x, const struct order *y)
{
    for (int i = 0; i < GATES; i++)
        if (x->gate[i] != 0 && has_gate(y, x->gate[i]))
            return true;
    return false;
}

// Removes from the order the gates that are not held this time. Returns whether there was one.
static bool
narrow(struct locktable *t, unsigned hart, struct order *x)
{
    bool lost = false;
    for (int i = 0; i < GATES; i++) {
        if (x->gate[i] == 0 || locktable_held(t, hart, x->gate[i]) != NULL)
            continue;
        x->gate[i] = 0;
        lost = true;
    }
    return lost;
}

// Notes a new order.
static void
fill(struct order *x, const struct hart_locks *h, const struct held *held)
{
    int gates = 0;
    *x = (struct order){.first = held->lock, .second = h->wants};
    x->held = held->since;
    x->wanted = h->wanted;
    for (uint32 i = 0; i < h->count && gates < GATES; i++)
        if (h->held[i].lock != held->lock)
            x->gate[gates++] = h->held[i].lock;
}

// Forgets the orders of a lock where one of another kind was made. The slots stay in use, so that
// searches go past them.
static void
forget(struct lockorder *o, uint64 lock)
{
    for (uint32 i = 0; i < ORDERS_MAX; i++)
        if (o->order[i].first == lock || o->order[i].second == lock)
            o->order[i].second = 0;
}

// --- reports -----------------------------------------------------------------------------------

static void
add_path(struct report *r, const struct order *x)
{
    struct fact *f = report_since(r, WORD_ORDER_HELD);
    f->arg[0] = x->first;
    f->moment = x->held;
    f = report_since(r, WORD_ORDER_WANTED);
    f->arg[0] = x->second;
    f->arg[1] = x->first;
    f->moment = x->wanted;
}

// Reports the order `now`, which has just been seen, and `then`, its reverse.
static void
tell(struct machine *m, unsigned hart, const struct order *now, const struct order *then)
{
    struct report r;
    report_begin(m, &r, REPORT_LOCK_ORDER, hart, moment_pc(m, &now->wanted, 0));
    if (report_sent(m, REPORT_LOCK_ORDER, moment_pc(m, &then->wanted, 0)))
        return;
    r.what =
        (struct fact){.word = WORD_ORDER,
                      .arg = {moment_pc(m, &now->wanted, 0), now->first, now->second, then->second},
                      .moment = now->wanted};
    add_path(&r, now);
    add_path(&r, then);
    r.moment = now->wanted;
    r.rule.word = WORD_ORDER_RULE;
    r.todo = (struct fact){.word = WORD_ORDER_DO, .arg = {now->first, now->second}};
    report_send(m, &r);
}

static bool
usable(struct locktable *t, const struct order *x)
{
    return x->first != 0 && x->second != 0 && !locktable_alike(t, x->first, x->second);
}

static void
look(struct machine *m, struct lockorder *o, struct locktable *t, unsigned hart,
     const struct order *now)
{
    const struct order *back = slot(o, now->second, now->first);
    if (!usable(t, now))
        return;
    if (usable(t, back) && !gated(now, back))
        tell(m, hart, now, back);
}

// --- events ----------------------------------------------------------------------------------

// The hart wants a lock while it holds another.
static void
see(struct machine *m, struct locktable *t, unsigned hart, const struct held *held)
{
    struct lockorder *o = SIGHT_STATE(m, lockorder, struct lockorder);
    const struct hart_locks *h = &t->hart[hart];
    struct order *x = slot(o, held->lock, h->wants);
    bool fresh = x->first == 0;
    if (fresh && o->count == ORDERS_MAX / 2)
        return;
    if (fresh) {
        o->count++;
        fill(x, h, held);
    }
    if (fresh || narrow(t, hart, x))
        look(m, o, t, hart, x);
}

static void
called(struct machine *m, const struct call *c)
{
    struct locktable *t = locktable(m);
    if (t->over)
        return;
    if (c->what == KNOWN_INITLOCK) {
        const struct lock *lock = locktable_lock(t, c->arg[0]);
        if (lock == NULL || lock->renewed)
            forget(SIGHT_STATE(m, lockorder, struct lockorder), c->arg[0]);
        return;
    }
    const struct hart_locks *h = &t->hart[c->hart];
    for (uint32 i = 0; i < h->count; i++)
        if (h->held[i].lock != h->wants)
            see(m, t, c->hart, &h->held[i]);
}

static bool
start(struct machine *m)
{
    return locktable(m) != NULL;
}

const struct check lockorder_check = {
    .name = "lockorder",
    .bytes = sizeof(struct lockorder),
    .calls = KNOWN_BIT(ACQUIRE) | KNOWN_BIT(INITLOCK),
    .start = start,
    .called = called,
};
