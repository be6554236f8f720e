// SPDX-License-Identifier: MIT
// report.c - reports of the machine on standard error, each site once.
//
// Theory    A site is the instruction that is the cause: the store to the page table, or the write
//           of satp. The first access that it harms is shown; the others are only counted.
// Next      mmu/rules.h
#include "host/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "host/say.h"
#include "pt/pt.h"

#define P "%" PRIu64
#define X "0x%" PRIx64

// Was the site there before? Notes it if not. When there is no room, all sites were.
static bool
seen(struct reports *r, uint64 pc)
{
    for (unsigned i = 0; i < r->sites; i++) {
        if (r->site[i] == pc)
            return true;
    }
    if (r->sites == SITES_MAX)
        return true;
    r->site[r->sites++] = pc;
    return false;
}

static const char *
verb(enum pt_access access)
{
    static const char *const verbs[] = {
        [PT_READ] = "reads", [PT_WRITE] = "writes", [PT_EXEC] = "executes"};
    return verbs[access];
}

static void
print_walk(const char *head, const struct pt_trace *t)
{
    if (t->rule == RULE_OK)
        say_part(" ", "%s " X ", entry " X " at level %d", head, (uint64_t)t->pa, (uint64_t)t->pte,
                 t->level);
    else
        say_part(" ", "%s a page fault (%s), entry " X " at level %d", head, pt_rule_name(t->rule),
                 (uint64_t)t->pte, t->level);
}

static void
print_what(const struct reports *r, const struct machine *m, const struct stale *s)
{
    char words[WORDS_MAX];
    bool user = m->s.hart[s->hart].mode == MODE_U;
    names_place(user ? &(struct names){0} : r->names, s->pc, words);
    fflush(stdout);
    say_part("glass:", "stale translation: hart %u %s " X "%s %s, step " P, s->hart,
             verb(s->access), (uint64_t)s->va, user ? " in user mode" : "", words,
             (uint64_t)s->when);
    if (names_calls(r->names, m, s->hart, s->pc, words))
        say_part("  from:", "%s", words);
    print_walk("memory says:", &s->now);
    print_walk("the TLB may have:", &s->old);
}

static void
print_since(const struct reports *r, const struct stale *s)
{
    const struct table_change *c = &s->change;
    char words[WORDS_MAX];
    if (s->kind == STALE_TREE) {
        names_place(r->names, s->present.pc, words);
        say_part("  since:",
                 "hart %u wrote satp %s, " P " steps ago: " X ", which was " X
                 " before; it has not "
                 "executed a sfence.vma since that covers it",
                 s->hart, words, (uint64_t)(s->when - s->present.when), (uint64_t)s->satp,
                 (uint64_t)s->active.satp);
        return;
    }
    names_place(r->names, c->pc, words);
    say_part("  since:",
             "hart %u changed the entry at " X " from " X " to " X " %s, " P
             " steps ago; hart %u has not executed a sfence.vma that covers it since",
             c->hart, (uint64_t)c->pa, (uint64_t)c->was, (uint64_t)c->is, words,
             (uint64_t)(s->when - c->when), s->hart);
}

static void
print_rule(const struct stale *s)
{
    if (s->kind == STALE_TREE) {
        say_part("  rule:", "a write of satp drops nothing from the TLB: translations of the tree "
                            "before may be used until a fence (priv: satp)");
        say_part("  do:", "sfence.vma zero, zero after the write of satp");
        return;
    }
    say_part("  rule:", "what was valid since the last fence that covers it may still be used "
                        "(priv: norm:sfence_vma_ordering_semantics)");
    say_part("  do:", "sfence.vma after the store, on each hart that uses the tree");
}

void
report_stale(struct reports *r, const struct machine *m, const struct stale *s)
{
    uint64 cause = s->kind == STALE_TREE ? s->present.pc : s->change.pc;
    r->total++;
    if (seen(r, cause))
        return;
    print_what(r, m, s);
    print_since(r, s);
    print_rule(s);
}

void
report_waiting(const struct reports *r, const struct machine *m)
{
    char words[WORDS_MAX];
    for (unsigned i = 0; i < m->config.harts; i++) {
        const struct hart *h = &m->s.hart[i];
        names_place(r->names, h->pc, words);
        say_part(" ", "hart %u waits in mode %c %s; interrupts that are enabled: mie " X, i,
                 "US?M"[h->mode & 3], words, (uint64_t)h -> mie);
        if (names_calls(r->names, m, i, h->pc, words))
            say_part("  from:", "%s", words);
    }
}

static bool
any_pmp(const struct hart *h)
{
    for (unsigned i = 0; i < NELEM(h->pmpcfg); i++) {
        if (h->pmpcfg[i] != 0)
            return true;
    }
    return false;
}

void
report_pmp(struct reports *r, const struct machine *m)
{
    if (!m->config.no_pmp || r->pmp)
        return;
    for (unsigned i = 0; i < m->config.harts; i++) {
        const struct hart *h = &m->s.hart[i];
        if (h->mode == MODE_M || any_pmp(h))
            continue;
        r->pmp = true;
        say("this kernel sets no PMP entry. Real harts, and QEMU since version 6, trap at the "
            "first\n"
            "  instruction in S-mode then; here it may pass. A kernel of 2020 needs this in "
            "start():\n"
            "  w_pmpaddr0(0x3fffffffffffffull); w_pmpcfg0(0xf);");
        return;
    }
}

void
report_end(const struct reports *r)
{
    if (r->total > 0)
        say("stale translations: " P " from %u place%s%s", (uint64_t)r->total, r->sites,
            r->sites == 1 ? "" : "s", r->sites == SITES_MAX ? " or more" : "");
}
