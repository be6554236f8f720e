// SPDX-License-Identifier: MIT
// panicwords.c - the message of a panic in the language that was chosen.
//
// Theory    panic() prints its message as the source has it, in English, so that it can be searched
//           for. In another language the same message follows, found by its format in panics.def.
// Promises  Takes no lock and allocates nothing.
// Next      explain/panics.def, panic/panic.c
#include "explain/panicwords.h"

#include "explain/say.h"
#include "explain/words.h"
#include "lib/printf.h"
#include "lib/string.h"

#define TEXT_SIZE 320

// Prints what the message means, with its values, unless it has been printed in this language
// already or is not in the catalogue.
void
explain_message(const char *fmt, va_list ap)
{
    static const struct words messages[] = {
#define PANIC(en, zh) {en, zh},
#include "explain/panics.def"
#undef PANIC
    };
    struct report console = {0}; // straight out
    char text[TEXT_SIZE];
    for (size_t i = 0; i < NELEM(messages); i++) {
        const char *message = words(&messages[i]);
        if (message == messages[i].en || strcmp(fmt, messages[i].en) != 0)
            continue;
        vsnprintf(text, sizeof text, message, ap);
        say(&console, W_MEANS, text);
    }
}
