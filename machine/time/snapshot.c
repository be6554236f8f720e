// SPDX-License-Identifier: MIT
// snapshot.c - takes snapshots, saves pages before they change, and drops snapshots to make room.
#include "time/snapshot.h"

#include "base/mem.h"
#include "machine.h"
#include "mmu/contexts.h"

#define OLD 1000000000ULL // steps; to snapshots much younger than this, age makes no difference

// --- pages -----------------------------------------------------------------------------------

// Returns the pages of RAM or of a disk. Pages have numbers: first those of RAM, then the disks'.
static uint32
ram_pages(const struct ram *r)
{
    return (uint32)(r->size >> PAGE_BITS);
}

uint32
history_pages(const struct machine *m)
{
    uint32 n = ram_pages(&m->ram);
    for (unsigned i = 0; i < DISKS_MAX; i++)
        n += ram_pages(&m->disk[i]);
    return n;
}

struct delta_page *
history_page(const struct machine *m, uint32 page, uint8 **mark)
{
    const struct ram *r = &m->ram;
    for (unsigned i = 0; page >= ram_pages(r); i++) {
        page -= ram_pages(r);
        r = &m->disk[i];
    }
    *mark = &r->marks[page];
    return (struct delta_page *)(void *)(r->bytes + ((size_t)page << PAGE_BITS));
}

static void
clean(const struct ram *r)
{
    for (uint32 i = 0; i < ram_pages(r); i++)
        r->marks[i] |= RAM_CLEAN;
}

void
history_all_clean(struct machine *m)
{
    clean(&m->ram);
    for (unsigned i = 0; i < DISKS_MAX; i++)
        clean(&m->disk[i]);
    contexts_drop_stores(m);
}

// --- room ------------------------------------------------------------------------------------

static void
remove(struct history *h, uint32 n)
{
    pool_give(&h->pool, h->of[n].state);
    h->count--;
    mem_move(&h->of[n], &h->of[n + 1], (h->count - n) * sizeof(h->of[0]));
}

// Sets h->record for each page of a list (`on`), or clears it again.
static void
note_records(struct history *h, uint32 list, bool on)
{
    for (uint32 s = list; s != 0; s = delta_head(&h->pool, s)->next)
        h->record[delta_head(&h->pool, s)->page] = on ? s : 0;
}

// Joins two differences of one page, over intervals that follow each other, in the record `into`.
// There is room, since the result takes no more than both.
static void
join(struct pool *p, uint32 into, uint32 other)
{
    struct delta_page both;
    delta_read(p, into, &both);
    delta_apply(p, other, &both);
    pool_give(p, other);
    delta_change(p, into, &both);
}

// Drops snapshot n, which is before the cursor: the two intervals beside it become one.
static void
merge(struct history *h, uint32 n)
{
    struct pool *p = &h->pool;
    uint32 list = h->of[n].pages;
    note_records(h, list, true);
    for (uint32 s = h->of[n - 1].pages, next; s != 0; s = next) {
        struct delta_head *head = delta_head(p, s);
        uint32 same = h->record[head->page];
        next = head->next;
        if (same != 0) {
            join(p, same, s);
        } else {
            head->next = list;
            list = s;
        }
    }
    note_records(h, h->of[n].pages, false);
    h->of[n - 1].pages = list;
    remove(h, n);
    h->cursor--;
}

// Drops the least useful snapshot before the cursor: the one whose neighbours have the fewest steps
// between them, for its age. Returns false if no snapshot lies between two others.
static bool
thin(struct history *h)
{
    uint32 best = 0;
    uint64 least = ~0ULL, now = h->of[h->cursor].position;
    for (uint32 n = 1; n < h->cursor; n++) {
        uint64 span = h->of[n + 1].position - h->of[n - 1].position;
        uint64 cost = span * 1024 / ((now - h->of[n].position + OLD) >> 20);
        if (cost < least) {
            least = cost;
            best = n;
        }
    }
    if (best != 0)
        merge(h, best);
    return best != 0;
}

// Drops the last snapshot, which is after the cursor.
static void
drop_newest(struct history *h)
{
    uint32 *pages = &h->of[h->count - 2].pages;
    delta_give(&h->pool, *pages);
    *pages = 0;
    remove(h, h->count - 1);
}

static void
drop_oldest(struct history *h)
{
    delta_give(&h->pool, h->of[0].pages);
    remove(h, 0);
    h->cursor--;
}

static void
drop_live(struct history *h)
{
    delta_give(&h->pool, h->live);
    h->live = 0;
    h->lives = 0;
}

// Drops the least useful snapshot; if only one is left, that one and the pages saved since.
static void
make_room(struct history *h)
{
    if (thin(h))
        return;
    if (h->cursor + 1 < h->count) {
        drop_newest(h);
    } else if (h->cursor > 0) {
        drop_oldest(h);
    } else {
        drop_live(h);
        remove(h, 0);
    }
}

// Makes a record of the page. Returns 0 if all snapshots had to be dropped for lack of room.
static uint32
keep(struct history *h, uint32 next, uint32 page, const struct delta_page *from)
{
    uint32 record = delta_keep(&h->pool, next, page, from);
    while (record == 0 && h->count > 0) {
        make_room(h);
        record = delta_keep(&h->pool, next, page, from);
    }
    if (h->count > 0)
        return record;
    if (record != 0)
        pool_give(&h->pool, record);
    return 0;
}

// --- saving ----------------------------------------------------------------------------------

static void
save(struct machine *m, uint32 page)
{
    struct history *h = m->history;
    uint8 *mark;
    const struct delta_page *is = history_page(m, page, &mark);
    *mark &= (uint8)~RAM_CLEAN;
    uint32 record = h != NULL && h->count > 0 ? keep(h, 0, page, is) : 0;
    if (record == 0)
        return;
    delta_head(&h->pool, record)->next = h->live;
    h->live = record;
    h->lives++;
}

void
history_save(struct machine *m, uint64 pa)
{
    save(m, (uint32)((pa - m->ram.base) >> PAGE_BITS));
}

void
history_save_disk(struct machine *m, unsigned disk, uint64 offset)
{
    uint32 page = ram_pages(&m->ram) + (uint32)(offset >> PAGE_BITS);
    for (unsigned i = 0; i < disk; i++)
        page += ram_pages(&m->disk[i]);
    save(m, page);
}

// --- snapshots -------------------------------------------------------------------------------

// Ends the interval that began at the cursor: makes differences of the saved pages. Returns their
// list; 0: no page was saved, or all snapshots had to be dropped.
static uint32
finish(struct machine *m)
{
    struct history *h = m->history;
    uint32 list = 0;
    while (h->live != 0) {
        uint32 record = h->live;
        struct delta_head head = *delta_head(&h->pool, record);
        struct delta_page change = *history_page(m, head.page, &(uint8 *){NULL});
        delta_apply(&h->pool, record, &change);
        pool_give(&h->pool, record);
        h->live = head.next;
        record = keep(h, list, head.page, &change);
        if (record == 0) {
            delta_give(&h->pool, list);
            return 0;
        }
        list = record;
    }
    h->lives = 0;
    return list;
}

// Takes a snapshot after the last one, at which the cursor is.
static void
snap(struct machine *m)
{
    struct history *h = m->history;
    uint32 state;
    while (h->count == SNAPSHOTS_MAX)
        make_room(h);
    while ((state = history_pack(m)) == 0 && h->count > 0)
        make_room(h);
    if (state == 0)
        return;
    uint32 list = finish(m);
    if (h->count > 0)
        h->of[h->cursor].pages = list;
    h->cursor = h->count++;
    h->of[h->cursor] =
        (struct snapshot){.position = m->s.turns.retired, .state = state, .inputs = h->inputs.next};
    history_all_clean(m);
}

// Subtracts the differences of the first part of an interval from those of the whole interval.
static void
subtract(struct history *h, uint32 all, uint32 first)
{
    struct pool *p = &h->pool;
    note_records(h, all, true);
    for (uint32 s = first; s != 0; s = delta_head(p, s)->next) {
        uint32 record = h->record[delta_head(p, s)->page];
        struct delta_page rest;
        if (record == 0)
            continue;
        delta_read(p, record, &rest);
        delta_apply(p, s, &rest);
        delta_change(p, record, &rest);
    }
    note_records(h, all, false);
}

// Moves the cursor on when a repeated run comes to the next snapshot.
static void
advance(struct machine *m)
{
    struct history *h = m->history;
    drop_live(h);
    h->cursor++;
    history_all_clean(m);
}

// Divides the present interval by a new snapshot, in a repeated run that is near its goal, if there
// is room for all that this may take.
static void
divide(struct machine *m)
{
    struct history *h = m->history;
    uint32 state = h->count < SNAPSHOTS_MAX ? history_pack(m) : 0, n = h->cursor;
    if (state == 0 || !pool_reserve(&h->pool, 2 * DELTA_CELLS * (uint64)h->lives)) {
        pool_give(&h->pool, state);
        return;
    }
    mem_move(&h->of[n + 2], &h->of[n + 1], (h->count - n - 1) * sizeof(h->of[0]));
    h->of[n + 1] = (struct snapshot){.position = m->s.turns.retired,
                                     .state = state,
                                     .pages = h->of[n].pages,
                                     .inputs = h->inputs.next};
    h->of[n].pages = finish(m);
    subtract(h, h->of[n + 1].pages, h->of[n].pages);
    h->count++;
    h->cursor++;
    history_all_clean(m);
}

// Returns whether a repeated run is at a position, between two snapshots, where another one is
// useful.
static bool
dense(const struct history *h, uint64 position)
{
    uint64 part = h->interval / HISTORY_DENSE;
    return h->cursor + 1 < h->count && position < h->dense_end &&
           h->dense_end - position < h->interval && position - h->of[h->cursor].position >= part &&
           h->of[h->cursor + 1].position - position >= part;
}

void
history_tick(struct machine *m)
{
    struct history *h = m->history;
    uint64 position = m->s.turns.retired;
    if (h->count == 0 ||
        (h->cursor + 1 == h->count && position - h->of[h->cursor].position >= h->interval))
        snap(m);
    else if (h->cursor + 1 < h->count && position == h->of[h->cursor + 1].position)
        advance(m);
    else if (dense(h, position))
        divide(m);
}

void
history_drop_ahead(struct machine *m)
{
    struct history *h = m->history;
    while (h->cursor + 1 < h->count)
        drop_newest(h);
}

void
history_forget_future(struct machine *m)
{
    struct history *h = m->history;
    h->inputs.count = h->inputs.next;
    history_drop_ahead(m);
}

void
history_restart(struct machine *m)
{
    struct history *h = m->history;
    if (h == NULL)
        return;
    history_forget_future(m);
    drop_live(h);
    while (h->count > 0) {
        delta_give(&h->pool, h->of[h->count - 1].pages);
        remove(h, h->count - 1);
    }
    h->cursor = 0;
}

struct history *
history_new(struct machine *m, void *(*alloc)(size_t), uint64 limit)
{
    uint64 fixed = sizeof(struct history) + SNAPSHOTS_MAX * sizeof(struct snapshot) +
                   history_pages(m) * sizeof(uint32);
    struct history *h = limit > fixed ? alloc(sizeof(struct history)) : NULL;
    if (h == NULL || !pool_open(&h->pool, alloc, limit - fixed))
        return NULL;
    h->of = alloc(SNAPSHOTS_MAX * sizeof(h->of[0]));
    h->record = alloc(history_pages(m) * sizeof(h->record[0]));
    if (h->of == NULL || h->record == NULL)
        return NULL;
    h->inputs.alloc = alloc;
    h->interval = HISTORY_INTERVAL;
    m->history = h;
    if (m->s.turns.left == 0)
        history_tick(m);
    return h;
}
