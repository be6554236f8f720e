// SPDX-License-Identifier: MIT
// stale.c - words for stale translations; mmu/rules.c decides which access meets one.
//
// Theory    The site of the report is the instruction that caused the mistake: the store to the
//           page table, or the write of satp. The first access that meets the stale translation is
//           shown; the others are only counted.
// Next      mmu/rules.h
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

static void
tell_what(struct machine *m, const struct stale *s, struct report *r)
{
    bool user = m->s.hart[s->hart].mode == MODE_U;
    r->what = (struct fact){.word = user ? WORD_STALE_USER : WORD_STALE,
                            .arg = {s->hart, s->access, s->va, s->pc, s->when}};
    r->walk = (struct fact){.word = WORD_STALE_MEMORY, .trace = s->now};
    if (s->kind != STALE_TABLE)
        report_near(r, WORD_STALE_OLD)->trace = s->old;
}

// Code, or a table, that was stored to.
static void
tell_stored(const struct stale *s, struct report *r, enum word page)
{
    *report_since(r, WORD_NONE) =
        (struct fact){.word = page, .arg = {s->pa & ~(PAGE_BYTES - 1), s->hart}};
    report_since(r, WORD_STALE_CODE_STORE)->stored = s->pa & ~7ULL;
}

static void
tell_since(const struct stale *s, struct report *r)
{
    const struct table_change *c = &s->change;
    const struct active *p = &s->present;
    if (s->kind == STALE_TABLE) {
        tell_stored(s, r, WORD_STALE_TABLE_PAGE);
        r->rule.word = WORD_STALE_TABLE_RULE;
        r->todo.word = WORD_STALE_TABLE_DO;
        return;
    }
    if (s->kind == STALE_TREE) {
        *report_since(r, WORD_NONE) =
            (struct fact){.word = WORD_STALE_SATP,
                          .arg = {s->hart, p->pc, s->when - p->when, s->satp, s->active.satp}};
        r->rule.word = WORD_STALE_SATP_RULE;
        r->todo.word = WORD_STALE_SATP_DO;
        return;
    }
    *report_since(r, WORD_NONE) =
        (struct fact){.word = WORD_STALE_CHANGE,
                      .arg = {c->hart, c->pa, c->was, c->is, c->pc, s->when - c->when, s->hart}};
    r->rule.word = WORD_STALE_CHANGE_RULE;
    r->todo.word = WORD_STALE_CHANGE_DO;
}

// Returns whether a table of the present walk is free memory. Then the tree is wrong, and no fence
// is missing.
static bool
ruined(const struct machine *m, const struct pt_trace *t)
{
    for (int i = 0; i < t->reads; i++)
        if (frames_free(m, t->step[i].pa))
            return true;
    return false;
}

static void
tell_code(struct machine *m, const struct stale *s)
{
    struct report r;
    bool user = m->s.hart[s->hart].mode == MODE_U;
    report_begin(m, &r, REPORT_STALE_CODE, s->hart, s->va & ~(PAGE_BYTES - 1));
    r.what = (struct fact){.word = user ? WORD_STALE_CODE_USER : WORD_STALE_CODE,
                           .arg = {s->hart, s->access, s->va, s->pc, s->when}};
    tell_stored(s, &r, WORD_STALE_CODE_PAGE);
    r.rule.word = WORD_STALE_CODE_RULE;
    r.todo.word = WORD_STALE_CODE_DO;
    report_send(m, &r);
}

// Returns whether the address of the code that has written satp leads to another page in the new
// tree, or to none. Then no fence helps.
static bool
switched(const struct stale *s)
{
    return s->kind == STALE_TREE && s->access == PT_EXEC && (s->va ^ s->present.pc) < PAGE_BYTES &&
           s->old.rule == RULE_OK &&
           (s->now.rule != RULE_OK || (s->now.pa ^ s->old.pa) >= PAGE_BYTES);
}

static void
tell_switched(struct machine *m, const struct stale *s)
{
    const uint64 page = ~(uint64)(PAGE_BYTES - 1);
    struct report r;
    report_begin(m, &r, REPORT_STALE, s->hart, s->present.pc);
    r.what = (struct fact){
        .word = s->now.rule == RULE_OK ? WORD_SWITCHED : WORD_SWITCHED_NONE,
        .arg = {s->va & page, s->present.pc, s->hart, s->old.pa & page, s->now.pa & page}};
    r.walk = (struct fact){.word = WORD_WALK, .arg = {s->satp}, .trace = s->now};
    if (s->now.reads > 0)
        *report_since(&r, WORD_NONE) = (struct fact){.word = WORD_SWITCHED_BY,
                                                     .arg = {s->now.pte},
                                                     .stored = s->now.step[s->now.reads - 1].pa};
    r.rule.word = WORD_SWITCHED_RULE;
    r.todo.word = WORD_SWITCHED_DO;
    report_send(m, &r);
}

static void
stale(struct machine *m, const struct stale *s)
{
    struct report r;
    if (s->kind == STALE_CODE) {
        tell_code(m, s);
        return;
    }
    if (ruined(m, &s->now))
        return;
    if (switched(s)) {
        tell_switched(m, s);
        return;
    }
    report_begin(m, &r, REPORT_STALE, s->hart,
                 s->kind == STALE_TREE    ? s->present.pc
                 : s->kind == STALE_TABLE ? s->pa & ~(PAGE_BYTES - 1)
                                          : s->change.pc);
    tell_what(m, s, &r);
    tell_since(s, &r);
    report_send(m, &r);
}

const struct check stale_check = {.name = "stale", .stale = stale};
