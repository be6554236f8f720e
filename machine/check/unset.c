// SPDX-License-Identifier: MIT
// unset.c - memory that is used before the first store to it since its allocation.
//
// Theory    kalloc() returns pages with old contents, or with bytes that the allocator has stored.
//           The check follows which bytes of such a page have been stored to since: they are set. A
//           byte that is 0 counts as set, so a page that kalloc() clears is not followed. A page is
//           followed until all of it is set, or until the kernel has used it often. Three uses of
//           unset bytes are reported: a load of a user program; a page that is mostly unset when a
//           process resumes with it; a table that the hart or walk() reads. Only a missing memset()
//           explains these. The kernel's copy of a structure with padding is no such use.
#include "check/unset.h"

#include "base/numbers.h"
#include "check/blame.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

#define FOLLOWED    4096 // pages at a time
#define KERNEL_USES 1000 // loads and stores by the kernel, after which a page is no longer followed
#define SUPER_PAGES 512
#define WORDS       (PAGE_BYTES / 64)

// A page that is followed.
struct unset_page {
    uint64 pa;         // 0: unused
    uint32 uses;       // by the kernel
    uint32 left;       // bytes still unset: 1 bits in `bit`
    uint64 bit[WORDS]; // one for each byte; 1: the byte is unset
};

struct unset_watch {
    struct unset_page *page;
    uint32 *index; // of each page of RAM: where it is in `page` + 1, or 0
    uint32 hand;   // where the search for an unused place begins
    uint64 pc;     // that was looked up last
    bool copies;   // ... is in memmove() or memset()
};

static struct unset_watch *
state(struct machine *m)
{
    return SIGHT_STATE(m, unset, struct unset_watch);
}

static uint32 *
index_of(struct machine *m, uint64 pa)
{
    return &state(m)->index[(size_t)((pa - m->ram.base) >> PAGE_BITS)];
}

// Returns the record of the page that holds `pa`; NULL: the page is not followed.
static struct unset_page *
find(struct machine *m, uint64 pa)
{
    uint32 i = ram_has(&m->ram, pa, 1) ? *index_of(m, pa) : 0;
    return i != 0 ? &state(m)->page[i - 1] : NULL;
}

static void
forget(struct machine *m, struct unset_page *p)
{
    *index_of(m, p->pa) = 0;
    sight_watch(m, CHECK_unset, p->pa, 0);
    p->pa = 0;
}

static bool
is_unset(const struct unset_page *p, uint64 offset)
{
    return p->bit[offset / 64] >> (offset % 64) & 1;
}

// Marks the bytes, which are in one page, as set.
static void
put(struct unset_page *p, uint64 offset, uint64 bytes)
{
    for (uint64 n; bytes > 0; offset += n, bytes -= n) {
        uint64 from = offset % 64, *word = &p->bit[offset / 64];
        n = bytes < 64 - from ? bytes : 64 - from;
        uint64 mask = ~0ULL >> (64 - n) << from;
        p->left -= count_bits(*word & mask);
        *word &= ~mask;
    }
}

// --- pages come and go -----------------------------------------------------------------------

// Returns a place for a record; NULL: there is no room.
static struct unset_page *
unused(struct unset_watch *w)
{
    for (uint32 i = 0; i < FOLLOWED; i++) {
        struct unset_page *p = &w->page[(w->hand + i) % FOLLOWED];
        if (p->pa == 0) {
            w->hand = (w->hand + i + 1) % FOLLOWED;
            return p;
        }
    }
    return NULL;
}

// Returns a bit for each byte of the word that is not 0.
static uint64
not_zero(uint64 word)
{
    word |= word >> 4;
    word |= word >> 2;
    word |= word >> 1;
    return (word & 0x0101010101010101ULL) * 0x0102040810204080ULL >> 56;
}

// Begins to follow a page, unless all of it is 0.
static void
follow(struct machine *m, uint64 pa)
{
    const uint64 *words = (const uint64 *)ram_at(&m->ram, pa);
    struct unset_page *p = find(m, pa);
    if (p == NULL)
        p = unused(state(m));
    if (p == NULL)
        return;
    p->pa = pa;
    p->uses = p->left = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        p->bit[i] = 0;
        for (unsigned k = 0; k < 8; k++)
            p->bit[i] |= not_zero(words[8 * i + k]) << 8 * k;
        p->left += count_bits(p->bit[i]);
    }
    if (p->left == 0) {
        p->pa = 0;
        *index_of(m, pa) = 0;
        return;
    }
    *index_of(m, pa) = (uint32)(p - state(m)->page) + 1;
    sight_watch(m, CHECK_unset, pa, WATCH_LOADS | WATCH_STORES);
}

static void
given(struct machine *m, uint64 pa, unsigned pages)
{
    for (unsigned i = 0; i < pages; i++, pa += PAGE_BYTES) {
        const struct frame *f = frames_at(m, pa);
        if (f != NULL && f->state == FRAME_ALLOCATED)
            follow(m, pa);
    }
}

// --- bytes are set -----------------------------------------------------------------------------

static void
set(struct machine *m, uint64 pa, uint64 bytes)
{
    while (bytes > 0) {
        uint64 offset = pa % PAGE_BYTES, here = PAGE_BYTES - offset;
        struct unset_page *p = find(m, pa);
        here = here < bytes ? here : bytes;
        if (p != NULL)
            put(p, offset, here);
        if (p != NULL && p->left == 0)
            forget(m, p);
        pa += here;
        bytes -= here;
    }
}

static bool
in_ram(const struct machine *m, uint64 pa, uint64 bytes)
{
    return bytes <= m->ram.size && ram_has(&m->ram, pa, 1) &&
           pa - m->ram.base <= m->ram.size - bytes;
}

static void
called(struct machine *m, const struct call *c)
{
    if (in_ram(m, c->arg[0], c->arg[2]))
        set(m, c->arg[0], c->arg[2]);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct unset_page *p;
    if (c->what == KNOWN_KALLOC)
        given(m, result, 1);
    else if (c->what == KNOWN_SUPERALLOC)
        given(m, result, SUPER_PAGES);
    else if ((p = find(m, c->arg[0])) != NULL && frames_free(m, c->arg[0]))
        forget(m, p);
}

static bool
is_in(const struct machine *m, uint64 pc, enum known what)
{
    uint64 offset, pa;
    return symbols_find(&m->sight->symbols, pc, &offset) != NULL &&
           symbols_physical(&m->sight->symbols, pc - offset, &pa) &&
           pa == m->sight->known.entry[what];
}

// Returns whether the instruction is in memmove() or memset().
static bool
copies(struct machine *m, uint64 pc)
{
    struct unset_watch *w = state(m);
    if (w->pc != pc)
        w->copies = is_in(m, pc, KNOWN_MEMMOVE) || is_in(m, pc, KNOWN_MEMSET);
    w->pc = pc;
    return w->copies;
}

// Counts a use by the kernel. A page that the kernel uses often - a stack, a trapframe, a pipe - is
// followed no longer: not all of it may ever be set, and each access to it is slow.
static void
count_use(struct machine *m, unsigned hart, uint64 pa)
{
    struct unset_page *p = m->s.hart[hart].mode == MODE_U ? NULL : find(m, pa);
    uint64 pc = m->s.hart[hart].pc;
    if (p != NULL && !copies(m, pc) && ++p->uses > KERNEL_USES)
        forget(m, p); // a copy fills the page: that is no use
}

static void
store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    (void)value;
    set(m, pa, (uint64)bytes);
    count_use(m, hart, pa);
}

static void
device(struct machine *m, uint64 pa, uint64 bytes)
{
    set(m, pa, bytes);
}

// --- unset bytes are used ----------------------------------------------------------------------

static void
tell(struct machine *m, unsigned hart, uint64 pa, enum word word, uint64 va)
{
    const struct frame *f = frames_at(m, pa);
    struct report r;
    report_begin(m, &r, REPORT_UNSET, hart, blame_caller(m, &f->allocated));
    r.what = (struct fact){
        .word = word, .arg = {pa, r.site, va, *ram_at(&m->ram, pa)}, .moment = r.moment};
    report_since(&r, WORD_ALLOCATED_BY)->moment = f->allocated;
    r.todo.word = WORD_UNSET_DO;
    report_send(m, &r);
    forget(m, find(m, pa));
}

void
unset_given(struct machine *m, unsigned hart, uint64 pa, uint64 va)
{
    const struct unset_page *p = find(m, pa);
    if (p != NULL && p->left > PAGE_BYTES / 2)
        tell(m, hart, pa, WORD_UNSET_GIVEN, va);
}

// Returns whether one of the bytes has not been stored to.
static bool
any_unset(struct machine *m, uint64 pa, int bytes)
{
    const struct unset_page *p = find(m, pa);
    for (int i = 0; p != NULL && i < bytes; i++)
        if (is_unset(p, (pa + (uint64)i) % PAGE_BYTES))
            return true;
    return false;
}

static void
load(struct machine *m, unsigned hart, uint64 pa, int bytes)
{
    const struct hart *h = &m->s.hart[hart];
    const struct frame *f = frames_at(m, pa);
    count_use(m, hart, pa);
    if (f == NULL || f->state != FRAME_ALLOCATED || !any_unset(m, pa, bytes))
        return;
    if (h->mode == MODE_U)
        tell(m, hart, pa, WORD_UNSET_USER, h->pc);
    else if (bytes == 8 && is_in(m, h->pc, KNOWN_WALK))
        tell(m, hart, pa, WORD_UNSET_TABLE, 0);
}

static void
walked(struct machine *m, unsigned hart, uint64 va, enum pt_access access, const struct pt_trace *t)
{
    (void)access;
    for (int i = 0; i < t->reads; i++)
        if (any_unset(m, t->step[i].pa, sizeof(pte_t))) {
            tell(m, hart, t->step[i].pa, WORD_UNSET_TABLE, va);
            return;
        }
}

static bool
start(struct machine *m)
{
    struct unset_watch *w = state(m);
    w->page = sight_alloc(m, FOLLOWED * sizeof(w->page[0]));
    w->index = sight_alloc(m, (m->ram.size >> PAGE_BITS) * sizeof(w->index[0]));
    return w->page != NULL && w->index != NULL;
}

const struct check unset_check = {
    .name = "unset",
    .bytes = sizeof(struct unset_watch),
    .calls = KNOWN_BIT(MEMSET) | KNOWN_BIT(MEMMOVE),
    .returns = KNOWN_BIT(KALLOC) | KNOWN_BIT(SUPERALLOC) | KNOWN_BIT(KFREE),
    .start = start,
    .called = called,
    .returned = returned,
    .load = load,
    .store = store,
    .device = device,
    .walk = walked,
};
