// SPDX-License-Identifier: MIT
// expect.c - reports that are known: reads their list, and tells which of them did not come.
#include "host/expect.h"

#include <stdlib.h>
#include <string.h>

#include "host/files.h"
#include "host/say.h"
#include "machine.h"

#define EXPECTED_MAX 256
#define NAME_LENGTH  64

struct expectation {
    unsigned line;
    enum report_kind kind;
    char function[NAME_LENGTH];
    bool met;
};

struct expected {
    const char *path;
    unsigned count;
    struct expectation of[EXPECTED_MAX];
};

static void
read_line(struct expected *e, unsigned number, char *line)
{
    char *state = NULL;
    line[strcspn(line, "#")] = '\0';
    const char *kind = strtok_r(line, " \t\r", &state);
    const char *function = kind ? strtok_r(NULL, " \t\r", &state) : NULL;
    if (kind == NULL)
        return;
    if (function == NULL || strlen(function) >= NAME_LENGTH || strtok_r(NULL, " \t\r", &state))
        refuse("%s, line %u: a kind of report and a function are expected", e->path, number);
    if (e->count == EXPECTED_MAX)
        refuse("%s has more than %d lines", e->path, EXPECTED_MAX);
    struct expectation *x = &e->of[e->count++];
    for (x->kind = 0; x->kind < REPORT_KINDS; x->kind++) {
        if (strcmp(kind, report_kind_name(x->kind)) == 0)
            break;
    }
    if (x->kind == REPORT_KINDS)
        refuse("%s, line %u: there is no kind of report `%.40s'", e->path, number, kind);
    x->line = number;
    strcpy(x->function, function);
}

struct expected *
expect_read(const char *path)
{
    struct file f = file_read(path, 1); // a zero follows
    struct expected *e = calloc(1, sizeof(*e));
    if (e == NULL)
        refuse("there is not enough memory for %s", path);
    e->path = path;
    char *line = (char *)f.bytes;
    for (unsigned number = 1; line < (char *)f.bytes + f.size; number++) {
        char *end = line + strcspn(line, "\n");
        *end = '\0';
        read_line(e, number, line);
        line = end + 1;
    }
    free((void *)f.bytes);
    return e;
}

const char *
report_function(const struct machine *m, const struct report *r)
{
    uint64 offset;
    const char *name =
        symbols_find(&m->sight->symbols, symbols_linked(&m->sight->symbols, r->site), &offset);
    return name != NULL ? name : "";
}

bool
expect_known(struct expected *e, const struct machine *m, const struct report *r)
{
    bool known = false;
    for (unsigned i = 0; e != NULL && i < e->count; i++) {
        struct expectation *x = &e->of[i];
        if (x->kind == r->kind && strcmp(x->function, report_function(m, r)) == 0)
            known = x->met = true;
    }
    return known;
}

void
expect_end(const struct expected *e)
{
    for (unsigned i = 0; e != NULL && i < e->count; i++) {
        const struct expectation *x = &e->of[i];
        if (!x->met)
            say("%s, line %u: no report `%s %s' has come", e->path, x->line,
                report_kind_name(x->kind), x->function);
    }
}
