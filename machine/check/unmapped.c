// SPDX-License-Identifier: MIT
// unmapped.c - munmap() that leaves pages of its range mapped, that unmaps pages beyond it, or that
//              keeps the reference to the file.
//
// Theory    A process asks munmap() for a range. When it has succeeded, no page of the range that
//           lies in the process's mapping has a leaf, and uvmunmap() was called for no page that has
//           one elsewhere. A file that a mapping held a reference to, and to which nothing in the
//           kernel's memory points, has no users: at rest its count must be 0.
// Promises  silence: pages at the end of which the range has only a part may stay. The program may
//           have unmapped nothing that mmap() has given it. A pointer anywhere counts as a user.
// Next      check/mapped.h, check/lost.h
#include "check/unmapped.h"

#include "check/leaves.h"
#include "check/lost.h"
#include "check/mapped.h"
#include "machine.h"
#include "sight/check.h"

#define UNMAPS 16
#define FILES  32

// A call of munmap() in progress.
struct unmap {
    uint64 when, root, from, bytes;
    uint64 asked; // bytes, beyond the mapping as well
    uint64 file;  // that the mapping has a reference to; 0: none
    unsigned maps;
    bool closes; // fileclose() was called for it since
};

struct unmapped {
    struct unmap of[UNMAPS];
    struct {
        uint64 file;
        bool kept;    // munmap() has removed a mapping, and not called fileclose()
        uint64 ended; // the process that has ended with a mapping, and called no fileclose(); or 0
    } seen[FILES];
    uint32 files;
};

static struct unmapped *
state(const struct machine *m)
{
    return SIGHT_STATE(m, unmapped, struct unmapped);
}

static struct unmap *
unmap_of(const struct machine *m, unsigned hart)
{
    const struct call *c = known_inside(m, hart, KNOWN_SYS_MUNMAP);
    struct unmap *u = c != NULL ? &state(m)->of[c->when % UNMAPS] : NULL;
    return u != NULL && u->when == c->when ? u : NULL;
}

static void
tell(struct machine *m, unsigned hart, enum word word, uint64 va, const struct unmap *u,
     const struct leaf *leaf)
{
    struct report r;
    report_begin(m, &r, REPORT_UNMAPPED, hart, mapped_unmapper(m));
    r.what = (struct fact){
        .word = word, .arg = {r.site, va, u->from, u->from + u->bytes}, .moment = r.moment};
    leaf_mapped_by(&r, leaf);
    r.todo.word = WORD_UNMAPPED_DO;
    report_send(m, &r);
}

// --- ranges --------------------------------------------------------------------------------------

static void
begins(struct machine *m, const struct call *c)
{
    struct unmap *u = &state(m)->of[c->when % UNMAPS];
    const struct mapping *k;
    *u = (struct unmap){.when = c->when, .root = facts_root(m, c->hart)};
    if (!mapped_argument(m, c->hart, 0, &u->from) || !mapped_argument(m, c->hart, 1, &u->bytes) ||
        u->from % PAGE_BYTES != 0 || (int)u->bytes <= 0 ||
        (k = mapped_find(m, u->root, u->from)) == NULL) {
        u->when = 0;
        return;
    }
    u->asked = (u->bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
    u->bytes = u->from + u->bytes > k->to ? k->to - u->from : u->bytes;
    u->file = k->counted ? k->file : 0;
    u->maps = u->file != 0 ? mapped_files(m, u->root, u->file) : 0;
}

// uvmunmap(root, va, pages, free) is called inside munmap().
static void
unmaps(struct machine *m, const struct call *c)
{
    const struct unmap *u = unmap_of(m, c->hart);
    struct leaf leaf;
    if (u == NULL || c->arg[0] != u->root || c->arg[2] > 1 << 16)
        return;
    for (uint64 va = c->arg[1]; va < c->arg[1] + c->arg[2] * PAGE_BYTES; va += PAGE_BYTES)
        if (va - u->from >= u->asked && leaves_find(m, u->root, PT_MIN_LEVELS, va, &leaf)) {
            tell(m, c->hart, WORD_UNMAPPED_MORE, va, u, &leaf);
            return;
        }
}

// sys_mmap() has returned: notes the file of the mapping.
static void
note(struct machine *m, unsigned hart, uint64 va)
{
    struct unmapped *w = state(m);
    const struct mapping *k = mapped_find(m, facts_root(m, hart), va);
    if (k == NULL || !k->counted)
        return;
    for (unsigned i = 0; i < FILES; i++)
        if (w->seen[i].file == k->file)
            return;
    w->seen[w->files % FILES].file = k->file;
    w->seen[w->files % FILES].kept = false;
    w->seen[w->files % FILES].ended = 0;
    w->files++;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct unmapped *w = state(m);
    const struct unmap *u = &w->of[c->when % UNMAPS];
    struct leaf leaf;
    if (c->what == KNOWN_SYS_MMAP)
        note(m, c->hart, result);
    if (c->what == KNOWN_SYS_MMAP || u->when != c->when || (int)result < 0)
        return;
    for (uint64 va = u->from; va + PAGE_BYTES <= u->from + u->bytes; va += PAGE_BYTES)
        if (leaves_find(m, u->root, PT_MIN_LEVELS, va, &leaf) && (leaf.pte & PTE_U)) {
            tell(m, c->hart, WORD_UNMAPPED_LESS, va, u, &leaf);
            break;
        }
    for (unsigned i = 0; i < FILES; i++)
        w->seen[i].kept |= u->file != 0 && w->seen[i].file == u->file && !u->closes &&
                           mapped_files(m, u->root, u->file) < u->maps;
}

// --- files ---------------------------------------------------------------------------------------

// A process ends: notes the files that it has mapped still.
static void
ends(struct machine *m, unsigned hart)
{
    struct unmapped *w = state(m);
    uint64 root = facts_root(m, hart);
    for (unsigned i = 0; root != 0 && i < FILES; i++)
        if (w->seen[i].file != 0 && mapped_files(m, root, w->seen[i].file) > 0)
            w->seen[i].ended = facts_current(m, hart);
}

// Returns whether the word at `pa` belongs to a process that is not in use.
static bool
in_unused(const struct machine *m, uint64 pa)
{
    uint64 at, its, now;
    for (unsigned i = 0; (at = facts_slot(m, i)) != 0; i++)
        if (symbols_physical(&m->sight->symbols, at, &its) && pa - its < fact(m, FACT_PROC_SIZE))
            return facts_field(m, at, FACT_PROC_STATE, 4, &now) &&
                   now == fact(m, FACT_STATE_UNUSED);
    return false;
}

static bool
has_pointer(const struct machine *m, uint64 pa, uint64 bytes, uint64 address)
{
    for (uint64 at = pa; at + 8 <= pa + bytes; at += 8)
        if (*(const uint64 *)ram_at(&m->ram, at) == address && !in_unused(m, at))
            return true;
    return false;
}

// Returns whether a word of the kernel's data or pages, or a register, is that address.
static bool
pointed_to(struct machine *m, uint64 address)
{
    const struct symbols *s = &m->sight->symbols;
    bool found = false;
    for (unsigned i = 0; i < m->config.harts * 32; i++)
        found |= m->s.hart[i / 32].x[i % 32] == address;
    for (unsigned i = 0; i < s->segments && !found; i++)
        found = ram_has(&m->ram, s->segment[i].pa, 1) &&
                has_pointer(m, s->segment[i].pa, s->segment[i].bytes & ~7ULL, address);
    for (uint64 i = 0; i < m->ram.size >> PAGE_BITS && !found; i++)
        found = lost_searched(m, i) &&
                has_pointer(m, m->ram.base + (i << PAGE_BITS), PAGE_BYTES, address);
    return found;
}

void
unmapped_at_rest(struct machine *m)
{
    struct unmapped *w = state(m);
    uint64 count;
    struct report r;
    if (!facts_have(m, FACT_BIT(STATE_UNUSED) | FACT_BIT(PROC_SIZE)))
        return;
    for (unsigned i = 0; (m->sight->on >> CHECK_unmapped & 1) && i < FILES; i++) {
        uint64 file = w->seen[i].file;
        if (file == 0 || !(w->seen[i].kept || w->seen[i].ended != 0) ||
            !facts_field(m, file, FACT_FILE_REF, 4, &count) || (int)count <= 0 ||
            pointed_to(m, file))
            continue;
        report_begin(m, &r, REPORT_REFERENCE, m->turn_hart,
                     w->seen[i].kept ? mapped_unmapper(m) : m->sight->known.entry[KNOWN_EXIT]);
        r.moment = (struct moment){.position = r.when, .pid = -1};
        r.what = (struct fact){.word = WORD_REF_KEPT, .arg = {file, r.site, count}};
        r.rule.word = WORD_REF_RULE;
        r.todo = (struct fact){.word = WORD_REF_KEPT_DO, .arg = {r.site}};
        report_send(m, &r);
        w->seen[i].file = 0;
    }
}

// fileclose() is called: by munmap(), or by a process that ends.
static void
closes(struct machine *m, const struct call *c)
{
    struct unmapped *w = state(m);
    struct unmap *u = unmap_of(m, c->hart);
    uint64 proc = facts_current(m, c->hart);
    if (u != NULL)
        u->closes = true;
    for (unsigned i = 0; i < FILES; i++)
        if (w->seen[i].file == c->arg[0] && w->seen[i].ended == proc)
            w->seen[i].ended = 0;
}

static void
called(struct machine *m, const struct call *c)
{
    if (c->what == KNOWN_SYS_MUNMAP)
        begins(m, c);
    else if (c->what == KNOWN_UVMUNMAP)
        unmaps(m, c);
    else if (c->what == KNOWN_EXIT)
        ends(m, c->hart);
    else
        closes(m, c);
}

const struct check unmapped_check = {
    .name = "unmapped",
    .bytes = sizeof(struct unmapped),
    .calls = KNOWN_BIT(SYS_MUNMAP) | KNOWN_BIT(UVMUNMAP) | KNOWN_BIT(FILECLOSE) | KNOWN_BIT(EXIT),
    .returns = KNOWN_BIT(SYS_MUNMAP) | KNOWN_BIT(SYS_MMAP),
    .called = called,
    .returned = returned,
};
