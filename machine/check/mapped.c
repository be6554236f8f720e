// SPDX-License-Identifier: MIT
// mapped.c - files that processes have mapped with mmap, and the right contents of their pages.
//
// Theory    The check keeps the mappings that mmap() has made, without those that munmap() has
//           removed. Children inherit them. A page fault in a mapping must read the page's own part
//           of the file. A private mapping is never written to the file. A child must be able to
//           use the mappings of its parent. A new mapping lies where no other one is.
// Next      check/writeback.c
#include "check/mapped.h"

#include "check/blame.h"
#include "check/explain.h"
#include "check/leaves.h"
#include "check/references.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

#define MAPPINGS 128
#define FAULTS   64

enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4 };

// A page fault that is being handled for a process.
struct user_fault {
    uint64 root, va, cause, pc;
    uint64 offset;        // of the first readi() of another part of the file
    struct moment moment; // ... position 0: there was none
};

struct mapped_watch {
    struct mapping of[MAPPINGS];
    uint32 next;
    uint64 unmapper; // code that called uvmunmap() for munmap() last; 0: there was none
    struct user_fault fault[FAULTS];
    uint32 next_fault;
};

static struct mapped_watch *
state(const struct machine *m)
{
    return SIGHT_STATE(m, mapped, struct mapped_watch);
}

bool
mapped_argument(const struct machine *m, unsigned hart, unsigned n, uint64 *value)
{
    uint64 frame, proc = facts_current(m, hart);
    return proc != 0 && facts_have(m, FACT_BIT(TRAPFRAME_A0)) &&
           facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &frame) &&
           facts_memory(m, frame + fact(m, FACT_TRAPFRAME_A0) + 8 * (uint64)n, 8, value);
}

const struct mapping *
mapped_find(const struct machine *m, uint64 root, uint64 va)
{
    const struct mapping *best = NULL;
    const struct frame *f = frames_at(m, root);
    for (unsigned i = 0; root != 0 && f != NULL && i < MAPPINGS; i++) {
        const struct mapping *k = &state(m)->of[i];
        if (k->root == root && va >= k->from && va < k->to && k->when > f->allocated.position &&
            (best == NULL || k->when > best->when))
            best = k;
    }
    return best;
}

const struct mapping *
mapped_ever(struct machine *m, uint64 va)
{
    const struct mapping *best = NULL;
    for (const struct mapping *k = state(m)->of; k < &state(m)->of[MAPPINGS]; k++)
        if (va - k->from < k->to - k->from && (best == NULL || k->when > best->when))
            best = k;
    return best;
}

static bool
allows(const struct mapping *k, enum pt_access kind)
{
    return k->prot & (kind == PT_WRITE ? PROT_WRITE : kind == PT_EXEC ? PROT_EXEC : PROT_READ);
}

bool
mapped_allows(const struct machine *m, uint64 root, uint64 va, enum pt_access kind)
{
    const struct mapping *k = mapped_find(m, root, va);
    return k != NULL && allows(k, kind);
}

uint64
mapped_unmapper(const struct machine *m)
{
    uint64 pc = state(m)->unmapper;
    return pc != 0 ? pc : m->sight->known.entry[KNOWN_SYS_MUNMAP];
}

unsigned
mapped_files(struct machine *m, uint64 root, uint64 file)
{
    unsigned n = 0;
    for (unsigned i = 0; i < MAPPINGS; i++) {
        const struct mapping *k = &state(m)->of[i];
        n += k->root == root && k->file == file && k->counted && k->from < k->to &&
             mapped_find(m, root, k->from) == k;
    }
    return n;
}

// --- what is mapped ----------------------------------------------------------------------------

// Finds the file with which mmap() was called.
static void
find_file(struct machine *m, unsigned hart, uint64 since, struct mapping *k)
{
    uint64 fd, proc = facts_current(m, hart);
    if (!facts_have(m, FACT_BIT(PROC_OFILE) | FACT_BIT(COUNT_OFILE)) ||
        !mapped_argument(m, hart, 4, &fd) || fd >= fact(m, FACT_COUNT_OFILE) ||
        !facts_memory(m, proc + fact(m, FACT_PROC_OFILE) + 8 * fd, 8, &k->file))
        return;
    unsigned taken = references_taken(m, proc, k->file, since);
    k->counted = taken != 0 && taken != REFERENCES_UNKNOWN;
}

// Reports that mmap() has given a process, which has asked for none, addresses of an older mapping.
static void
overlaps(struct machine *m, unsigned hart, const struct mapping *k)
{
    const struct mapping *old = NULL;
    uint64 wish;
    struct report r;
    for (uint64 va = k->from; va < k->to && old == NULL; va += PAGE_BYTES)
        old = mapped_find(m, k->root, va);
    if (old == NULL || !mapped_argument(m, hart, 0, &wish) || wish != 0)
        return;
    report_begin(m, &r, REPORT_MAP_OVER, hart, m->sight->known.entry[KNOWN_SYS_MMAP]);
    r.what = (struct fact){
        .word = WORD_MAP_OVER, .arg = {r.site, k->from, old->from, old->to}, .moment = r.moment};
    r.todo.word = WORD_MAP_OVER_DO;
    report_send(m, &r);
}

// Reports that mmap() lets a process store to a file that it may not write.
static void
refuses_not(struct machine *m, unsigned hart, const struct mapping *k)
{
    uint64 writable;
    struct report r;
    if (!(k->flags & MAP_SHARED) || !(k->prot & PROT_WRITE) || k->file == 0 ||
        !facts_field(m, k->file, FACT_FILE_WRITABLE, 1, &writable) || writable)
        return;
    report_begin(m, &r, REPORT_MAP_READONLY, hart, m->sight->known.entry[KNOWN_SYS_MMAP]);
    r.what = (struct fact){.word = WORD_MAP_READONLY, .arg = {r.site}, .moment = r.moment};
    r.todo.word = WORD_MAP_READONLY_DO;
    report_send(m, &r);
}

static void
remember(struct machine *m, unsigned hart, uint64 base, uint64 since)
{
    struct mapping k = {.root = facts_root(m, hart), .from = base, .when = m->sight->now};
    uint64 length;
    if (k.root == 0 || base % PAGE_BYTES != 0 || (int64)base <= 0 ||
        !mapped_argument(m, hart, 1, &length) || !mapped_argument(m, hart, 2, &k.prot) ||
        !mapped_argument(m, hart, 3, &k.flags) || !mapped_argument(m, hart, 5, &k.offset))
        return;
    find_file(m, hart, since, &k);
    refuses_not(m, hart, &k);
    k.to = base + (length + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    overlaps(m, hart, &k);
    state(m)->of[state(m)->next++ % MAPPINGS] = k;
}

static void
forget_range(struct machine *m, unsigned hart)
{
    uint64 from, length, root = facts_root(m, hart);
    if (!mapped_argument(m, hart, 0, &from) || !mapped_argument(m, hart, 1, &length))
        return;
    uint64 to = from + (length + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    for (unsigned i = 0; i < MAPPINGS; i++) {
        struct mapping *k = &state(m)->of[i];
        if (k->root != root || to <= k->from || from >= k->to)
            continue;
        k->cut = true;
        if (from > k->from) {
            k->to = from;
            continue;
        }
        k->offset += to - k->from;
        k->from = to;
    }
}

// Gives the child the mappings of its parent.
static void
inherit(struct machine *m, unsigned hart, int pid)
{
    uint64 parent = facts_root(m, hart), child, proc = facts_process(m, pid);
    uint32 last = state(m)->next;
    if (pid <= 0 || proc == 0 || !facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &child))
        return;
    for (uint32 i = last > MAPPINGS ? last - MAPPINGS : 0; i < last; i++) {
        struct mapping k = state(m)->of[i % MAPPINGS];
        if (k.root != parent || k.from >= k.to ||
            mapped_find(m, parent, k.from) != &state(m)->of[i % MAPPINGS])
            continue;
        k.root = child;
        k.inherited = true;
        k.when = m->sight->now;
        moment_now(m, hart, &k.forked);
        state(m)->of[state(m)->next++ % MAPPINGS] = k;
    }
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    if (c->what == KNOWN_SYS_MMAP)
        remember(m, c->hart, result, c->when);
    else if (c->what == KNOWN_SYS_MUNMAP && (int)result >= 0)
        forget_range(m, c->hart);
    else if (c->what == KNOWN_FORK)
        inherit(m, c->hart, (int)result);
}

// --- what is done with it ------------------------------------------------------------------------

static struct user_fault *
fault_of(struct machine *m, uint64 root)
{
    for (unsigned i = 0; root != 0 && i < FAULTS; i++)
        if (state(m)->fault[i].root == root)
            return &state(m)->fault[i];
    return NULL;
}

// Reports a page of a mapping that is read from another part of the file than its own, or written
// to another.
static void
other_offset(struct machine *m, unsigned hart, const struct moment *at, const struct mapping *k,
             uint64 page, uint64 offset, enum word word)
{
    struct report r;
    report_begin(m, &r, REPORT_MAP_OFFSET, hart, moment_pc(m, at, 1));
    r.moment = *at;
    r.what = (struct fact){
        .word = word,
        .arg = {page, offset, k->offset + (page - k->from), r.site, k->from, k->offset},
        .moment = *at};
    if (k->cut)
        report_near(&r, WORD_MAP_CUT)->arg[0] = mapped_unmapper(m);
    r.todo.word = WORD_MAP_OFFSET_DO;
    report_send(m, &r);
}

// readi(inode, user, to, offset, bytes) while a page fault is served. A kernel may read the pages
// around this one as well.
static void
reads(struct machine *m, const struct call *c)
{
    struct user_fault *f = fault_of(m, facts_root(m, c->hart));
    const struct mapping *k = f != NULL ? mapped_find(m, f->root, f->va) : NULL;
    if (k == NULL)
        return;
    uint64 right = k->offset + ((f->va & ~(PAGE_BYTES - 1)) - k->from);
    if ((uint32)c->arg[3] - (uint32)right < PAGE_BYTES)
        f->root = 0;
    if (f->root == 0 || f->moment.position != 0)
        return;
    f->offset = (uint32)c->arg[3];
    moment_now(m, c->hart, &f->moment);
}

// The fault has been served, and only other parts of the file have been read.
static void
tell_offset(struct machine *m, unsigned hart, const struct user_fault *f)
{
    const struct mapping *k = mapped_find(m, f->root, f->va);
    uint64 page = f->va & ~(PAGE_BYTES - 1);
    if (k != NULL)
        other_offset(m, hart, &f->moment, k, page, f->offset, WORD_MAP_OFFSET);
}

// writei(inode, user, from, offset, bytes) by munmap() or at the end of the process.
static void
writes(struct machine *m, const struct call *c)
{
    const struct mapping *k = mapped_find(m, facts_root(m, c->hart), c->arg[2]);
    struct moment now;
    struct report r;
    if (c->arg[1] == 0 || k == NULL)
        return;
    moment_now(m, c->hart, &now);
    if (!blame_inside(m, &now, KNOWN_BIT(SYS_MUNMAP) | KNOWN_BIT(EXIT)))
        return;
    if (!(k->flags & MAP_PRIVATE)) {
        if ((uint32)c->arg[3] != (uint32)(k->offset + (c->arg[2] - k->from)))
            other_offset(m, c->hart, &now, k, c->arg[2], (uint32)c->arg[3], WORD_MAP_OFFSET_BACK);
        return;
    }
    report_begin(m, &r, REPORT_MAP_PRIVATE, c->hart, 0);
    r.site = moment_pc(m, &r.moment, 1);
    r.what = (struct fact){
        .word = WORD_MAP_PRIVATE, .arg = {r.site, c->arg[2], k->from, k->to}, .moment = r.moment};
    r.todo.word = WORD_MAP_PRIVATE_DO;
    report_send(m, &r);
}

// Called when a process ends while a page fault is handled.
static void
ends(struct machine *m, const struct call *c)
{
    const struct user_fault *f = fault_of(m, facts_root(m, c->hart));
    const struct mapping *k = f != NULL ? mapped_find(m, f->root, f->va) : NULL;
    struct leaf leaf;
    struct report r;
    if (k == NULL || !k->inherited || mapped_behind_file(m, f->root, f->va) ||
        leaves_find(m, f->root, PT_MIN_LEVELS, f->va, &leaf))
        return;
    if (!allows(k, access_of((int)f->cause)))
        return;
    report_begin(m, &r, REPORT_MAP_FORK, c->hart, 0);
    r.site = m->sight->known.entry[KNOWN_FORK];
    r.what = (struct fact){
        .word = WORD_MAP_FORK, .arg = {f->va, k->from, k->to, r.site}, .moment = r.moment};
    report_since(&r, WORD_FORKED_BY)->moment = k->forked;
    r.todo.word = WORD_MAP_FORK_DO;
    report_send(m, &r);
}

static void
unmaps(struct machine *m, const struct call *c)
{
    struct moment now;
    if (known_inside(m, c->hart, KNOWN_SYS_MUNMAP) == NULL)
        return;
    moment_now(m, c->hart, &now);
    state(m)->unmapper = blame(m, &now);
}

static void
called(struct machine *m, const struct call *c)
{
    if (c->what == KNOWN_READI)
        reads(m, c);
    else if (c->what == KNOWN_WRITEI)
        writes(m, c);
    else if (c->what == KNOWN_UVMUNMAP)
        unmaps(m, c);
    else
        ends(m, c);
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    bool page = h->scause == CAUSE_STORE_PAGE || h->scause == CAUSE_LOAD_PAGE ||
                h->scause == CAUSE_FETCH_PAGE;
    uint64 root = satp_root(h->satp);
    if (h->mode != MODE_S || (h->mstatus & STATUS_SPP) || !page ||
        mapped_find(m, root, h->stval) == NULL)
        return;
    state(m)->fault[state(m)->next_fault++ % FAULTS] =
        (struct user_fault){.root = root, .va = h->stval, .cause = h->scause, .pc = h->sepc};
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 root = satp_root(h->satp);
    for (unsigned i = 0; supervisor && h->mode == MODE_U && i < FAULTS; i++) {
        struct user_fault *f = &state(m)->fault[i];
        if (f->root != root)
            continue;
        if (f->moment.position != 0)
            tell_offset(m, hart, f);
        f->root = 0;
    }
}

const struct check mapped_check = {
    .name = "mapped",
    .bytes = sizeof(struct mapped_watch),
    .calls = KNOWN_BIT(READI) | KNOWN_BIT(WRITEI) | KNOWN_BIT(EXIT) | KNOWN_BIT(UVMUNMAP),
    .returns = KNOWN_BIT(SYS_MMAP) | KNOWN_BIT(SYS_MUNMAP) | KNOWN_BIT(FORK),
    .called = called,
    .returned = returned,
    .trap = trap,
    .trap_return = trap_return,
};
