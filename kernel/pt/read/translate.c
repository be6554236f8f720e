// SPDX-License-Identifier: MIT
// translate.c - the privileged manual's address translation, step by step.
//
// Theory    This is the specification that everything else is compared with: it reads entries as
//           a hart does and names the rule that ends the walk. It is written to be read beside
//           the manual.
// Promises  Nothing is changed. The A and D that a hart would store are reported.
// Locks     none here.
// Manual    priv: sv32algorithm (steps as numbered there), sv39, sv39pte, svade, translation
// Next      tests/host/pt/help/spec39.c, the same manual read a second time
#include "pt/read/translate.h"

#include "pt/span.h"

static const struct {
    const char *name;
    bool access; // an access fault, not a page fault
} rules[RULES] = {
    [RULE_OK] = {"ok", false},
    [RULE_CANONICAL] = {"canonical", false},
    [RULE_PTE_ACCESS] = {"pte-access", true},
    [RULE_VALID] = {"valid", false},
    [RULE_W_NEEDS_R] = {"w-needs-r", false},
    [RULE_RESERVED] = {"reserved", false},
    [RULE_POINTER_AUD] = {"pointer-aud", false},
    [RULE_NO_LEAF] = {"no-leaf", false},
    [RULE_ALIGNED] = {"aligned", false},
    [RULE_USER] = {"user", false},
    [RULE_SUM] = {"sum", false},
    [RULE_USER_FETCH] = {"user-fetch", false},
    [RULE_READ] = {"read", false},
    [RULE_WRITE] = {"write", false},
    [RULE_EXEC] = {"exec", false},
    [RULE_ACCESSED] = {"accessed", false},
    [RULE_DIRTY] = {"dirty", false},
};

// Step 3, and what makes a pointer malformed. RULE_OK: `pte` is a leaf or leads on.
static enum pt_rule
judge_entry(pte_t pte, int level)
{
    if (!(pte & PTE_V))
        return RULE_VALID;
    if ((pte & PTE_W) && !(pte & PTE_R))
        return RULE_W_NEEDS_R;
    if (pte & PTE_RESERVED)
        return RULE_RESERVED;
    if (pte & (PTE_R | PTE_X))
        return RULE_OK;
    if (pte & (PTE_A | PTE_U | PTE_D))
        return RULE_POINTER_AUD;
    return level == 0 ? RULE_NO_LEAF : RULE_OK;
}

// Step 6: U against the mode.
static enum pt_rule
judge_mode(pte_t pte, enum pt_access access, const struct pt_hart *hart)
{
    if (hart->user)
        return pte & PTE_U ? RULE_OK : RULE_USER;
    if (!(pte & PTE_U))
        return RULE_OK;
    if (access == PT_EXEC)
        return RULE_USER_FETCH; // whatever SUM says
    return hart->sum ? RULE_OK : RULE_SUM;
}

// Steps 7 and 8: R, W, X against the access.
static enum pt_rule
judge_access(pte_t pte, enum pt_access access, const struct pt_hart *hart)
{
    if (access == PT_WRITE)
        return pte & PTE_W ? RULE_OK : RULE_WRITE;
    if (access == PT_EXEC)
        return pte & PTE_X ? RULE_OK : RULE_EXEC;
    return pte & (hart->mxr ? PTE_R | PTE_X : PTE_R) ? RULE_OK : RULE_READ;
}

// Steps 5 to 9 for the leaf `pte`; `*set` becomes what the hart would set in it.
static enum pt_rule
judge_leaf(pte_t pte, int level, enum pt_access access, const struct pt_hart *hart, pte_t *set)
{
    if (pte_pa(pte) & (pt_leaf_size(level) - 1))
        return RULE_ALIGNED;
    enum pt_rule rule = judge_mode(pte, access, hart);
    if (rule == RULE_OK)
        rule = judge_access(pte, access, hart);
    if (rule != RULE_OK)
        return rule;
    pte_t missing = (access == PT_WRITE ? PTE_A | PTE_D : PTE_A) & ~pte;
    if (missing != 0 && !hart->update_ad)
        return missing & PTE_A ? RULE_ACCESSED : RULE_DIRTY;
    *set = missing;
    return RULE_OK;
}

// Reads the entry of `va` in the table at `table` (step 2) into the trace.
static enum pt_rule
read_entry(const struct pt *t, uint64 table, uint64 va, const struct pt_hart *hart,
           struct pt_trace *trace)
{
    uint64 pa = table + PX(trace->level, va) * sizeof(pte_t);
    if (hart->present != NULL && !hart->present(hart->arg, pa))
        return RULE_PTE_ACCESS;
    trace->pte = hart->read != NULL ? hart->read(hart->arg, pa) : pte_load(pt_table_at(t, pa));
    trace->step[trace->reads].pa = pa;
    trace->step[trace->reads++].pte = trace->pte;
    return judge_entry(trace->pte, trace->level);
}

// Translates `va` for an access of a hart in the given state, in the address space of `t`.
// Returns   the rule that ended the walk, which is also in the trace: RULE_OK, or why it faults.
enum pt_rule
translate(const struct pt *t, uint64 va, enum pt_access access, const struct pt_hart *hart,
          struct pt_trace *trace)
{
    *trace = (struct pt_trace){.rule = RULE_CANONICAL, .level = t->env->levels - 1};
    if (!pt_canonical(t->env->levels, va))
        return trace->rule;
    uint64 table = pt_root_pa(t); // step 1
    for (;; trace->level--) {
        trace->rule = read_entry(t, table, va, hart, trace);
        if (trace->rule != RULE_OK)
            return trace->rule;
        if (pte_leaf(trace->pte))
            break;
        table = pte_pa(trace->pte); // step 4
    }
    trace->rule = judge_leaf(trace->pte, trace->level, access, hart, &trace->set);
    if (trace->rule == RULE_OK)
        trace->pa = pte_translate(trace->pte, trace->level, va); // step 10
    return trace->rule;
}

// The name of a rule, for tests and explanations.
const char *
pt_rule_name(enum pt_rule rule)
{
    return rule < RULES ? rules[rule].name : "?";
}

// The exception code that a broken rule raises.
int
pt_rule_cause(enum pt_rule rule, enum pt_access access)
{
    static const int page[] = {[PT_READ] = 13, [PT_WRITE] = 15, [PT_EXEC] = 12};
    static const int fault[] = {[PT_READ] = 5, [PT_WRITE] = 7, [PT_EXEC] = 1};
    if (rule == RULE_OK)
        return -1;
    return rules[rule].access ? fault[access] : page[access];
}
