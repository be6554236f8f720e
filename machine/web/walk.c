// SPDX-License-Identifier: MIT
// walk.c - walks for the page: of memory, of edited copies, and of tables that have been pasted.
//
// Theory    Each walk is kernel/pt/read/translate.c, as the harts do it. The entries that it reads
//           may be edited: a list of entries takes precedence over memory. Without a machine the
//           list is all there is, and an entry that is not listed is 0.
// Next      pt/read/translate.h
#include "web/web.h"

#include "mmu/satp.h"

struct edit {
    uint64 pa, pte;
};

enum { STATE_USER = 1, STATE_SUM = 2, STATE_MXR = 4, STATE_UPDATE_AD = 8 };

struct question {
    uint64 satp, va, access, state, edits;
    struct edit edit[];
};

struct answer {
    uint64 rule, level, pa, pte, set, reads, cause;
    struct edit step[PT_MAX_LEVELS];
};

struct reader {
    const struct machine *m; // NULL: only the list
    const struct question *q;
};

EXPORT void web_walk(const struct machine *m, const struct question *q, struct answer *out);
EXPORT uint32 web_rule(uint64 pte, uint32 level);
EXPORT const char *web_rule_name(uint32 rule);

static const struct edit *
find_edit(const struct question *q, uint64 pa)
{
    for (uint64 i = 0; i < q->edits; i++) {
        if (q->edit[i].pa == pa)
            return &q->edit[i];
    }
    return NULL;
}

static bool
entry_present(void *arg, uint64 pa)
{
    const struct reader *r = arg;
    return r->m == NULL || find_edit(r->q, pa) != NULL || ram_has(&r->m->ram, pa, sizeof(pte_t));
}

static pte_t
entry_read(void *arg, uint64 pa)
{
    const struct reader *r = arg;
    const struct edit *e = find_edit(r->q, pa);
    if (e != NULL)
        return e->pte;
    return r->m != NULL ? web_entry_at(r->m, pa) : 0;
}

uint64
web_entry_at(const struct machine *m, uint64 pa)
{
    return ram_has(&m->ram, pa, sizeof(pte_t)) ? *(const pte_t *)ram_at(&m->ram, pa) : 0;
}

static void
give(const struct pt_trace *t, enum pt_access access, struct answer *out)
{
    *out = (struct answer){.rule = t->rule,
                           .level = (uint64)t->level,
                           .pa = t->pa,
                           .pte = t->pte,
                           .set = t->set,
                           .reads = (uint64)t->reads,
                           .cause = (uint64)(int64)pt_rule_cause(t->rule, access)};
    for (int i = 0; i < t->reads; i++)
        out->step[i] = (struct edit){t->step[i].pa, t->step[i].pte};
}

// Answers a question by a walk: struct question to struct answer. `m` may be NULL. The question's
// satp translates.
void
web_walk(const struct machine *m, const struct question *q, struct answer *out)
{
    struct reader reader = {m, q};
    struct pt_env env = {.levels = satp_levels(q->satp)};
    struct pt t = {.root = (pagetable_t)(size_t)satp_root(q->satp), .env = &env};
    struct pt_hart state = {.user = q->state & STATE_USER,
                            .sum = q->state & STATE_SUM,
                            .mxr = q->state & STATE_MXR,
                            .update_ad = q->state & STATE_UPDATE_AD,
                            .present = entry_present,
                            .read = entry_read,
                            .arg = &reader};
    struct pt_trace trace;
    translate(&t, q->va, (enum pt_access)q->access, &state, &trace);
    give(&trace, (enum pt_access)q->access, out);
}

// Gives the entry that is judged once, then holes.
static pte_t
read_once(void *arg, uint64 pa)
{
    pte_t *pte = arg, given = *pte;
    (void)pa;
    *pte = 0;
    return given;
}

// Returns the rule that an entry at `level` breaks for every kind of access; RULE_OK: none.
uint32
web_rule(uint64 pte, uint32 level)
{
    struct pt_env env = {.levels = (int)level + 1};
    struct pt t = {.root = NULL, .env = &env};
    pte_t given = pte;
    struct pt_hart state = {.sum = true, .update_ad = true, .read = read_once, .arg = &given};
    struct pt_trace trace;
    translate(&t, 0, pte & PTE_R ? PT_READ : PT_EXEC, &state, &trace);
    bool of_mode = trace.rule == RULE_USER_FETCH; // an entry for user mode is well made
    return trace.reads > 1 || of_mode ? RULE_OK : trace.rule;
}

const char *
web_rule_name(uint32 rule)
{
    return pt_rule_name((enum pt_rule)rule);
}
