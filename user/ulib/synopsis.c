// SPDX-License-Identifier: MIT
// synopsis.c - the synopsis of a command, with its operands in the language of the system.
//
// Theory    A synopsis is the command's name, options, and operands; operands.def has the words of
//           all operands. Options and words in capitals stay. A text of several lines is no
//           synopsis but a sentence of the command's own catalogue.
#include "ulib/synopsis.h"

#include "ulib/tr.h"
#include "user/user.h"

#include "abi/language.h"

static const struct phrase operands[] = {
#define PHRASE(en, zh) {en, zh},
#include "operands.def"
#undef PHRASE
    {0, 0},
};

static int
in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

// Returns   the Chinese word for the n bytes at `word`; 0: there is none.
static const char *
chinese(const char *word, unsigned long n)
{
    for (const struct phrase *p = operands; p->en; p++)
        if (strlen(p->en) == n && memcmp(p->en, word, n) == 0)
            return p->zh;
    return 0;
}

static unsigned long
word_length(const char *text)
{
    unsigned long n = 0;

    while (in_word(text[n]))
        n++;
    return n;
}

const char *
synopsis(char *buf, unsigned long size, const char *text)
{
    unsigned long used = 0, n = word_length(text); // the command's name stays

    if (tr_language() != LANGUAGE_CHINESE || strchr(text, '\n') || strlen(text) * 3 >= size)
        return text;
    for (const char *p = text; *p; p += n, n = word_length(p)) {
        const char *zh = p == text ? 0 : chinese(p, n);
        unsigned long len;

        n = n ? n : 1;
        len = zh ? strlen(zh) : n;
        memmove(buf + used, zh ? zh : p, len);
        used += len;
    }
    buf[used] = '\0';
    return buf;
}
