// SPDX-License-Identifier: MIT
// cow.c - copy-on-write that grants a right which the page never had, or that the kernel bypasses.
//
// Theory    A page becomes copy-on-write when an entry loses W and keeps its frame. While two
//           processes have the page, the kernel may not store to it through its own mapping. A
//           page that gets W in one tree at a store, and is copy-on-write in the tree of a process
//           that sleeps, was not copied: such a tree is at rest. The entry counts when the hart goes
//           back to user mode: before that the kernel may still put a copy there. Code has X and no
//           W. If an entry of code gets a software bit when it is shared, and later W, the process
//           can write to its code, which it could not before.
#include "check/blame.h"
#include "check/entries.h"
#include "check/leaves.h"
#include "check/mapped.h"
#include "check/releases.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

#define TEXTS   64
#define SHARERS 4

struct marked_page {
    uint64 pa; // 0: unused
    struct moment moment;
};

// An entry that got W, and what is to be reported if it stays.
struct grant {
    uint64 slot, pa; // slot 0: none
    struct report report;
};

struct cow_watch {
    struct grant grant[HARTS_MAX];
    struct marked_page text[TEXTS]; // code that was made copy-on-write
    uint32 next_text;
    bool *shared; // of each page of RAM: whether it is watched
};

static struct cow_watch *
state(struct machine *m)
{
    return SIGHT_STATE(m, cow, struct cow_watch);
}

static bool
is_user(uint64 pte)
{
    return pte_leaf(pte) && (pte & PTE_U);
}

// --- code --------------------------------------------------------------------------------------

static void
mark_text(struct machine *m, unsigned hart, uint64 pa)
{
    struct cow_watch *w = state(m);
    struct marked_page *t = &w->text[w->next_text++ % TEXTS];
    t->pa = pa;
    moment_now(m, hart, &t->moment);
}

static void
tell_text(struct machine *m, unsigned hart, const struct marked_page *t, uint64 slot, uint64 is)
{
    struct report r;
    report_begin(m, &r, REPORT_TEXT_WRITABLE, hart, blame_caller(m, &t->moment));
    r.what = (struct fact){
        .word = WORD_TEXT_WRITABLE, .arg = {t->pa, r.site, is, slot}, .moment = r.moment};
    report_since(&r, WORD_TEXT_MARKED)->moment = t->moment;
    r.todo.word = WORD_TEXT_WRITABLE_DO;
    report_send(m, &r);
}

static void
look_at_text(struct machine *m, unsigned hart, uint64 slot, uint64 was, uint64 is)
{
    uint64 software = PTE_RSW0 | PTE_RSW1, code = PTE_U | PTE_X;
    if (!pte_leaf(was) || !pte_leaf(is) || (was & (code | PTE_W)) != code || !(is & PTE_X))
        return;
    bool marks = !(was & software) && (is & software) && !(is & PTE_W);
    if (marks && pte_pa(was) == pte_pa(is))
        mark_text(m, hart, pte_pa(was));
    for (unsigned i = 0; (is & PTE_W) && i < TEXTS; i++)
        if (state(m)->text[i].pa != 0 && state(m)->text[i].pa == pte_pa(was)) {
            tell_text(m, hart, &state(m)->text[i], slot, is);
            return;
        }
}

// --- stores of the kernel ------------------------------------------------------------------------

static bool *
shared(struct machine *m, uint64 pa)
{
    return &state(m)->shared[(size_t)((pa - m->ram.base) >> PAGE_BITS)];
}

static void
share(struct machine *m, uint64 pa)
{
    *shared(m, pa) = true;
    sight_watch(m, CHECK_cow, pa, WATCH_STORES);
}

static void
unshare(struct machine *m, uint64 pa)
{
    *shared(m, pa) = false;
    sight_watch(m, CHECK_cow, pa, 0);
}

// An entry gets W while the hart serves a store of a program. Keeps a report of a process that
// sleeps and has the page copy-on-write.
static void
grants(struct machine *m, unsigned hart, uint64 slot, uint64 pa)
{
    struct grant *g = &state(m)->grant[hart];
    uint64 at, root, now, own = facts_current(m, hart);
    uint64 va = m->s.hart[hart].stval & ~(PAGE_BYTES - 1);
    struct leaf leaf;
    struct report r;
    for (unsigned i = 0; mapped_ever(m, va) == NULL && (at = facts_slot(m, i)) != 0; i++) {
        if (at == own || !facts_field(m, at, FACT_PROC_STATE, 4, &now) ||
            now != fact(m, FACT_STATE_SLEEPING) ||
            !facts_field(m, at, FACT_PROC_PAGETABLE, 8, &root) ||
            !leaves_find(m, root, PT_MIN_LEVELS, va, &leaf) || pte_pa(leaf.pte) != pa ||
            (leaf.pte & PTE_W) || !(leaf.pte & (PTE_RSW0 | PTE_RSW1)))
            continue;
        report_begin(m, &r, REPORT_COW_STORE, hart, 0);
        r.site = blame(m, &r.moment);
        facts_field(m, at, FACT_PROC_PID, 4, &now);
        r.what = (struct fact){.word = WORD_COW_GRANT, .arg = {r.site, pa, now, leaf.va}};
        enum known low = releases_low(m, pa);
        if (low != KNOWN_COUNT) {
            r.what.word = WORD_COW_COUNT;
            r.what.arg[4] = r.site = m->sight->known.entry[low];
        }
        leaf_mapped_by(&r, &leaf);
        r.todo.word = low != KNOWN_COUNT ? WORD_LOST_COUNT_DO : WORD_COW_GRANT_DO;
        *g = (struct grant){slot, pa, r};
        return;
    }
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    struct grant *g = &state(m)->grant[hart];
    (void)supervisor;
    if (g->slot == 0 || m->s.hart[hart].mode != MODE_U)
        return;
    uint64 is = *(const uint64 *)ram_at(&m->ram, g->slot);
    if ((is & PTE_W) && pte_pa(is) == g->pa)
        report_send(m, &g->report);
    g->slot = 0;
}

void
cow_entry(struct machine *m, unsigned hart, uint64 slot, uint64 was, uint64 is)
{
    uint64 pa = pte_pa(is);
    look_at_text(m, hart, slot, was, is);
    if (!ram_has(&m->ram, pa, PAGE_BYTES) || !is_user(is))
        return;
    if (is_user(was) && pte_pa(was) == pa && (was & PTE_W) && !(is & PTE_W)) {
        share(m, pa);
        frames_at(m, pa)->cow = (is & (PTE_RSW0 | PTE_RSW1)) != 0;
    } else if ((is & PTE_W) && *shared(m, pa)) {
        unshare(m, pa);
        if (m->s.hart[hart].scause == CAUSE_STORE_PAGE && facts_have(m, FACT_BIT(STATE_SLEEPING)))
            grants(m, hart, slot, pa);
    }
}

// The processes that have the page.
struct sharers {
    uint64 pa;
    unsigned count, writers;
    uint64 proc, of[SHARERS];
    struct leaf leaf;
};

static void
count_leaf(void *arg, const struct leaf *leaf)
{
    struct sharers *s = arg;
    if (pte_pa(leaf->pte) != s->pa || !(leaf->pte & PTE_U))
        return;
    s->writers += (leaf->pte & PTE_W) != 0;
    s->leaf = *leaf;
    if (s->count < SHARERS)
        s->of[s->count++] = s->proc;
}

static void
count_sharers(struct machine *m, struct sharers *s)
{
    struct visitor to = {.leaf = count_leaf, .arg = s};
    uint64 at, root;
    for (unsigned i = 0; (at = facts_slot(m, i)) != 0; i++) {
        s->proc = at;
        if (facts_field(m, at, FACT_PROC_PAGETABLE, 8, &root) && root != 0)
            leaves_visit(m, root, PT_MIN_LEVELS, &to);
    }
}

static void
store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    uint64 page = pa & ~(PAGE_BYTES - 1), pids[2] = {0};
    const struct frame *f = frames_at(m, pa);
    struct sharers s = {.pa = page};
    struct report r;
    (void)bytes;
    (void)value;
    if (m->s.hart[hart].mode != MODE_S)
        return;
    if (f == NULL || f->state == FRAME_FREE || f->freeing) {
        unshare(m, page);
        return;
    }
    count_sharers(m, &s);
    if (s.count < 2 || s.writers > 0) {
        unshare(m, page);
        return;
    }
    report_begin(m, &r, REPORT_COW_STORE, hart, 0);
    r.site = blame(m, &r.moment);
    for (unsigned i = 0; i < 2; i++)
        facts_field(m, s.of[i], FACT_PROC_PID, 4, &pids[i]);
    r.what =
        (struct fact){.word = WORD_COW_STORE, .arg = {r.site, page, pids[0], pids[1], s.leaf.va}};
    leaf_mapped_by(&r, &s.leaf);
    r.todo.word = WORD_COW_STORE_DO;
    report_send(m, &r);
    unshare(m, page);
}

static bool
start(struct machine *m)
{
    state(m)->shared = sight_alloc(m, (m->ram.size >> PAGE_BITS) * sizeof(bool));
    return state(m)->shared != NULL;
}

const struct check cow_check = {
    .name = "cow",
    .bytes = sizeof(struct cow_watch),
    .start = start,
    .store = store,
    .trap_return = trap_return,
};
