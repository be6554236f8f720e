// SPDX-License-Identifier: MIT
// references.c - reference counts of files and inodes that are lower than the pointers kept.
//
// Theory    A thread that calls filedup(), fileread(), fileclose(), idup() or iput() has a pointer
//           to the object, so the count must be at least 1. If it is 0, the pointer has outlived
//           its reference. fork() copies all pointers of the parent, which does nothing else
//           meanwhile: each count must grow by the number of copies, and fork()'s own calls are
//           counted. A pointer that sys_mmap() keeps in struct proc takes a reference, too.
// Promises  silence: a count is judged when a thread that must hold a reference uses the object,
//           never by counting the pointers of other threads, which may be about to change. Where
//           fork() increments counts itself, without filedup(), the count is compared as well.
#include "check/references.h"

#include "check/mapped.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/guest.h"

#define TAKEN  64
#define DROPS  64
#define FORKS  16
#define FILES  32 // of a process, and its directory
#define OFILES 4  // a table of fewer files is none
#define TOLD   16

struct taking {
    uint64 object, proc, when;
};

// The call that took the count of an object to 0.
struct drop {
    uint64 object;
    struct moment moment;
};

// The objects of a process that has called fork() or sys_mmap(), with their counts then.
struct forking {
    uint64 proc, when;
    uint32 closes; // calls of fileclose() so far
    unsigned used;
    struct {
        uint64 slot, object, count; // slot: of struct proc
        unsigned pointers;          // in struct proc
        bool inode;
    } of[FILES];
};

struct references_watch {
    struct taking taking[TAKEN];
    struct drop drop[DROPS];
    struct forking forking[FORKS];
    // Objects whose count is known to be wrong: the errors that follow are no news.
    uint64 told[TOLD];
    uint32 takings, drops, forkings, tellings, closes;
};

static struct references_watch *
state(struct machine *m)
{
    return SIGHT_STATE(m, references, struct references_watch);
}

// Gets the count of a file, or of an inode. Returns false if it is not known.
static bool
count_of(const struct machine *m, uint64 object, bool inode, uint64 *count)
{
    return object != 0 && facts_field(m, object, inode ? FACT_INODE_REF : FACT_FILE_REF, 4, count);
}

unsigned
references_taken(struct machine *m, uint64 proc, uint64 object, uint64 since)
{
    const struct references_watch *w = state(m);
    unsigned n = 0;
    if (w == NULL || (w->takings >= TAKEN && w->taking[w->takings % TAKEN].when > since))
        return REFERENCES_UNKNOWN;
    for (unsigned i = 0; i < TAKEN; i++)
        n +=
            w->taking[i].object == object && w->taking[i].proc == proc && w->taking[i].when > since;
    return n;
}

// --- used without a reference ------------------------------------------------------------------

static const struct drop *
last_drop(struct machine *m, uint64 object)
{
    const struct drop *best = NULL;
    for (unsigned i = 0; i < DROPS; i++) {
        const struct drop *d = &state(m)->drop[i];
        if (d->object == object && (best == NULL || d->moment.position > best->moment.position))
            best = d;
    }
    return best;
}

// Returns the first call of the moment that is in another source file than the innermost one.
static uint64
outside(const struct machine *m, const struct moment *at)
{
    const struct lines *lines = &m->sight->lines;
    struct line_place own, its;
    uint64 pc;
    for (unsigned i = 1; (pc = moment_pc(m, at, i)) != 0; i++)
        if (lines_find(lines, moment_pc(m, at, 0), &own) && lines_find(lines, pc, &its) &&
            its.file != own.file)
            return pc;
    return moment_pc(m, at, 1);
}

// Returns the address in struct proc that holds a pointer to the object; 0: there is none.
static uint64
kept_at(const struct machine *m, uint64 proc, uint64 object)
{
    uint64 size = fact(m, FACT_PROC_SIZE), value;
    for (uint64 at = 0; proc != 0 && at + 8 <= size; at += 8)
        if (facts_memory(m, proc + at, 8, &value) && value == object)
            return proc + at;
    return 0;
}

// Sends a report about an object, unless there was one already.
static void
tell(struct machine *m, uint64 object, const struct report *r)
{
    struct references_watch *w = state(m);
    for (unsigned i = 0; i < TOLD; i++)
        if (w->told[i] == object)
            return;
    w->told[w->tellings++ % TOLD] = object;
    report_send(m, r);
}

static void
tell_used(struct machine *m, const struct call *c, bool inode)
{
    const struct drop *last = last_drop(m, c->arg[0]);
    uint64 slot = kept_at(m, facts_current(m, c->hart), c->arg[0]), pa;
    struct report r;
    report_begin(m, &r, REPORT_REFERENCE, c->hart, 0);
    r.what = (struct fact){.word = inode ? WORD_REF_INODE : WORD_REF_FILE,
                           .arg = {c->arg[0], outside(m, &r.moment)}};
    r.site = r.what.arg[1];
    if (last != NULL) {
        r.what.word = inode ? WORD_REF_INODE_BY : WORD_REF_FILE_BY;
        r.what.arg[2] = r.site = outside(m, &last->moment);
        report_since(&r, WORD_REF_LAST)->moment = last->moment;
    }
    if (slot != 0 && guest_translate(m, c->hart, slot, PT_READ, &pa))
        *report_since(&r, WORD_NONE) =
            (struct fact){.word = WORD_REF_STORED, .arg = {slot}, .stored = pa};
    r.rule.word = WORD_REF_RULE;
    r.todo.word = WORD_REF_DO;
    tell(m, c->arg[0], &r);
}

// Called at each call of a function whose caller must hold a reference.
static void
uses(struct machine *m, const struct call *c, bool inode)
{
    struct references_watch *w = state(m);
    uint64 count;
    if (!count_of(m, c->arg[0], inode, &count))
        return;
    if ((int32)count < 1)
        tell_used(m, c, inode);
    if (c->what == KNOWN_FILEDUP || c->what == KNOWN_IDUP)
        w->taking[w->takings++ % TAKEN] =
            (struct taking){c->arg[0], facts_current(m, c->hart), m->sight->now};
    if ((c->what == KNOWN_FILECLOSE || c->what == KNOWN_IPUT) && count == 1) {
        struct drop *d = &w->drop[w->drops++ % DROPS];
        d->object = c->arg[0];
        moment_now(m, c->hart, &d->moment);
    }
}

// How many words of the process are that pointer.
static unsigned
pointers(const struct machine *m, uint64 proc, uint64 object)
{
    uint64 size = fact(m, FACT_PROC_SIZE), value;
    unsigned n = 0;
    for (uint64 at = 0; at + 8 <= size; at += 8)
        n += facts_memory(m, proc + at, 8, &value) && value == object;
    return n;
}

// --- fork --------------------------------------------------------------------------------------

static void
note(struct machine *m, struct forking *f, uint64 slot, bool inode)
{
    uint64 object, count;
    if (f->used == FILES || !facts_memory(m, f->proc + slot, 8, &object) ||
        !count_of(m, object, inode, &count))
        return;
    f->of[f->used].slot = slot;
    f->of[f->used].object = object;
    f->of[f->used].count = count;
    f->of[f->used].pointers = pointers(m, f->proc, object);
    f->of[f->used++].inode = inode;
}

static void
forks(struct machine *m, const struct call *c)
{
    struct references_watch *w = state(m);
    struct forking *f = &w->forking[w->forkings++ % FORKS];
    uint64 files = fact(m, FACT_COUNT_OFILE);
    *f = (struct forking){.proc = facts_current(m, c->hart), .when = c->when, .closes = w->closes};
    for (uint64 i = 0; f->proc != 0 && i < files; i++)
        note(m, f, fact(m, FACT_PROC_OFILE) + 8 * i, false);
    if (f->proc != 0 && known_has(m, KNOWN_IDUP))
        note(m, f, fact(m, FACT_PROC_CWD), true);
}

// Compares the count of the object of entry `i` of the parent, which the child has now, too.
static void
judge(struct machine *m, const struct call *c, const struct forking *f, unsigned i, uint64 child)
{
    uint64 object = f->of[i].object, root, value, count;
    unsigned copies = 0, maps = 0, taken = references_taken(m, f->proc, object, f->when);
    struct report r;
    for (unsigned k = 0; k < f->used; k++)
        copies += f->of[k].object == object && facts_memory(m, child + f->of[k].slot, 8, &value) &&
                  value == object;
    if (!f->of[i].inode && facts_field(m, f->proc, FACT_PROC_PAGETABLE, 8, &root))
        maps = mapped_files(m, root, object);
    if (taken >= copies + maps || pointers(m, child, object) < copies + maps ||
        !count_of(m, object, f->of[i].inode, &count) ||
        (int64)(count - f->of[i].count) >= (int64)(copies + maps))
        return;
    report_begin(m, &r, REPORT_REFERENCE, c->hart, m->sight->known.entry[KNOWN_FORK]);
    r.what =
        (struct fact){.word = WORD_REF_FORK,
                      .arg = {object, copies + maps,
                              f->of[i].inode ? WORD_REF_AN_INODE : WORD_REF_A_FILE, r.site, taken}};
    if (maps > 0 && taken >= copies)
        report_since(&r, WORD_REF_MAPPED)->arg[0] = maps;
    r.rule.word = WORD_REF_RULE;
    r.todo.word = WORD_REF_FORK_DO;
    tell(m, object, &r);
}

// --- mmap --------------------------------------------------------------------------------------

// The last word of the process that is that pointer, its table of open files aside.
static uint64
kept_beside(const struct machine *m, uint64 proc, uint64 object)
{
    uint64 files = fact(m, FACT_PROC_OFILE), bytes = 8 * fact(m, FACT_COUNT_OFILE), value;
    for (uint64 at = fact(m, FACT_PROC_SIZE) & ~7ULL; at >= 8; at -= 8)
        if (at - 8 - files >= bytes && facts_memory(m, proc + at - 8, 8, &value) && value == object)
            return proc + at - 8;
    return 0;
}

// sys_mmap() returns: looks at file `i`. The count may have changed otherwise only by fileclose().
static void
judge_map(struct machine *m, const struct call *c, const struct forking *f, unsigned i)
{
    uint64 object = f->of[i].object, slot = kept_beside(m, f->proc, object), count, pa;
    unsigned more = pointers(m, f->proc, object) - f->of[i].pointers;
    struct report r;
    if (f->of[i].inode || (int)more <= 0 || f->closes != state(m)->closes ||
        !count_of(m, object, false, &count) || (int64)(count - f->of[i].count) >= (int)more)
        return;
    report_begin(m, &r, REPORT_REFERENCE, c->hart, m->sight->known.entry[KNOWN_SYS_MMAP]);
    r.what = (struct fact){.word = WORD_REF_MMAP, .arg = {object, r.site}};
    if (slot != 0 && guest_translate(m, c->hart, slot, PT_READ, &pa))
        *report_since(&r, WORD_NONE) =
            (struct fact){.word = WORD_REF_STORED, .arg = {slot}, .stored = pa};
    r.rule.word = WORD_REF_RULE;
    r.todo.word = WORD_REF_MMAP_DO;
    tell(m, object, &r);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    bool forks = c->what == KNOWN_FORK;
    uint64 child = forks && (int)result > 0 ? facts_process(m, (int)result) : 0;
    const struct references_watch *w = state(m);
    for (unsigned k = 0; k < FORKS; k++)
        for (unsigned i = 0; w->forking[k].when == c->when && i < w->forking[k].used; i++)
            if (child != 0)
                judge(m, c, &w->forking[k], i, child);
            else if (!forks)
                judge_map(m, c, &w->forking[k], i);
}

static void
called(struct machine *m, const struct call *c)
{
    state(m)->closes += c->what == KNOWN_FILECLOSE;
    if (c->what == KNOWN_FORK || c->what == KNOWN_SYS_MMAP)
        forks(m, c);
    else
        uses(m, c, c->what == KNOWN_IDUP || c->what == KNOWN_IPUT);
}

static bool
start(struct machine *m)
{
    return known_has(m, KNOWN_FILEDUP) && known_has(m, KNOWN_FILECLOSE) &&
           facts_have(m, FACT_BIT(PROC_OFILE) | FACT_BIT(COUNT_OFILE) | FACT_BIT(PROC_CWD) |
                             FACT_BIT(FILE_REF) | FACT_BIT(INODE_REF) | FACT_BIT(PROC_SIZE)) &&
           fact(m, FACT_COUNT_OFILE) >= OFILES;
}

const struct check references_check = {
    .name = "references",
    .bytes = sizeof(struct references_watch),
    .calls = KNOWN_BIT(FILEDUP) | KNOWN_BIT(FILECLOSE) | KNOWN_BIT(FILEREAD) | KNOWN_BIT(IDUP) |
             KNOWN_BIT(IPUT) | KNOWN_BIT(FORK) | KNOWN_BIT(SYS_MMAP),
    .returns = KNOWN_BIT(FORK) | KNOWN_BIT(SYS_MMAP),
    .start = start,
    .called = called,
    .returned = returned,
};
