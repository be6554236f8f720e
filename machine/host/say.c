// SPDX-License-Identifier: MIT
// say.c - sentences of the program on standard error.
#include "host/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void
print(const char *format, va_list words)
{
    fflush(stdout);
    fputs("glass: ", stderr);
    vfprintf(stderr, format, words);
    fputc('\n', stderr);
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
