// SPDX-License-Identifier: MIT
// causes.c - the sentence for each cause of a trap.
#include "hart/hart.h"
#include "words/words.h"

enum word
words_cause(int64 cause)
{
    static const uint8 words[] = {
        [CAUSE_FETCH_MISALIGNED] = WORD_CAUSE_FETCH_MISALIGNED,
        [CAUSE_FETCH_ACCESS] = WORD_CAUSE_FETCH_ACCESS,
        [CAUSE_ILLEGAL] = WORD_CAUSE_ILLEGAL,
        [CAUSE_BREAKPOINT] = WORD_CAUSE_BREAKPOINT,
        [CAUSE_LOAD_MISALIGNED] = WORD_CAUSE_LOAD_MISALIGNED,
        [CAUSE_LOAD_ACCESS] = WORD_CAUSE_LOAD_ACCESS,
        [CAUSE_STORE_MISALIGNED] = WORD_CAUSE_STORE_MISALIGNED,
        [CAUSE_STORE_ACCESS] = WORD_CAUSE_STORE_ACCESS,
        [CAUSE_ECALL_U] = WORD_CAUSE_ECALL_U,
        [CAUSE_ECALL_S] = WORD_CAUSE_ECALL_S,
        [CAUSE_ECALL_M] = WORD_CAUSE_ECALL_M,
        [CAUSE_FETCH_PAGE] = WORD_CAUSE_FETCH_PAGE,
        [CAUSE_LOAD_PAGE] = WORD_CAUSE_LOAD_PAGE,
        [CAUSE_STORE_PAGE] = WORD_CAUSE_STORE_PAGE,
    };
    bool known = cause >= 0 && cause < (int64)NELEM(words) && words[cause] != 0;
    return known ? (enum word)words[cause] : WORD_CAUSE_OTHER;
}
