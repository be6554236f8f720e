// SPDX-License-Identifier: MIT
// promptwhy.c - the commands that explain: why, who.
#include <inttypes.h>

#include "check/advice.h"
#include "check/explain.h"
#include "check/leaves.h"
#include "host/answer.h"
#include "host/prompt.h"
#include "host/ranges.h"
#include "host/words.h"
#include "sight/facts.h"
#include "sight/frames.h"
#include "sight/guest.h"
#include "words/words.h"

#define X     "0x%" PRIx64
#define SHOWN 100 // places of a page

// --- why -------------------------------------------------------------------------------------

static bool
need_access(const struct control *c, const char *word, enum pt_access *kind)
{
    static const char letters[] = {[PT_READ] = 'r', [PT_WRITE] = 'w', [PT_EXEC] = 'x'};
    for (unsigned i = 0; i < NELEM(letters); i++) {
        if (word[0] == letters[i] && word[1] == '\0') {
            *kind = (enum pt_access)i;
            return true;
        }
    }
    answer(c->out, "why ... `%.20s': r, w or x is expected.", word);
    return false;
}

// Explains an access that the hart would make now.
static void
explain(struct control *c, uint64 va, enum pt_access kind)
{
    static struct report r;
    static struct text text;
    struct machine *m = c->m;
    const struct hart *h = &m->s.hart[c->hart];
    struct access a = {.satp = h->satp,
                       .va = va,
                       .kind = kind,
                       .user = h->mode == MODE_U,
                       .sum = h->mstatus & STATUS_SUM,
                       .pid = facts_pid(m, c->hart)};
    struct speaker s = {m, c->reports->language, machine_position(m)};
    if (h->mode == MODE_M || h->satp >> SATP_MODE_SHIFT == SATP_BARE) {
        answer(c->out, "hart %u does not translate: it is in M-mode, or satp is 0.", c->hart);
        return;
    }
    if (access_succeeds(m, &a)) {
        answer(c->out, "hart %u may do that: `walk " X "' shows how.", c->hart, (uint64_t)va);
        return;
    }
    report_begin(m, &r, REPORT_KILLED, c->hart, h->pc);
    r.when = machine_position(m);
    (void)explain_access(m, &a, &r);
    advice_complete(m, &r);
    text.used = 0;
    words_report(&s, &r, &text);
    fputs(text.bytes, c->out);
}

static void
why(struct control *c, const struct asked *a)
{
    uint64 va;
    enum pt_access kind = PT_READ;
    if (c->m->sight == NULL) {
        answer(c->out, "The machine is --blind: it cannot tell.");
    } else if (a->words > 1) {
        if (need_address(c, a->word[1], &va) &&
            (a->words == 2 || need_access(c, a->word[2], &kind)))
            explain(c, va, kind);
    } else if (c->reports->last.used > 0) {
        fputs(c->reports->last.bytes, c->out);
    } else {
        answer(c->out, "Nothing has been reported. `why ADDRESS [r|w|x]' explains why an access "
                       "of the hart fails.");
    }
}

// --- who -------------------------------------------------------------------------------------

struct sought {
    FILE *out;
    uint64 pa, root;
    unsigned found;
};

static void
match(void *arg, const struct leaf *e)
{
    struct sought *s = arg;
    uint64 bytes = pte_leaf(e->pte) ? PGSIZE << (9 * e->level) : PGSIZE;
    if (s->pa - pte_pa(e->pte) >= bytes || s->found++ >= SHOWN)
        return;
    answer(s->out, "  %s " X ", flags %s, by the tree at " X ", entry at " X,
           said(pte_leaf(e->pte) ? "mapped at" : "a table for"), (uint64_t)e->va,
           flag_text(e->pte).text, (uint64_t)s->root, (uint64_t)e->slot);
}

static void
say_trees(const struct control *c, uint64 pa)
{
    const struct trees *known = &c->m->trees;
    struct sought s = {.out = c->out, .pa = pa};
    struct visitor to = {.entry = match, .arg = &s};
    for (unsigned i = 0; i < TREES_MAX; i++) {
        const struct tree *t = &known->tree[i];
        s.root = t->root;
        if (t->root == 0)
            continue;
        if (t->root == pa && s.found++ < SHOWN)
            answer(c->out, "  the root of a tree, last used @%s", digits(t->used).text);
        leaves_visit(c->m, t->root, t->levels, &to);
    }
    if (s.found == 0)
        answer(c->out, "  no tree that has been in use lately maps it");
}

static void
say_moment(const struct control *c, enum word word, const struct moment *at)
{
    static struct text text;
    struct speaker s = {c->m, c->reports->language, machine_position(c->m)};
    struct fact f = {.word = word, .moment = *at};
    if (at->position == 0)
        return;
    text.used = 0;
    words_fact(&s, &f, &text);
    answer(c->out, "  %s", text.bytes);
}

// Prints the page's history, which belongs to the front of the run.
static void
say_frame(const struct control *c, uint64 pa)
{
    static const char *const states[] = {"", "free", "allocated"};
    const struct frame *f = c->m->sight != NULL ? frames_at(c->m, pa) : NULL;
    if (f == NULL || f->state == FRAME_UNKNOWN)
        return;
    if (f->allocated.position > machine_position(c->m) ||
        f->freed.position > machine_position(c->m)) {
        answer(c->out, "  its life is known for the front of the run only: @%s",
               digits(c->front).text);
        return;
    }
    answer(c->out, "  %s", said(states[f->state]));
    say_moment(c, WORD_WHO_ALLOCATED, &f->allocated);
    say_moment(c, WORD_WHO_FREED, &f->freed);
}

static void
who(struct control *c, const struct asked *a)
{
    uint64 va, pa;
    if (!need_address(c, a->word[1], &va))
        return;
    if (!ram_has(&c->m->ram, va, 1) && guest_translate(c->m, c->hart, va, PT_READ, &pa))
        va = pa;
    if (!ram_has(&c->m->ram, va, 1)) {
        answer(c->out, X " is no page of RAM, and hart %u has no translation for it.", (uint64_t)va,
               c->hart);
        return;
    }
    pa = va & ~(PAGE_BYTES - 1);
    fprintf(c->out, said("page " X "\n"), (uint64_t)pa);
    say_frame(c, pa);
    say_trees(c, pa);
}

const struct command why_commands[] = {
    {"why", "[ADDRESS [r|w|x]]", 0, 2, why, "the last report; or why an access fails"},
    {"who", "PAGE", 1, 1, who, "the life of a page, and which trees map it"},
    {NULL, NULL, 0, 0, NULL, NULL},
};
