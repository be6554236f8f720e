// SPDX-License-Identifier: MIT
// parse.c - the grammar of the shell; a recursive-descent parser without a separate lexer.
//
//     list     = group { (";" | "&") group }
//     group    = pipeline { ("&&" | "||") pipeline }
//     pipeline = [ "!" ] command { "|" command }
//     command  = { word | redir } | "(" list ")" { redir }
//     redir    = [digit] ("<" | ">" | ">>") ( word | "&" digit )
//
// Promises  each line gives a tree or a message. Only parentheses recurse, at most MAX_DEPTH deep;
//           memory is proportional to the line.
#include "parse.h"

#include "node.h"
#include "pool.h"
#include "ulib/format.h"
#include "ulib/string.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/fcntl.h"

#define MAX_DEPTH 32

struct parser {
    const char *p;     // the rest of the line
    const char *error; // the first error
    int depth;
};

static struct group *parse_list(struct parser *ps);

static bool
set_error(struct parser *ps, const char *why)
{
    if (!ps->error)
        ps->error = why;
    return false;
}

// Reports the next character as an error.
static bool
unexpected(struct parser *ps)
{
    static char message[48];

    if (!*ps->p)
        return set_error(ps, "syntax error: unexpected end of line");
    snprintf(message, sizeof(message), tr("syntax error near `%c'"), *ps->p);
    return set_error(ps, message);
}

// Gets memory for a node.
static void *
node(struct parser *ps, unsigned long size)
{
    void *n = pool_get(size);

    if (!n)
        set_error(ps, "out of memory");
    return n;
}

// Skips blanks and a comment.
// Returns   the next character.
static char
look(struct parser *ps)
{
    while (isspace(*ps->p))
        ps->p++;
    if (*ps->p == '#')
        ps->p += strlen(ps->p);
    return *ps->p;
}

// Takes an operator if it comes next.
static bool
take(struct parser *ps, const char *operator)
{
    unsigned long n = strlen(operator);

    look(ps);
    if (strncmp(ps->p, operator, n) != 0)
        return false;
    ps->p += n;
    return true;
}

// Finds the end of the quoted part that begins at p.
// Returns   the position behind the closing quote, NULL without one.
static const char *
skip_quoted(const char *p)
{
    char quote = *p;

    for (p++; *p && *p != quote; p++)
        if (*p == '\\' && quote == '"' && p[1])
            p++;
    return *p ? p + 1 : 0;
}

// Takes a word as written, quotes included.
// Returns   NULL when there is none, or on error.
static const char *
parse_word(struct parser *ps)
{
    const char *start, *p;
    char *s;

    look(ps);
    for (start = p = ps->p; *p && !isspace(*p) && !strchr("|&;()<>", *p);) {
        if (*p == '"' || *p == '\'') {
            p = skip_quoted(p);
            if (!p) {
                set_error(ps, "syntax error: quote not closed");
                return 0;
            }
        } else {
            p += *p == '\\' && p[1] ? 2 : 1;
        }
    }
    if (p == start)
        return 0;
    ps->p = p;
    s = pool_string(start, (unsigned long)(p - start));
    if (!s)
        set_error(ps, "out of memory");
    return s;
}

// Takes the target of a redirection: a file, or & and a descriptor.
static bool
parse_target(struct parser *ps, struct redir *r)
{
    r->from = -1;
    if (*ps->p == '&') {
        if (!isdigit(ps->p[1]))
            return unexpected(ps);
        r->from = ps->p[1] - '0';
        ps->p += 2;
        return true;
    }
    r->file = parse_word(ps);
    return r->file || unexpected(ps);
}

// Takes a redirection if one comes next.
// Returns   NULL when there is none, or on error.
static struct redir *
parse_redir(struct parser *ps)
{
    const char *p = ps->p;
    struct redir *r;
    bool digit;

    look(ps);
    p = ps->p;
    digit = isdigit(*p);
    if (p[digit] != '<' && p[digit] != '>')
        return 0;
    r = node(ps, sizeof(*r));
    if (!r)
        return 0;
    ps->p += digit;
    if (take(ps, "<"))
        r->flags = O_RDONLY;
    else if (take(ps, ">>"))
        r->flags = O_WRONLY | O_CREATE | O_APPEND;
    else if (take(ps, ">"))
        r->flags = O_WRONLY | O_CREATE | O_TRUNC;
    r->fd = digit ? *p - '0' : r->flags != O_RDONLY;
    return parse_target(ps, r) ? r : 0;
}

// Takes redirections and, if words is given, words.
static void
parse_words(struct parser *ps, struct word **words, struct redir **redirs)
{
    const char *s;

    while (!ps->error) {
        *redirs = parse_redir(ps);
        if (*redirs) {
            redirs = &(*redirs)->next;
            continue;
        }
        s = words && !ps->error ? parse_word(ps) : 0;
        if (!s)
            return;
        *words = node(ps, sizeof(**words));
        if (!*words)
            return;
        (*words)->s = s;
        words = &(*words)->next;
    }
}

static struct group *
parse_body(struct parser *ps)
{
    struct group *body;

    if (++ps->depth > MAX_DEPTH) {
        set_error(ps, "parentheses too deep");
        return 0;
    }
    body = parse_list(ps);
    if (!ps->error && (!body || !take(ps, ")")))
        unexpected(ps);
    ps->depth--;
    return body;
}

static struct command *
parse_command(struct parser *ps)
{
    struct command *c = node(ps, sizeof(*c));

    if (!c)
        return 0;
    if (take(ps, "(")) {
        c->body = parse_body(ps);
        parse_words(ps, 0, &c->redirs);
    } else {
        parse_words(ps, &c->words, &c->redirs);
    }
    if (!c->body && !c->words && !c->redirs)
        unexpected(ps);
    return c;
}

// Takes a lone ! in front of a pipeline.
static bool
take_not(struct parser *ps)
{
    if (look(ps) != '!' || !isspace(ps->p[1]))
        return false;
    ps->p++;
    return true;
}

static struct pipeline *
parse_pipeline(struct parser *ps, enum joint joint)
{
    struct pipeline *pl = node(ps, sizeof(*pl));
    struct command **link;

    if (!pl)
        return 0;
    pl->joint = joint;
    pl->negated = take_not(ps);
    link = &pl->first;
    do {
        *link = parse_command(ps);
        if (ps->error)
            return 0;
        link = &(*link)->next;
        look(ps);
    } while (ps->p[0] == '|' && ps->p[1] != '|' && take(ps, "|"));
    return pl;
}

static struct group *
parse_group(struct parser *ps)
{
    struct group *g = node(ps, sizeof(*g));
    struct pipeline **link;
    enum joint joint = ALWAYS;

    if (!g)
        return 0;
    link = &g->first;
    for (;;) {
        *link = parse_pipeline(ps, joint);
        if (ps->error)
            return 0;
        link = &(*link)->next;
        if (take(ps, "&&"))
            joint = IF_TRUE;
        else if (take(ps, "||"))
            joint = IF_FALSE;
        else
            return g;
    }
}

// Takes groups up to the end of the line or a closing parenthesis.
// Returns   NULL when there is none, or on error.
static struct group *
parse_list(struct parser *ps)
{
    struct group *first = 0, **link = &first;
    char c = look(ps);

    while (c && c != ')') {
        *link = parse_group(ps);
        if (ps->error)
            return 0;
        (*link)->background = take(ps, "&");
        if (!(*link)->background && !take(ps, ";"))
            break;
        link = &(*link)->next;
        c = look(ps);
    }
    return first;
}

// Parses a line; the tree is in the pool.
// Returns   NULL, or a message; an empty line is an empty tree.
const char *
parse_line(const char *line, struct group **result)
{
    struct parser ps = {.p = line};

    *result = parse_list(&ps);
    if (!ps.error && look(&ps))
        unexpected(&ps);
    return ps.error;
}
