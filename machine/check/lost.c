// SPDX-License-Identifier: MIT
// lost.c - leaks: allocated pages to which the kernel has no pointer any more.
//
// Theory    When the shell waits at its prompt, the kernel is at rest. Each allocated page must
//           then be found from the kernel's data, from a register or from another page that is
//           found: by an address, by an entry of a page table, or by a page number. Every word that
//           looks like one of these counts, so a page is reported only when it is surely lost. The
//           pages of user programs are not searched: they hold no pointers of the kernel. Nor are
//           the kernel stacks of unused processes: their words are old. The kernel's map of all
//           memory leads to every page, so it does not count: it is a row of leaves without U, in
//           which the page number grows with the number of the entry. Of a free page only the
//           link counts: a page that the allocator has got back by an unknown function stands
//           behind it in the list. A page that is lost stays lost; each place that allocates is
//           reported once. Of a tree that is lost, the root is told.
#include "check/lost.h"

#include "check/blame.h"
#include "check/leaves.h"
#include "check/releases.h"
#include "check/unmapped.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"
#include "sight/guest.h"

#define LOST_MIN   2  // pages from one place: a single one may be in use by code that is running
#define LINK_BYTES 16 // of a free page

enum { PAGE_SEEN = 1, PAGE_USER = 2, PAGE_TOLD = 4, PAGE_INNER = 8, PAGE_ROOT = 16 };

#define EXECS 32

struct lost_watch {
    struct {
        uint64 when, root; // of the call of exec(); the tree before it
    } exec[EXECS];
    uint32 next;
    uint8 *page;   // of each page of RAM
    uint32 *queue; // pages that are found and not yet searched
    uint32 head, tail;
    uint8 before; // the last byte that was printed
};

static struct lost_watch *
state(struct machine *m)
{
    return SIGHT_STATE(m, lost, struct lost_watch);
}

static uint32
number(const struct machine *m, uint64 pa)
{
    return (uint32)((pa - m->ram.base) >> PAGE_BITS);
}

// --- finding -----------------------------------------------------------------------------------

static void
found(struct machine *m, uint64 pa)
{
    struct lost_watch *w = state(m);
    const struct frame *f = frames_at(m, pa);
    if (f == NULL || (w->page[number(m, pa)] & PAGE_SEEN))
        return;
    w->page[number(m, pa)] |= PAGE_SEEN;
    if (!(w->page[number(m, pa)] & PAGE_USER))
        w->queue[w->tail++] = number(m, pa);
}

// Returns whether the entry is one of a row that maps memory to itself.
static bool
is_map_of_all(const uint64 *entry, unsigned i)
{
    for (unsigned level = 0; level < 3; level++) {
        unsigned shift = PAGE_BITS + 9 * level;
        uint64 pa = pte_pa(entry[i]), size = (uint64)1 << shift;
        if ((entry[i] & PTE_U) || !pte_leaf(entry[i]) || (pa >> shift & (PT_ENTRIES - 1)) != i)
            continue;
        if (i > 0 && pte_leaf(entry[i - 1]) && pte_pa(entry[i - 1]) + size == pa)
            return true;
        if (i + 1 < PT_ENTRIES && pte_leaf(entry[i + 1]) && pte_pa(entry[i + 1]) == pa + size)
            return true;
    }
    return false;
}

// An address, or the number of a page.
static void
look_at_word(struct machine *m, uint64 word)
{
    uint64 pa;
    found(m, word);
    if (symbols_physical(&m->sight->symbols, word, &pa))
        found(m, pa);
    if (word < m->ram.base + m->ram.size)
        found(m, word << PAGE_BITS);
}

static void
look_at_range(struct machine *m, uint64 pa, uint64 bytes)
{
    for (uint64 at = pa; at + 8 <= pa + bytes; at += 8)
        look_at_word(m, *(const uint64 *)ram_at(&m->ram, at));
}

static void
look_at_page(struct machine *m, uint64 pa)
{
    const uint64 *word = (const uint64 *)ram_at(&m->ram, pa);
    if (frames_free(m, pa)) {
        look_at_range(m, pa, LINK_BYTES);
        return;
    }
    for (unsigned i = 0; i < PT_ENTRIES; i++) {
        look_at_word(m, word[i]);
        if ((word[i] & PTE_V) && !is_map_of_all(word, i))
            found(m, pte_pa(word[i]));
    }
}

// --- trees: which pages are of user programs -----------------------------------------------------

static void
user_leaf(void *arg, const struct leaf *leaf)
{
    struct machine *m = arg;
    uint64 bytes = pt_leaf_size(leaf->level), pa = pte_pa(leaf->pte);
    if (!(leaf->pte & PTE_U) || leaf->level > 1)
        return;
    for (uint64 at = pa; at < pa + bytes && ram_has(&m->ram, at, PAGE_BYTES); at += PAGE_BYTES)
        state(m)->page[number(m, at)] |= PAGE_USER;
}

static void
find_user_pages(struct machine *m)
{
    struct visitor to = {.leaf = user_leaf, .arg = m};
    uint64 at, root;
    for (unsigned i = 0; (at = facts_slot(m, i)) != 0; i++)
        if (facts_tree(m, at, &root))
            leaves_visit(m, root, PT_MIN_LEVELS, &to);
    for (int n = 0; n < TREES_MAX; n++)
        if (m->trees.tree[n].root != 0)
            leaves_visit(m, m->trees.tree[n].root, m->trees.tree[n].levels, &to);
}

// The kernel stack of a process that is not in use leads nowhere: its page is not searched, like
// those of user programs.
static void
find_old_stacks(struct machine *m)
{
    uint64 at, kstack, state_now, pa;
    if (!facts_have(m, FACT_BIT(STATE_UNUSED)))
        return;
    for (unsigned i = 0; (at = facts_slot(m, i)) != 0; i++)
        if (facts_field(m, at, FACT_PROC_STATE, 4, &state_now) &&
            state_now == fact(m, FACT_STATE_UNUSED) &&
            facts_field(m, at, FACT_PROC_KSTACK, 8, &kstack) &&
            guest_translate(m, m->turn_hart, kstack, PT_READ, &pa))
            state(m)->page[number(m, pa)] |= PAGE_USER;
}

// A large leaf leads to all of its pages.
static void
spread(struct machine *m)
{
    uint64 pages = m->ram.size >> PAGE_BITS;
    for (uint64 i = 0; i + 512 <= pages; i++) {
        uint64 pa = m->ram.base + (i << PAGE_BITS);
        const struct frame *f = frames_at(m, pa);
        if (f->super && pa % (512 * PAGE_BYTES) == 0 && (state(m)->page[i] & PAGE_SEEN))
            for (unsigned k = 1; k < 512; k++)
                if (frames_at(m, pa + k * PAGE_BYTES)->super)
                    found(m, pa + k * PAGE_BYTES);
    }
}

// Searches the pages that are found.
static void
drain(struct machine *m)
{
    struct lost_watch *w = state(m);
    for (; w->head < w->tail; w->head++)
        look_at_page(m, m->ram.base + ((uint64)w->queue[w->head] << PAGE_BITS));
}

static void
search(struct machine *m)
{
    struct lost_watch *w = state(m);
    const struct symbols *s = &m->sight->symbols;
    w->head = w->tail = 0;
    for (unsigned i = 0; i < m->config.harts; i++) {
        for (unsigned k = 1; k < 32; k++)
            look_at_word(m, m->s.hart[i].x[k]);
        look_at_word(m, m->s.hart[i].satp);
        found(m, satp_root(m->s.hart[i].satp));
        look_at_word(m, m->s.hart[i].sscratch);
    }
    for (unsigned i = 0; i < s->segments; i++)
        if (ram_has(&m->ram, s->segment[i].pa, 1))
            look_at_range(m, s->segment[i].pa, s->segment[i].bytes & ~7ULL);
    drain(m);
    spread(m);
    drain(m);
}

bool
lost_searched(struct machine *m, uint64 page)
{
    return (state(m)->page[page] & (PAGE_SEEN | PAGE_USER)) == PAGE_SEEN;
}

// --- telling -----------------------------------------------------------------------------------

// Returns how many lost pages were allocated by the same call as this one.
static uint64
of_same_place(struct machine *m, const struct frame *like)
{
    uint64 count = 0, place = blame_caller(m, &like->allocated);
    for (uint64 i = 0; i < m->ram.size >> PAGE_BITS; i++) {
        const struct frame *f = &m->sight->frames->of[i];
        if (f->state == FRAME_ALLOCATED && !(state(m)->page[i] & PAGE_SEEN) &&
            blame_caller(m, &f->allocated) == place) {
            state(m)->page[i] |= PAGE_TOLD;
            count++;
        }
    }
    return count;
}

// Returns whether the page was the root of a process until exec() gave it another one.
static bool
replaced(struct machine *m, uint64 pa)
{
    const struct lost_watch *w = state(m);
    for (unsigned i = 0; i < EXECS; i++)
        if (w->exec[i].root == pa && w->exec[i].when > frames_at(m, pa)->allocated.position)
            return true;
    return false;
}

// Returns the function that has left the count of the lost page wrong; KNOWN_COUNT: that is not the
// reason. Each entry that was removed had its call of kfree(), and the last call has kept the page.
static enum known
counts(struct machine *m, uint64 pa, const struct releases *known)
{
    int32 now;
    if (known->kept.position == 0 || known->unpaired.position != 0 || known->waits_free ||
        !known->counted || !releases_count(m, pa, &now))
        return KNOWN_COUNT;
    return now < 0                                 ? KNOWN_KALLOC
           : now == known->first && !known->shared ? KNOWN_KFREE
                                                   : KNOWN_UVMCOPY;
}

// Returns whether enough pages of this kind are lost.
static bool
tell(struct machine *m, uint32 page)
{
    uint64 pa = m->ram.base + ((uint64)page << PAGE_BITS);
    const struct frame *f = frames_at(m, pa);
    const struct releases *known = releases_of(m, pa);
    const struct moment *dropped = &known->dropped;
    bool after = dropped->position != 0;
    if (known->unpaired.position != 0)
        dropped = &known->unpaired;
    uint64 count = of_same_place(m, f);
    enum known wrong = counts(m, pa, known);
    struct report r;
    if (count < LOST_MIN && wrong == KNOWN_COUNT && !(state(m)->page[page] & PAGE_ROOT))
        return false;
    uint64 caller = after ? blame_caller(m, &f->allocated) : blame_owner(m, &f->allocated);
    report_begin(m, &r, REPORT_LOST, m->turn_hart, caller);
    r.moment = (struct moment){.position = r.when, .pid = -1};
    r.what = (struct fact){.word = after ? WORD_LOST_DROPPED : WORD_LOST,
                           .arg = {count, pa, after ? blame(m, dropped) : r.site, r.site}};
    report_since(&r, WORD_ALLOCATED_BY)->moment = f->allocated;
    if (after)
        report_since(&r, WORD_DROPPED_BY)->moment = *dropped;
    r.todo.word = WORD_LOST_DO;
    if (!after && known_has(m, KNOWN_FREEPROC) &&
        blame_inside(m, &f->allocated, KNOWN_BIT(ALLOCPROC)))
        r.todo = (struct fact){
            .word = WORD_LOST_DO_FREEPROC,
            .arg = {m->sight->known.entry[KNOWN_FREEPROC], m->sight->known.entry[KNOWN_ALLOCPROC]}};
    if (replaced(m, pa)) {
        r.what.word = WORD_LOST_ROOT;
        r.what.arg[2] = r.site = m->sight->known.entry[KNOWN_EXEC];
        r.todo.word = WORD_LOST_DO;
    } else if (wrong != KNOWN_COUNT) {
        r.site = m->sight->known.entry[wrong];
        r.what.word = WORD_LOST_COUNT;
        r.what.arg[2] = blame(m, &known->kept);
        r.what.arg[3] = r.site;
        r.todo.word = WORD_LOST_COUNT_DO;
    }
    report_send(m, &r);
    return true;
}

static bool
is_lost(struct machine *m, uint64 i)
{
    return m->sight->frames->of[i].state == FRAME_ALLOCATED && !(state(m)->page[i] & PAGE_SEEN);
}

// Marks the lost pages to which entries of other lost pages lead, and those other pages. The
// kernel's map of all memory does not count.
static void
find_inner(struct machine *m)
{
    for (uint64 i = 0; i < m->ram.size >> PAGE_BITS; i++) {
        const uint64 *entry = (const uint64 *)ram_at(&m->ram, m->ram.base + (i << PAGE_BITS));
        for (unsigned k = 0; is_lost(m, i) && k < PT_ENTRIES; k++)
            if ((entry[k] & PTE_V) && (!pte_leaf(entry[k]) || (entry[k] & PTE_U)) &&
                ram_has(&m->ram, pte_pa(entry[k]), 1) && is_lost(m, number(m, pte_pa(entry[k])))) {
                state(m)->page[number(m, pte_pa(entry[k]))] |= PAGE_INNER;
                state(m)->page[i] |= PAGE_ROOT;
            }
    }
}

static void
at_rest(struct machine *m)
{
    struct lost_watch *w = state(m);
    uint64 pages = m->ram.size >> PAGE_BITS;
    for (uint64 i = 0; i < pages; i++)
        w->page[i] = 0;
    find_user_pages(m);
    find_old_stacks(m);
    search(m);
    unmapped_at_rest(m);
    find_inner(m);
    bool told = false;
    for (unsigned also = 0; also <= PAGE_INNER && !told; also += PAGE_INNER)
        for (uint32 i = 0; i < pages; i++)
            if (is_lost(m, i) && !(w->page[i] & (PAGE_TOLD | (PAGE_INNER & ~also))))
                told |= tell(m, i);
}

// --- events ------------------------------------------------------------------------------------

static void
printed(struct machine *m, uint8 byte)
{
    struct lost_watch *w = state(m);
    if (w->before == '$' && byte == ' ')
        at_rest(m);
    w->before = byte;
}

static void
called(struct machine *m, const struct call *c)
{
    struct lost_watch *w = state(m);
    uint64 root, proc = facts_current(m, c->hart);
    if (proc == 0 || !facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &root))
        return;
    w->exec[w->next % EXECS].when = c->when;
    w->exec[w->next++ % EXECS].root = root;
}

static bool
start(struct machine *m)
{
    struct lost_watch *w = state(m);
    uint64 pages = m->ram.size >> PAGE_BITS;
    w->page = sight_alloc(m, pages * sizeof(w->page[0]));
    w->queue = sight_alloc(m, pages * sizeof(w->queue[0]));
    return m->sight->frames != NULL && releases_of(m, m->ram.base) != NULL && w->page != NULL &&
           w->queue != NULL;
}

const struct check lost_check = {
    .name = "lost",
    .bytes = sizeof(struct lost_watch),
    .calls = KNOWN_BIT(EXEC),
    .start = start,
    .called = called,
    .printed = printed,
};
