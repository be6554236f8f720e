// SPDX-License-Identifier: MIT
// selfrules.c - breaks the rules of translation one by one, and compares what the hart does with
// what pt/read/translate.c says.
//
// Theory    Each test makes an entry that breaks one rule, in a part of the kernel's half that is
//           not used. An access through it must trap with the cause that the manual gives, and is
//           explained. Execution continues after the access.
// Fences    sfence_vma() after every change of an entry, as always.
#include "checked/selfrules.h"

#include "explain/explain.h"
#include "lib/panic.h"
#include "lib/printf.h"
#include "mm/frame/frame.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "proc/selftest.h"
#include "rv/csr.h"
#include "rv/trapframe.h"

#define CORNER (DEVICES + DEVICES_SIZE - (2UL << 20)) // 2 MiB: one leaf table's
#define UNUSED (1UL << 58)                            // a reserved bit

asm(".text\n"
    ".globl selftest_read, selftest_write, selftest_execute\n"
    "selftest_read: lb a0, 0(a0)\n ret\n"
    "selftest_write: sb zero, 0(a0)\n ret\n"
    "selftest_execute: jr a0\n");

struct breach {
    enum pt_rule rule;
    int level; // of the entry that breaks it
    enum pt_access access;
    pte_t entry; // without a page number
};

static const struct breach breaches[] = {
    {RULE_CANONICAL, 0, PT_READ, 0},
    {RULE_VALID, 0, PT_READ, 0},
    {RULE_VALID, 1, PT_WRITE, 0},
    {RULE_W_NEEDS_R, 0, PT_READ, PTE_V | PTE_W | PTE_A | PTE_D},
    {RULE_RESERVED, 0, PT_READ, PTE_V | PTE_R | PTE_A | UNUSED},
    {RULE_POINTER_AUD, 1, PT_READ, PTE_V | PTE_A},
    {RULE_NO_LEAF, 0, PT_READ, PTE_V},
    {RULE_ALIGNED, 1, PT_READ, PTE_V | PTE_R | PTE_A},
    {RULE_SUM, 0, PT_READ, PTE_V | PTE_R | PTE_W | PTE_U | PTE_A | PTE_D},
    {RULE_USER_FETCH, 0, PT_EXEC, PTE_V | PTE_R | PTE_X | PTE_U | PTE_A},
    {RULE_READ, 0, PT_READ, PTE_V | PTE_X | PTE_A},
    {RULE_WRITE, 0, PT_WRITE, PTE_V | PTE_R | PTE_A | PTE_D},
    {RULE_EXEC, 0, PT_EXEC, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D},
    {RULE_ACCESSED, 0, PT_READ, PTE_V | PTE_R},
    {RULE_DIRTY, 0, PT_WRITE, PTE_V | PTE_R | PTE_W | PTE_A},
};

static bool armed;
static uint64 cause; // of the trap that was caught; 0: none

// Handles a trap of the kernel if a test has provoked it: explains it, and continues after the
// access.
// Returns   false: no test has.
bool
selftest_caught(struct kernelframe *f)
{
    if (!armed)
        return false;
    armed = false;
    cause = f->scause;
    explain_kernel(f);
    f->sepc = f->x[1];
    return true;
}

// The slot for CORNER at `level` in the table that the hart uses.
static pte_t *
corner_slot(int level)
{
    struct pt t = {.root = p2v((csr_read(satp) & SATP_PPN_MASK) << PGSHIFT), .env = kernel_pt.env};
    pte_t *slot = pt_slot(&t, CORNER, level);
    assert(slot);
    return slot;
}

static bool
try_access(enum pt_access access, uint64 va)
{
    static int (*const tries[])(uint64) = {
        [PT_READ] = selftest_read, [PT_WRITE] = selftest_write, [PT_EXEC] = selftest_execute};
    armed = true;
    cause = 0;
    tries[access](va);
    armed = false;
    return cause != 0;
}

// Returns whether the hart may set the bit itself, so that the rule is not broken.
static bool
hart_may_set(enum pt_rule rule)
{
    return rule == RULE_ACCESSED || rule == RULE_DIRTY;
}

static bool
judge(const struct breach *b, bool trapped)
{
    uint64 expected = (uint64)pt_rule_cause(b->rule, b->access);
    if (!trapped) {
        printf("selftest: %s: %s\n", pt_rule_name(b->rule),
               hart_may_set(b->rule) ? "this hart sets the bit itself" : "FAILED: no trap");
        return hart_may_set(b->rule);
    }
    printf("selftest: %s: cause %lu, the manual says %lu\n", pt_rule_name(b->rule), cause,
           expected);
    return cause == expected;
}

static bool
try_breach(const struct breach *b, uint64 pa)
{
    uint64 no_address = pt_half(kernel_pt.env->levels);
    pte_t *slot = corner_slot(b->level);
    pte_t before = pte_load(slot);
    pte_exchange(slot, b->entry ? b->entry | PA2PTE(pa) : 0);
    sfence_vma();
    bool trapped = try_access(b->access, b->rule == RULE_CANONICAL ? no_address : CORNER);
    pte_exchange(slot, before);
    sfence_vma();
    return judge(b, trapped);
}

// Tries a table that the hart may not read: in the memory of the firmware, where RAM begins.
static bool
try_lost_table(void)
{
    static const struct breach lost = {RULE_PTE_ACCESS, 1, PT_READ, PTE_V};
    return try_breach(&lost, PGROUNDDOWN(frame_map.base));
}

// Breaks each rule once, and compares the hart's trap with that of translate().
// Returns   0; 1: the two disagree.
int
selftest_rules(void)
{
    void *page = kzalloc(FRAME_PGTABLE, 0); // a table too: for the pointer with A set
    int wrong = 0;
    for (size_t i = 0; i < NELEM(breaches); i++)
        wrong +=
            !try_breach(&breaches[i], v2p(page) | (breaches[i].rule == RULE_ALIGNED ? PGSIZE : 0));
    wrong += !try_lost_table();
    kfree(page);
    return wrong > 0;
}
