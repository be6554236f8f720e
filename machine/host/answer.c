// SPDX-License-Identifier: MIT
// answer.c - sentences of the program, in a language, wrapped at 80 columns.
#include "host/answer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "words/words.h"

#define ANSWER_MAX 1024

static bool chinese;

void
answer_in_chinese(bool yes)
{
    chinese = yes;
}

// The English ones by their addresses, which the callers have too; the others one behind the other.
static const char *const english[] = {
#define ANSWER(english, in_chinese) english,
#include "host/answers.def"
#undef ANSWER
};
static const char translated[] = ""
#define ANSWER(english, in_chinese) in_chinese "\0"
#include "host/answers.def"
#undef ANSWER
    ;

const char *
said(const char *words)
{
    const char *at = translated;
    for (size_t i = 0; chinese && i < NELEM(english); i++, at += strlen(at) + 1)
        if (strcmp(english[i], words) == 0)
            return at;
    return words;
}

void
answer_lines(FILE *to, const char *text)
{
    unsigned indent = (unsigned)strspn(text, " "), column = 0, columns, n;
    bool gap = false;
    for (const char *p = text; *p != '\0'; p += n) {
        if (*p == ' ') {
            gap = true;
            n = 1;
            continue;
        }
        n = text_piece(p, &columns);
        if (column == 0)
            column = (unsigned)fprintf(to, "%*s", (int)indent, "");
        else if (column + gap + columns > TEXT_COLUMNS)
            column = (unsigned)fprintf(to, "\n%*s", (int)indent + 2, "") - 1;
        else if (gap)
            column += (unsigned)fprintf(to, " ");
        fwrite(p, 1, n, to);
        column += columns;
        gap = false;
    }
    fputc('\n', to);
}

void
answer(FILE *to, const char *format, ...)
{
    char text[ANSWER_MAX];
    va_list words;
    va_start(words, format);
    vsnprintf(text, sizeof(text), said(format), words);
    va_end(words);
    answer_lines(to, text);
}

const char *
plural(uint64 n)
{
    return n == 1 || chinese ? "" : "s";
}

struct digits
digits(uint64 n)
{
    char plain[24];
    struct digits d;
    int length = snprintf(plain, sizeof(plain), "%llu", (unsigned long long)n), at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            d.text[at++] = ',';
        d.text[at++] = plain[i];
    }
    d.text[at] = '\0';
    return d;
}
