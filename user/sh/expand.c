// SPDX-License-Identifier: MIT
// expand.c - quotes, $ and file name patterns.
//
// Theory    A word is first turned into a pattern: quotes are removed, and each quoted character
//           that is special in a pattern gets a backslash. If an unquoted special character is
//           left, the matching file names replace the word; otherwise, or when none matches, the
//           backslashes are removed and the word is one argument.
#include "expand.h"

#include "names.h"
#include "node.h"
#include "pool.h"
#include "ulib/format.h"
#include "ulib/line.h"
#include "ulib/string.h"
#include "user/user.h"

struct shell_values values;

struct word_state {
    struct text *out;
    bool special; // has an unquoted * ? or [
    bool quoted;  // some part was quoted: it stays an argument even if it is empty
    bool ok;      // there was memory
};

static void
put(struct word_state *w, const char *s, unsigned long n)
{
    w->ok &= text_add(w->out, s, n);
}

// Appends a character, with a backslash if a pattern gives it another meaning.
static void
put_literal(struct word_state *w, char c)
{
    if (strchr("*?[\\", c))
        put(w, "\\", 1);
    put(w, &c, 1);
}

static void
put_literals(struct word_state *w, const char *s)
{
    while (*s)
        put_literal(w, *s++);
}

// Appends the value of the variable whose $ is at p: $0 to $9, $?, $# or $$. Another $ is literal.
// Returns   a pointer past the variable's name.
static const char *
put_value(struct word_state *w, const char *p)
{
    char digits[16];
    int n = p[1] - '0';

    if (isdigit(p[1])) {
        if (n < values.nargs)
            put_literals(w, values.args[n]);
        return p + 2;
    }
    switch (p[1]) {
    case '?':
        n = values.status;
        break;
    case '#':
        n = values.nargs > 0 ? values.nargs - 1 : 0;
        break;
    case '$':
        n = getpid();
        break;
    default:
        put(w, "$", 1);
        return p + 1;
    }
    snprintf(digits, sizeof(digits), "%d", n);
    put(w, digits, strlen(digits));
    return p + 2;
}

// Appends the quoted part that starts at p. The parser has checked that the closing quote exists.
// Returns   a pointer past the closing quote.
static const char *
put_quoted(struct word_state *w, const char *p)
{
    char quote = *p++;

    w->quoted = true;
    while (*p != quote) {
        if (quote == '"' && *p == '$') {
            p = put_value(w, p);
            continue;
        }
        if (quote == '"' && *p == '\\' && strchr("\"\\$", p[1]))
            p++;
        put_literal(w, *p++);
    }
    return p + 1;
}

// Turns a word into a pattern in w->out.
static void
make_pattern(struct word_state *w, const char *p)
{
    while (*p && w->ok) {
        if (*p == '"' || *p == '\'') {
            p = put_quoted(w, p);
        } else if (*p == '$') {
            p = put_value(w, p);
        } else if (*p == '\\' && p[1]) {
            w->quoted = true;
            put_literal(w, p[1]);
            p += 2;
        } else {
            w->special |= strchr("*?[", *p) != 0;
            put(w, p++, 1);
        }
    }
}

// Copies a pattern to the pool, without its backslashes.
static char *
plain_copy(const char *pattern, unsigned long n)
{
    char *copy = pool_string(pattern, n), *to = copy;

    if (!copy)
        return 0;
    for (; *pattern; pattern++) {
        if (*pattern == '\\' && pattern[1])
            pattern++;
        *to++ = *pattern;
    }
    *to = 0;
    return copy;
}

static bool
add(struct names *list, const char *s)
{
    return s && names_add(list, s);
}

// Expands one word and adds the results.
static bool
expand_into(struct names *list, const char *word, struct text *pattern)
{
    struct word_state w = {.out = pattern, .ok = true};
    int before = list->n;

    pattern->len = 0;
    put(&w, "", 0);
    make_pattern(&w, word);
    if (!w.ok)
        return false;
    if (w.special && !names_match(list, pattern->p))
        return false;
    if (list->n > before || (pattern->len == 0 && !w.quoted))
        return true;
    return add(list, plain_copy(pattern->p, pattern->len));
}

// Expands a list of words, in the pool.
char **
expand_words(const struct word *words)
{
    struct text pattern = {0};
    struct names list = {0};
    bool ok = names_init(&list);

    for (; words && ok; words = words->next)
        ok = expand_into(&list, words->s, &pattern);
    text_free(&pattern);
    return ok ? list.v : 0;
}

const char *
expand_word(const char *word)
{
    struct text pattern = {0};
    struct word_state w = {.out = &pattern, .ok = true};
    char *s = 0;

    put(&w, "", 0);
    make_pattern(&w, word);
    if (w.ok)
        s = plain_copy(pattern.p, pattern.len);
    text_free(&pattern);
    return s;
}
