// SPDX-License-Identifier: MIT
// expand.h - from words as written to arguments.
#pragma once

#include <stdbool.h>

struct word;

struct shell_values { // values of $ names
    int status;       // $?
    int nargs;        // $#
    char **args;      // $0 $1 ...
};

extern struct shell_values values;

char **expand_words(const struct word *words); // a NULL-terminated list, or NULL: no memory
const char *expand_word(const char *word);     // one argument, no file names; NULL: no memory
