// SPDX-License-Identifier: MIT
// places.c - fills in sentences: a function for each kind of place that words.def lists.
//
// Next      words/report.c
#include "words/words.h"

#include "check/locktable.h"
#include "machine.h"

#define STRING_MAX 60

const char *const register_names[32] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                        "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                        "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                        "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

// The argument with number `n` of a sentence, or for {word} no number.
struct place {
    const struct speaker *s;
    const struct fact *f;
    unsigned n;
    uint64 v; // argument n
};

static void
add_decimal(const struct place *p, struct text *out)
{
    text_number(out, p->v);
}

static void
add_grouped(const struct place *p, struct text *out)
{
    text_grouped(out, p->v);
}

static void
add_hex(const struct place *p, struct text *out)
{
    text_hex(out, p->v);
}

static void
add_plural(const struct place *p, struct text *out)
{
    text_add(out, p->v == 1 ? "" : "s");
}

static void
add_size(const struct place *p, struct text *out)
{
    static const char *const units[] = {" bytes", " KiB", " MiB", " GiB"};
    uint64 bytes = p->v;
    unsigned unit = 0;
    while (unit < 3 && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    text_number(out, bytes);
    text_add(out, units[unit]);
}

static void
add_at(const struct place *p, struct text *out)
{
    words_place(p->s, p->v, out);
}

static void
add_function(const struct place *p, struct text *out)
{
    words_function(p->s, p->v, out);
}

// "0x21fc0401 (RW-U)".
static void
add_entry(const struct place *p, struct text *out)
{
    static const char bits[] = "VRWXUGAD";
    char shown[9] = "--------";
    for (unsigned i = 0; i < 8; i++)
        if (p->v >> i & 1)
            shown[i] = bits[i];
    text_hex(out, p->v);
    text_add(out, " (");
    text_add(out, shown);
    text_add(out, ")");
}

static void
add_does(const struct place *p, struct text *out)
{
    words_say(p->s, (enum word)(WORD_READS + (p->v & 3)), 0, 0, out);
}

static void
add_cause(const struct place *p, struct text *out)
{
    words_say(p->s, words_cause((int64)p->v), 0, 0, out);
}

static void
add_verb(const struct place *p, struct text *out)
{
    words_say(p->s, (enum word)(WORD_DOES_READ + (p->v & 3)), 0, 0, out);
}

static void
add_rule(const struct place *p, struct text *out)
{
    words_say(p->s, (enum word)(WORD_RULE_OK + p->v), 0, 0, out);
}

static void
add_mode(const struct place *p, struct text *out)
{
    static const enum word modes[] = {WORD_USER_MODE, WORD_SUPERVISOR_MODE, WORD_CAUSE_OTHER,
                                      WORD_MACHINE_MODE};
    words_say(p->s, modes[p->v & 3], 0, 0, out);
}

static void
add_process(const struct place *p, struct text *out)
{
    words_process(p->s, (int)p->v, out);
}

static void
add_string(const struct place *p, struct text *out)
{
    char words[STRING_MAX + 1];
    if (facts_string(p->s->m, p->v, words, sizeof(words)))
        text_add(out, words);
    else
        text_hex(out, p->v);
}

// "\"proc\" (0x80012345)".
static void
add_lock(const struct place *p, struct text *out)
{
    char words[STRING_MAX + 1];
    uint64 name = locktable_name(p->s->m, p->v);
    bool named = name != 0 && facts_string(p->s->m, name, words, sizeof(words));
    if (named) {
        text_add(out, "\"");
        text_add(out, words);
        text_add(out, "\" (");
    }
    text_hex(out, p->v);
    text_add(out, named ? ")" : "");
}

// "nextpid (0x80012345)".
static void
add_variable(const struct place *p, struct text *out)
{
    struct symbol_variable v;
    bool named = false;
    for (uint32 i = 0; !named && symbols_variable(&p->s->m->sight->symbols, i, &v); i++)
        named = v.bytes != 0 && v.at == p->v;
    if (named) {
        words_cut(out, v.name);
        text_add(out, " (");
    }
    text_hex(out, p->v);
    text_add(out, named ? ")" : "");
}

static void
add_csr(const struct place *p, struct text *out)
{
    text_add(out, p->v ? "stvec" : "mtvec");
}

static void
add_register(const struct place *p, struct text *out)
{
    text_add(out, register_names[p->v & 31]);
}

// Adds another sentence, with the arguments behind this one.
static void
add_sentence(const struct place *p, struct text *out)
{
    struct fact inner = {.word = (enum word)p->v, .moment = p->f->moment, .trace = p->f->trace};
    for (unsigned i = p->n + 1; i < FACT_ARGS; i++)
        inner.arg[i - p->n - 1] = p->f->arg[i];
    words_fact(p->s, &inner, out);
}

static void
add_who(const struct place *p, struct text *out)
{
    const struct moment *at = &p->f->moment;
    words_calls(p->s, at, out);
    text_add(out, ", ");
    if (at->pid > 0) {
        words_process(p->s, at->pid, out);
        text_add(out, ", ");
    }
    words_say(p->s, WORD_HART, at->hart, 0, out);
    text_add(out, ", ");
    words_ago(p->s, at->position, out);
}

static void
add_calls(const struct place *p, struct text *out)
{
    words_calls(p->s, &p->f->moment, out);
}

static void
add_moment_place(const struct place *p, struct text *out)
{
    words_place(p->s, moment_pc(p->s->m, &p->f->moment, 0), out);
}

static void
add_moment_process(const struct place *p, struct text *out)
{
    words_process(p->s, p->f->moment.pid, out);
}

static void
add_hart(const struct place *p, struct text *out)
{
    words_say(p->s, WORD_HART, p->f->moment.hart, 0, out);
}

static void
add_moment_ago(const struct place *p, struct text *out)
{
    words_ago(p->s, p->f->moment.position, out);
}

static void
add_walk(const struct place *p, struct text *out)
{
    const struct pt_trace *t = &p->f->trace;
    for (int i = 0; i < t->reads; i++) {
        struct fact step = {
            .word = WORD_WALK_STEP,
            .arg = {(uint64)(t->level + t->reads - 1 - i), t->step[i].pte, t->step[i].pa},
        };
        words_fact(p->s, &step, out);
    }
    words_say(p->s, WORD_RULE_OK + t->rule, 0, 0, out);
}

static void
add_end(const struct place *p, struct text *out)
{
    const struct pt_trace *t = &p->f->trace;
    struct fact f = {.word = t->rule == RULE_OK ? WORD_WALK_ENDS : WORD_WALK_FAULTS,
                     .arg = {t->rule == RULE_OK ? t->pa : t->rule, t->pte, (uint64)t->level}};
    words_fact(p->s, &f, out);
}

_Static_assert(WORD_RULE_DIRTY - WORD_RULE_OK == RULE_DIRTY, "in the order of enum pt_rule");

typedef void filler(const struct place *p, struct text *out);

struct filling {
    const char *how;
    filler *fill;
};

// {N:how}; {N} is the first.
static const struct filling of_argument[] = {
    {"", add_decimal},     {"n", add_grouped},   {"x", add_hex},       {"s", add_plural},
    {"size", add_size},    {"at", add_at},       {"fn", add_function}, {"pte", add_entry},
    {"does", add_does},    {"verb", add_verb},   {"rule", add_rule},   {"cause", add_cause},
    {"mode", add_mode},    {"pid", add_process}, {"str", add_string},  {"lock", add_lock},
    {"reg", add_register}, {"csr", add_csr},     {"w", add_sentence},  {"variable", add_variable},
};

// {word}: of the moment or the trace.
static const struct filling of_fact[] = {
    {"who", add_who},
    {"calls", add_calls},
    {"place", add_moment_place},
    {"pid", add_moment_process},
    {"hart", add_hart},
    {"ago", add_moment_ago},
    {"walk", add_walk},
    {"end", add_end},
};

// Compares a name with what stands before '}'.
static bool
is(const char *how, const char *name)
{
    while (*name != '\0' && *how == *name) {
        how++;
        name++;
    }
    return *name == '\0' && *how == '}';
}

static filler *
lookup(const struct filling *rows, size_t n, const char *how)
{
    for (size_t i = 0; i < n; i++)
        if (is(how, rows[i].how))
            return rows[i].fill;
    return NULL;
}

// The function for the place behind '{'. Sets *n to the number of the argument. NULL: there is
// none.
static filler *
filler_of(const char *p, unsigned *n)
{
    *n = (unsigned)(*p - '0');
    if (*p < '0' || *p >= '0' + FACT_ARGS)
        return lookup(of_fact, NELEM(of_fact), p);
    return lookup(of_argument, NELEM(of_argument), p + (p[1] == ':' ? 2 : 1));
}

bool
words_place_known(const char *p)
{
    unsigned n;
    return filler_of(p, &n) != NULL;
}

void
words_fact(const struct speaker *s, const struct fact *f, struct text *out)
{
    char one[2] = "";
    struct pattern pattern = word_pattern(f->word, s->language);
    for (const char *p = pattern.bytes; *p != '\0'; p++) {
        if (*p != '{') {
            one[0] = *p;
            text_add(out, one);
            continue;
        }
        unsigned n;
        filler *fill = filler_of(++p, &n);
        if (fill != NULL)
            fill(&(struct place){s, f, n, n < FACT_ARGS ? f->arg[n] : 0}, out);
        while (*p != '}')
            p++;
    }
}
