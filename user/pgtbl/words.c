// SPDX-License-Identifier: MIT
// words.c - output of pgtbl in both languages: the list of words.def.
#include "pgtbl.h"

const struct phrase pgtbl_words[] = {
#define PHRASE(en, zh) {en, zh},
#include "words.def"
#undef PHRASE
    {0, 0},
};
