// SPDX-License-Identifier: MIT
// frames.c - the frames of RAM by kind, with the trees that lead to them.
//
// Theory    Each table of the known trees is visited once, however many trees share it, so the
//           references to a frame are the leaves of 4 KiB in memory that lead to it. A frame of
//           which no leaf of 4 KiB knows more than that the kernel may reach it is told apart by
//           what it holds: one value throughout, as a frame that was never used or that xv6 has
//           filled when it was freed, or something. xv6's list of free pages has the first word.
#include "web/software.h"
#include "web/web.h"

enum kind {
    FRAME_EMPTY,  // one value throughout
    FRAME_FILLED, // the kernel's data, file pages, free pages with old contents
    FRAME_TABLE,
    FRAME_KERNEL_TEXT,
    FRAME_TEXT, // executable by user mode
    FRAME_DATA, // writable by user mode, or copied when written
    FRAME_READ, // readable by user mode
};

#define NO_OWNER 255

struct frame {
    uint8 kind, owner, references, unused; // owner: number of the tree that was used last
};

struct survey {
    const struct machine *m;
    struct frame *frame;
    uint8 tree;
};

struct reference {
    uint64 tree, va, pte, level;
};

struct searched {
    const struct machine *m;
    uint64 pa, tree;
    struct reference *out;
    uint32 count, max;
    int levels;
};

EXPORT void web_frames(const struct machine *m, struct frame *out);
EXPORT uint32 web_references(const struct machine *m, uint64 pa, struct reference *out, uint32 max);

static struct frame *
frame_of(struct survey *s, uint64 pa)
{
    bool there = ram_has(&s->m->ram, pa & ~(PGSIZE - 1), PGSIZE);
    return there ? &s->frame[(size_t)((pa - s->m->ram.base) >> PGSHIFT)] : NULL;
}

static uint8
kind_of_leaf(uint64 pte, uint8 before)
{
    if (pte & PTE_U)
        return pte & (PTE_W | PTE_COW) ? FRAME_DATA : pte & PTE_X ? FRAME_TEXT : FRAME_READ;
    if (before == FRAME_EMPTY && (pte & PTE_X))
        return FRAME_KERNEL_TEXT;
    return before;
}

static void
count_leaf(struct survey *s, uint64 pte)
{
    struct frame *f = frame_of(s, pte_pa(pte));
    if (f == NULL || f->kind == FRAME_TABLE)
        return;
    f->kind = kind_of_leaf(pte, f->kind);
    f->references += f->references < 255;
    if (pte & PTE_U)
        f->owner = s->tree;
}

static void
survey(struct survey *s, uint64 table, int level)
{
    struct frame *f = frame_of(s, table);
    if (f == NULL || f->kind == FRAME_TABLE)
        return;
    *f = (struct frame){FRAME_TABLE, s->tree, 1, 0};
    for (uint64 i = 0; i < PT_ENTRIES; i++) {
        uint64 pte = web_entry_at(s->m, table + i * sizeof(pte_t));
        if (level > 0 && pte_table(pte))
            survey(s, pte_pa(pte), level - 1);
        else if (level == 0 && pte_leaf(pte))
            count_leaf(s, pte);
    }
}

static bool
is_empty(const struct machine *m, uint64 page)
{
    const uint64 *word = (const uint64 *)(m->ram.bytes + (size_t)(page << PGSHIFT));
    for (unsigned i = 2; i < PGSIZE / sizeof(uint64); i++) {
        if (word[i] != word[1])
            return false;
    }
    return true;
}

// Fills in a struct frame for each frame of RAM.
void
web_frames(const struct machine *m, struct frame *out)
{
    uint64 pages = m->ram.size >> PGSHIFT;
    for (uint64 i = 0; i < pages; i++)
        out[i] = (struct frame){FRAME_EMPTY, NO_OWNER, 0, 0};
    for (unsigned n = 0; n < TREES_MAX; n++) {
        struct survey s = {m, out, (uint8)n};
        if (m->trees.tree[n].root != 0)
            survey(&s, m->trees.tree[n].root, m->trees.tree[n].levels - 1);
    }
    for (uint64 i = 0; i < pages; i++) {
        if (out[i].kind == FRAME_EMPTY && !is_empty(m, i))
            out[i].kind = FRAME_FILLED;
    }
}

static void
look_below(struct searched *s, uint64 table, int level, uint64 va)
{
    for (uint64 i = 0; i < PT_ENTRIES && s->count < s->max; i++) {
        uint64 pte = web_entry_at(s->m, table + i * sizeof(pte_t));
        uint64 start = va + i * pt_leaf_size(level);
        if (start & pt_half(s->levels))
            start |= ~(2 * pt_half(s->levels) - 1);
        if (level > 0 && pte_table(pte) && ram_has(&s->m->ram, pte_pa(pte), PGSIZE))
            look_below(s, pte_pa(pte), level - 1, start);
        if (pte_valid(pte) && s->pa - pte_pa(pte) < (pte_leaf(pte) ? pt_leaf_size(level) : PGSIZE))
            s->out[s->count++] = (struct reference){s->tree, start, pte, (uint64)level};
    }
}

// Lists the entries of the known trees that lead to the frame at `pa`: struct reference. Returns
// how many there are, at most `max`. A page of tables that trees share is listed for each.
uint32
web_references(const struct machine *m, uint64 pa, struct reference *out, uint32 max)
{
    struct searched s = {.m = m, .pa = pa, .out = out, .max = max};
    for (s.tree = 0; s.tree < TREES_MAX; s.tree++) {
        const struct tree *t = &m->trees.tree[s.tree];
        s.levels = t->levels;
        if (t->root != 0)
            look_below(&s, t->root, t->levels - 1, 0);
    }
    return s.count;
}
