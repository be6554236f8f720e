// SPDX-License-Identifier: MIT
// copies.c - copies between the kernel and a process that return success, and are wrong.
//
// Theory    copyin(), copyout() and copyinstr() return 0 when all is copied. The process must have
//           the right to the page, both sides must then hold the same bytes, and a string must end
//           within the size of its buffer.
// Promises  silence: the copy has returned 0, and its first argument is the root of a tree that
//           maps the page. Bytes count only if no other process can store to the page, and the
//           kernel's side is no variable that may change without a lock. W counts for code alone:
//           it may be missing elsewhere because the page is copy-on-write, or was read from a file
//           in this very call. A copy that fails counts only in a larger page.
#include "base/mem.h"
#include "base/numbers.h"
#include "check/blame.h"
#include "check/leaves.h"
#include "check/locktable.h"
#include "check/sleeplocks.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"
#include "sight/guest.h"

#define COMPARED_MAX 65536 // bytes of one copy

struct copies {
    struct call lookup[HARTS_MAX]; // of walk()
};

// A copy that has returned 0.
struct copy {
    const struct call *call;
    uint64 user, kernel, size;
    bool out, string;
};

static struct copies *
state(struct machine *m)
{
    return SIGHT_STATE(m, copies, struct copies);
}

static struct copy
copy_of(const struct call *c)
{
    bool out = c->what == KNOWN_COPYOUT;
    return (struct copy){.call = c,
                         .out = out,
                         .string = c->what == KNOWN_COPYINSTR,
                         .user = c->arg[out ? 1 : 2],
                         .kernel = c->arg[out ? 2 : 1],
                         .size = c->arg[3] < COMPARED_MAX ? c->arg[3] : COMPARED_MAX};
}

// --- rights --------------------------------------------------------------------------------------

// Returns the function that looked the page up during the call.
static uint64
lookup_of(struct machine *m, const struct copy *k, uint64 va)
{
    for (unsigned i = 0; i < HARTS_MAX; i++) {
        const struct call *w = &state(m)->lookup[i];
        if (w->when > k->call->when && w->arg[0] == k->call->arg[0] &&
            (w->arg[1] ^ va) < PAGE_BYTES)
            return w->ra - 1;
    }
    return m->sight->known.entry[k->call->what];
}

static void
no_right(struct machine *m, const struct copy *k, uint64 va, const struct leaf *leaf)
{
    uint64 guilty =
        k->out && (leaf->pte & PTE_U) ? m->sight->known.entry[k->call->what] : lookup_of(m, k, va);
    struct report r;
    report_begin(m, &r, REPORT_COPY_RIGHT, k->call->hart, guilty);
    r.what = (struct fact){.word = WORD_COPY_RIGHT,
                           .arg = {m->sight->known.entry[k->call->what],
                                   k->out ? PT_WRITE : PT_READ, va, leaf->pte, guilty},
                           .moment = r.moment};
    leaf_mapped_by(&r, leaf);
    r.rule.word = WORD_COPY_RIGHT_RULE;
    r.todo = (struct fact){.word = WORD_COPY_RIGHT_DO, .arg = {guilty, leaf->pte & PTE_U}};
    r.todo.word = leaf->pte & PTE_U ? WORD_COPY_RIGHT_DO_W : WORD_COPY_RIGHT_DO;
    report_send(m, &r);
}

static bool
may(struct machine *m, const struct copy *k, const struct leaf *leaf)
{
    struct moment now;
    if (!(leaf->pte & PTE_U))
        return false;
    if (!k->out || (leaf->pte & (PTE_W | PTE_RSW0 | PTE_RSW1)) || !(leaf->pte & PTE_X))
        return true;
    moment_now(m, k->call->hart, &now);
    return known_inside(m, k->call->hart, KNOWN_SYSCALL) == NULL ||
           blame_inside(m, &now, KNOWN_BIT(EXEC) | KNOWN_BIT(SYS_MMAP));
}

// --- bytes ---------------------------------------------------------------------------------------

struct others {
    uint64 pa;
    unsigned writers;
};

static void
count_leaf(void *arg, const struct leaf *leaf)
{
    struct others *o = arg;
    o->writers += pte_pa(leaf->pte) == o->pa && (leaf->pte & PTE_U) && (leaf->pte & PTE_W);
}

// Returns whether a process other than the hart's own can store to the page. A thread of the same
// tree is one.
static bool
others_write(struct machine *m, unsigned hart, uint64 pa)
{
    struct others o = {.pa = pa};
    struct visitor to = {.leaf = count_leaf, .arg = &o};
    uint64 proc, its, own = facts_current(m, hart);
    for (unsigned i = 0; (proc = facts_slot(m, i)) != 0; i++)
        if (facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &its) && its != 0 && proc != own)
            leaves_visit(m, its, PT_MIN_LEVELS, &to);
    return o.writers > 0;
}

// Returns whether the copy has taken the first 4 KiB of a larger page for the page of byte `at`.
static bool
no_offset(struct machine *m, const struct copy *k, uint64 at, uint64 ours, const struct leaf *leaf)
{
    uint64 offset = k->user + at, first = pte_pa(leaf->pte) + offset % PAGE_BYTES;
    return leaf->level > 0 && offset % pt_leaf_size(leaf->level) >= PAGE_BYTES &&
           ram_has(&m->ram, first, 1) && *ram_at(&m->ram, first) == ours;
}

static void
wrong_byte(struct machine *m, const struct copy *k, uint64 at, uint64 theirs, uint64 ours,
           const struct leaf *leaf)
{
    struct report r;
    uint64 walkaddr;
    report_begin(m, &r, REPORT_COPY_BYTES, k->call->hart, m->sight->known.entry[k->call->what]);
    r.what = (struct fact){.word = WORD_COPY_BYTES,
                           .arg = {r.site, at, k->user + at, theirs, ours},
                           .moment = r.moment};
    r.rule.word = WORD_COPY_BYTES_RULE;
    r.todo = (struct fact){.word = WORD_COPY_BYTES_DO, .arg = {r.site}};
    if (no_offset(m, k, at, ours, leaf)) {
        if (symbols_any(&m->sight->symbols, "walkaddr", &walkaddr))
            r.site = walkaddr;
        r.todo = (struct fact){.word = WORD_COPY_SUPER_DO, .arg = {r.site}};
    }
    report_send(m, &r);
}

static void
too_long(struct machine *m, const struct copy *k)
{
    struct report r;
    report_begin(m, &r, REPORT_COPY_BYTES, k->call->hart, m->sight->known.entry[k->call->what]);
    r.what = (struct fact){
        .word = WORD_COPY_LONG, .arg = {r.site, k->call->arg[3], k->user}, .moment = r.moment};
    r.todo = (struct fact){.word = WORD_COPY_LONG_DO, .arg = {r.site}};
    report_send(m, &r);
}

// Returns whether no other hart changes the kernel's side meanwhile: it is in a page of the
// allocator, or it is too large for a variable and the hart holds a lock.
static bool
own_buffer(struct machine *m, const struct copy *k)
{
    const struct frame *f;
    uint64 pa;
    if (!guest_translate(m, k->call->hart, k->kernel, PT_READ, &pa))
        return false;
    f = frames_at(m, pa);
    const struct locktable *t = locktable(m);
    bool locked =
        (t != NULL && t->hart[k->call->hart].count > 0) || sleeplocks_held(m, k->call->hart);
    return (k->size > 8 && locked) || (f != NULL && f->state == FRAME_ALLOCATED);
}

// Returns how many bytes of the copy, from byte `at` on, lie in one page on both sides.
static uint64
in_one_page(const struct copy *k, uint64 at)
{
    uint64 user = PAGE_BYTES - (k->user + at) % PAGE_BYTES;
    uint64 kernel = PAGE_BYTES - (k->kernel + at) % PAGE_BYTES;
    return smaller(k->size - at, smaller(user, kernel));
}

enum compared { SAME, DIFFERENT, STRING_ENDS };

// Compares `n` bytes from byte `at` on, which the leaf maps, and reports the first one that
// differs.
static enum compared
compare(struct machine *m, const struct copy *k, uint64 at, uint64 n, const struct leaf *leaf)
{
    uint64 user = pte_pa(leaf->pte) + (k->user + at) % pt_leaf_size(leaf->level), kernel;
    if (!ram_has(&m->ram, user, n) ||
        !guest_translate(m, k->call->hart, k->kernel + at, PT_READ, &kernel))
        return DIFFERENT;
    const uint8 *theirs = ram_at(&m->ram, user), *ours = ram_at(&m->ram, kernel);
    if (!k->string && mem_equal(theirs, ours, n))
        return SAME;
    for (uint64 i = 0; i < n; i++) {
        if (theirs[i] != ours[i]) {
            if (own_buffer(m, k) && !others_write(m, k->call->hart, user & ~(PAGE_BYTES - 1)))
                wrong_byte(m, k, at + i, theirs[i], ours[i], leaf);
            return DIFFERENT;
        }
        if (k->string && theirs[i] == 0)
            return STRING_ENDS;
    }
    return SAME;
}

static void
look(struct machine *m, const struct copy *k)
{
    struct leaf leaf;
    for (uint64 at = 0, n; at < k->size; at += n) {
        uint64 va = k->user + at;
        n = in_one_page(k, at);
        if (!leaves_find(m, k->call->arg[0], PT_MIN_LEVELS, va, &leaf))
            return;
        if (!may(m, k, &leaf)) {
            no_right(m, k, va, &leaf);
            return;
        }
        if (compare(m, k, at, n, &leaf) != SAME)
            return;
    }
    if (k->string && k->size == k->call->arg[3])
        too_long(m, k);
}

// Reports a copy that has failed, though the process may use all of a larger page.
static void
refused(struct machine *m, const struct copy *k)
{
    struct leaf leaf, large = {0};
    uint64 need = PTE_U | (k->out ? PTE_W : PTE_R);
    struct report r;
    for (uint64 at = 0; at < k->size; at += in_one_page(k, at)) {
        if (!leaves_find(m, k->call->arg[0], PT_MIN_LEVELS, k->user + at, &leaf) ||
            (leaf.pte & need) != need)
            return;
        if (large.level == 0)
            large = leaf;
    }
    if (large.level == 0 || k->string || k->size != k->call->arg[3])
        return;
    report_begin(m, &r, REPORT_COPY_BYTES, k->call->hart, m->sight->known.entry[KNOWN_WALK]);
    r.what = (struct fact){
        .word = WORD_COPY_REFUSED,
        .arg = {m->sight->known.entry[k->call->what], large.va, large.pte, (uint64)large.level},
        .moment = r.moment};
    leaf_mapped_by(&r, &large);
    r.todo = (struct fact){.word = WORD_COPY_REFUSED_DO, .arg = {r.site}};
    report_send(m, &r);
}

static void
called(struct machine *m, const struct call *c)
{
    state(m)->lookup[c->hart] = *c;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    const struct frame *root = frames_at(m, c->arg[0]);
    struct copy k = copy_of(c);
    if (c->arg[0] % PAGE_BYTES != 0 || root == NULL || root->state != FRAME_ALLOCATED)
        return;
    if ((uint32)result == 0)
        look(m, &k);
    else
        refused(m, &k);
}

const struct check copies_check = {
    .name = "copies",
    .bytes = sizeof(struct copies),
    .calls = KNOWN_BIT(WALK),
    .returns = KNOWN_BIT(COPYIN) | KNOWN_BIT(COPYOUT) | KNOWN_BIT(COPYINSTR),
    .called = called,
    .returned = returned,
};
