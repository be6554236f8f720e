// SPDX-License-Identifier: MIT
// fail.c - reads --fail, and lets the N-th call of a run fail.
//
// Next      time/failing.h, host/faileach.c
#include "host/fail.h"

#include <stdlib.h>
#include <string.h>

#include "host/answer.h"
#include "host/say.h"
#include "time/failing.h"
#include "words/words.h"

#define NAME_LENGTH 64

bool
fail_all(const struct options *o)
{
    const char *colon = o->fail ? strrchr(o->fail, ':') : NULL;
    return colon != NULL && strcmp(colon, ":all") == 0;
}

// Divides FUNCTION:N. N is 0 for "all".
static uint64
read_words(const struct options *o, char name[NAME_LENGTH])
{
    const char *colon = strrchr(o->fail, ':');
    char *end = "x";
    size_t length = colon ? (size_t)(colon - o->fail) : 0;
    unsigned long long n = colon ? strtoull(colon + 1, &end, 10) : 0;
    bool number = colon != NULL && colon[1] >= '1' && colon[1] <= '9' && *end == '\0';
    if (length == 0 || length >= NAME_LENGTH || (!number && !fail_all(o)))
        refuse("--fail %s: a function and a number are expected, such as kalloc:3, or kalloc:all",
               o->fail);
    memcpy(name, o->fail, length);
    name[length] = '\0';
    return number ? n : 0;
}

void
fail_start(struct machine *m, const struct options *o)
{
    static struct failing failing;
    char name[NAME_LENGTH];
    uint64 va, pa;
    if (o->fail == NULL)
        return;
    failing.nth = read_words(o, name);
    if (!symbols_address(&m->sight->symbols, name, &va) ||
        !symbols_physical(&m->sight->symbols, va, &pa))
        refuse("--fail %s: the kernel has no function %s", o->fail, name);
    if (fail_all(o) && o->lines < 1)
        refuse("--fail %s needs lines to be typed: -- usertests", o->fail);
    if (!failing_start(m, &failing, va, pa))
        refuse("--fail %s: there are too many hooks", o->fail);
}

void
fail_end(const struct machine *m)
{
    const struct failing *f = m->failing;
    static struct text text;
    struct speaker s = {m, ENGLISH, machine_position(m)};
    if (f == NULL || f->nth == 0)
        return;
    if (!f->failed) {
        say("no call has failed: there were %s only", digits(f->calls).text);
        return;
    }
    text.used = 0;
    words_calls(&s, &f->moment, &text);
    answer(stderr, "glass: call %s failed @%s: %s", digits(f->nth).text,
           digits(f->moment.position).text, text.bytes);
}
