// SPDX-License-Identifier: MIT
// json.c - reports for programs: one JSON object a line.
//
// Theory    `kind' and `function' are those of --expect. The sentences are those of the report
//           for people, in English.
#include "host/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/answer.h"
#include "host/expect.h"
#include "host/say.h"
#include "machine.h"
#include "words/words.h"

FILE *
json_open(const char *name)
{
    bool number = name[0] != '\0' && strspn(name, "0123456789") == strlen(name);
    FILE *f = stdout;
    if (number)
        f = fdopen(dup(atoi(name)), "w");
    else if (strcmp(name, "-") != 0)
        f = fopen(name, "w");
    if (f == NULL)
        refuse("--json %s: cannot be written: %s", name, said(strerror(errno)));
    return f;
}

static void
put_string(FILE *to, const char *s)
{
    fputc('"', to);
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\')
            fprintf(to, "\\%c", *s);
        else if ((uint8)*s < 0x20)
            fprintf(to, "\\u%04x", (unsigned)(uint8)*s);
        else
            fputc(*s, to);
    }
    fputc('"', to);
}

static void
put_fact(FILE *to, const struct speaker *s, const struct fact *f)
{
    static struct text text;
    text.used = 0;
    text.bytes[0] = '\0';
    words_fact(s, f, &text);
    put_string(to, text.bytes);
}

static void
put_one(FILE *to, const struct speaker *s, const char *key, const struct fact *f)
{
    if (f->word == WORD_NONE)
        return;
    fprintf(to, ", \"%s\": ", key);
    put_fact(to, s, f);
}

static void
put_many(FILE *to, const struct speaker *s, const char *key, const struct fact *f, unsigned n)
{
    fprintf(to, ", \"%s\": [", key);
    for (unsigned i = 0; i < n; i++) {
        fputs(i > 0 ? ", " : "", to);
        put_fact(to, s, &f[i]);
    }
    fputc(']', to);
}

static void
put_calls(FILE *to, const struct speaker *s, const struct moment *at)
{
    static struct text text;
    fputs(", \"from\": [", to);
    for (unsigned i = 0; i < MOMENT_CALLS && at->pc[i] != 0 && at->mode != MODE_U; i++) {
        text.used = 0;
        words_function(s, moment_pc(s->m, at, i), &text);
        fputs(i > 0 ? ", " : "", to);
        put_string(to, text.bytes);
    }
    fputc(']', to);
}

void
json_report(FILE *to, const struct machine *m, const struct report *r)
{
    struct speaker s = {m, ENGLISH, r->when};
    static struct text place;
    if (to == NULL)
        return;
    place.used = 0;
    words_function(&s, r->site, &place);
    fprintf(to, "{\"kind\": \"%s\", \"function\": ", report_kind_name(r->kind));
    put_string(to, report_function(m, r));
    fputs(", \"place\": ", to);
    put_string(to, place.bytes);
    fprintf(to, ", \"hart\": %u, \"pid\": %d, \"at\": %" PRIu64 ", \"seed\": %" PRIu64, r->hart,
            r->moment.pid, (uint64_t)r->when, (uint64_t)m->config.seed);
    fprintf(to, ", \"fatal\": %s, \"note\": %s", r->fatal ? "true" : "false",
            r->note ? "true" : "false");
    put_one(to, &s, "what", &r->what);
    put_calls(to, &s, &r->moment);
    put_one(to, &s, "walk", &r->walk);
    put_many(to, &s, "since", r->since, r->nsince);
    put_one(to, &s, "rule", &r->rule);
    put_many(to, &s, "near", r->near, r->nnear);
    put_one(to, &s, "do", &r->todo);
    fputs("}\n", to);
    fflush(to);
}

bool
json_close(FILE *to)
{
    if (to == NULL || (fflush(to) == 0 && !ferror(to)))
        return true;
    say("--json: not all could be written: %s", said(strerror(errno)));
    return false;
}
