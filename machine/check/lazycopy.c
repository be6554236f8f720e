// SPDX-License-Identifier: MIT
// lazycopy.c - a system call fails at a page that the process owns and has not touched yet.
//
// Theory    A lazy kernel allocates a page of the heap at the process's first access, in the page
//           fault. copyin() and copyout() walk the table themselves and do not fault, so they must
//           allocate the page, too. Otherwise the system call fails, although the buffer is legal.
// Promises  silence: the kernel has served such a fault before; this page lies within the process's
//           size, not below its stack pointer, and in no mapping of a file; nothing is mapped
//           there, and there was a free page. When the process is back in user mode, the page is
//           still not there: a kernel may allocate it when the copy has failed, and copy again.
//           Strings are not checked: a string in an untouched page is empty, and a kernel may
//           refuse an empty one.
#include "check/leaves.h"
#include "check/mapped.h"
#include "machine.h"
#include "sight/check.h"

#define FAULTS 64
#define FAILED 16

// A fault of user mode at a page within the process's size where nothing is mapped.
struct first_touch {
    uint64 root, va;
};

// A copy that has failed at such a page.
struct failed_copy {
    uint64 root, va; // root 0: none
    uint64 size, function, guilty;
    struct moment moment;
};

struct lazycopy {
    struct failed_copy failed[FAILED];
    uint32 next_failed;
    struct first_touch fault[FAULTS];
    uint32 next;
    struct moment served;          // such a fault had its page afterwards; position 0: none yet
    uint64 full;                   // when kalloc() last returned 0
    struct call lookup[HARTS_MAX]; // of walk()
};

static struct lazycopy *
state(struct machine *m)
{
    return SIGHT_STATE(m, lazycopy, struct lazycopy);
}

// Returns whether `va` is within the process's size, and nothing is mapped there. `root` is its
// tree's.
static bool
untouched(const struct machine *m, uint64 proc, uint64 root, uint64 va)
{
    uint64 its, size;
    struct leaf leaf;
    return proc != 0 && facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &its) && its == root &&
           facts_field(m, proc, FACT_PROC_SZ, 8, &size) && va < size &&
           !leaves_find(m, root, PT_MIN_LEVELS, va, &leaf);
}

// --- whether the kernel is lazy ----------------------------------------------------------------

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct lazycopy *w = state(m);
    uint64 root = satp_root(h->satp);
    bool page = h->scause == CAUSE_STORE_PAGE || h->scause == CAUSE_LOAD_PAGE;
    if (w->served.position == 0 && h->mode == MODE_S && page && !(h->mstatus & STATUS_SPP) &&
        untouched(m, facts_current(m, hart), root, h->stval))
        w->fault[w->next++ % FAULTS] = (struct first_touch){root, h->stval};
}

// Notes that a fault which led to this return has been served.
static void
note_served(struct machine *m, unsigned hart, uint64 root)
{
    struct lazycopy *w = state(m);
    struct leaf leaf;
    for (unsigned i = 0; w->served.position == 0 && i < FAULTS; i++) {
        struct first_touch *f = &w->fault[i];
        if (f->root != root)
            continue;
        if (leaves_find(m, root, PT_MIN_LEVELS, f->va, &leaf))
            moment_now(m, hart, &w->served);
        f->root = 0;
    }
}

// --- a copy fails ------------------------------------------------------------------------------

// Finds the page at which the copy has failed: the first one where nothing is mapped. Returns false
// if a leaf that does not allow the copy comes before it.
static bool
failed_at(const struct machine *m, const struct call *c, uint64 *va)
{
    uint64 from = c->arg[c->what == KNOWN_COPYOUT ? 1 : 2], end = from + c->arg[3];
    struct leaf leaf;
    for (*va = from; *va < end; *va = (*va | (PAGE_BYTES - 1)) + 1) {
        if (!leaves_find(m, c->arg[0], PT_MIN_LEVELS, *va, &leaf))
            return true;
        if (!(leaf.pte & PTE_U) || (c->what == KNOWN_COPYOUT && !(leaf.pte & PTE_W)))
            return false;
    }
    return false;
}

// Returns the function that looked the page up during the call, and found nothing.
static uint64
lookup_of(struct machine *m, const struct call *c, uint64 va)
{
    for (unsigned i = 0; i < HARTS_MAX; i++) {
        const struct call *w = &state(m)->lookup[i];
        if (w->when > c->when && w->arg[0] == c->arg[0] && (w->arg[1] ^ va) < PAGE_BYTES)
            return w->ra - 1;
    }
    return m->sight->known.entry[c->what];
}

// Returns whether the program's stack lies above the page.
static bool
below_stack(const struct machine *m, uint64 proc, uint64 va)
{
    uint64 frame, sp;
    return !facts_have(m, FACT_BIT(TRAPFRAME_SP)) ||
           !facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &frame) ||
           !facts_memory(m, frame + fact(m, FACT_TRAPFRAME_SP), 8, &sp) ||
           va < (sp & ~(PAGE_BYTES - 1));
}

static void
copy_fails(struct machine *m, const struct call *c)
{
    uint64 proc = facts_current(m, c->hart), va;
    struct lazycopy *w = state(m);
    if (!failed_at(m, c, &va) || !untouched(m, proc, c->arg[0], va) || below_stack(m, proc, va) ||
        mapped_find(m, c->arg[0], va) != NULL)
        return;
    struct failed_copy *f = &w->failed[w->next_failed++ % FAILED];
    *f = (struct failed_copy){.root = c->arg[0],
                              .va = va,
                              .function = m->sight->known.entry[c->what],
                              .guilty = lookup_of(m, c, va)};
    facts_field(m, proc, FACT_PROC_SZ, 8, &f->size);
    moment_now(m, c->hart, &f->moment);
}

static void
tell(struct machine *m, unsigned hart, const struct failed_copy *f)
{
    struct report r;
    report_begin(m, &r, REPORT_LAZY_COPY, hart, f->guilty);
    r.moment = f->moment;
    r.what = (struct fact){
        .word = WORD_LAZY_COPY, .arg = {f->function, f->va, f->guilty}, .moment = r.moment};
    *report_near(&r, WORD_LAZY_COPY_SIZE) =
        (struct fact){.word = WORD_LAZY_COPY_SIZE, .arg = {f->size}, .moment = r.moment};
    report_near(&r, WORD_LAZY_COPY_SERVED)->moment = state(m)->served;
    r.rule.word = WORD_LAZY_COPY_RULE;
    r.todo = (struct fact){.word = WORD_LAZY_COPY_DO, .arg = {f->guilty}};
    report_send(m, &r);
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 root = satp_root(h->satp);
    struct leaf leaf;
    if (!supervisor || h->mode != MODE_U)
        return;
    note_served(m, hart, root);
    for (unsigned i = 0; i < FAILED; i++) {
        struct failed_copy *f = &state(m)->failed[i];
        if (f->root == 0 || f->root != root)
            continue;
        if (!leaves_find(m, root, PT_MIN_LEVELS, f->va, &leaf))
            tell(m, hart, f);
        f->root = 0;
    }
}

static void
called(struct machine *m, const struct call *c)
{
    state(m)->lookup[c->hart] = *c;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct lazycopy *w = state(m);
    if (c->what == KNOWN_KALLOC)
        w->full = result == 0 ? m->sight->now : w->full;
    else if ((int32)result == -1 && w->served.position != 0 && w->full < c->when)
        copy_fails(m, c);
}

const struct check lazycopy_check = {
    .name = "lazycopy",
    .bytes = sizeof(struct lazycopy),
    .calls = KNOWN_BIT(WALK),
    .returns = KNOWN_BIT(KALLOC) | KNOWN_BIT(COPYIN) | KNOWN_BIT(COPYOUT),
    .called = called,
    .returned = returned,
    .trap = trap,
    .trap_return = trap_return,
};
