// SPDX-License-Identifier: MIT
// tr.h - messages of programs in the language of the system.
#pragma once

struct phrase { // one message in both languages; a list ends with {0, 0}
    const char *en, *zh;
};

// The text in the language of the system; English, and text that no list has, is returned as it is.
const char *tr(const char *en) __attribute__((format_arg(1)));
void tr_use(const struct phrase *own); // the program's own list, beside that of the library
int tr_language(void);                 // LANGUAGE_ENGLISH or LANGUAGE_CHINESE
void tr_forget(void);                  // asks again: the language may have been changed
