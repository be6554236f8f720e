// SPDX-License-Identifier: MIT
// paniclocks.c - explains panics of acquire(), release() and sched(): the locks and their holders.
#include "check/fatal.h"
#include "machine.h"

// Fills in the values of a sentence about a lock: {2:str} its name, {3} its address, {4} the hart.
static void
lock_words(const struct machine *m, uint64 lock, struct fact *f)
{
    uint64 name = 0, cpu = 0, pa;
    (void)facts_field(m, lock, FACT_SPINLOCK_NAME, 8, &name);
    (void)facts_field(m, lock, FACT_SPINLOCK_CPU, 8, &cpu);
    f->arg[2] = name;
    f->arg[3] = lock;
    if (cpu != 0 && facts_have(m, FACT_BIT(AT_CPUS) | FACT_BIT(CPU_SIZE)))
        f->arg[4] = (cpu - fact(m, FACT_AT_CPUS)) / fact(m, FACT_CPU_SIZE);
    if (!symbols_physical(&m->sight->symbols, lock, &pa))
        pa = lock;
    f->stored = ram_has(&m->ram, pa, 8) ? pa : 0;
}

void
panic_lock(const struct machine *m, const struct call *panic, unsigned last, struct report *r)
{
    const struct call *c = &SIGHT_STATE(m, fatal, struct fatal)->last[panic->hart][last];
    if (!facts_have(m, FACT_BIT(SPINLOCK_NAME)))
        return;
    r->what = (struct fact){.word = WORD_PANIC_LOCK, .arg = {panic->arg[0], panic->ra - 1}};
    lock_words(m, c->arg[0], &r->what);
    r->what.stored = 0;
    lock_words(m, c->arg[0], report_since(r, WORD_LOCK_STORED));
    r->rule.word = WORD_LOCK_RULE_TWICE;
    r->todo.word = WORD_LOCK_DO;
}

void
panic_sched(const struct machine *m, const struct call *panic, struct report *r)
{
    const struct fatal *f = SIGHT_STATE(m, fatal, struct fatal);
    uint64 noff = 0, locked, cpu, mine;
    r->rule.word = WORD_SCHED_RULE;
    r->todo.word = WORD_SCHED_DO;
    if ((mine = facts_cpu(m, panic->hart)) == 0)
        return;
    if (facts_field(m, mine, FACT_CPU_NOFF, 4, &noff))
        *report_near(r, WORD_NONE) =
            (struct fact){.word = WORD_SCHED_NOFF, .arg = {noff, panic->hart}};
    uint64 own = facts_current(m, panic->hart) + fact(m, FACT_PROC_LOCK);
    for (unsigned i = 0; i < f->locks && r->nsince < REPORT_SINCE; i++) {
        if (!facts_field(m, f->lock[i], FACT_SPINLOCK_LOCKED, 4, &locked) || locked == 0 ||
            !facts_field(m, f->lock[i], FACT_SPINLOCK_CPU, 8, &cpu) || cpu != mine)
            continue;
        lock_words(m, f->lock[i], report_since(r, WORD_LOCK_TAKEN));
        if (f->lock[i] != own && r->what.word != WORD_PANIC_SCHED) {
            r->what.word = WORD_PANIC_SCHED;
            (void)facts_field(m, f->lock[i], FACT_SPINLOCK_NAME, 8, &r->what.arg[2]);
        }
    }
    if (noff > 1 && f->locks < FATAL_LOCKS && r->what.word != WORD_PANIC_SCHED)
        r->todo.word = WORD_SCHED_DO_NOFF;
}
