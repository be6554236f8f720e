// SPDX-License-Identifier: MIT
// answer.h - sentences of the program, in a language, wrapped at 80 columns.
//
// Next      host/answers.def
#pragma once

#include <stdio.h>

#include "base/types.h"

// From here on sentences are in Chinese, or in English.
void answer_in_chinese(bool yes);
// Words of answers.def in the language; others as they are.
const char *said(const char *words) __attribute__((format_arg(1)));
// Prints the text, with a newline, in lines of at most 80 columns; further lines are indented.
void answer_lines(FILE *to, const char *text);
// Prints the sentence, in the language, with a newline, in lines of at most 80 columns; further
// lines are indented.
void answer(FILE *to, const char *format, ...) printflike(2, 3);
// "s", or nothing behind one; Chinese has none.
const char *plural(uint64 n);
// The number with a comma before each three digits: "152,123,403".
struct digits {
    char text[32];
};
struct digits digits(uint64 n);
