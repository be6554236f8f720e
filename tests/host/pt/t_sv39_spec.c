// SPDX-License-Identifier: MIT
// t_sv39_spec.c - translate() against a second reading of the manual, on random tables and accesses
// in Sv39, Sv48 and Sv57; every rule must be met.
//
// SOURCES: kernel/pt/read/translate.c tests/host/pt/help/spec39.c tests/host/shim/host.c
#include "test.h"

#include "pt/read/translate.h"
#include "spec39.h"

#define FRAMES 24
#define BASE   0x80000000UL

static pte_t arena[FRAMES][PT_ENTRIES];
static unsigned long met[RULES];

static bool
memory(uint64 pa, uint64 *value)
{
    if (pa < BASE || pa >= BASE + sizeof arena)
        return false;
    *value = ((uint64 *)arena)[(pa - BASE) / 8];
    return true;
}

static bool
present(void *arg, uint64 pa)
{
    uint64 value;
    (void)arg;
    return memory(pa, &value);
}

// An entry near one that works: a pointer or a leaf, now and then with a bit flipped.
static pte_t
random_pte(void)
{
    uint64 ppn = (BASE >> 12) + rnd_below(FRAMES), flags = 1 | (rnd() & 0x320);
    if (rnd() % 100 < 60) {
        flags &= 0x321; // a pointer
    } else {
        flags |= (rnd() & 0xFE) | (rnd() % 4 ? 2 : 0);
        if (rnd() % 2)
            flags |= 0xC0;
        if (rnd() % 2)
            ppn &= ~0x3FFFFUL;
    }
    if (rnd() % 50 == 0)
        ppn = rnd();
    pte_t pte = (ppn & ((1UL << 44) - 1)) << 10 | flags;
    return rnd() % 12 ? pte : pte ^ 1UL << rnd() % 64;
}

static void
compare(const struct pt *t, uint64 va)
{
    struct pt_hart hart = {rnd() & 1, rnd() & 1, rnd() & 1, rnd() & 1, present, NULL};
    struct pt_trace trace;
    enum pt_access access = (enum pt_access)rnd_below(3);
    enum pt_rule rule = translate(t, va, access, &hart, &trace);
    struct spec39_result r =
        spec39(MAKE_SATP(t->env->levels, 0x1234, pt_root_pa(t)), va, "rwx"[access], hart.user,
               hart.sum, hart.mxr, hart.update_ad, memory);
    met[rule]++;
    CHECK_EQ(rule, trace.rule);
    CHECK_EQ(pt_rule_cause(rule, access), r.cause);
    CHECK_EQ(trace.reads, r.reads);
    if (rule == RULE_OK) {
        CHECK_EQ(trace.pa, r.pa);
        CHECK_EQ(trace.set != 0, r.stores);
        CHECK_EQ(trace.pte | trace.set, r.back);
    }
    for (int i = 0; i < trace.reads; i++) {
        uint64 value;
        CHECK(memory(trace.step[i].pa, &value));
        CHECK_EQ(value, trace.step[i].pte);
    }
}

int
main(void)
{
    struct pt_env env = {3, (uint64)arena - BASE, NULL, NULL};
    struct pt t = {arena[0], &env};
    for (int round = 0; round < 600; round++) {
        for (int f = 0; f < FRAMES; f++)
            for (int i = 0; i < PT_ENTRIES; i++)
                arena[f][i] = random_pte();
        env.levels = 3 + round % 3;
        for (int i = 0; i < 2000; i++) {
            int unused = 64 - 12 - 9 * env.levels;
            uint64 va = rnd() << 32 ^ rnd();
            if (rnd() % 32)
                va = (uint64)((int64)(va << unused) >> unused);
            t.root = arena[rnd_below(FRAMES)];
            compare(&t, va);
        }
    }
    for (int i = 0; i < RULES; i++) {
        CHECK(met[i] > 0);
        CHECK(strlen(pt_rule_name((enum pt_rule)i)) > 1);
    }
    return test_done();
}
