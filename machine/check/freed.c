// SPDX-License-Identifier: MIT
// freed.c - pages that are freed or given twice, and pages that are used after they were freed.
//
// Theory    Loads and stores of free pages are watched. The allocator may touch them: it fills
//           them, and keeps the links of its list in their first words. Other kernel code may read
//           these words. A page that kfree() has filled, and that has no link, is not in the list:
//           it has users still, and they have lost its contents.
// Promises  silence: without kalloc and kfree no page counts as free. Another function of the
//           allocator that reads a link may take the page out of the list: the page counts as free
//           no longer.
#include "check/blame.h"
#include "check/leaves.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"
#include "sight/guest.h"

#define SUPER_BYTES (512 * PAGE_BYTES)
#define LINK_BYTES  8 // of the allocator's list, at the beginning of a free page
#define USES_MAX    2 // places that use one freed page, and are told

enum { SP = 2 };

struct freed_watch {
    uint64 page, freed; // the one whose use was told last, and the position when it was freed
    unsigned uses;
    bool links;        // kfree() puts a link into a page
    uint64 pc, caller; // that read a link last
    bool other;        // ... are of another function of the allocator
};

static void
watch_pages(struct machine *m, uint64 pa, uint64 bytes, unsigned what)
{
    for (uint64 at = pa; at < pa + bytes; at += PAGE_BYTES) {
        const struct frame *f = frames_at(m, at);
        if (f != NULL && (what == 0 || f->state == FRAME_FREE))
            sight_watch(m, CHECK_freed, at, what);
    }
}

// Reports that two calls of kfree() overlap for one page: this one is about to fill it as well.
static void
freed_at_once(struct machine *m, const struct call *c, const struct frame *f)
{
    struct report r;
    report_begin(m, &r, REPORT_DOUBLE_FREE, c->hart, c->ra - 1);
    r.what = (struct fact){.word = WORD_FREE_RACE, .arg = {c->arg[0], r.site}};
    frames_tell(f, &r);
    r.rule.word = WORD_FREE_RACE_RULE;
    r.todo.word = WORD_FREE_RACE_DO;
    report_send(m, &r);
}

// Adds to the report of a second free the pointer to the page that a struct proc still has.
static void
pointer_to(const struct machine *m, uint64 page, struct report *r)
{
    uint64 at, value, slot;
    for (unsigned i = 0; (at = facts_slot(m, i)) != 0; i++)
        for (uint64 end = at + fact(m, FACT_PROC_SIZE); at < end; at += 8)
            if (symbols_physical(&m->sight->symbols, at, &slot) && facts_memory(m, at, 8, &value) &&
                value == page) {
                report_since(r, WORD_FREE_POINTER)->stored = slot;
                return;
            }
}

// A page that is looked for in a tree.
struct sought {
    uint64 pa;
    struct leaf leaf; // that maps it; slot 0: none
};

static void
sought_leaf(void *arg, const struct leaf *leaf)
{
    struct sought *s = arg;
    if (pte_pa(leaf->pte) == s->pa)
        s->leaf = *leaf;
}

// Reports that kfree() is given a larger page, which is still mapped as one.
static void
large_freed(struct machine *m, const struct call *c, const struct leaf *leaf)
{
    struct report r;
    report_begin(m, &r, REPORT_LOST, c->hart, c->ra - 1);
    r.what = (struct fact){
        .word = WORD_FREE_LARGE, .arg = {c->arg[0], r.site, leaf->va}, .moment = r.moment};
    leaf_mapped_by(&r, leaf);
    r.todo.word = WORD_FREE_LARGE_DO;
    report_send(m, &r);
}

// Returns whether the kernel's stack of the hart is in that page. In the trampoline sp is still the
// program's, whose page may only lose one of its users.
static bool
has_stack(const struct machine *m, unsigned hart, uint64 page)
{
    const struct hart *h = &m->s.hart[hart];
    struct pt_trace t = {.pa = h->x[SP] - 8};
    bool walked = h->mode == MODE_S && guest_walk(m, hart, t.pa, PT_READ, &t);
    bool kernels = h->mode != MODE_U && (!walked || (t.rule == RULE_OK && !(t.pte & PTE_U)));
    return kernels && (t.pa ^ page) < PAGE_BYTES;
}

// Reports that a page is freed in which a hart of the kernel has its stack.
static void
stack_freed(struct machine *m, const struct call *c)
{
    struct report r;
    for (unsigned i = 0; i < m->config.harts; i++) {
        if (!has_stack(m, i, c->arg[0]))
            continue;
        report_begin(m, &r, REPORT_STACK, c->hart, c->ra - 1);
        r.what = (struct fact){.word = WORD_FREE_STACK,
                               .arg = {c->arg[0], r.site, i, m->s.hart[i].x[SP]},
                               .moment = r.moment};
        r.todo.word = WORD_FREE_STACK_DO;
        report_send(m, &r);
    }
}

// A call of kfree() begins, or one of memset().
static void
called(struct machine *m, const struct call *c)
{
    uint64 pa = c->arg[0];
    const struct frame *f = frames_at(m, pa);
    struct sought s = {.pa = pa};
    struct visitor to = {.leaf = sought_leaf, .arg = &s};
    struct report r;
    if (c->what == KNOWN_MEMSET) {
        if (f != NULL && f->twice && c->arg[2] >= PAGE_BYTES)
            freed_at_once(m, c, f);
        return;
    }
    if (f == NULL || pa % PAGE_BYTES != 0)
        return;
    const struct call *unmaps = known_inside(m, c->hart, KNOWN_UVMUNMAP);
    bool free = f->state == FRAME_FREE, one = c->what == KNOWN_KFREE;
    bool large = one && f->super && pa % SUPER_BYTES == 0;
    if (unmaps != NULL && (free ? f->freed.position > unmaps->when : large))
        leaves_visit(m, unmaps->arg[0], PT_MIN_LEVELS, &to);
    if (!free) {
        if (s.leaf.level > 0)
            large_freed(m, c, &s.leaf);
        if (one)
            stack_freed(m, c);
        return;
    }
    report_begin(m, &r, REPORT_DOUBLE_FREE, c->hart, 0);
    r.site = blame(m, &r.moment);
    r.what = (struct fact){.word = WORD_DOUBLE_FREE, .arg = {pa, r.site}};
    frames_tell(f, &r);
    pointer_to(m, pa, &r);
    r.todo.word = WORD_DOUBLE_FREE_DO;
    if (s.leaf.slot != 0) {
        leaf_mapped_by(&r, &s.leaf);
        r.todo.word = WORD_DOUBLE_FREE_DO_TREE;
    }
    report_send(m, &r);
}

// --- given twice ---------------------------------------------------------------------------------

struct seeking {
    uint64 pa, root, proc; // the page; the tree and the process that are looked at
    uint64 owner, va;      // the process that has it; 0: none
};

static void
seek_leaf(void *arg, const struct leaf *leaf)
{
    struct seeking *s = arg;
    if (pte_pa(leaf->pte) != s->pa)
        return;
    s->owner = s->proc;
    s->va = leaf->va;
}

static void
seek_table(void *arg, uint64 pa, int level, uint64 slot)
{
    struct seeking *s = arg;
    (void)level;
    (void)slot;
    s->owner = pa == s->pa ? s->proc : s->owner;
}

// Returns whether a process other than `except` has the page in its tree.
static bool
in_a_tree(const struct machine *m, uint64 pa, uint64 except)
{
    struct seeking s = {.pa = pa};
    struct visitor to = {.table = seek_table, .leaf = seek_leaf, .arg = &s};
    for (unsigned i = 0; s.owner == 0 && (s.proc = facts_slot(m, i)) != 0; i++)
        if (s.proc != except && facts_tree(m, s.proc, &s.root))
            leaves_visit(m, s.root, PT_MIN_LEVELS, &to);
    return s.owner != 0;
}

// Called when the allocator has given a page out twice, with no kfree() in between. Since a kernel
// may free pages in another way, this is reported only if the page is in a tree, if the call makes
// a table below it, or if both calls of kalloc() were in progress at one time, for two processes.
static void
given_twice(struct machine *m, const struct call *c, uint64 pa)
{
    struct frames *f = m->sight->frames;
    const struct call *maps = known_inside(m, c->hart, KNOWN_MAPPAGES);
    bool at_once = f->before.position > c->when && f->before.hart != c->hart &&
                   f->before.pid != facts_pid(m, c->hart);
    struct report r;
    if (f->again != pa)
        return;
    f->again = 0;
    if (!at_once && !(maps != NULL && maps->arg[0] == pa) && !in_a_tree(m, pa, 0))
        return;
    report_begin(m, &r, REPORT_GIVEN_TWICE, c->hart, m->sight->known.entry[KNOWN_KALLOC]);
    r.what = (struct fact){.word = WORD_GIVEN_TWICE, .arg = {r.site, pa}, .moment = r.moment};
    report_since(&r, WORD_ALLOCATED_BY)->moment = f->before;
    if (at_once)
        report_near(&r, WORD_GIVEN_AT_ONCE);
    r.rule.word = WORD_GIVEN_TWICE_RULE;
    r.todo = (struct fact){.word = WORD_GIVEN_TWICE_DO, .arg = {r.site}};
    r.fatal = true;
    report_send(m, &r);
}

// Returns the process that may be about to remove its own entry of the page, the hart's own; 0: the
// call of kfree() is for another tree.
static uint64
freeing(const struct machine *m, unsigned hart)
{
    const struct call *unmaps = known_inside(m, hart, KNOWN_UVMUNMAP);
    uint64 root, own = facts_current(m, hart);
    bool other = unmaps != NULL && facts_tree(m, own, &root) && root != unmaps->arg[0];
    return other ? 0 : own;
}

// Called when kfree() returns. Reports that it has filled a page which it does not free, and which
// a process has that did not ask for this.
static void
filled(struct machine *m, const struct call *c)
{
    struct freed_watch *w = SIGHT_STATE(m, freed, struct freed_watch);
    struct frame *f = frames_at(m, c->arg[0]);
    struct report r;
    if (f == NULL || f->filler != c->when)
        return;
    const uint64 *word = (const uint64 *)ram_at(&m->ram, c->arg[0] & ~(PAGE_BYTES - 1));
    w->links |= word[0] != word[1] && word[1] == word[2] && word[0] % PAGE_BYTES == 0;
    if (word[0] != word[1] || !w->links || word[0] == 0 ||
        !in_a_tree(m, c->arg[0], freeing(m, c->hart)))
        return;
    f->state = FRAME_ALLOCATED;
    report_begin(m, &r, REPORT_COW_STORE, c->hart, m->sight->known.entry[KNOWN_KFREE]);
    r.what = (struct fact){.word = WORD_FREE_FILLS, .arg = {r.site, c->arg[0]}, .moment = r.moment};
    r.todo.word = WORD_FREE_FILLS_DO;
    report_send(m, &r);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    if (c->what == KNOWN_KFREE)
        filled(m, c);
    if (c->what == KNOWN_KALLOC && result != 0)
        given_twice(m, c, result);
    bool frees = c->what == KNOWN_KFREE || c->what == KNOWN_SUPERFREE;
    bool super = c->what == KNOWN_SUPERFREE || c->what == KNOWN_SUPERALLOC;
    watch_pages(m, frees ? c->arg[0] : result, super ? SUPER_BYTES : PAGE_BYTES,
                frees ? WATCH_LOADS | WATCH_STORES : 0);
}

// Returns whether enough uses of the page have been reported since it was freed: all have one
// cause.
static bool
told_enough(struct machine *m, uint64 pa, const struct frame *f)
{
    struct freed_watch *w = SIGHT_STATE(m, freed, struct freed_watch);
    uint64 page = pa & ~(PAGE_BYTES - 1);
    if (w->page != page || w->freed != f->freed.position)
        w->uses = 0;
    w->page = page;
    w->freed = f->freed.position;
    return w->uses >= USES_MAX;
}

// Called when a hart, or a device (-1), uses a free page.
static void
used(struct machine *m, int hart, uint64 pa, uint64 bytes, bool store)
{
    const struct frame *f = frames_at(m, pa);
    struct report r;
    if (f == NULL || f->state != FRAME_FREE)
        return;
    report_begin(m, &r, REPORT_USE_FREED, hart < 0 ? 0 : (unsigned)hart, 0);
    if (hart < 0)
        r.moment = (struct moment){.position = m->sight->now, .pid = -1};
    if (blame_allocator(m, &r.moment)) {
        sight_watch(m, CHECK_freed, pa, 0);
        return;
    }
    if (told_enough(m, pa, f))
        return;
    bool user = hart >= 0 && m->s.hart[hart].mode == MODE_U;
    r.site = hart < 0 ? 0 : user ? m->s.hart[hart].pc : blame(m, &r.moment);
    if (user)
        r.what = (struct fact){.word = WORD_USE_FREED_USER, .moment = r.moment};
    else if (hart < 0)
        r.what.word = WORD_USE_FREED_DEVICE;
    else
        r.what.word = WORD_USE_FREED;
    r.what.arg[0] = pa;
    r.what.arg[1] = store ? PT_WRITE : PT_READ;
    r.what.arg[2] = r.site;
    r.what.arg[3] = bytes;
    frames_tell(f, &r);
    r.todo.word = WORD_USE_FREED_DO;
    if (hart >= 0 && !user && (pa ^ m->s.hart[hart].x[SP]) < PAGE_BYTES) {
        r.site = (uint64)hart;
        r.what.word = WORD_STACK_FREE;
        r.what.arg[3] = r.site;
        r.todo.word = WORD_STACK_FREE_DO;
    }
    SIGHT_STATE(m, freed, struct freed_watch)->uses += report_send(m, &r);
}

static bool
is_link(const struct machine *m, unsigned hart, uint64 pa)
{
    return m->s.hart[hart].mode != MODE_U && pa % PAGE_BYTES < LINK_BYTES;
}

// Called when the kernel reads the link of a free page.
static void
read_link(struct machine *m, unsigned hart, uint64 pa)
{
    struct freed_watch *w = SIGHT_STATE(m, freed, struct freed_watch);
    struct frame *f = frames_at(m, pa);
    struct moment now;
    moment_now(m, hart, &now);
    uint64 pc = moment_pc(m, &now, 0), caller = moment_pc(m, &now, 1);
    if (w->pc != pc || w->caller != caller)
        w->other = blame_other_allocator(m, &now);
    w->pc = pc;
    w->caller = caller;
    if (!w->other || f->state != FRAME_FREE)
        return;
    f->state = FRAME_UNKNOWN;
    sight_watch(m, CHECK_freed, pa, 0);
}

static void
load(struct machine *m, unsigned hart, uint64 pa, int bytes)
{
    if (is_link(m, hart, pa))
        read_link(m, hart, pa);
    else
        used(m, (int)hart, pa, (uint64)bytes, false);
}

static void
store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    (void)value;
    used(m, (int)hart, pa, (uint64)bytes, true);
}

static void
device(struct machine *m, uint64 pa, uint64 bytes)
{
    used(m, -1, pa, bytes, true);
}

const struct check freed_check = {
    .name = "freed",
    .bytes = sizeof(struct freed_watch),
    .calls = KNOWN_BIT(KFREE) | KNOWN_BIT(SUPERFREE) | KNOWN_BIT(MEMSET),
    .returns = KNOWN_BIT(KALLOC) | KNOWN_BIT(KFREE) | KNOWN_BIT(SUPERALLOC) | KNOWN_BIT(SUPERFREE),
    .called = called,
    .returned = returned,
    .load = load,
    .store = store,
    .device = device,
};
