// SPDX-License-Identifier: MIT
// reports.c - hands what the checks find to the page, in words of 64 bits.
#include "web/web.h"

struct walk_view {
    uint64 rule, level, pa, pte;
};

struct stale_view {
    uint64 tree; // 1: satp was written without a fence; 0: an entry changed
    uint64 hart, user, va, pc, when, access, satp;
    struct walk_view now, old;
    uint64 change_pa, was, is, change_when, change_pc, change_hart;
    uint64 old_satp, satp_when, satp_pc;
};

struct loop_view {
    uint64 hart, supervisor, vector, sp, satp;
    uint64 epc, value, when, cause;
    uint64 before_epc, before_value, before_when, before_cause;
};

// The page shows a report: kind 0, struct stale_view; kind 1, struct loop_view.
__attribute__((import_module("host"), import_name("report"))) void host_report(uint32 kind,
                                                                               const void *words);

EXPORT bool web_pmp_missing(const struct machine *m);

static struct walk_view
walk_view(const struct pt_trace *t)
{
    return (struct walk_view){t->rule, (uint64)t->level, t->pa, t->pte};
}

static void
tell_stale(void *arg, struct machine *m, const struct stale *s)
{
    const struct table_change *c = &s->change;
    (void)arg;
    host_report(0, &(struct stale_view){.tree = s->kind == STALE_TREE,
                                        .hart = s->hart,
                                        .user = m->s.hart[s->hart].mode == MODE_U,
                                        .va = s->va,
                                        .pc = s->pc,
                                        .when = s->when,
                                        .access = s->access,
                                        .satp = s->satp,
                                        .now = walk_view(&s->now),
                                        .old = walk_view(&s->old),
                                        .change_pa = c->pa,
                                        .was = c->was,
                                        .is = c->is,
                                        .change_when = c->when,
                                        .change_pc = c->pc,
                                        .change_hart = c->hart,
                                        .old_satp = s->active.satp,
                                        .satp_when = s->present.when,
                                        .satp_pc = s->present.pc});
}

static void
tell_loop(void *arg, struct machine *m, const struct trap_loop *l)
{
    const struct hart *h = &m->s.hart[l->hart];
    const struct taken *t = &l->chain.last, *b = &l->chain.before;
    (void)arg;
    host_report(1, &(struct loop_view){.hart = l->hart,
                                       .supervisor = l->supervisor,
                                       .vector = (l->supervisor ? h->stvec : h->mtvec) & ~3ULL,
                                       .sp = h->x[2],
                                       .satp = h->satp,
                                       .epc = t->epc,
                                       .value = t->tval,
                                       .when = t->when,
                                       .cause = (uint64)t->cause,
                                       .before_epc = b->epc,
                                       .before_value = b->tval,
                                       .before_when = b->when,
                                       .before_cause = (uint64)b->cause});
}

void
web_reports(struct machine *m)
{
    m->host.stale = tell_stale;
    m->host.trap_loop = tell_loop;
    m->sight = web_alloc(sizeof(struct sight));
}

// Does a hart run in S-mode or U-mode without a PMP entry, where only this machine lets it pass?
bool
web_pmp_missing(const struct machine *m)
{
    for (unsigned i = 0; m->config.no_pmp && i < m->config.harts; i++) {
        if (m->s.hart[i].mode != MODE_M && m->s.hart[i].pmp_top == 0)
            return true;
    }
    return false;
}
