// SPDX-License-Identifier: MIT
// report.c - a report in words: its parts, each on lines of its own.
#include "machine.h"
#include "words/words.h"

// Adds a part of a report, if there is one.
static void
part(const struct speaker *s, enum word head, const struct fact *f, struct text *out)
{
    struct text words = {.used = 0};
    if (f->word == WORD_NONE)
        return;
    words_fact(s, f, &words);
    text_part(out, head == WORD_NONE ? "glass:" : word_pattern(head, s->language).bytes,
              words.bytes);
}

static bool
one_call_more(const struct moment *at)
{
    return at->mode != MODE_U && at->pc[0] != 0 && at->pc[1] != 0;
}

void
words_report(const struct speaker *s, const struct report *r, struct text *out)
{
    struct text calls = {.used = 0};
    part(s, r->note ? WORD_HEAD_WHAT : WORD_NONE, &r->what, out);
    if (one_call_more(&r->moment)) {
        words_calls(s, &r->moment, &calls);
        text_part(out, word_pattern(WORD_HEAD_FROM, s->language).bytes, calls.bytes);
    }
    part(s, WORD_HEAD_WALK, &r->walk, out);
    for (unsigned i = 0; i < r->nsince; i++)
        part(s, WORD_HEAD_SINCE, &r->since[i], out);
    part(s, WORD_HEAD_RULE, &r->rule, out);
    for (unsigned i = 0; i < r->nnear; i++)
        part(s, WORD_HEAD_NEAR, &r->near[i], out);
    part(s, WORD_HEAD_DO, &r->todo, out);
}
