// SPDX-License-Identifier: MIT
// cleared.c - memset() over the end of a struct proc, or of a variable of the kernel.
//
// Theory    The symbols tell the size of a variable. A memset() that begins inside a variable must
//           end inside it.
// Promises  silence: a memset() that begins at the first byte of a variable may clear several, as
//           the code does that clears .bss at the start.
#include "machine.h"
#include "sight/check.h"

struct range {
    uint64 at, bytes;
};

struct cleared {
    struct range *variable; // the kernel's variables that are longer than a word
    uint32 variables;
};

static struct cleared *
state(struct machine *m)
{
    return SIGHT_STATE(m, cleared, struct cleared);
}

// Returns where a memset() of [from, from + bytes) should have ended: at the end of the structure
// or variable that holds `from`, which is then in *variable. 0: it does end there, or there is no
// such variable.
static uint64
end_of(struct machine *m, uint64 from, uint64 bytes, uint64 *variable)
{
    const struct cleared *w = state(m);
    uint64 size = fact(m, FACT_PROC_SIZE), offset = from - fact(m, FACT_AT_PROC), end = 0;
    if (facts_have(m, FACT_BIT(AT_PROC) | FACT_BIT(COUNT_PROC) | FACT_BIT(PROC_SIZE)) &&
        offset < size * fact(m, FACT_COUNT_PROC)) {
        *variable = fact(m, FACT_AT_PROC);
        return offset % size == 0 || offset % size + bytes <= size ? 0
                                                                   : from - offset % size + size;
    }
    for (uint32 i = 0; i < w->variables; i++) {
        const struct range *v = &w->variable[i];
        if (from - v->at >= v->bytes)
            continue;
        if (from == v->at || from + bytes <= v->at + v->bytes)
            return 0;
        *variable = v->at;
        end = v->at + v->bytes;
    }
    return end;
}

static void
called(struct machine *m, const struct call *c)
{
    uint64 from = c->arg[0], bytes = (uint32)c->arg[2], pa, variable, end;
    struct report r;
    if (!symbols_physical(&m->sight->symbols, from, &pa) ||
        (end = end_of(m, from, bytes, &variable)) == 0)
        return;
    report_begin(m, &r, REPORT_CLEARED, c->hart, c->ra - 1);
    r.what = (struct fact){
        .word = WORD_CLEARED, .arg = {c->ra - 1, from, bytes, variable, end}, .moment = r.moment};
    r.todo.word = WORD_CLEARED_DO;
    report_send(m, &r);
}

// Notes the variables. While w->variable is NULL, they are only counted.
static void
note_variables(struct machine *m)
{
    struct cleared *w = state(m);
    struct symbol_variable v;
    w->variables = 0;
    for (uint32 i = 0; symbols_variable(&m->sight->symbols, i, &v); i++) {
        if (v.bytes <= sizeof(uint64))
            continue;
        if (w->variable != NULL)
            w->variable[w->variables] = (struct range){v.at, v.bytes};
        w->variables++;
    }
}

static bool
start(struct machine *m)
{
    struct cleared *w = state(m);
    note_variables(m);
    w->variable = sight_alloc(m, w->variables * sizeof(w->variable[0]));
    if (w->variable == NULL)
        return false;
    note_variables(m);
    return true;
}

const struct check cleared_check = {
    .name = "cleared",
    .bytes = sizeof(struct cleared),
    .start = start,
    .calls = KNOWN_BIT(MEMSET),
    .called = called,
};
