// SPDX-License-Identifier: MIT
// tables.c - page tables that cannot be right when a process goes on in user mode.
//
// Theory    A kernel may have its tables in disorder while it works on them. When a process returns
//           to user mode, its tables are at rest: no table and no page that they lead to is free,
//           nothing is left above a size that has shrunk, and a copy in the kernel's own tree
//           agrees. The whole tree is checked then. To bound the cost, at least two instructions
//           for each of its entries lie between two checks, and sixteen if no entry was changed and
//           no page freed since.
#include "check/atrest.h"
#include "check/blame.h"
#include "check/leaves.h"
#include "check/mirror.h"
#include "check/releases.h"
#include "check/unset.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

#define ROOTS         64
#define OWNED         8               // pages that a struct proc points to
#define USYSCALL_AT   0x3fffffd000ULL // pages elsewhere may be meant for both to store to
#define CONTEXT_BYTES 112             // saved registers: their contents are not kept
#define PAUSE         2               // instructions between two looks, for each entry of the tree
#define LONG_PAUSE    16              // ... if nothing has changed

struct known_root {
    uint64 root, proc;
    uint64 when;    // position when it was looked at
    uint64 entries; // of its tables then
    uint64 changes; // ... that had happened
    uint64 size;    // of the process
};

// A root that was freed while its process was running.
struct freed_root {
    uint64 root, proc;
    struct moment moment;
};

struct tables_watch {
    struct freed_root freed[HARTS_MAX];
    uint64 kernel_satp[HARTS_MAX]; // satp before the hart wrote that of the user tree
    struct known_root of[ROOTS];
    struct mirrors mirrors;
    uint64 frees;           // calls of kfree() so far
    uint64 stacks_seen_for; // the satp in which the kernel stacks have been looked at
};

// One look at a tree.
struct look {
    struct machine *m;
    unsigned hart;
    uint64 satp, kernel; // of the process; of the kernel while it runs for the process
    uint64 proc;         // its struct proc; 0: not known
    uint64 size;         // the process's size now; 0: not known
    uint64 size_before;  // ... at the look before this one; 0: not known
    uint64 trapframe;
    uint64 owned[OWNED]; // the kernel's pages of this process
    unsigned owns;
};

// --- free tables -----------------------------------------------------------------------------

// Reports a table of a hart's tree that is free, or was freed while its process ran.
static void
table_free(struct machine *m, unsigned hart, uint64 pa, uint64 satp, const struct moment *freed)
{
    struct report r;
    report_begin(m, &r, REPORT_TABLE_FREE, hart, blame(m, freed));
    r.fatal = true;
    r.what = (struct fact){.word = satp_root(satp) == pa ? WORD_ROOT_FREE : WORD_TABLE_FREE,
                           .arg = {pa, r.site, hart, satp}};
    report_since(&r, WORD_FREED_BY)->moment = *freed;
    r.rule.word = WORD_TABLE_FREE_RULE;
    r.todo.word = WORD_TABLE_FREE_DO;
    report_send(m, &r);
}

static void
walked(struct machine *m, unsigned hart, uint64 va, enum pt_access access, const struct pt_trace *t)
{
    (void)va;
    (void)access;
    for (int i = 0; i < t->reads; i++)
        if (frames_free(m, t->step[i].pa))
            table_free(m, hart, t->step[i].pa & ~(PAGE_BYTES - 1), m->s.hart[hart].satp,
                       &frames_at(m, t->step[i].pa)->freed);
}

// Returns the record that the root of a process was freed while the process had it; NULL: none.
static struct freed_root *
freed_record(struct tables_watch *w, uint64 root, uint64 proc)
{
    for (unsigned i = 0; i < HARTS_MAX; i++)
        if (proc != 0 && w->freed[i].root == root && w->freed[i].proc == proc)
            return &w->freed[i];
    return NULL;
}

// Returns the moment when the root now in satp was freed, if its process was running then and has
// had it since, or if it is free now. In the first case the page may be in use again. NULL: neither.
static const struct moment *
freed_before(struct machine *m, unsigned hart, uint64 root)
{
    struct tables_watch *w = SIGHT_STATE(m, tables, struct tables_watch);
    uint64 present, proc = facts_current(m, hart);
    if (proc != 0 && facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &present)) {
        for (unsigned i = 0; i < HARTS_MAX; i++)
            if (w->freed[i].proc == proc &&
                (w->freed[i].root != present || w->freed[i].moment.pid != facts_pid(m, hart)))
                w->freed[i] = (struct freed_root){0}; // exec() gives another, or it is another now
        const struct freed_root *freed = freed_record(w, root, proc);
        if (freed != NULL)
            return &freed->moment;
    }
    return frames_free(m, root) ? &frames_at(m, root)->freed : NULL;
}

static void
satp(struct machine *m, unsigned hart, uint64 old)
{
    uint64 now = m->s.hart[hart].satp, root = satp_root(now);
    const struct moment *freed = freed_before(m, hart, root);
    SIGHT_STATE(m, tables, struct tables_watch)->kernel_satp[hart] = old;
    if (satp_levels(now) != 0 && freed != NULL)
        table_free(m, hart, root, now, freed);
}

static void
table(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is)
{
    (void)hart;
    if (was != is)
        mirror_stored(m, pa, &SIGHT_STATE(m, tables, struct tables_watch)->mirrors);
}

// Notes, when kfree() returns, that it has freed the root of the process that called it.
static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct tables_watch *w = SIGHT_STATE(m, tables, struct tables_watch);
    uint64 root, proc = facts_current(m, c->hart);
    (void)result;
    w->frees++;
    if (proc != 0 && facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &root) && root == c->arg[0] &&
        frames_free(m, root) && freed_record(w, root, proc) == NULL)
        w->freed[c->hart] = (struct freed_root){root, proc, frames_at(m, root)->freed};
}

// --- a look at a tree ------------------------------------------------------------------------

static void
page_free(const struct look *l, const struct leaf *leaf, uint64 pa)
{
    struct report r;
    const struct releases *known = releases_of(l->m, pa);
    bool twice = known != NULL && known->twice.position != 0;
    const struct moment *guilty = twice ? &known->twice : &frames_at(l->m, pa)->freed;
    enum known counts = twice || known == NULL ? KNOWN_COUNT : releases_low(l->m, pa);
    report_begin(l->m, &r, REPORT_MAPPED_FREE, l->hart, blame(l->m, guilty));
    r.what = (struct fact){.word = twice ? WORD_MAPPED_FREE_TWICE : WORD_MAPPED_FREE,
                           .arg = {pa, leaf->va, r.site},
                           .moment = r.moment};
    if (counts != KNOWN_COUNT) {
        r.what.word = WORD_MAPPED_FREE_COUNT;
        r.what.arg[3] = r.site = l->m->sight->known.entry[counts];
    }
    if (twice)
        report_since(&r, WORD_RELEASED_TWICE)->moment = known->twice;
    frames_tell(frames_at(l->m, pa), &r);
    leaf_mapped_by(&r, leaf);
    if (known != NULL && known->slot != leaf->slot &&
        known->dropped.position - frames_at(l->m, pa)->freed.position + TOGETHER < 2 * TOGETHER)
        *report_since(&r, WORD_NONE) = (struct fact){
            .word = WORD_FREED_WITH, .stored = known->slot, .before = known->dropped.position};
    r.rule.word = WORD_MAPPED_FREE_RULE;
    r.todo.word = counts != KNOWN_COUNT ? WORD_LOST_COUNT_DO : WORD_MAPPED_FREE_DO;
    report_send(l->m, &r);
}

// Reports a page above the size to which the process has shrunk.
static void
page_left(const struct look *l, const struct leaf *leaf)
{
    struct report r;
    report_begin(l->m, &r, REPORT_LEFT_MAPPED, l->hart, 0);
    r.what = (struct fact){
        .word = WORD_LEFT_MAPPED, .arg = {leaf->va, l->size_before, l->size}, .moment = r.moment};
    *report_since(&r, WORD_NONE) =
        (struct fact){.word = WORD_SIZE_SET, .stored = l->proc + fact(l->m, FACT_PROC_SZ)};
    leaf_mapped_by(&r, leaf);
    r.todo.word = WORD_LEFT_MAPPED_DO;
    report_send(l->m, &r);
}

// Reports a page of the kernel's own to which the process can store.
static void
page_owned(const struct look *l, const struct leaf *leaf)
{
    struct report r;
    report_begin(l->m, &r, REPORT_KERNEL_PAGE, l->hart, 0);
    r.what = (struct fact){
        .word = WORD_KERNEL_PAGE, .arg = {pte_pa(leaf->pte), leaf->va}, .moment = r.moment};
    leaf_mapped_by(&r, leaf);
    r.todo.word = WORD_KERNEL_PAGE_DO;
    report_send(l->m, &r);
}

static bool
is_owned(const struct look *l, uint64 pa)
{
    for (unsigned i = 0; i < l->owns; i++)
        if (l->owned[i] == pa)
            return true;
    return false;
}

static void
look_at_leaf(void *arg, const struct leaf *leaf)
{
    const struct look *l = arg;
    uint64 pa = pte_pa(leaf->pte), user_store = PTE_U | PTE_W;
    if (frames_free(l->m, pa))
        page_free(l, leaf, pa);
    if (leaf->level > 0)
        atrest_large(l->m, l->hart, leaf);
    if (!(leaf->pte & PTE_U))
        return;
    if (l->size_before != 0 && leaf->va >= (l->size + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES &&
        leaf->va < l->size_before)
        page_left(l, leaf);
    if (leaf->va < l->size)
        unset_given(l->m, l->hart, pa, leaf->va);
    if ((leaf->va == USYSCALL_AT || pa == l->trapframe) && (leaf->pte & user_store) == user_store &&
        is_owned(l, pa))
        page_owned(l, leaf);
}

static void
look_at_table(void *arg, uint64 pa, int level, uint64 slot)
{
    const struct look *l = arg;
    if (frames_free(l->m, pa))
        table_free(l->m, l->hart, pa, l->satp, &frames_at(l->m, pa)->freed);
    else
        atrest_table(l->m, l->hart, l->satp, level, pa, slot);
}

static void
look_at_refused(void *arg, const struct leaf *entry)
{
    const struct look *l = arg;
    atrest_refused(l->m, l->hart, l->satp, entry);
}

// --- kernel stacks ---------------------------------------------------------------------------

// Reports that the page below a kernel stack is mapped.
static void
no_guard(const struct look *l, uint64 kstack, const struct leaf *below)
{
    struct report r;
    report_begin(l->m, &r, REPORT_NO_GUARD, l->hart, 0);
    r.what = (struct fact){.word = WORD_NO_GUARD, .arg = {kstack, below->va}};
    leaf_mapped_by(&r, below);
    r.todo.word = WORD_NO_GUARD_DO;
    report_send(l->m, &r);
}

// Checks that the page below each kernel stack is not mapped, if the stack has a mapping of its
// own.
static void
look_at_stacks(const struct look *l)
{
    struct tables_watch *w = SIGHT_STATE(l->m, tables, struct tables_watch);
    uint64 at, kstack, root = satp_root(l->kernel);
    int levels = satp_levels(l->kernel);
    if (w->stacks_seen_for == l->kernel || levels == 0)
        return;
    w->stacks_seen_for = l->kernel;
    for (unsigned i = 0; (at = facts_slot(l->m, i)) != 0; i++) {
        struct leaf own, below;
        if (!facts_field(l->m, at, FACT_PROC_KSTACK, 8, &kstack) || kstack < PAGE_BYTES ||
            !leaves_find(l->m, root, levels, kstack, &own) || own.level != 0 ||
            pte_pa(own.pte) == kstack)
            continue;
        if (leaves_find(l->m, root, levels, kstack - PAGE_BYTES, &below) && below.level == 0)
            no_guard(l, kstack, &below);
    }
}

// --- when --------------------------------------------------------------------------------------

// Stores to tables and pages freed, so far.
static uint64
changes(const struct machine *m)
{
    return SIGHT_STATE(m, tables, struct tables_watch)->frees + m->s.log.next;
}

// Returns the record of a tree; a new one replaces the record that was used longest ago.
static struct known_root *
record(struct tables_watch *w, uint64 root, uint64 proc)
{
    struct known_root *oldest = &w->of[0];
    for (unsigned i = 0; i < ROOTS; i++) {
        if (w->of[i].root == root && w->of[i].proc == proc)
            return &w->of[i];
        if (w->of[i].when < oldest->when)
            oldest = &w->of[i];
    }
    *oldest = (struct known_root){.root = root, .proc = proc};
    return oldest;
}

// Finds the pages to which struct proc points; the saved registers of its context do not count.
static void
find_owned(struct look *l)
{
    uint64 value, context = fact(l->m, FACT_PROC_CONTEXT);
    if (l->proc == 0 || !facts_have(l->m, FACT_BIT(PROC_SIZE) | FACT_BIT(PROC_CONTEXT)))
        return;
    for (uint64 i = 0; i < fact(l->m, FACT_PROC_SIZE) && l->owns < OWNED; i += 8)
        if (i - context >= CONTEXT_BYTES && facts_memory(l->m, l->proc + i, 8, &value) &&
            value % PAGE_BYTES == 0 && ram_has(&l->m->ram, value, PAGE_BYTES))
            l->owned[l->owns++] = value;
}

static void
look_at(struct look *l, struct known_root *k)
{
    struct visitor user = {
        .table = look_at_table, .leaf = look_at_leaf, .refused = look_at_refused, .arg = l};
    unsigned tables = leaves_visit(l->m, satp_root(l->satp), satp_levels(l->satp), &user);
    mirror_look(l->m, l->hart, l->satp, l->kernel,
                &SIGHT_STATE(l->m, tables, struct tables_watch)->mirrors);
    look_at_stacks(l);
    k->entries = (uint64)tables * PT_ENTRIES;
    k->changes = changes(l->m);
    k->size = l->size;
    k->when = l->m->sight->now;
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    const struct hart *h = &m->s.hart[hart];
    struct tables_watch *w = SIGHT_STATE(m, tables, struct tables_watch);
    if (!supervisor || h->mode != MODE_U || satp_levels(h->satp) == 0)
        return;
    struct look l = {.m = m, .hart = hart, .satp = h->satp, .kernel = w->kernel_satp[hart]};
    l.proc = facts_current(m, hart);
    facts_field(m, l.proc, FACT_PROC_SZ, 8, &l.size);
    facts_field(m, l.proc, FACT_PROC_TRAPFRAME, 8, &l.trapframe);
    struct known_root *k = record(w, satp_root(h->satp), l.proc);
    const struct frame *f = frames_at(m, k->root);
    bool anew = f != NULL && f->allocated.position > k->when;
    l.size_before = k->size > l.size && !anew ? k->size : 0;
    uint64 pause = k->entries * (k->changes == changes(m) ? LONG_PAUSE : PAUSE);
    if (m->sight->now < k->when + pause && l.size_before == 0 && !anew)
        return;
    find_owned(&l);
    look_at(&l, k);
}

const struct check tables_check = {
    .name = "tables",
    .bytes = sizeof(struct tables_watch),
    .returns = KNOWN_BIT(KFREE),
    .returned = returned,
    .trap_return = trap_return,
    .satp = satp,
    .table = table,
    .walk = walked,
};
