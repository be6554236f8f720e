// SPDX-License-Identifier: MIT
// judge.c - the manual's translation for an exercise: the kernel's own translate.c is asked.
//
// Input     LEVELS ROOT COUNT, then COUNT lines "PA PTE", then lines "VA r|w|x u|s SUM MXR ADUE"
// Output    for each of the latter: rule, level, physical address, cause, entries read
#include <stdio.h>

#include "pt/read/translate.h"

#define MOST 512

static struct {
    unsigned long pa, pte;
} memory[MOST];
static int entries;

static pte_t
read_entry(void *arg, uint64 pa)
{
    (void)arg;
    for (int i = 0; i < entries; i++)
        if (memory[i].pa == pa)
            return memory[i].pte;
    return 0;
}

static void
answer(const struct pt *t)
{
    unsigned long va;
    char access, mode;
    int sum, mxr, update;
    while (scanf("%lx %c %c %d %d %d", &va, &access, &mode, &sum, &mxr, &update) == 6) {
        struct pt_hart hart = {.user = mode == 'u',
                               .sum = sum != 0,
                               .mxr = mxr != 0,
                               .update_ad = update != 0,
                               .read = read_entry};
        enum pt_access how = access == 'r' ? PT_READ : access == 'w' ? PT_WRITE : PT_EXEC;
        struct pt_trace trace;
        enum pt_rule rule = translate(t, va, how, &hart, &trace);
        printf("%s %d %#lx %d %d\n", pt_rule_name(rule), trace.level, (unsigned long)trace.pa,
               pt_rule_cause(rule, how), trace.reads);
    }
}

int
main(void)
{
    static struct pt_env env;
    unsigned long root;
    if (scanf("%d %lx %d", &env.levels, &root, &entries) != 3 || entries > MOST)
        return 1;
    struct pt t = {.root = (pagetable_t)root, .env = &env};
    for (int i = 0; i < entries; i++)
        if (scanf("%lx %lx", &memory[i].pa, &memory[i].pte) != 2)
            return 1;
    answer(&t);
    return 0;
}
