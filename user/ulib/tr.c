// SPDX-License-Identifier: MIT
// tr.c - messages of programs in the language of the system.
//
// Theory    The source has English sentences; a catalogue, NAME.def, has each of them beside its
//           translation, and tools/check_languages.py refuses a sentence without one. The library's
//           catalogue has the errors that all commands share; a program may add its own. The kernel
//           is asked for the language once, when the first sentence is needed.
#include "ulib/tr.h"

#include "user/user.h"

#include "abi/language.h"

static const struct phrase errors[] = {
#define PHRASE(en, zh) {en, zh},
#include "errors.def"
#undef PHRASE
    {0, 0},
};

static const struct phrase *programs_own;
static int language_now = LANGUAGE_ASK; // not known yet

void
tr_use(const struct phrase *own)
{
    programs_own = own;
}

void
tr_forget(void)
{
    language_now = LANGUAGE_ASK;
}

int
tr_language(void)
{
    if (language_now == LANGUAGE_ASK)
        language_now = language(LANGUAGE_ASK);
    return language_now;
}

static const char *
find(const struct phrase *list, const char *en)
{
    for (; list && list->en; list++)
        if (strcmp(list->en, en) == 0)
            return list->zh;
    return 0;
}

const char *
tr(const char *en)
{
    const char *zh;

    if (tr_language() != LANGUAGE_CHINESE)
        return en;
    zh = find(programs_own, en);
    if (!zh)
        zh = find(errors, en);
    return zh ? zh : en;
}
