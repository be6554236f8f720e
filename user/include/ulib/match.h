// SPDX-License-Identifier: MIT
// match.h - patterns: file names with * ? [], lines with . * ^ $ [].
#pragma once

#include <stdbool.h>

bool glob_match(const char *pattern, const char *s);
bool glob_special(const char *s); // contains one of * ? [

struct regex {
    unsigned long accepts[256]; // [c] bit i: atom i takes the character c
    unsigned long star;         // bit i: atom i may occur any number of times
    unsigned long last;         // the bit after the last atom
    bool at_start, at_end;      // anchored by ^ and $
};

const char *regex_compile(struct regex *re, const char *pattern, bool anycase); // NULL, or why not
bool regex_match(const struct regex *re, const char *s, unsigned long n);
