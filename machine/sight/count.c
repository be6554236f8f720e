// SPDX-License-Identifier: MIT
// count.c - finds the cell in which a hart's instructions count.
#include "sight/count.h"

#include "hart/execute.h"
#include "machine.h"

size_t
count_cells(const struct machine *m, uint32 ranges)
{
    return (size_t)m->config.harts * COUNT_MODES * (ranges + 2);
}

struct cell *
count_cell(const struct count *c, unsigned hart, unsigned mode, uint32 place)
{
    size_t row = hart * COUNT_MODES + (mode == MODE_M ? 2 : mode);
    return &c->cell[row * (c->ranges + 2) + place];
}

void
count_start(struct machine *m, struct count *c)
{
    m->count = c;
    execute_counted_setup(m->code);
}

// Returns the number of functions that start at `pa` or below.
static uint32
functions_until(const struct count *c, uint64 pa)
{
    uint32 low = 0, high = c->ranges;
    while (low < high) {
        uint32 middle = low + (high - low) / 2;
        if (c->range[middle].start <= pa)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Returns the place of `pa` in the kernel; *around gets where that place begins and ends.
static uint32
find_place(const struct count *c, uint64 pa, struct code_range *around)
{
    uint32 n = functions_until(c, pa);
    if (n > 0 && pa < c->range[n - 1].end) {
        *around = c->range[n - 1];
        return n - 1;
    }
    around->start = n > 0 ? c->range[n - 1].end : 0;
    around->end = n < c->ranges ? c->range[n].start : ~0ULL;
    return c->ranges;
}

// Chooses the cell in which the instruction at `offset` counts, and finds the slots of the page
// that count in it, too.
static void
choose(struct machine *m, unsigned hart, const struct code_page *page, size_t offset)
{
    struct count *c = m->count;
    struct counter *k = &c->hart[hart];
    unsigned mode = m->s.hart[hart].mode;
    uint64 last = page->pa + PAGE_BYTES;
    struct code_range r = {page->pa, last};
    uint32 place = c->ranges + 1;
    if (mode != MODE_U)
        place = find_place(c, page->pa + offset, &r);
    if (r.start < page->pa)
        r.start = page->pa;
    if (r.end > last)
        r.end = last;
    k->cell = count_cell(c, hart, mode, place);
    k->from = (size_t)&page->slot[(r.start - page->pa) / 2];
    k->bytes = (size_t)((r.end - r.start) / 2 * sizeof(struct insn));
}

void
count_enter(struct machine *m, unsigned hart, const struct code_page *page, const struct insn *ip)
{
    struct counter *k = &m->count->hart[hart];
    size_t slot = ((size_t)ip - (size_t)page->slot) / sizeof(struct insn);
    if (slot >= CODE_SLOTS) { // the end of a page: no instruction
        k->cell = &m->count->none;
        k->bytes = 0;
        return;
    }
    choose(m, hart, page, slot * 2);
    if (!k->trying)
        return;
    if (k->tried == NULL)
        k->tried = k->cell;
    k->cell = &m->count->none;
}

void
count_fetch(struct machine *m, unsigned hart)
{
    struct count *c = m->count;
    unsigned mode = m->s.hart[hart].mode;
    if (!c->hart[hart].trying)
        count_cell(c, hart, mode, c->ranges + (mode == MODE_U))->steps++;
}

void
count_ecall(struct machine *m, unsigned hart)
{
    struct counter *k = &m->count->hart[hart];
    const struct hart *h = &m->s.hart[hart];
    if (h->mode != MODE_U)
        return;
    k->in_call = true;
    k->call = h->x[17] < COUNT_CALLS ? (uint32)h->x[17] : COUNT_CALLS;
    k->call_at = machine_retired(m, hart);
}

void
count_return(struct machine *m, unsigned hart)
{
    struct counter *k = &m->count->hart[hart];
    if (!k->in_call || m->s.hart[hart].mode != MODE_U)
        return;
    struct call_count *call = &m->count->call[k->call];
    k->in_call = false;
    call->calls++;
    call->steps += machine_retired(m, hart) - k->call_at;
}

void
count_try(struct machine *m, unsigned hart)
{
    struct counter *k = &m->count->hart[hart];
    k->trying = true;
    k->tried = NULL;
}

void
count_tried(struct machine *m, unsigned hart, bool spins)
{
    struct counter *k = &m->count->hart[hart];
    k->trying = false;
    if (spins)
        k->tried->spins++;
}
