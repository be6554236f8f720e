// SPDX-License-Identifier: MIT
// ranges.c - the mappings of a tree of page tables, in ranges.
#include "host/ranges.h"

#include <stdlib.h>

#include "check/leaves.h"

#define NOT_ALIKE (PTE_A | PTE_D)

static bool
continues(const struct range *r, const struct leaf *e)
{
    return e->va == r->va + r->bytes && pte_pa(e->pte) == r->pa + r->bytes &&
           e->level == r->level && ((pte_flags(e->pte) ^ r->flags) & ~NOT_ALIKE) == 0;
}

static void
add_leaf(void *arg, const struct leaf *e)
{
    struct ranges *s = arg;
    uint64 bytes = PGSIZE << (9 * e->level);
    if (s->count > 0 && continues(&s->of[s->count - 1], e)) {
        s->of[s->count - 1].bytes += bytes;
        s->of[s->count - 1].flags |= pte_flags(e->pte);
        return;
    }
    if (s->count == s->room) {
        size_t room = s->room ? 2 * s->room : 64;
        struct range *more = realloc(s->of, room * sizeof(*more));
        if (more == NULL)
            return;
        s->of = more;
        s->room = room;
    }
    s->of[s->count++] = (struct range){e->va, bytes, pte_pa(e->pte), pte_flags(e->pte), e->level};
}

struct ranges
ranges_of(const struct machine *m, uint64 satp)
{
    struct ranges s = {NULL, 0, 0};
    struct visitor to = {.leaf = add_leaf, .arg = &s};
    leaves_visit(m, satp_root(satp), satp_levels(satp), &to);
    return s;
}

struct flag_text
flag_text(pte_t pte)
{
    struct flag_text f;
    for (int i = 0; i < 8; i++)
        f.text[i] = (pte >> i & 1) ? "vrwxugad"[i] : '-';
    f.text[8] = '\0';
    return f;
}
