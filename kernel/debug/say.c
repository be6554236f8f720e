// SPDX-License-Identifier: MIT
// say.c - see say.h.
//
// Promises  Allocates nothing and takes no lock but printf's. A report that is full loses whole
//           lines, never parts of one.
#include "debug/say.h"

#include <stdarg.h>

#include "abi/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

static bool chinese;

int
say_set_language(const char *name)
{
    if (strcmp(name, "en") != 0 && strcmp(name, "zh") != 0)
        return -EINVAL;
    chinese = name[0] == 'z';
    return 0;
}

const char *
word(const char *en, const char *zh)
{
    return chinese ? zh : en;
}

const char *
words(const struct words *w)
{
    return word(w->en, w->zh);
}

// Adds a line to the report, or prints it.
void
say(struct report *r, const char *en, const char *zh, ...)
{
    va_list ap;
    va_start(ap, zh);
    if (r->buf == NULL) {
        vprintf(word(en, zh), ap);
    } else {
        size_t room = r->size - r->used;
        int n = vsnprintf(r->buf + r->used, room, word(en, zh), ap);
        if (n >= 0 && (size_t)n < room)
            r->used += (size_t)n;
        r->buf[r->used] = '\0';
    }
    va_end(ap);
}

void
say_flush(struct report *r)
{
    if (r->buf != NULL && r->used > 0)
        printf("%s", r->buf);
    r->used = 0;
}
