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

unsigned
contexts_data_mode(const struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    if (h->mode == MODE_M && (h->mstatus & STATUS_MPRV))
        return (unsigned)((h->mstatus & STATUS_MPP) >> 11);
    return h->mode;
}

// The set kept for (satp, state), or the one to be replaced, emptied.
static struct context *
find(struct context_set *set, uint64 satp, uint32 state)
{
    struct context *victim = &set->of[0];
    for (struct context *c = set->of; c < set->of + CONTEXTS; c++) {
        if (c->satp == satp && c->state == state)
            return c;
        if (c->used < victim->used)
            victim = c;
    }
    victim->satp = satp;
    victim->state = state;
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

void
contexts_select(struct machine *m, unsigned hart)
{
    struct hart *h = &m->s.hart[hart];
    struct context_set *set = m->lane[hart].contexts;
    bool translates = h->mode != MODE_M && (h->satp >> SATP_MODE_SHIFT) != SATP_BARE;
    int tree = translates ? trees_find(m, h->satp) : -1;
    struct context *c = &set->scratch;
    if (translates && tree < 0)
        tree = trees_learn(m, h->satp);
    if (contexts_data_mode(m, hart) != h->mode ||
        (translates && (tree < 0 || !rules_trusted(m, hart)))) {
        empty(&c->cuts);
    } else {
        uint32 state = h->mode | (uint32)((h->mstatus & (STATUS_SUM | STATUS_MXR)) >> 16);
        c = find(set, translates ? h->satp : 0, state);
        validate(m, c, tree);
    }
    c->used = ++set->clock;
    set->current = c;
    m->lane[hart].now = &c->cuts;
}

void
contexts_refresh(struct machine *m)
{
    for (unsigned h = 0; h < m->config.harts; h++)
        contexts_select(m, h);
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

void
contexts_add(struct machine *m, unsigned hart, int kind, uint64 va, void *host)
{
    struct shortcut *c = &m->lane[hart].now->entry[kind][shortcut_index(va)];
    uint64 page = va & ~(PAGE_BYTES - 1);
    c->tag = page;
    c->host = (uint64)(size_t)host - page;
}
