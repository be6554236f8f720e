// SPDX-License-Identifier: MIT
// say.h - prints the sentences of explain/words.h in the language that was chosen.
#pragma once

#include "lib/types.h"

// A sentence in both languages; W_* of explain/words.h initialises one.
struct words {
    const char *en, *zh;
};

// The target of an explanation: memory, so that it is printed whole, or the console itself.
struct report {
    char *buf; // NULL: straight to the console, for panics
    size_t size, used;
};

int say_choose(int language) must_check;          // LANGUAGE_*; the one before, or -EINVAL
const char *word(const char *en, const char *zh); // the one in that language
const char *words(const struct words *w);
void say(struct report *r, const char *en, const char *zh, ...)
    __attribute__((format(__printf__, 2, 4), format(__printf__, 3, 4)));
void say_flush(struct report *r); // prints what was collected, as one message
