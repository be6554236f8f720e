// SPDX-License-Identifier: MIT
// range.c - join leaves to ranges, and compare two tables. No system call.
//
// Theory    The hardware changes the flags A and D, so they never separate two pages. Leaves in a
//           deferred table (kernel/mm/aspace/defer.h) are mapped memory and form ranges of their own;
//           a comparison treats them like other leaves.
#include "pgtbl.h"

#define BY_ITSELF (PTE_A | PTE_D)
#define FLAGS     0x3ffUL

static bool
alike(const struct range *r, const struct pgentry *e, bool deferred)
{
    return r->size && r->start + r->size == e->va && r->leaf == e->size && r->kind == e->kind &&
           r->region == e->region && r->prot == e->prot && r->owner == e->owner &&
           r->refs == e->refs && r->deferred == deferred &&
           !((r->any ^ e->pte) & FLAGS & ~BY_ITSELF);
}

static void
extend(struct range *r, const struct pgentry *e)
{
    r->straight = r->straight && r->pa + r->size == e->pa;
    r->size += e->size;
    r->all &= e->pte;
    r->any |= e->pte & FLAGS;
}

int
ranges(const struct pgentry *e, int n, range_fn *fn)
{
    struct range r = {0};
    unsigned long deferred_end = 0; // end of the range that the last deferred pointer maps
    int count = 0;

    for (int i = 0; i < n; i++) {
        if (is_deferred(e[i].pte))
            deferred_end = e[i].va + e[i].size;
        if (!is_leaf(&e[i]))
            continue;
        bool deferred = e[i].va < deferred_end;
        if (alike(&r, &e[i], deferred)) {
            extend(&r, &e[i]);
            continue;
        }
        if (count++ > 0)
            fn(&r);
        r = (struct range){.start = e[i].va, .size = e[i].size, .leaf = e[i].size, .pa = e[i].pa};
        r.all = r.any = e[i].pte & FLAGS;
        r.kind = e[i].kind;
        r.region = e[i].region;
        r.prot = e[i].prot;
        r.owner = e[i].owner;
        r.refs = e[i].refs;
        r.straight = true;
        r.deferred = deferred;
    }
    if (count)
        fn(&r);
    return count;
}

// ---- Two tables

// The leaves of a table, page by page.
struct cursor {
    const struct pgentry *e, *end;
    unsigned long offset; // into the leaf
};

static void
skip_pointers(struct cursor *c)
{
    while (c->e < c->end && !is_leaf(c->e))
        c->e++;
}

static struct cursor
cursor_at_start(const struct table *t)
{
    struct cursor c = {t->e, t->e + t->n, 0};

    skip_pointers(&c);
    return c;
}

static unsigned long
cursor_va(const struct cursor *c)
{
    return c->e < c->end ? c->e->va + c->offset : ~0UL;
}

static void
cursor_next(struct cursor *c)
{
    c->offset += PGSIZE;
    if (c->offset < c->e->size)
        return;
    c->offset = 0;
    c->e++;
    skip_pointers(c);
}

// Compares the next page of both tables.
static struct change
compare(const struct cursor *a, const struct cursor *b)
{
    unsigned long va = cursor_va(a) < cursor_va(b) ? cursor_va(a) : cursor_va(b);
    const struct pgentry *in_a = cursor_va(a) == va ? a->e : 0,
                         *in_b = cursor_va(b) == va ? b->e : 0;
    const struct pgentry *any = in_b ? in_b : in_a;
    struct change c = {.start = va, .size = PGSIZE, .region = any->region, .prot = any->prot};

    c.a = in_a ? in_a->pte & FLAGS & ~BY_ITSELF : 0;
    c.b = in_b ? in_b->pte & FLAGS & ~BY_ITSELF : 0;
    if (!in_a || !in_b)
        c.how = in_a ? ONLY_A : ONLY_B;
    else if (in_a->pa + a->offset != in_b->pa + b->offset)
        c.how = OTHER_FRAME;
    else
        c.how = c.a == c.b ? SAME : OTHER_FLAGS;
    return c;
}

static bool
continues(const struct change *c, const struct change *next)
{
    return c->start + c->size == next->start && c->how == next->how && c->a == next->a &&
           c->b == next->b && c->region == next->region && c->prot == next->prot;
}

void
changes(const struct table *ta, const struct table *tb, change_fn *fn)
{
    struct cursor a = cursor_at_start(ta), b = cursor_at_start(tb);
    struct change c = {0};

    while (a.e < a.end || b.e < b.end) {
        struct change next = compare(&a, &b);
        if (cursor_va(&a) == next.start)
            cursor_next(&a);
        if (cursor_va(&b) == next.start)
            cursor_next(&b);
        if (c.size && continues(&c, &next)) {
            c.size += PGSIZE;
            continue;
        }
        if (c.size)
            fn(&c);
        c = next;
    }
    if (c.size)
        fn(&c);
}
