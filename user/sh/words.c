// SPDX-License-Identifier: MIT
// words.c - messages of the shell in both languages: the list of words.def.
#include "words.h"

const struct phrase sh_words[] = {
#define PHRASE(en, zh) {en, zh},
#include "words.def"
#undef PHRASE
    {0, 0},
};
