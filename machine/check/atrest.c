// SPDX-License-Identifier: MIT
// atrest.c - entries that mix up leaves and pointers or have reserved bits, and shared tables.
//
// Theory    A walk of the hart reports such an entry only when an access needs it; this check reads
//           the tables at rest. The page to which an entry leads shows whether the entry must be a
//           pointer: tables are pages that walk() has allocated. A table belongs to one process,
//           unless it maps nothing for it.
// Promises  silence: an entry of level 0 without rights may forbid a page on purpose; a tree
//           belongs to a process only if that process can run.
#include "check/atrest.h"

#include "check/blame.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"
#include "sight/guest.h"

struct atrest_watch {
    uint64 *root; // for each page of RAM: the root of the tree that had it as a table last
};

// Returns whether the page is a table, which walk() has allocated.
static bool
from_walk(const struct machine *m, uint64 pa)
{
    const struct frame *f = frames_at(m, pa);
    return f != NULL && f->state == FRAME_ALLOCATED &&
           blame_inside(m, &f->allocated, KNOWN_BIT(WALK));
}

// --- entries -----------------------------------------------------------------------------------

static void
tell_entry(struct machine *m, unsigned hart, enum word word, enum word rule,
           const struct leaf *entry)
{
    struct report r;
    report_begin(m, &r, REPORT_BAD_ENTRY, hart, entry->slot);
    r.what = (struct fact){
        .word = word, .arg = {entry->pte, (uint64)entry->level, entry->va}, .moment = r.moment};
    *report_since(&r, WORD_NONE) = (struct fact){.word = WORD_BAD_ENTRY_BY, .stored = entry->slot};
    r.rule.word = rule;
    r.fatal = entry->level > 0;
    r.todo.word = WORD_BAD_ENTRY_DO;
    report_send(m, &r);
}

void
atrest_refused(struct machine *m, unsigned hart, uint64 satp, const struct leaf *entry)
{
    struct pt_trace t;
    if (!guest_walk_tree(m, satp, entry->va, PT_READ, true, false, &t) || t.rule < RULE_W_NEEDS_R ||
        t.rule > RULE_ALIGNED || (t.rule == RULE_NO_LEAF && !from_walk(m, pte_pa(entry->pte))))
        return;
    enum word rule = entry->level == 0 && t.rule == RULE_POINTER_AUD
                         ? WORD_LONG_NO_LEAF
                         : (enum word)(WORD_LONG_OK + t.rule);
    tell_entry(m, hart, WORD_BAD_ENTRY, rule, entry);
}

void
atrest_large(struct machine *m, unsigned hart, const struct leaf *leaf)
{
    if (from_walk(m, pte_pa(leaf->pte)))
        tell_entry(m, hart, WORD_LEAF_FOR_TABLE, WORD_LEAF_FOR_TABLE_RULE, leaf);
    else if (pte_pa(leaf->pte) % pt_leaf_size(leaf->level) != 0)
        tell_entry(m, hart, WORD_BAD_ENTRY, WORD_LONG_ALIGNED, leaf);
}

// --- tables ------------------------------------------------------------------------------------

struct search {
    uint64 table, slot; // slot: the entry that leads to it, once it is found
};

static void
look_for_table(void *arg, uint64 pa, int level, uint64 slot)
{
    struct search *s = arg;
    (void)level;
    if (pa == s->table)
        s->slot = slot;
}

static void
user_leaf(void *arg, const struct leaf *leaf)
{
    *(bool *)arg |= (leaf->pte & PTE_U) != 0;
}

// Returns whether a table of that level maps anything for the user.
static bool
maps_user(const struct machine *m, uint64 table, int level)
{
    bool found = false;
    struct visitor to = {.leaf = user_leaf, .arg = &found};
    leaves_visit(m, table, level + 1, &to);
    return found;
}

// Returns the process that can run with that tree; 0: there is none.
static uint64
process_of(const struct machine *m, uint64 root)
{
    uint64 at, its;
    for (unsigned i = 0; (at = facts_slot(m, i)) != 0; i++)
        if (facts_tree(m, at, &its) && its == root)
            return at;
    return 0;
}

static void
tell_table(struct machine *m, unsigned hart, const struct search *own, const struct search *other,
           uint64 pid)
{
    struct report r;
    report_begin(m, &r, REPORT_SHARED_TABLE, hart, 0);
    r.fatal = true;
    r.what = (struct fact){.word = WORD_SHARED_TABLE, .arg = {own->table, pid}, .moment = r.moment};
    report_since(&r, WORD_SHARED_TABLE_BY)->stored = own->slot;
    *report_since(&r, WORD_NONE) =
        (struct fact){.word = WORD_SHARED_TABLE_OTHER, .arg = {pid}, .stored = other->slot};
    r.rule.word = WORD_SHARED_TABLE_RULE;
    r.todo.word = WORD_SHARED_TABLE_DO;
    report_send(m, &r);
}

void
atrest_table(struct machine *m, unsigned hart, uint64 satp, int level, uint64 table, uint64 slot)
{
    struct atrest_watch *w = SIGHT_STATE(m, atrest, struct atrest_watch);
    uint64 *seen = &w->root[(size_t)((table - m->ram.base) >> PAGE_BITS)];
    uint64 other = *seen, root = satp_root(satp), pid = 0;
    struct search own = {table, slot}, its = {table, 0};
    struct visitor to = {.table = look_for_table, .arg = &its};
    bool shared = other != 0 && other != root && slot != 0 && maps_user(m, table, level) &&
                  process_of(m, root) != 0;
    uint64 proc = shared ? process_of(m, other) : 0;
    *seen = root;
    if (proc == 0 || !facts_field(m, proc, FACT_PROC_PID, 4, &pid))
        return;
    leaves_visit(m, other, satp_levels(satp), &to);
    if (its.slot != 0)
        tell_table(m, hart, &own, &its, pid);
}

static bool
start(struct machine *m)
{
    struct atrest_watch *w = SIGHT_STATE(m, atrest, struct atrest_watch);
    w->root = sight_alloc(m, (m->ram.size >> PAGE_BITS) * sizeof(w->root[0]));
    return w->root != NULL;
}

const struct check atrest_check = {
    .name = "atrest",
    .bytes = sizeof(struct atrest_watch),
    .start = start,
};
