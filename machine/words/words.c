// SPDX-License-Identifier: MIT
// words.c - the catalogue in memory, and the names of places in the code, calls and processes.
//
// Next      words/places.c
#include "words/words.h"

#include "machine.h"
#include "words/packed.h" // made of words.def by tools/packwords.c

#define NAME_MAX 60

#define WORD(id, en, zh)                                                                           \
    _Static_assert(sizeof(en) <= PATTERN_MAX && sizeof(zh) <= PATTERN_MAX, #id);
#include "words/words.def"
#undef WORD

// Adds what a byte of packed words stands for (tools/packwords.c). Returns the end of the text.
static char *
unpack(const unsigned char pairs[][2], unsigned byte, char *to)
{
    while (pairs[byte][0] != 0) {
        to = unpack(pairs, pairs[byte][0], to);
        byte = pairs[byte][1];
    }
    *to++ = (char)byte;
    return to;
}

struct pattern
word_pattern(enum word word, enum language language)
{
    struct pattern p;
    const unsigned char *words = language == CHINESE ? chinese : english;
    for (unsigned i = 0; i < (unsigned)word; i++)
        while (*words++ != '\0') {
        }
    char *to = p.bytes;
    while (*words != '\0')
        to = unpack(language == CHINESE ? chinese_pairs : english_pairs, *words++, to);
    *to = '\0';
    return p;
}

void
words_say(const struct speaker *s, enum word word, uint64 a, uint64 b, struct text *out)
{
    words_fact(s, &(struct fact){.word = word, .arg = {a, b}}, out);
}

// --- addresses -------------------------------------------------------------------------------

void
words_cut(struct text *out, const char *words)
{
    char name[NAME_MAX + 1];
    unsigned n = 0;
    for (; n < NAME_MAX && words[n] != '\0'; n++)
        name[n] = words[n];
    name[n] = '\0';
    text_add(out, name);
}

// Of a directory with its whole path, the last part is enough.
static const char *
last_part(const char *directory)
{
    const char *last = directory;
    for (const char *p = directory; directory[0] == '/' && *p != '\0'; p++)
        if (p[0] == '/' && p[1] != '\0')
            last = p + 1;
    return last;
}

static void
add_line(const struct speaker *s, uint64 at, struct text *out)
{
    struct line_place p;
    if (!lines_find(&s->m->sight->lines, at, &p))
        return;
    const char *directory = last_part(p.directory);
    text_add(out, " (");
    words_cut(out, directory);
    text_add(out, directory[0] ? "/" : "");
    words_cut(out, p.file);
    text_add(out, ":");
    text_number(out, p.line);
    text_add(out, ")");
}

void
words_function(const struct speaker *s, uint64 pc, struct text *out)
{
    uint64 offset, at = symbols_linked(&s->m->sight->symbols, pc);
    const char *name = symbols_find(&s->m->sight->symbols, at, &offset);
    if (name == NULL) {
        text_hex(out, pc);
        return;
    }
    const char *inner = inlined_find(&s->m->sight->inlined, at);
    words_cut(out, inner != NULL ? inner : name);
    add_line(s, at, out);
}

// Adds the function of the symbols, if the place is in another one that is inlined there.
static void
add_outer(const struct speaker *s, uint64 pc, struct text *out)
{
    uint64 offset, at = symbols_linked(&s->m->sight->symbols, pc);
    const char *name = symbols_find(&s->m->sight->symbols, at, &offset);
    if (name == NULL || inlined_find(&s->m->sight->inlined, at) == NULL)
        return;
    text_add(out, " < ");
    words_cut(out, name);
}

void
words_place(const struct speaker *s, uint64 pc, struct text *out)
{
    uint64 offset, at = symbols_linked(&s->m->sight->symbols, pc);
    const char *name = symbols_find(&s->m->sight->symbols, at, &offset);
    if (name == NULL) {
        words_say(s, WORD_AT_PC, pc, 0, out);
        return;
    }
    text_add(out, word_pattern(WORD_IN, s->language).bytes);
    text_add(out, " ");
    words_cut(out, name);
    text_add(out, "+");
    text_hex(out, offset);
    add_line(s, at, out);
}

// --- moments ---------------------------------------------------------------------------------

// How many calls from `i` on are of one function that has called itself.
static unsigned
repeated(const struct speaker *s, const struct moment *at, unsigned i)
{
    uint64 offset;
    const struct symbols *symbols = &s->m->sight->symbols;
    const char *name = symbols_find(symbols, moment_pc(s->m, at, i), &offset);
    unsigned n = 1;
    while (name != NULL && i + n < MOMENT_CALLS && at->pc[i + n] != 0 &&
           symbols_find(symbols, moment_pc(s->m, at, i + n), &offset) == name)
        n++;
    return n;
}

void
words_calls(const struct speaker *s, const struct moment *at, struct text *out)
{
    if (at->mode == MODE_U) {
        words_say(s, WORD_USER_CODE, moment_pc(s->m, at, 0), 0, out);
        return;
    }
    unsigned i = 0, times;
    for (; i < MOMENT_CALLS && at->pc[i] != 0; i += times) {
        times = repeated(s, at, i);
        text_add(out, i > 0 ? " < " : "");
        words_function(s, moment_pc(s->m, at, i), out);
        add_outer(s, moment_pc(s->m, at, i), out);
        if (times > 1) {
            text_add(out, " ");
            words_say(s, WORD_TIMES, times, 0, out);
        }
    }
    text_add(out, i == MOMENT_CALLS ? " < ..." : "");
}

void
words_ago(const struct speaker *s, uint64 position, struct text *out)
{
    if (position == s->when)
        words_say(s, WORD_NOW, 0, 0, out);
    else if (position < s->when)
        words_say(s, WORD_AGO, s->when - position, 0, out);
    else
        words_say(s, WORD_LATER, position - s->when, 0, out);
}

void
words_process(const struct speaker *s, int pid, struct text *out)
{
    char name[PROCESS_NAME + 1];
    if (pid < 0) {
        words_say(s, WORD_SOME_PROCESS, 0, 0, out);
        return;
    }
    words_say(s, WORD_PID, (uint64)pid, 0, out);
    facts_name(s->m, facts_process(s->m, pid), name);
    if (name[0] == '\0')
        return;
    text_add(out, " (");
    text_add(out, name);
    text_add(out, ")");
}
