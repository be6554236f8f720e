// SPDX-License-Identifier: MIT
// say.c - sentences of the program on standard error.
#include "host/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/answer.h"

#define NAME         "glass: "
#define SENTENCE_MAX 8192 // with a file's name

static void
print(const char *format, va_list words)
{
    static char text[SENTENCE_MAX];
    strcpy(text, NAME);
    vsnprintf(text + strlen(NAME), sizeof(text) - strlen(NAME), said(format), words);
    fflush(stdout);
    answer_lines(stderr, text);
}

void
say(const char *format, ...)
{
    va_list words;
    va_start(words, format);
    print(format, words);
    va_end(words);
}

void
refuse(const char *format, ...)
{
    va_list words;
    va_start(words, format);
    print(format, words);
    va_end(words);
    exit(EXIT_USAGE);
}

#define COLUMNS     80
#define PART_COLUMN 9
#define PART_MAX    1024

void
say_part(const char *head, const char *format, ...)
{
    char text[PART_MAX];
    va_list words;
    va_start(words, format);
    vsnprintf(text, sizeof(text), format, words);
    va_end(words);
    int column = fprintf(stderr, "%-*s", head[0] == ' ' ? PART_COLUMN - 1 : 0, head);
    for (char *state, *word = strtok_r(text, " ", &state); word != NULL;
         word = strtok_r(NULL, " ", &state)) {
        if (column + 1 + (int)strlen(word) > COLUMNS)
            column = fprintf(stderr, "\n%*s", PART_COLUMN - 1, "") - 1;
        column += fprintf(stderr, " %s", word);
    }
    fputc('\n', stderr);
}
