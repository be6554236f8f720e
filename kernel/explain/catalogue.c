// SPDX-License-Identifier: MIT
// catalogue.c - messages of the kernel in the language that was chosen.
//
// Theory    The source has messages in English. In another language printf() asks for the format in
//           that language, found by the English one in messages.def. A panic prints its message in
//           English, so that it can be searched for, and the same message again from panics.def.
// Promises  Takes no lock and allocates nothing.
// Next      explain/messages.def, explain/panics.def, panic/panic.c
#include "explain/catalogue.h"

#include "abi/language.h"
#include "explain/say.h"
#include "explain/words.h"
#include "lib/printf.h"
#include "lib/string.h"

#define TEXT_SIZE 320

// Finds the message `en` among the n messages of a catalogue.
// Returns   the message in the chosen language; NULL: it is not there, or the language is English.
static const char *
find(const struct words *list, size_t n, const char *en)
{
    if (say_choose(LANGUAGE_ASK) == LANGUAGE_ENGLISH)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].en, en) == 0)
            return words(&list[i]);
    return NULL;
}

// Prints what a panic's message means, with its values, in the chosen language.
void
explain_message(const char *fmt, va_list ap)
{
    static const struct words panics[] = {
#define PANIC(en, zh) {en, zh},
#include "explain/panics.def"
#undef PANIC
    };
    struct report console = {0}; // straight out
    char text[TEXT_SIZE];
    const char *message = find(panics, NELEM(panics), fmt);
    if (message == NULL)
        return;
    vsnprintf(text, sizeof text, message, ap);
    say(&console, W_MEANS, text);
}

// Finds the format of a message in the chosen language.
// Returns   the format; `fmt` if it has no translation or the language is English.
const char *
explain_translate(const char *fmt)
{
    static const struct words messages[] = {
#define MESSAGE(en, zh) {en, zh},
#include "explain/messages.def"
#undef MESSAGE
    };
    const char *message = find(messages, NELEM(messages), fmt);
    return message != NULL ? message : fmt;
}
