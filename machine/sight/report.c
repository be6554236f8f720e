// SPDX-License-Identifier: MIT
// report.c - sends reports to the host, each site once.
#include "sight/report.h"

#include "machine.h"
#include "time/snapshot.h"

void
report_begin(const struct machine *m, struct report *r, enum report_kind kind, unsigned hart,
             uint64 site)
{
    *r = (struct report){.kind = kind, .hart = hart, .site = site};
    moment_now(m, hart, &r->moment);
    r->when = r->moment.position;
}

struct fact *
report_since(struct report *r, enum word word)
{
    if (r->nsince < REPORT_SINCE)
        r->nsince++;
    struct fact *f = &r->since[r->nsince - 1];
    *f = (struct fact){.word = word};
    return f;
}

struct fact *
report_near(struct report *r, enum word word)
{
    if (r->nnear < REPORT_NEAR)
        r->nnear++;
    struct fact *f = &r->near[r->nnear - 1];
    *f = (struct fact){.word = word};
    return f;
}

bool
report_sent(const struct machine *m, enum report_kind kind, uint64 site)
{
    const struct outbox *o = &m->sight->outbox;
    for (unsigned i = 0; i < o->sites; i++)
        if (o->site[i].kind == kind && o->site[i].site == site)
            return true;
    return false;
}

bool
report_send(struct machine *m, const struct report *r)
{
    struct outbox *o = &m->sight->outbox;
    o->total += !r->note;
    if (report_sent(m, r->kind, r->site))
        return false;
    if (o->count == OUTBOX_MAX || o->sites == SITES_MAX) {
        o->lost++;
        return false;
    }
    o->site[o->sites].kind = r->kind;
    o->site[o->sites++].site = r->site;
    o->report[o->count++] = *r;
    m->stop = STOP_LOOK;
    return true;
}

bool
report_take(struct machine *m, struct report *r)
{
    struct outbox *o = &m->sight->outbox;
    if (o->count == 0)
        return false;
    *r = o->report[0];
    o->count--;
    for (unsigned i = 0; i < o->count; i++)
        o->report[i] = o->report[i + 1];
    return true;
}

static bool
in_known(const struct machine *m, uint64 pc, enum known what)
{
    uint64 pa, offset;
    const struct symbols *s = &m->sight->symbols;
    return symbols_find(s, pc, &offset) != NULL && symbols_physical(s, pc - offset, &pa) &&
           known_has(m, what) && pa == m->sight->known.entry[what];
}

// Returns the sentence for a store to an entry, by its effect. The machine stands just before the
// store.
static enum word
entry_word(struct machine *m, unsigned hart, struct fact *f)
{
    if (f->arg[7] & PTE_V)
        return WORD_ENTRY_WRITTEN;
    if (in_known(m, m->s.hart[hart].pc, KNOWN_MEMSET) || !(f->arg[6] & PTE_V))
        return WORD_ENTRY_NEVER;
    return WORD_ENTRY_REMOVED;
}

// Goes back to the last store for which the sentence asks, notes its moment, and returns to the
// present.
static void
find_store(struct machine *m, uint64 before, struct fact *f)
{
    struct store_event e;
    uint64 here = machine_position(m);
    if (f->word == WORD_NONE || f->stored == 0)
        return;
    if (f->before != 0)
        before = f->before;
    bool found = m->history != NULL && history_last_store(m, f->stored & ~7ULL, 8, before, &e);
    if (found && e.hart >= 0) {
        moment_now(m, (unsigned)e.hart, &f->moment);
        f->arg[6] = *(const uint64 *)ram_at(&m->ram, f->stored & ~7ULL);
        if (f->word == WORD_ENTRY_BY)
            f->word = entry_word(m, (unsigned)e.hart, f);
    } else {
        f->word = WORD_NONE;
    }
    if (found)
        history_go(m, here);
}

void
report_complete(struct machine *m, struct report *r)
{
    find_store(m, r->when, &r->what);
    find_store(m, r->when, &r->walk);
    find_store(m, r->when, &r->rule);
    for (unsigned i = 0; i < r->nsince; i++)
        find_store(m, r->when, &r->since[i]);
    for (unsigned i = 0; i < r->nnear; i++)
        find_store(m, r->when, &r->near[i]);
    find_store(m, r->when, &r->todo);
}

const char *
report_kind_name(enum report_kind kind)
{
    static const char *const names[] = {
#define KIND(id, name) name,
#include "sight/kinds.def"
#undef KIND
    };
    return names[kind];
}
