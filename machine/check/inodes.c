// SPDX-License-Identifier: MIT
// inodes.c - the references of inodes that iput() has not given back, when no inode is free.
//
// Theory    iget() and idup() take a reference, iput() gives one back. A path goes from directory
//           to directory in namex(): it gives back all references that it takes but the one that it
//           returns, which is its caller's. So these are counted apart, and of each kind the first
//           that was not given back is known: the last that was taken counts as given back first.
//           The report names the function that has to give back the most.
// Promises  silence: the check has no report of its own; it explains a panic of iget().
#include "check/inodes.h"

#include "check/blame.h"
#include "machine.h"

#define INODES 128
#define SHOWN  3 // inodes in the report

struct references {
    int count; // not given back
    struct moment first;
};

struct inode {
    uint64 at;                    // struct inode
    struct references path, kept; // taken in namex(), or not
};

struct inodes {
    struct inode of[INODES];
    unsigned used;
    bool over;
};

static struct inodes *
state(const struct machine *m)
{
    return SIGHT_STATE(m, inodes, struct inodes);
}

// Returns the record of an inode, made if there is none; NULL: there is no room, and the check
// ends.
static struct inode *
inode_of(struct inodes *w, uint64 at)
{
    for (unsigned i = 0; i < w->used; i++)
        if (w->of[i].at == at)
            return &w->of[i];
    w->over |= w->used == INODES;
    if (w->over || at == 0)
        return NULL;
    w->of[w->used].at = at;
    return &w->of[w->used++];
}

static void
take(const struct machine *m, unsigned hart, struct references *r)
{
    if (r->count++ == 0)
        moment_now(m, hart, &r->first);
}

static void
give_back(struct references *r)
{
    r->count -= r->count > 0;
}

static struct references *
kind(const struct machine *m, unsigned hart, struct inode *n)
{
    return known_inside(m, hart, KNOWN_NAMEX) != NULL ? &n->path : &n->kept;
}

static void
called(struct machine *m, const struct call *c)
{
    struct inode *n = inode_of(state(m), c->arg[0]);
    if (n != NULL)
        give_back(kind(m, c->hart, n));
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct inode *n = inode_of(state(m), result);
    if (n == NULL)
        return;
    if (c->what == KNOWN_NAMEX)
        give_back(&n->path);
    take(m, c->hart, c->what == KNOWN_NAMEX ? &n->kept : kind(m, c->hart, n));
}

// --- no inode is free ----------------------------------------------------------------------------

static int
count_of(const struct machine *m, const struct inode *n)
{
    uint64 count = 0;
    (void)facts_field(m, n->at, FACT_INODE_REF, 4, &count);
    return (int)count;
}

static int
held(const struct inode *n)
{
    return n->path.count + n->kept.count;
}

static const struct moment *
first(const struct inode *n)
{
    return n->path.count > 0 ? &n->path.first : &n->kept.first;
}

// Returns the entry of the function that has to give back the inode; 0: all is given back.
static uint64
taker(const struct machine *m, const struct inode *n)
{
    uint64 offset, pc = blame_outside(m, &n->kept.first, KNOWN_IGET);
    if (n->path.count > 0)
        return m->sight->known.entry[KNOWN_NAMEX];
    if (n->kept.count == 0)
        return 0;
    return symbols_find(&m->sight->symbols, pc, &offset) != NULL ? pc - offset : pc;
}

// Finds the function that has to give back the most inodes. Returns their number.
static unsigned
most(const struct machine *m, uint64 *by)
{
    const struct inodes *w = state(m);
    uint64 of[INODES];
    unsigned best = 0;
    for (unsigned i = 0; i < w->used; i++) {
        unsigned n = 0;
        of[i] = taker(m, &w->of[i]);
        for (unsigned k = 0; k <= i && of[i] != 0; k++)
            n += of[k] == of[i];
        if (n > best)
            *by = of[i];
        best = n > best ? n : best;
    }
    return best;
}

// Returns whether the report shows the inode: of that taker, or, if `by` is 0, one whose count has
// not fallen.
static bool
shows(const struct machine *m, const struct inode *n, uint64 by)
{
    return by == 0 ? count_of(m, n) > held(n) : taker(m, n) == by;
}

// Adds those of the inodes to be shown whose first reference was taken longest ago.
static void
add_oldest(const struct machine *m, uint64 by, struct report *r)
{
    const struct inodes *w = state(m);
    const struct inode *next;
    uint64 from = 0;
    for (unsigned n = 0; n < SHOWN; n++, from = first(next)->position) {
        next = NULL;
        for (unsigned i = 0; i < w->used; i++)
            if (first(&w->of[i])->position > from && shows(m, &w->of[i], by) &&
                (next == NULL || first(&w->of[i])->position < first(next)->position))
                next = &w->of[i];
        if (next == NULL)
            return;
        *report_since(r, WORD_NONE) =
            (struct fact){.word = WORD_INODE_HELD,
                          .arg = {next->at, (uint64)count_of(m, next), (uint64)held(next)},
                          .moment = *first(next)};
    }
}

bool
inodes_explain(const struct machine *m, const struct call *panic, struct report *r)
{
    const struct inodes *w = state(m);
    bool on = m->sight->on >> CHECK_inodes & 1;
    unsigned kept = 0;
    uint64 by = 0;
    if (!on || w->over || w->used == 0 || known_inside(m, panic->hart, KNOWN_IGET) == NULL)
        return false;
    for (unsigned i = 0; i < w->used; i++) {
        if (count_of(m, &w->of[i]) == 0)
            return false;
        kept += shows(m, &w->of[i], 0);
    }
    unsigned number = most(m, &by);
    bool lost = kept > number;
    add_oldest(m, lost ? 0 : by, r);
    by = lost ? m->sight->known.entry[KNOWN_IPUT] : by;
    r->what =
        (struct fact){.word = lost ? WORD_INODE_LOST : WORD_INODE_NONE,
                      .arg = {panic->arg[0], panic->ra - 1, w->used, lost ? kept : number, by}};
    r->rule.word = WORD_INODE_RULE;
    r->todo = (struct fact){.word = lost ? WORD_INODE_DO_LOWER : WORD_INODE_DO, .arg = {by}};
    return true;
}

static bool
start(struct machine *m)
{
    return known_has(m, KNOWN_IGET) && known_has(m, KNOWN_IDUP) && known_has(m, KNOWN_IPUT) &&
           known_has(m, KNOWN_NAMEX) && facts_have(m, FACT_BIT(INODE_REF));
}

const struct check inodes_check = {
    .name = "inodes",
    .bytes = sizeof(struct inodes),
    .calls = KNOWN_BIT(IPUT),
    .returns = KNOWN_BIT(IGET) | KNOWN_BIT(IDUP) | KNOWN_BIT(NAMEX),
    .start = start,
    .called = called,
    .returned = returned,
};
