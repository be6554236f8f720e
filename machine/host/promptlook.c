// SPDX-License-Identifier: MIT
// promptlook.c - the commands that look at harts and memory: where, hart, regs, x, walk.
#include <inttypes.h>
#include <string.h>

#include "host/answer.h"
#include "host/prompt.h"
#include "host/ranges.h"
#include "host/words.h"
#include "mmu/satp.h"
#include "sight/guest.h"

#define X "0x%" PRIx64

static void
where(struct control *c, const struct asked *a)
{
    unsigned chosen = c->hart;
    (void)a;
    control_where(c);
    for (unsigned i = 0; i < c->m->config.harts; i++) {
        if (i != chosen)
            control_say_hart(c, "  ", i);
    }
}

// Reads a hart's number. Returns false if it is none: says so.
static bool
need_hart(const struct control *c, const char *word, unsigned *hart)
{
    uint64 n;
    if (word_number(word, &n) && n < c->m->config.harts) {
        *hart = (unsigned)n;
        return true;
    }
    answer(c->out, "hart `%.40s': the harts are 0 to %u.", word, c->m->config.harts - 1);
    return false;
}

static void
hart(struct control *c, const struct asked *a)
{
    if (need_hart(c, a->word[1], &c->hart))
        control_where(c);
}

static void
regs(struct control *c, const struct asked *a)
{
    unsigned which = c->hart;
    if (a->words > 1 && !need_hart(c, a->word[1], &which))
        return;
    fprintf(c->out, said("hart %u, %c-mode\n"), which, "US?M"[c->m->s.hart[which].mode & 3]);
    int column = 0;
    for (int i = 1; register_name(i) != NULL; i++) {
        fprintf(c->out, "%-8s %016" PRIx64, register_name(i),
                (uint64_t)register_value(c, which, i));
        fputs(++column % 3 == 0 || register_name(i + 1) == NULL ? "\n" : " ", c->out);
    }
}

// --- walk ------------------------------------------------------------------------------------

static const char *
leads(pte_t pte)
{
    if (!pte_valid(pte))
        return said("not valid");
    return pte_leaf(pte) ? said("leaf, page") : said("table at");
}

static void
show_steps(const struct control *c, uint64 va, const struct pt_trace *t, int levels)
{
    for (int i = 0; i < t->reads; i++) {
        int level = levels - 1 - i;
        pte_t pte = t->step[i].pte;
        fprintf(c->out, said("  level %d entry %3u at " X ": " X " %s %s"), level,
                (unsigned)PX(level, va), (uint64_t)t->step[i].pa, (uint64_t)pte,
                flag_text(pte).text, leads(pte));
        if (pte_valid(pte))
            fprintf(c->out, " " X, (uint64_t)pte_pa(pte));
        fputc('\n', c->out);
    }
}

static void
walk_address(struct control *c, const struct asked *a)
{
    uint64 va, satp = c->m->s.hart[c->hart].satp;
    struct pt_trace t;
    if (!need_address(c, a->word[1], &va))
        return;
    if (!guest_walk(c->m, c->hart, va, PT_READ, &t)) {
        answer(c->out,
               "hart %u does not translate: it is in M-mode, or satp is 0. The address is "
               "physical.",
               c->hart);
        return;
    }
    fprintf(c->out, said("va " X " by the table at " X " of hart %u:\n"), (uint64_t)va,
            (uint64_t)satp_root(satp), c->hart);
    show_steps(c, va, &t, satp_levels(satp));
    if (t.rule == RULE_OK)
        answer(c->out, "  physical address " X, (uint64_t)t.pa);
    else
        answer(c->out, "  no translation: rule `%s' at level %d", pt_rule_name(t.rule), t.level);
}

// --- x ---------------------------------------------------------------------------------------

static void
memory(struct control *c, const struct asked *a)
{
    uint64 va, n = 8, value;
    if (!need_address(c, a->word[1], &va))
        return;
    if (a->words > 2 && (!word_number(a->word[2], &n) || n == 0 || n > 512)) {
        answer(c->out, "x ... `%.40s': 1 to 512 words are possible.", a->word[2]);
        return;
    }
    va &= ~7ULL;
    for (uint64 i = 0; i < n; i++, va += 8) {
        if (i % 2 == 0)
            fprintf(c->out, "%s%016" PRIx64 ":", i ? "\n" : "", (uint64_t)va);
        if (guest_read(c->m, c->hart, va, 8, PT_READ, &value))
            fprintf(c->out, "  %016" PRIx64, (uint64_t)value);
        else
            fprintf(c->out, "  %-16s", said("not mapped"));
    }
    fputc('\n', c->out);
}

const struct command look_commands[] = {
    {"where", "", 0, 0, where, "the moment, and where each hart is"},
    {"hart", "N", 1, 1, hart, "look at another hart"},
    {"regs", "[HART]", 0, 1, regs, "its registers"},
    {"x", "ADDRESS [WORDS]", 1, 2, memory, "memory, in words of 8 bytes"},
    {"walk", "ADDRESS", 1, 1, walk_address, "each entry that is read to translate it"},
    {NULL, NULL, 0, 0, NULL, NULL},
};
