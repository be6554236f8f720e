// SPDX-License-Identifier: MIT
// say.c - prints the lines of an explanation, folded to the width of a terminal.
//
// Promises  Allocates nothing and takes no lock but printf's. A report that is full loses whole
//           lines, never parts of one.
#include "explain/say.h"

#include <stdarg.h>

#include "abi/errno.h"
#include "abi/language.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "lib/utf8.h"

#define COLUMNS 80
#define INDENT  9   // as wide as the words before a line's text
#define LINE    400 // bytes of a line

static int chosen = LANGUAGE_ENGLISH; // accessed atomically: processes may change it at any time

// Chooses the language of everything that the system says; LANGUAGE_ASK leaves it as it is.
// Returns   the language before. -EINVAL: there is no such language.
int
say_choose(int language)
{
    // Orders nothing: a sentence is in the language of before or after.
    if (language == LANGUAGE_ASK)
        return __atomic_load_n(&chosen, __ATOMIC_RELAXED);
    if (language != LANGUAGE_ENGLISH && language != LANGUAGE_CHINESE)
        return -EINVAL;
    return __atomic_exchange_n(&chosen, language, __ATOMIC_RELAXED);
}

// The one of two texts that is in the chosen language.
const char *
word(const char *en, const char *zh)
{
    return __atomic_load_n(&chosen, __ATOMIC_RELAXED) == LANGUAGE_CHINESE ? zh : en; // as above
}

// The text in the chosen language.
const char *
words(const struct words *w)
{
    return word(w->en, w->zh);
}

// Finds where to break a line that does not fit: at the last blank before a word that looks like a
// beginning, else at the last blank, else in the middle of a word.
// Returns   how many of the n bytes, which do fit, stay on the row.
static size_t
break_at(const char *s, size_t n)
{
    size_t any = 0;
    for (size_t i = n; i > n / 2; i--) {
        if (s[i] != ' ')
            continue;
        if (strchr("-=<(", s[i + 1]))
            return i;
        any = any ? any : i;
    }
    return any ? any : n;
}

// The bytes at the start of a line that take at most so many columns.
static size_t
fitting(const char *s, uint32 columns)
{
    size_t n = 0, left = strlen(s);
    while (n < left && s[n] != '\n') {
        size_t len = utf8_next(s + n, left - n);
        uint32 width = utf8_columns(s + n, len);
        if (width > columns)
            break;
        columns -= width;
        n += len;
    }
    return n;
}

// Copies a line, folded to rows of COLUMNS; each row after the first is indented.
// Returns   the bytes it takes; -1: there is no room, and `to` is undefined.
static int
fold(char *to, size_t size, const char *s)
{
    size_t used = 0, indent = 0;
    for (;;) {
        size_t n = fitting(s, COLUMNS - (uint32)indent);
        bool whole = s[n] == '\0' || s[n] == '\n';
        n = whole ? strlen(s) : break_at(s, n);
        if (used + indent + n + (whole ? 1 : 2) > size)
            return -1;
        memset(to + used, ' ', indent);
        memcpy(to + used + indent, s, n);
        used += indent + n;
        if (whole)
            break;
        to[used++] = '\n';
        s += n + (s[n] == ' ');
        indent = INDENT;
    }
    to[used] = '\0';
    return (int)used;
}

// Adds a line to the report, or prints it, folded to the width of a terminal.
void
say(struct report *r, const char *en, const char *zh, ...)
{
    char line[LINE], rows[LINE + LINE / 4];
    bool stored = r->buf != NULL;
    va_list ap;
    va_start(ap, zh);
    vsnprintf(line, sizeof line, word(en, zh), ap);
    va_end(ap);
    int n = fold(stored ? r->buf + r->used : rows, stored ? r->size - r->used : sizeof rows, line);
    if (stored && n >= 0)
        r->used += (size_t)n;
    else if (!stored && n >= 0)
        printf("%s", rows);
    if (stored)
        r->buf[r->used] = '\0';
}

// Prints the lines that the report has collected, as one message, and empties it.
void
say_flush(struct report *r)
{
    if (r->buf != NULL && r->used > 0)
        printf("%s", r->buf);
    r->used = 0;
}
