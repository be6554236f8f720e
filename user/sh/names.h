// SPDX-License-Identifier: MIT
// names.h - growing lists of arguments, and the file names that match a pattern.
#pragma once

#include <stdbool.h>

struct names { // in the pool
    char **v;  // ends with NULL
    int n, room;
};

bool names_init(struct names *list);                       // false without memory, as the next two
bool names_add(struct names *list, const char *s);         // s itself, not a copy
bool names_match(struct names *list, const char *pattern); // adds the matching names, sorted
