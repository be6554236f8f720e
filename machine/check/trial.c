// SPDX-License-Identifier: MIT
// trial.c - runs the machine on trial, with a sleeping process woken.
//
// Theory    The trial sets the state of the process in memory, as wakeup() would, and runs the
//           machine step by step. If the process calls sleep() on the same channel again, its
//           condition is false. If it releases the lock that it sleeps with, or stores to memory
//           other than its own, the condition is true. Its loads in between are noted.
#include "check/trial.h"

#include "check/locktable.h"
#include "hart/opcodes.h"
#include "hart/rvc.h"
#include "mmu/store.h"
#include "run.h"
#include "sight/check.h"
#include "sight/guest.h"
#include "time/snapshot.h"

#define TRIAL_STEPS 300000ULL
#define STACK_BYTES 4096ULL
#define NEVER       (~0ULL)

enum { SP = 2, A0 = 10, A1 = 11 };

// --- setting up and taking back --------------------------------------------------------------

static void
print_nothing(void *arg, uint8 byte)
{
    (void)arg;
    (void)byte;
}

void
trial_begin(struct machine *m, struct trial_apart *a)
{
    *a = (struct trial_apart){machine_position(m), m->sight->reached, m->clock_limit, m->host};
    m->sight->reached = NEVER;
    m->host = (struct host_calls){.console = print_nothing};
    m->clock_limit = NEVER;
}

void
trial_end(struct machine *m, const struct trial_apart *a)
{
    history_go(m, a->here);
    history_drop_ahead(m);
    m->host = a->host;
    m->clock_limit = a->limit;
    m->sight->reached = a->reached;
}

// Changes the state of a process. Returns false if the process is not in RAM.
static bool
set_state(struct machine *m, uint64 proc, enum fact_id state)
{
    uint64 pa, va = proc + fact(m, FACT_PROC_STATE);
    if (!symbols_physical(&m->sight->symbols, va, &pa) || !ram_has(&m->ram, pa, 4))
        return false;
    store_barrier(m, pa, 4);
    *(uint32 *)ram_at(&m->ram, pa) = (uint32)fact(m, state);
    return true;
}

// --- what the process does -------------------------------------------------------------------

static bool
at_entry(const struct machine *m, unsigned hart, enum known what)
{
    uint64 pa;
    return guest_translate(m, hart, m->s.hart[hart].pc, PT_EXEC, &pa) &&
           pa == m->sight->known.entry[what];
}

uint32
trial_instruction_at(const struct machine *m, unsigned hart, uint64 pc)
{
    uint64 low, high = 0;
    if (!guest_read(m, hart, pc, 2, PT_EXEC, &low))
        return 0;
    if ((low & 3) != 3)
        return rvc_expand((uint16)low);
    guest_read(m, hart, pc + 2, 2, PT_EXEC, &high);
    return (uint32)(high << 16 | low);
}

uint32
trial_instruction(const struct machine *m, unsigned hart)
{
    return trial_instruction_at(m, hart, m->s.hart[hart].pc);
}

bool
trial_reads(const struct machine *m, unsigned hart, uint64 *va)
{
    uint32 raw = trial_instruction(m, hart);
    bool atomic = opcode_of(raw) == OPCODE_AMO;
    *va = m->s.hart[hart].x[raw >> 15 & 31] + (atomic ? 0 : (uint64)(int64)((int32)raw >> 20));
    return atomic || opcode_of(raw) == OPCODE_LOAD;
}

// Notes the words that the process reads, except its stack, its own structure and the words of
// locks.
static void
note(struct machine *m, unsigned hart, const struct sleeper_at *at, struct trial *t)
{
    uint64 va, pa, sp = m->s.hart[hart].x[SP];
    if (!trial_reads(m, hart, &va) || va - sp < STACK_BYTES || va - at->lock < 8 ||
        va - at->proc < fact(m, FACT_PROC_SIZE) || trial_bookkeeping(m, m->s.hart[hart].pc) ||
        !guest_translate(m, hart, va, PT_READ, &pa))
        return;
    for (uint32 i = 0; i < t->reads; i++)
        if (t->read[i] == (pa & ~3ULL))
            return;
    if (t->reads == TRIAL_READS || !ram_has(&m->ram, pa & ~3ULL, 4))
        return;
    t->value[t->reads] = *(const uint32 *)ram_at(&m->ram, pa & ~3ULL);
    t->read[t->reads++] = pa & ~3ULL;
}

// Returns whether the hart's next instruction stores to anything but the stack, the lock or the
// process itself.
static bool
stores(const struct machine *m, unsigned hart, const struct sleeper_at *at)
{
    uint32 raw = trial_instruction(m, hart);
    const struct hart *h = &m->s.hart[hart];
    int32 offset = ((int32)raw >> 25 << 5) | (int32)(raw >> 7 & 31);
    uint64 va = h->x[raw >> 15 & 31] + (uint64)(int64)offset;
    return opcode_of(raw) == OPCODE_STORE && va - h->x[SP] >= STACK_BYTES && va - at->lock >= 8 &&
           va - at->proc >= fact(m, FACT_PROC_SIZE) && !trial_bookkeeping(m, h->pc);
}

// Looks at the hart that runs the process, before its next step.
static enum trial_end
look(struct machine *m, unsigned hart, const struct sleeper_at *at, struct trial *t, bool *awake)
{
    const struct hart *h = &m->s.hart[hart];
    if (h->mode == MODE_U)
        return TRIAL_GOES_ON;
    if (h->pc == at->ra)
        *awake = true;
    if (!*awake)
        return TRIAL_UNKNOWN;
    if (at_entry(m, hart, KNOWN_SLEEP))
        return h->x[A0] == at->chan && h->x[A1] == at->lock ? TRIAL_SLEEPS : TRIAL_GOES_ON;
    if ((at_entry(m, hart, KNOWN_RELEASE) && h->x[A0] == at->lock) || stores(m, hart, at))
        return TRIAL_GOES_ON;
    note(m, hart, at, t);
    return TRIAL_UNKNOWN;
}

// Runs until the process sleeps again or goes on.
static enum trial_end
run_to_verdict(struct machine *m, const struct sleeper_at *at, struct trial *t)
{
    bool awake = false;
    for (uint64 n = 0; n < TRIAL_STEPS; n++) {
        enum trial_end end = TRIAL_UNKNOWN;
        if (!machine_turn(m))
            return TRIAL_UNKNOWN;
        unsigned hart = m->s.turns.hart;
        if (facts_current(m, hart) == at->proc)
            end = look(m, hart, at, t, &awake);
        if (end != TRIAL_UNKNOWN)
            return end;
        machine_run(m, 1);
    }
    return TRIAL_UNKNOWN;
}

// Keeps the noted words whose values differ at this position; `old` gets the values here.
static void
keep_changed(const struct machine *m, struct trial *t, uint32 old[TRIAL_READS])
{
    uint32 kept = 0;
    for (uint32 i = 0; i < t->reads; i++) {
        uint32 value = *(const uint32 *)ram_at(&m->ram, t->read[i]);
        if (value == t->value[i])
            continue;
        old[kept] = value;
        t->value[kept] = t->value[i];
        t->read[kept++] = t->read[i];
    }
    t->reads = kept;
}

// Puts the old values back.
static void
put_back(struct machine *m, const struct trial *t, const uint32 old[TRIAL_READS])
{
    for (uint32 i = 0; i < t->reads; i++) {
        store_barrier(m, t->read[i], 4);
        *(uint32 *)ram_at(&m->ram, t->read[i]) = old[i];
    }
}

// Keeps only the words that were read in the other trial, too: those of the condition.
static void
keep_common(struct trial *t, const struct trial *other)
{
    uint32 kept = 0;
    for (uint32 i = 0; i < t->reads; i++)
        for (uint32 k = 0; k < other->reads; k++)
            if (other->read[k] == t->read[i])
                t->read[kept++] = t->read[i];
    t->reads = kept;
}

enum trial_end
trial_with_present(struct machine *m, const struct sleeper_at *at, struct trial *t)
{
    struct trial_apart a;
    enum trial_end found = TRIAL_UNKNOWN;
    *t = (struct trial){0};
    trial_begin(m, &a);
    if (set_state(m, at->proc, FACT_STATE_RUNNABLE))
        found = run_to_verdict(m, at, t);
    trial_end(m, &a);
    return found;
}

enum trial_end
trial_with_past(struct machine *m, uint64 position, const struct sleeper_at *at, struct trial *t)
{
    struct trial_apart a;
    struct trial other = {0};
    uint32 old[TRIAL_READS];
    enum trial_end found = TRIAL_UNKNOWN;
    trial_begin(m, &a);
    if (history_go(m, position)) {
        keep_changed(m, t, old);
        history_go(m, a.here);
        put_back(m, t, old);
        if (set_state(m, at->proc, FACT_STATE_RUNNABLE))
            found = run_to_verdict(m, at, &other);
    }
    trial_end(m, &a);
    keep_common(t, &other);
    return found;
}

// --- the last change of the condition ----------------------------------------------------------

bool
trial_bookkeeping(const struct machine *m, uint64 pc)
{
    static const char *const names[] = {"acquire",  "release", "push_off",  "pop_off", "mycpu",
                                        "sleep",    "sched",   "scheduler", "wakeup",  "swtch",
                                        "initlock", "memset",  "holding",   "myproc",  "killed"};
    uint64 offset;
    const char *name = symbols_find(&m->sight->symbols, pc, &offset);
    for (size_t i = 0; name != NULL && i < NELEM(names); i++)
        if (text_same(name, names[i]))
            return true;
    return name == NULL;
}

bool
trial_last_store(struct machine *m, struct trial *t, uint64 after, uint64 before)
{
    struct trial_apart a;
    struct store_event e;
    uint64 last = after;
    trial_begin(m, &a);
    for (uint32 i = 0; i < t->reads; i++) {
        if (!history_last_store(m, t->read[i], 4, before, &e) || e.position <= last || e.hart < 0 ||
            trial_bookkeeping(m, e.pc))
            continue;
        last = e.position;
        t->address = t->read[i];
        moment_now(m, (unsigned)e.hart, &t->store);
    }
    trial_end(m, &a);
    return last != after;
}
