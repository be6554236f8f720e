// SPDX-License-Identifier: MIT
// rights.c - uvmcopy() that gives the child other rights to a page than it must have.
//
// Theory    The child runs the parent's program, so it must be able to fetch and load all that the
//           parent can. A page that was copied belongs to the child alone: it must be able to store
//           to it. A page that both have is copy-on-write: neither has W, and a software bit marks
//           both entries if the parent could store to the page before. A page that the parent has
//           changed, and may store to, must be copied: it can be got from nowhere later. A copy has
//           the bytes of the parent's page.
// Promises  silence: a page that both may store to can be shared memory, unless it is the stack, or
//           only one of the two has W and the other has a software bit. A kernel may know without a
//           mark which pages are copy-on-write: a missing one counts after a mark has been seen.
//           A kernel may let the child read code from its file at a fault: pages that are left out
//           otherwise count when the kernel kills the child for the use of one.
#include "check/rights.h"

#include "base/mem.h"
#include "check/explain.h"
#include "check/leaves.h"
#include "check/mapped.h"
#include "check/releases.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

#define PAGES    4096 // of a process, from address 0 on
#define CHILDREN 16

// A call of uvmcopy(), by hart.
struct copying {
    uint64 when;
    uint64 stores[PAGES / 64]; // pages that the parent may store to, also after a copy
};

// A child to which uvmcopy() has not given all pages.
struct lacking {
    uint64 root;
    struct moment moment; // when uvmcopy() returned
};

struct rights_watch {
    struct copying of[HARTS_MAX];
    struct lacking lacking[CHILDREN];
    uint32 next;
    bool marks; // an entry without W had a software bit
};

struct pair {
    struct machine *m;
    const struct copying *call;
    unsigned hart;
    uint64 root, child; // roots
    uint64 size;        // that uvmcopy() was given
    uint64 stack;       // the page of the parent's sp
    struct leaf parent, copy;
    enum word found; // WORD_NONE: no mistake
    bool lacks;      // a page that the parent has
};

static struct rights_watch *
state(const struct machine *m)
{
    return SIGHT_STATE(m, rights, struct rights_watch);
}

static bool
may_store(uint64 pte)
{
    return (pte & (PTE_W | PTE_RSW0 | PTE_RSW1)) != 0;
}

static bool
marked(uint64 pte)
{
    return may_store(pte) && !(pte & PTE_W);
}

// The visit of the parent's entries before the copy.
struct before {
    struct copying *call;
    bool *marks;
};

static void
note(void *arg, const struct leaf *leaf)
{
    struct before *b = arg;
    uint64 page = leaf->va / PAGE_BYTES;
    if (!(leaf->pte & PTE_U))
        return;
    *b->marks |= marked(leaf->pte);
    if (page < PAGES && may_store(leaf->pte))
        b->call->stores[page / 64] |= 1ULL << page % 64;
}

static void
called(struct machine *m, const struct call *c)
{
    struct before b = {&state(m)->of[c->hart], &state(m)->marks};
    struct visitor to = {.arg = &b, .leaf = note};
    *b.call = (struct copying){.when = c->when};
    if (ram_has(&m->ram, c->arg[0], PAGE_BYTES))
        leaves_visit(m, c->arg[0], PT_MIN_LEVELS, &to);
}

// Returns the page of the user stack of the process that the hart runs; 0: not known.
static uint64
stack_page(const struct machine *m, unsigned hart)
{
    uint64 frame, sp, proc = facts_current(m, hart);
    return proc != 0 && facts_have(m, FACT_BIT(TRAPFRAME_SP)) &&
                   facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &frame) &&
                   facts_memory(m, frame + fact(m, FACT_TRAPFRAME_SP), 8, &sp)
               ? sp & ~(PAGE_BYTES - 1)
               : 0;
}

// Returns the mistake with a page that parent and child have in common.
static enum word
shared(const struct pair *p, const struct leaf *parent, const struct leaf *copy)
{
    uint64 page = parent->va / PAGE_BYTES, w = (parent->pte | copy->pte) & PTE_W;
    bool both = parent->pte & copy->pte & PTE_W;
    bool stored = page < PAGES && (p->call->stores[page / 64] >> page % 64 & 1);
    if (stored && !(may_store(parent->pte) && may_store(copy->pte)))
        return state(p->m)->marks ? WORD_RIGHTS_LOST : WORD_NONE;
    if (both ? parent->va == p->stack : w && may_store(parent->pte) && may_store(copy->pte))
        return WORD_RIGHTS_SHARED;
    return WORD_NONE;
}

// Returns whether no other process has the parent's tree: a thread of it may store meanwhile.
static bool
alone(const struct pair *p)
{
    uint64 proc, root, own = facts_current(p->m, p->hart);
    for (unsigned i = 0; (proc = facts_slot(p->m, i)) != 0; i++)
        if (proc != own && facts_field(p->m, proc, FACT_PROC_PAGETABLE, 8, &root) &&
            root == p->root)
            return false;
    return own != 0;
}

// Returns whether the two pages hold the same bytes, or another process may store to the parent's.
static bool
same(const struct pair *p, const struct leaf *parent, const struct leaf *copy)
{
    const struct ram *ram = &p->m->ram;
    uint64 from = pte_pa(parent->pte), to = pte_pa(copy->pte), size = pt_leaf_size(copy->level);
    return !ram_has(ram, from, size) || !ram_has(ram, to, size) ||
           mem_equal(ram_at(ram, from), ram_at(ram, to), size) || !alone(p);
}

// Returns the mistake with a page of the parent that the child has, too.
static enum word
copied(const struct pair *p, const struct leaf *parent, const struct leaf *copy)
{
    bool common = pte_pa(copy->pte) == pte_pa(parent->pte);
    bool own = !common && !(copy->pte & (PTE_RSW0 | PTE_RSW1));
    uint64 rights = PTE_R | PTE_X | (own ? PTE_W : 0);
    if (parent->pte & ~copy->pte & rights)
        return WORD_RIGHTS;
    if (common)
        return shared(p, parent, copy);
    bool whole = parent->va >= p->size || parent->level != copy->level || same(p, parent, copy);
    return whole ? WORD_NONE : WORD_RIGHTS_BYTES;
}

static void
compare(void *arg, const struct leaf *leaf)
{
    struct pair *p = arg;
    struct leaf copy;
    enum word found = WORD_NONE;
    if (!(leaf->pte & PTE_U))
        return;
    state(p->m)->marks |= marked(leaf->pte);
    if (!leaves_find(p->m, p->child, PT_MIN_LEVELS, leaf->va, &copy)) {
        bool lacks = leaf->va < p->size && !mapped_ever(p->m, leaf->va);
        p->lacks |= lacks;
        found = lacks && !(~leaf->pte & (PTE_W | PTE_D)) ? WORD_RIGHTS_NONE : WORD_NONE;
    } else if (copy.pte & PTE_U) {
        if (pte_pa(copy.pte) == pte_pa(leaf->pte))
            releases_shared(p->m, pte_pa(copy.pte));
        found = copied(p, leaf, &copy);
    }
    if (p->found || !found)
        return;
    p->found = found;
    p->parent = *leaf;
    p->copy = copy;
}

static void
tell(struct machine *m, const struct pair *p, unsigned hart, const struct moment *at)
{
    uint64 function = m->sight->known.entry[KNOWN_UVMCOPY];
    struct report r;
    report_begin(m, &r, REPORT_RIGHTS, hart, function);
    if (at != NULL)
        r.moment = *at;
    r.what = (struct fact){.word = p->found,
                           .arg = {function, p->parent.va, p->copy.pte, p->parent.pte},
                           .moment = r.moment};
    explain_entry(&r, p->copy.slot, p->copy.pte);
    r.todo.word = p->found == WORD_RIGHTS         ? WORD_RIGHTS_DO
                  : p->found == WORD_RIGHTS_BYTES ? WORD_RIGHTS_BYTES_DO
                  : p->found == WORD_RIGHTS_NONE  ? WORD_RIGHTS_NONE_DO
                                                  : WORD_RIGHTS_COW_DO;
    report_send(m, &r);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct rights_watch *w = state(m);
    struct pair p = {.m = m,
                     .call = &w->of[c->hart],
                     .hart = c->hart,
                     .root = c->arg[0],
                     .child = c->arg[1],
                     .size = c->arg[2]};
    struct visitor to = {.arg = &p, .leaf = compare};
    if ((int)result != 0 || report_sent(m, REPORT_RIGHTS, m->sight->known.entry[KNOWN_UVMCOPY]) ||
        !ram_has(&m->ram, p.child, PAGE_BYTES) || p.call->when != c->when)
        return;
    p.stack = stack_page(m, c->hart);
    leaves_visit(m, c->arg[0], PT_MIN_LEVELS, &to);
    if (p.lacks) {
        struct lacking *k = &w->lacking[w->next++ % CHILDREN];
        k->root = p.child;
        moment_now(m, c->hart, &k->moment);
    }
    if (p.found != WORD_NONE)
        tell(m, &p, c->hart, NULL);
}

void
rights_killed(struct machine *m, unsigned hart, uint64 proc, uint64 va)
{
    struct pair p = {.found = WORD_RIGHTS_NONE};
    const struct lacking *last = NULL;
    uint64 parent, root, theirs;
    if (state(m) == NULL || !facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &root) ||
        !facts_field(m, proc, FACT_PROC_PARENT, 8, &parent) || parent == 0 ||
        !facts_field(m, parent, FACT_PROC_PAGETABLE, 8, &theirs))
        return;
    const struct frame *f = frames_at(m, root);
    for (unsigned i = 0; i < CHILDREN && f != NULL; i++)
        if (state(m)->lacking[i].root == root &&
            state(m)->lacking[i].moment.position > f->allocated.position)
            last = &state(m)->lacking[i];
    if (last != NULL && leaves_find(m, theirs, PT_MIN_LEVELS, va, &p.parent) &&
        (p.parent.pte & PTE_U) && !leaves_find(m, root, PT_MIN_LEVELS, va, &p.copy))
        tell(m, &p, hart, &last->moment);
}

const struct check rights_check = {
    .name = "rights",
    .bytes = sizeof(struct rights_watch),
    .calls = KNOWN_BIT(UVMCOPY),
    .returns = KNOWN_BIT(UVMCOPY),
    .called = called,
    .returned = returned,
};
