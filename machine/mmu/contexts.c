// SPDX-License-Identifier: MIT
// contexts.c - keeps, chooses and empties sets of shortcuts.
#include "mmu/contexts.h"

#include "machine.h"

// A tag that no masked address has. Misaligned accesses to page 0 compare with 1 to 7.
#define EMPTY 8

static void
empty_kind(struct shortcuts *s, int kind)
{
    for (int i = 0; i < SHORTCUTS; i++)
        s->entry[kind][i].tag = EMPTY;
}

static void
empty(struct shortcuts *s)
{
    for (int kind = 0; kind < CUT_KINDS; kind++)
        empty_kind(s, kind);
}

static bool
same_key(const struct context_key *a, const struct context_key *b)
{
    return a->satp == b->satp && a->state == b->state && a->others == b->others;
}

unsigned
contexts_data_mode(const struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    if (h->mode == MODE_M && (h->mstatus & STATUS_MPRV))
        return (unsigned)((h->mstatus & STATUS_MPP) >> STATUS_MPP_SHIFT);
    return h->mode;
}

// The set kept for the key, or the one to be replaced, emptied.
static struct context *
find(struct context_set *set, const struct context_key *key)
{
    struct context *victim = &set->of[0];
    for (struct context *c = set->of; c < set->of + CONTEXTS; c++) {
        if (same_key(&c->key, key))
            return c;
        if (c->used < victim->used)
            victim = c;
    }
    victim->key = *key;
    victim->tree_epoch = victim->all_epoch = 0;
    return victim;
}

static void
validate(struct machine *m, struct context *c, int tree)
{
    uint32 tree_epoch = tree < 0 ? 1 : m->trees.tree[tree].epoch;
    if (c->all_epoch != m->all_epoch || c->tree != (uint32)tree || c->tree_epoch != tree_epoch)
        empty(&c->cuts);
    else if (c->store_epoch != m->store_epoch)
        empty_kind(&c->cuts, CUT_STORE);
    c->all_epoch = m->all_epoch;
    c->store_epoch = m->store_epoch;
    c->tree = (uint32)tree;
    c->tree_epoch = tree_epoch;
}

static bool
translates(const struct hart *h)
{
    return h->mode != MODE_M && (h->satp >> SATP_MODE_SHIFT) != SATP_BARE;
}

// Looks up what the rules make of the present satp. Its tree becomes known if the hart uses it.
static void
look_up(struct machine *m, unsigned hart)
{
    struct context_set *set = m->lane[hart].contexts;
    const struct hart *h = &m->s.hart[hart];
    set->tree = trees_find(m, h->satp);
    if (set->tree < 0 && translates(h))
        set->tree = trees_learn(m, h->satp);
    set->keeps = set->tree >= 0 && remember_others(m, hart, &set->others);
}

void
contexts_select(struct machine *m, unsigned hart)
{
    struct hart *h = &m->s.hart[hart];
    struct context_set *set = m->lane[hart].contexts;
    struct context_key key = {.state = h->mode |
                                       (uint32)((h->mstatus & (STATUS_SUM | STATUS_MXR)) >> 16)};
    struct context *c = set->current;
    int tree = -1;
    if (translates(h) && set->tree < 0)
        look_up(m, hart);
    if (translates(h)) {
        key.satp = h->satp;
        key.others = set->others;
        tree = set->tree;
    }
    if (contexts_data_mode(m, hart) != h->mode || (key.satp != 0 && !set->keeps)) {
        c = &set->scratch;
        empty(&c->cuts);
    } else {
        if (c == NULL || c == &set->scratch || !same_key(&c->key, &key))
            c = find(set, &key);
        validate(m, c, tree);
    }
    c->used = ++set->clock;
    set->current = c;
    m->lane[hart].now = &c->cuts;
}

void
contexts_anew(struct machine *m, unsigned hart)
{
    look_up(m, hart);
    contexts_select(m, hart);
}

void
contexts_refresh(struct machine *m)
{
    for (unsigned h = 0; h < m->config.harts; h++)
        contexts_anew(m, h);
}

void
contexts_drop_page(struct machine *m, unsigned number, uint64 mask)
{
    for (unsigned h = 0; h < m->config.harts; h++) {
        struct context_set *set = m->lane[h].contexts;
        for (struct context *c = set->of; c < set->of + CONTEXTS; c++) {
            if (c->key.others == 0 && !(mask >> (c->tree & (TREES_MAX - 1)) & 1))
                continue;
            for (int kind = 0; kind < CUT_KINDS; kind++)
                c->cuts.entry[kind][number % SHORTCUTS].tag = EMPTY;
        }
    }
}

void
contexts_drop_stores(struct machine *m)
{
    m->store_epoch++;
    for (unsigned h = 0; h < m->config.harts; h++) {
        struct context *c = m->lane[h].contexts->current;
        if (c == NULL)
            continue;
        empty_kind(&c->cuts, CUT_STORE);
        c->store_epoch = m->store_epoch;
    }
}

void
contexts_drop_all(struct machine *m)
{
    m->all_epoch++;
    contexts_refresh(m);
}

void *
contexts_find(const struct machine *m, unsigned hart, int kind, uint64 va)
{
    const struct shortcut *cut = &m->lane[hart].now->entry[kind][shortcut_index(va)];
    return cut->tag == (va & ~(PAGE_BYTES - 1)) ? (void *)(size_t)(cut->host + va) : NULL;
}

void
contexts_add(struct machine *m, unsigned hart, int kind, uint64 va, void *host)
{
    struct shortcuts *now = m->lane[hart].now;
    struct shortcut *c = &now->entry[kind][shortcut_index(va)];
    uint64 page = va & ~(PAGE_BYTES - 1);
    if (c->tag != page)
        now->since[kind][shortcut_index(va)] = machine_position(m);
    c->tag = page;
    c->host = (uint64)(size_t)host - page;
}
