// SPDX-License-Identifier: MIT
// quiz.h - the interface of the two halves of pgtbl quiz: questions with their answers, and the asking.
#pragma once

#include "pgtbl.h"

struct question {
    char text[512];   // the question
    char right[TEXT]; // the answer: a word, or a number as 0x...
    char why[256];    // told after the answer
};

struct dice {
    unsigned long state;
};

// A number from 0 to `below` - 1; the same ones for the same seed.
unsigned long roll(struct dice *d, unsigned long below);
// Returns whether the answer is right. Words must be equal, numbers may be in either base.
bool quiz_right(const char *given, const char *right);
// Questions of arithmetic, which need no kernel: which of them is drawn.
void quiz_draw_numbers(struct dice *d, struct question *q);
