// SPDX-License-Identifier: MIT
// words.c - fills in sentences.
//
// Next      words/report.c
#include "words/words.h"

#include "check/locktable.h"
#include "machine.h"

#define NAME_MAX 60

static const struct {
    const char *words[2];
} patterns[WORDS] = {
#define WORD(id, en, zh) [WORD_##id] = {{en, zh}},
#include "words/words.def"
#undef WORD
};

const char *
word_pattern(enum word word, enum language language)
{
    const char *words = word < WORDS ? patterns[word].words[language] : NULL;
    return words != NULL ? words : "";
}

static void
say(const struct speaker *s, enum word word, uint64 a, uint64 b, struct text *out)
{
    words_fact(s, &(struct fact){.word = word, .arg = {a, b}}, out);
}

// --- addresses -------------------------------------------------------------------------------

static void
add_cut(struct text *out, const char *words)
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
    add_cut(out, directory);
    text_add(out, directory[0] ? "/" : "");
    add_cut(out, p.file);
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
    add_cut(out, name);
    add_line(s, at, out);
}

void
words_place(const struct speaker *s, uint64 pc, struct text *out)
{
    uint64 offset, at = symbols_linked(&s->m->sight->symbols, pc);
    const char *name = symbols_find(&s->m->sight->symbols, at, &offset);
    if (name == NULL) {
        say(s, WORD_AT_PC, pc, 0, out);
        return;
    }
    text_add(out, word_pattern(WORD_IN, s->language));
    text_add(out, " ");
    add_cut(out, name);
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
        say(s, WORD_USER_CODE, moment_pc(s->m, at, 0), 0, out);
        return;
    }
    unsigned i = 0, times;
    for (; i < MOMENT_CALLS && at->pc[i] != 0; i += times) {
        times = repeated(s, at, i);
        text_add(out, i > 0 ? " < " : "");
        words_function(s, moment_pc(s->m, at, i), out);
        if (times > 1) {
            text_add(out, " ");
            say(s, WORD_TIMES, times, 0, out);
        }
    }
    text_add(out, i == MOMENT_CALLS ? " < ..." : "");
}

static void
add_ago(const struct speaker *s, uint64 position, struct text *out)
{
    if (position == s->when)
        say(s, WORD_NOW, 0, 0, out);
    else if (position < s->when)
        say(s, WORD_AGO, s->when - position, 0, out);
    else
        say(s, WORD_LATER, position - s->when, 0, out);
}

static void
add_pid(const struct speaker *s, int pid, struct text *out)
{
    char name[PROCESS_NAME + 1];
    if (pid < 0) {
        say(s, WORD_SOME_PROCESS, 0, 0, out);
        return;
    }
    say(s, WORD_PID, (uint64)pid, 0, out);
    facts_name(s->m, facts_process(s->m, pid), name);
    if (name[0] == '\0')
        return;
    text_add(out, " (");
    text_add(out, name);
    text_add(out, ")");
}

static void
add_who(const struct speaker *s, const struct moment *at, struct text *out)
{
    words_calls(s, at, out);
    text_add(out, ", ");
    if (at->pid > 0) {
        add_pid(s, at->pid, out);
        text_add(out, ", ");
    }
    say(s, WORD_HART, at->hart, 0, out);
    text_add(out, ", ");
    add_ago(s, at->position, out);
}

// --- walks -----------------------------------------------------------------------------------

static void
add_walk(const struct speaker *s, const struct pt_trace *t, struct text *out)
{
    for (int i = 0; i < t->reads; i++)
        words_fact(s,
                   &(struct fact){.word = WORD_WALK_STEP,
                                  .arg = {(uint64)(t->level + t->reads - 1 - i), t->step[i].pte,
                                          t->step[i].pa}},
                   out);
    say(s, WORD_RULE_OK + t->rule, 0, 0, out);
}

static void
add_end(const struct speaker *s, const struct pt_trace *t, struct text *out)
{
    struct fact f = {.word = t->rule == RULE_OK ? WORD_WALK_ENDS : WORD_WALK_FAULTS,
                     .arg = {t->rule == RULE_OK ? t->pa : t->rule, t->pte, (uint64)t->level}};
    words_fact(s, &f, out);
}

_Static_assert(WORD_RULE_DIRTY - WORD_RULE_OK == RULE_DIRTY, "in the order of enum pt_rule");

// "0x21fc0401 (RW-U)".
static void
add_entry(uint64 pte, struct text *out)
{
    static const char bits[] = "VRWXUGAD";
    char shown[9] = "--------";
    for (unsigned i = 0; i < 8; i++)
        if (pte >> i & 1)
            shown[i] = bits[i];
    text_hex(out, pte);
    text_add(out, " (");
    text_add(out, shown);
    text_add(out, ")");
}

// --- places in sentences ---------------------------------------------------------------------

static void
add_size(uint64 bytes, struct text *out)
{
    static const char *const units[] = {" bytes", " KiB", " MiB", " GiB"};
    unsigned unit = 0;
    while (unit < 3 && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    text_number(out, bytes);
    text_add(out, units[unit]);
}

static void
add_string(const struct speaker *s, uint64 va, struct text *out)
{
    char words[NAME_MAX + 1];
    if (facts_string(s->m, va, words, sizeof(words)))
        text_add(out, words);
    else
        text_hex(out, va);
}

// "\"proc\" (0x80012345)".
static void
add_lock(const struct speaker *s, uint64 at, struct text *out)
{
    char words[NAME_MAX + 1];
    uint64 name = locktable_name(s->m, at);
    bool named = name != 0 && facts_string(s->m, name, words, sizeof(words));
    if (named) {
        text_add(out, "\"");
        text_add(out, words);
        text_add(out, "\" (");
    }
    text_hex(out, at);
    text_add(out, named ? ")" : "");
}

// "nextpid (0x80012345)".
static void
add_variable(const struct speaker *s, uint64 at, struct text *out)
{
    struct symbol_variable v;
    bool named = false;
    for (uint32 i = 0; !named && symbols_variable(&s->m->sight->symbols, i, &v); i++)
        named = v.bytes != 0 && v.at == at;
    if (named) {
        add_cut(out, v.name);
        text_add(out, " (");
    }
    text_hex(out, at);
    text_add(out, named ? ")" : "");
}

static bool
is(const char *how, const char *name)
{
    while (*name != '\0' && *how == *name) {
        how++;
        name++;
    }
    return *name == '\0' && *how == '}';
}

// {N:how}. `how` ends in '}'.
static void
add_argument(const struct speaker *s, const struct fact *f, unsigned n, const char *how,
             struct text *out)
{
    static const char *const registers[] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                            "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                            "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                            "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
    static const enum word modes[] = {WORD_USER_MODE, WORD_SUPERVISOR_MODE, WORD_CAUSE_OTHER,
                                      WORD_MACHINE_MODE};
    uint64 v = f->arg[n];
    if (is(how, ""))
        text_number(out, v);
    else if (is(how, "n"))
        text_grouped(out, v);
    else if (is(how, "x"))
        text_hex(out, v);
    else if (is(how, "s"))
        text_add(out, v == 1 ? "" : "s");
    else if (is(how, "size"))
        add_size(v, out);
    else if (is(how, "at"))
        words_place(s, v, out);
    else if (is(how, "fn"))
        words_function(s, v, out);
    else if (is(how, "pte"))
        add_entry(v, out);
    else if (is(how, "does"))
        say(s, WORD_READS + (v & 3), 0, 0, out);
    else if (is(how, "reg"))
        text_add(out, registers[v & 31]);
    else if (is(how, "verb"))
        say(s, (enum word)(WORD_DOES_READ + (v & 3)), 0, 0, out);
    else if (is(how, "rule"))
        say(s, WORD_RULE_OK + v, 0, 0, out);
    else if (is(how, "cause"))
        say(s, words_cause((int64)v), 0, 0, out);
    else if (is(how, "mode"))
        say(s, modes[v & 3], 0, 0, out);
    else if (is(how, "pid"))
        add_pid(s, (int)v, out);
    else if (is(how, "str"))
        add_string(s, v, out);
    else if (is(how, "lock"))
        add_lock(s, v, out);
    else if (is(how, "variable"))
        add_variable(s, v, out);
    else if (is(how, "csr"))
        text_add(out, v ? "stvec" : "mtvec");
    else if (is(how, "w")) {
        // Another sentence, with the arguments behind this one.
        struct fact inner = {.word = (enum word)v, .moment = f->moment, .trace = f->trace};
        for (unsigned i = n + 1; i < FACT_ARGS; i++)
            inner.arg[i - n - 1] = f->arg[i];
        words_fact(s, &inner, out);
    }
}

// {word}: of the moment or the trace.
static void
add_named(const struct speaker *s, const struct fact *f, const char *how, struct text *out)
{
    if (is(how, "who"))
        add_who(s, &f->moment, out);
    else if (is(how, "calls"))
        words_calls(s, &f->moment, out);
    else if (is(how, "place"))
        words_place(s, moment_pc(s->m, &f->moment, 0), out);
    else if (is(how, "pid"))
        add_pid(s, f->moment.pid, out);
    else if (is(how, "hart"))
        say(s, WORD_HART, f->moment.hart, 0, out);
    else if (is(how, "ago"))
        add_ago(s, f->moment.position, out);
    else if (is(how, "walk"))
        add_walk(s, &f->trace, out);
    else if (is(how, "end"))
        add_end(s, &f->trace, out);
}

void
words_fact(const struct speaker *s, const struct fact *f, struct text *out)
{
    char one[2] = "";
    for (const char *p = word_pattern(f->word, s->language); *p != '\0'; p++) {
        if (*p != '{') {
            one[0] = *p;
            text_add(out, one);
            continue;
        }
        p++;
        if (*p >= '0' && *p < '0' + FACT_ARGS)
            add_argument(s, f, (unsigned)(*p - '0'), p + (p[1] == ':' ? 2 : 1), out);
        else
            add_named(s, f, p, out);
        while (*p != '}')
            p++;
    }
}
