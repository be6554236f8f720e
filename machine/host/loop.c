// SPDX-License-Identifier: MIT
// loop.c - the report of a trap that is taken for ever.
//
// Next      check/traploop.h
#include <inttypes.h>
#include <stdio.h>

#include "host/report.h"
#include "host/say.h"
#include "sight/guest.h"

#define P "%" PRIu64
#define X "0x%" PRIx64

#define NEAR_STACK 4096ULL

static const char *
cause_words(int cause)
{
    static const char *const words[] = {
        [CAUSE_FETCH_MISALIGNED] = "misaligned jump",
        [CAUSE_FETCH_ACCESS] = "instruction access fault",
        [CAUSE_ILLEGAL] = "illegal instruction",
        [CAUSE_BREAKPOINT] = "breakpoint",
        [CAUSE_LOAD_MISALIGNED] = "misaligned load",
        [CAUSE_LOAD_ACCESS] = "load access fault",
        [CAUSE_STORE_MISALIGNED] = "misaligned store",
        [CAUSE_STORE_ACCESS] = "store access fault",
        [CAUSE_ECALL_U] = "ecall of U-mode",
        [CAUSE_ECALL_S] = "ecall of S-mode",
        [CAUSE_ECALL_M] = "ecall of M-mode",
        [CAUSE_FETCH_PAGE] = "instruction page fault",
        [CAUSE_LOAD_PAGE] = "load page fault",
        [CAUSE_STORE_PAGE] = "store page fault",
    };
    bool known = cause >= 0 && (size_t)cause < NELEM(words) && words[cause] != NULL;
    return known ? words[cause] : "trap";
}

// Writes the trap: its cause, and what its value register says.
static void
describe(const struct taken *t, char words[WORDS_MAX])
{
    if (t->cause == CAUSE_ILLEGAL)
        snprintf(words, WORDS_MAX, "illegal instruction " X, (uint64_t)t->tval);
    else if (t->cause >= CAUSE_ECALL_U && t->cause <= CAUSE_ECALL_M)
        snprintf(words, WORDS_MAX, "%s", cause_words(t->cause));
    else
        snprintf(words, WORDS_MAX, "%s at address " X, cause_words(t->cause), (uint64_t)t->tval);
}

static const char *
rule_words(enum pt_rule rule)
{
    static const char *const words[RULES] = {
        [RULE_OK] = "the tree allows it",
        [RULE_CANONICAL] = "the address has other upper bits than the mode of satp asks for",
        [RULE_PTE_ACCESS] = "the table is not in memory",
        [RULE_VALID] = "V is 0, nothing is mapped there",
        [RULE_W_NEEDS_R] = "W without R is reserved",
        [RULE_RESERVED] = "a reserved bit is set",
        [RULE_POINTER_AUD] = "a pointer has A, U or D set",
        [RULE_NO_LEAF] = "a pointer at level 0",
        [RULE_ALIGNED] = "a large leaf whose address is no multiple of its size",
        [RULE_USER] = "U is 0 and the hart is in U-mode",
        [RULE_SUM] = "U is 1 and SUM is 0",
        [RULE_USER_FETCH] = "U is 1, which S-mode cannot execute",
        [RULE_READ] = "R is 0",
        [RULE_WRITE] = "W is 0",
        [RULE_EXEC] = "X is 0",
        [RULE_ACCESSED] = "A is 0",
        [RULE_DIRTY] = "D is 0",
    };
    return words[rule];
}

static enum pt_access
access_of(int cause)
{
    if (cause == CAUSE_STORE_PAGE || cause == CAUSE_STORE_ACCESS)
        return PT_WRITE;
    return cause == CAUSE_FETCH_PAGE || cause == CAUSE_FETCH_ACCESS ? PT_EXEC : PT_READ;
}

// The entries that the hart reads for the address, and why the walk ends.
static void
print_walk(const struct machine *m, unsigned hart, const struct taken *t)
{
    char words[512];
    struct pt_trace trace;
    int used = 0;
    bool page =
        t->cause == CAUSE_FETCH_PAGE || t->cause == CAUSE_LOAD_PAGE || t->cause == CAUSE_STORE_PAGE;
    if (!page || !guest_walk(m, hart, t->tval, access_of(t->cause), &trace))
        return;
    words[0] = '\0';
    for (int i = 0; i < trace.reads; i++)
        used += snprintf(words + used, sizeof(words) - (size_t)used,
                         "level %d: entry " X " at " X "; ", trace.level + trace.reads - 1 - i,
                         (uint64_t)trace.step[i].pte, (uint64_t)trace.step[i].pa);
    say_part("  walk:", "satp " X "; %s%s", (uint64_t)m->s.hart[hart].satp, words,
             rule_words(trace.rule));
}

static void
print_before(const struct reports *r, const struct machine *m, const struct trap_loop *l)
{
    const struct taken *b = &l->chain.before;
    char words[WORDS_MAX], trap[WORDS_MAX];
    if (b->when == 0)
        return;
    names_place(r->names, b->epc, words);
    describe(b, trap);
    say_part("  since:", "the trap before, " P " steps ago: %s, %s",
             (uint64_t)(l->chain.last.when - b->when), trap, words);
    if (names_calls(r->names, m, l->hart, b->epc, words))
        say_part("  from:", "%s", words);
}

static void
print_do(const struct machine *m, const struct trap_loop *l, uint64 vector)
{
    const struct hart *h = &m->s.hart[l->hart];
    const struct taken *t = &l->chain.last;
    const char *csr = l->supervisor ? "stvec" : "mtvec";
    uint64 sp = h->x[2];
    if (t->epc == vector && access_of(t->cause) == PT_EXEC)
        say_part("  do:",
                 "write the address of a handler that can be executed to %s before the "
                 "first trap",
                 csr);
    else if (t->tval - sp + NEAR_STACK < 2 * NEAR_STACK)
        say_part("  do:",
                 "sp is " X ": give this hart a stack that is mapped here; if it had one, "
                 "calls went too deep or a local variable is too large",
                 (uint64_t)sp);
    else
        say_part("  do:", "mend the handler: what it touches must be there whenever a trap comes");
}

void
report_trap_loop(struct reports *r, const struct machine *m, const struct trap_loop *l)
{
    const struct hart *h = &m->s.hart[l->hart];
    const struct taken *t = &l->chain.last;
    const char *csr = l->supervisor ? "stvec" : "mtvec";
    uint64 vector = (l->supervisor ? h->stvec : h->mtvec) & ~3ULL;
    char words[WORDS_MAX], trap[WORDS_MAX];
    r->loops++;
    fflush(stdout);
    names_place(r->names, t->epc, words);
    describe(t, trap);
    say_part("glass:", "trap loop: hart %u takes the same trap again and again: %s, %s, step " P,
             l->hart, trap, words, (uint64_t)t->when);
    print_before(r, m, l);
    print_walk(m, l->hart, t);
    names_place(r->names, vector, words);
    say_part("  rule:",
             "a trap goes on where %s says, " X ", %s; that code traps itself, so it "
             "never ends (priv: %s)",
             csr, (uint64_t)vector, words, csr);
    print_do(m, l, vector);
}
