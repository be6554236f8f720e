// SPDX-License-Identifier: MIT
// answer.h - sentences of the prompt, wrapped at 80 columns.
#pragma once

#include <stdio.h>

#include "base/types.h"

// Prints the sentence with a newline, in lines of at most 80 columns; further lines are indented.
void answer(FILE *to, const char *format, ...) printflike(2, 3);
// The number with a comma before each three digits: "152,123,403".
struct digits {
    char text[32];
};
struct digits digits(uint64 n);
