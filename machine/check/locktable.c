// SPDX-License-Identifier: MIT
// locktable.c - the kernel's spinlocks: which hart holds which, since when, which it waits for.
#include "check/locktable.h"

#include "machine.h"
#include "sight/check.h"
#include "sight/guest.h"

enum { TP = 4 };

void
caller_now(const struct machine *m, const struct call *c, struct moment *out)
{
    moment_now(m, c->hart, out);
    for (unsigned i = 0; i + 1 < MOMENT_CALLS; i++)
        out->pc[i] = out->pc[i + 1];
    out->pc[MOMENT_CALLS - 1] = 0;
}

struct locktable *
locktable(const struct machine *m)
{
    return m->sight->on >> CHECK_locks & 1 ? SIGHT_STATE(m, locks, struct locktable) : NULL;
}

// Returns the slot of the lock, or the empty slot where it would be.
static struct lock *
slot(struct locktable *t, uint64 at)
{
    uint32 i = (uint32)((at * 0x9e3779b97f4a7c15ULL) >> 40) % LOCKS_MAX;
    while (t->lock[i].at != 0 && t->lock[i].at != at)
        i = (i + 1) % LOCKS_MAX;
    return &t->lock[i];
}

// Returns the entry of a lock, or NULL.
static const struct lock *
locktable_find(struct locktable *t, uint64 at)
{
    const struct lock *lock = slot(t, at);
    return lock->at != 0 ? lock : NULL;
}

struct lock *
locktable_lock(struct locktable *t, uint64 at)
{
    struct lock *lock = slot(t, at);
    if (lock->at == at)
        return lock;
    if (t->locks == LOCKS_MAX / 2 || at == 0)
        return NULL;
    t->locks++;
    lock->at = at;
    return lock;
}

struct held *
locktable_held(struct locktable *t, unsigned hart, uint64 at)
{
    struct hart_locks *h = &t->hart[hart];
    for (uint32 i = 0; i < h->count; i++)
        if (h->held[i].lock == at)
            return &h->held[i];
    return NULL;
}

int
locktable_holder(struct locktable *t, uint64 at)
{
    for (int h = 0; h < HARTS_MAX; h++)
        if (locktable_held(t, (unsigned)h, at) != NULL)
            return h;
    return -1;
}

bool
locktable_alike(struct locktable *t, uint64 a, uint64 b)
{
    const struct lock *x = locktable_lock(t, a), *y = locktable_lock(t, b);
    return a == b || (x != NULL && y != NULL && x->kind != 0 && x->kind == y->kind);
}

uint64
locktable_name(const struct machine *m, uint64 at)
{
    struct locktable *t = locktable(m);
    const struct lock *lock = t != NULL ? locktable_find(t, at) : NULL;
    return lock != NULL ? lock->name : 0;
}

bool
kernel_word(const struct machine *m, unsigned hart, uint64 va, uint64 *value)
{
    return facts_memory(m, va, 4, value) || guest_read(m, hart, va, 4, PT_READ, value);
}

bool
text_same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool
text_has(const char *text, const char *words)
{
    for (; *text != '\0'; text++) {
        unsigned i = 0;
        while (words[i] != '\0' && text[i] == words[i])
            i++;
        if (words[i] == '\0')
            return true;
    }
    return false;
}

bool
locktable_taken(const struct machine *m, unsigned hart, uint64 at)
{
    uint64 value, offset = fact(m, FACT_SPINLOCK_LOCKED); // 0 if it is not known
    return kernel_word(m, hart, at + offset, &value) && value != 0;
}

bool
locktable_owns(const struct machine *m, unsigned hart, uint64 at)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 cpu, own = facts_cpu(m, hart), tp = h->x[TP];
    if (own != 0 && h->mode == MODE_S && tp < fact(m, FACT_COUNT_CPUS))
        own = fact(m, FACT_AT_CPUS) + tp * fact(m, FACT_CPU_SIZE);
    return locktable_taken(m, hart, at) &&
           (own == 0 || !facts_field(m, at, FACT_SPINLOCK_CPU, 8, &cpu) || cpu == own);
}

// Returns whether the function at `pc` returns with a lock that its caller has to release. `spin`:
// with a spinlock.
static bool
helper(const struct machine *m, uint64 pc, bool spin)
{
    static const char *const names[] = {"sleep", "allocproc", "ilock",
                                        "bget",  "bread",     "acquiresleep"};
    uint64 offset;
    const char *name = symbols_find(&m->sight->symbols, pc, &offset);
    for (size_t i = 0; name != NULL && i < (spin ? 2 : NELEM(names)); i++)
        if (text_same(name, names[i]))
            return true;
    return false;
}

uint64
locktable_taker(const struct machine *m, const struct moment *since, bool spin)
{
    unsigned i = 0;
    while (i + 1 < MOMENT_CALLS && since->pc[i + 1] != 0 && helper(m, moment_pc(m, since, i), spin))
        i++;
    return moment_pc(m, since, i);
}
