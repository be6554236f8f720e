// SPDX-License-Identifier: MIT
// code.c - makes, fills and empties pages of decoded instructions.
#include "hart/code.h"

#include "hart/decode.h"
#include "machine.h"
#include "mmu/contexts.h"

static size_t
frame_of(const struct machine *m, uint64 pa)
{
    return (size_t)((pa - m->ram.base) >> PAGE_BITS);
}

static void
clear(const struct code *c, struct code_page *page)
{
    for (int i = 0; i < CODE_SLOTS; i++)
        page->slot[i].go = c->go[OP_DECODE];
    page->slot[CODE_SLOTS].go = c->go[OP_PAGE_END];
}

// Gives up a page: no hart may hold a pointer to it afterwards.
static void
release(struct machine *m, struct code_page *page)
{
    struct code *c = m->code;
    c->index[frame_of(m, page->pa)] = 0;
    *ram_marks(&m->ram, page->pa) &= (uint8)~RAM_CODE;
    page->pa = NO_PAGE;
    contexts_drop_all(m);
}

// A page that is free: the next in turn, given up if need be.
static struct code_page *
take(struct machine *m)
{
    struct code *c = m->code;
    struct code_page *page = &c->page[c->hand];
    c->hand = (c->hand + 1) % c->pages;
    if (page->pa != NO_PAGE)
        release(m, page);
    return page;
}

struct code_page *
code_at(struct machine *m, uint64 pa)
{
    struct code *c = m->code;
    uint16 *index = &c->index[frame_of(m, pa)];
    if (*index == 0) {
        struct code_page *page = take(m);
        page->pa = pa & ~(PAGE_BYTES - 1);
        clear(c, page);
        *index = (uint16)(page - c->page + 1);
        *ram_marks(&m->ram, pa) |= RAM_CODE;
        contexts_drop_stores(m);
    }
    c->page[*index - 1].stores = 0;
    return &c->page[*index - 1];
}

bool
code_broken(const struct code *c, uint64 va)
{
    for (uint32 i = 0; i < c->breaks; i++)
        if (c->break_at[i] == (va & (PAGE_BYTES - 1)))
            return true;
    return false;
}

// Returns whether an instruction at `pa` is hooked.
static bool
hooked(const struct code *c, uint64 pa)
{
    return hooks_at(&c->hooks, pa) || code_broken(c, pa);
}

void
code_decode(struct machine *m, struct code_page *page, const struct insn *slot)
{
    struct insn *s = &page->slot[slot - page->slot];
    int offset = (int)(s - page->slot) * 2;
    const uint8 *p = ram_at(&m->ram, page->pa + (uint64)offset);
    uint32 raw = p[0] | (uint32)p[1] << 8;
    if ((raw & 3) == 3 && offset + 2 == (int)PAGE_BYTES) {
        *s = (struct insn){.go = m->code->go[OP_STRADDLE], .step = 1};
        return;
    }
    if ((raw & 3) == 3)
        raw |= (uint32)p[2] << 16 | (uint32)p[3] << 24;
    decode(m->code, raw, offset, s);
    if (hooked(m->code, page->pa + (uint64)offset)) {
        s->go = m->code->go[OP_HOOK];
        s->imm = (int32)raw;
    }
}

void
code_apart(struct code *c, uint32 raw, struct insn out[3])
{
    struct decoded *d = &c->apart[(raw * 0x9e3779b9U) >> 24];
    if (d->raw != raw || d->insn.go == NULL) {
        d->raw = raw;
        decode(c, raw, -1, &d->insn);
    }
    out[0] = d->insn;
    out[1].go = out[2].go = c->go[OP_PAGE_END];
}

void
code_empty(struct machine *m, uint64 pa)
{
    uint16 index = m->code->index[frame_of(m, pa)];
    if (index != 0)
        m->code->page[index - 1].slot[(pa & (PAGE_BYTES - 1)) / 2].go = m->code->go[OP_DECODE];
}

// A page that is stored to again and again without being looked up is data now.
#define STORES_MAX 512

void
code_stored(struct machine *m, uint64 pa, uint64 n)
{
    struct code *c = m->code;
    uint16 index = c->index[frame_of(m, pa)];
    if (index == 0)
        return;
    struct code_page *page = &c->page[index - 1];
    uint64 offset = pa & (PAGE_BYTES - 1);
    uint64 first = offset < 2 ? 0 : (offset - 2) / 2, last = (offset + n - 1) / 2;
    for (uint64 i = first; i <= last; i++)
        page->slot[i].go = c->go[OP_DECODE];
    if (++page->stores > STORES_MAX)
        c->stale = true;
}

void
code_forget(struct machine *m)
{
    struct code *c = m->code;
    for (uint32 i = 0; i < c->pages; i++)
        if (c->page[i].pa != NO_PAGE)
            release(m, &c->page[i]);
    c->stale = false;
}

void
code_tidy(struct machine *m)
{
    struct code *c = m->code;
    if (!c->stale)
        return;
    for (uint32 i = 0; i < c->pages; i++)
        if (c->page[i].pa != NO_PAGE && c->page[i].stores > STORES_MAX)
            release(m, &c->page[i]);
    c->stale = false;
}

bool
code_hook(struct machine *m, uint64 pa, uint8 owner)
{
    bool fresh = hooks_at(&m->code->hooks, pa) == 0;
    if (!hooks_add(&m->code->hooks, pa, owner))
        return false;
    if (fresh)
        code_empty(m, pa);
    return true;
}

void
code_unhook(struct machine *m, uint64 pa, uint8 owner)
{
    hooks_remove(&m->code->hooks, pa, owner);
    if (hooks_at(&m->code->hooks, pa) == 0)
        code_empty(m, pa);
}

// Empties the slots at the offsets where each page is hooked.
static void
empty_breaks(struct code *c)
{
    for (uint32 i = 0; i < c->pages; i++)
        for (uint32 b = 0; c->page[i].pa != NO_PAGE && b < c->breaks; b++)
            c->page[i].slot[c->break_at[b] / 2].go = c->go[OP_DECODE];
}

void
code_break(struct machine *m, const uint64 *va, unsigned n)
{
    struct code *c = m->code;
    empty_breaks(c);
    for (c->breaks = 0; c->breaks < n; c->breaks++)
        c->break_at[c->breaks] = (uint16)(va[c->breaks] & (PAGE_BYTES - 1));
    empty_breaks(c);
}
