// SPDX-License-Identifier: MIT
// answer.c - sentences of the prompt, wrapped at 80 columns.
#include "host/answer.h"

#include <stdarg.h>
#include <string.h>

#define COLUMNS    80
#define ANSWER_MAX 1024

void
answer(FILE *to, const char *format, ...)
{
    char text[ANSWER_MAX], *state = NULL;
    va_list words;
    va_start(words, format);
    vsnprintf(text, sizeof(text), format, words);
    va_end(words);
    size_t indent = strspn(text, " "), column = 0;
    for (char *w = strtok_r(text, " ", &state); w != NULL; w = strtok_r(NULL, " ", &state)) {
        if (column == 0)
            column = (size_t)fprintf(to, "%*s%s", (int)indent, "", w);
        else if (column + 1 + strlen(w) > COLUMNS)
            column = (size_t)fprintf(to, "\n%*s%s", (int)indent + 2, "", w) - 1;
        else
            column += (size_t)fprintf(to, " %s", w);
    }
    fputc('\n', to);
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
