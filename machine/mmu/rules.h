// SPDX-License-Identifier: MIT
// rules.h - the entries that a hart's TLB may still hold, by the manual's rules and nothing
// stricter.
//
// Theory    A TLB may use any translation that was valid at some time since the last fence that
//           covers it. The machine keeps no cache that it fills. It keeps which trees were active
//           since the last fence, and how entries of known trees changed (mmu/remember.h). From
//           these, each translation that is still allowed can be listed: each tree is walked with
//           each value that its entries had. rules_check() compares them with the walk of memory.
//           A change that was forgotten for lack of room counts as fenced: the machine then
//           misses a mistake, and never reports one that is none.
// Rules     numbered as in doc/machine.md, "What a TLB may do"; each has a test in
//           tests/host/glass/t_glass_rules.c.
// Manual    priv: sfence.vma, norm:sfence_vma_ordering_semantics, satp
#pragma once

#include "base/types.h"
#include "mmu/remember.h"
#include "pt/read/translate.h"

struct machine;

// How the hart uses the translations that its TLB may hold.
enum tlb_mode {
    TLB_STRICT, // use memory as it is; report where a remembered walk differs (option: newest, too)
    TLB_LAX,    // use memory as it is; remember nothing
    TLB_OLDEST, // strict, and use the oldest translation that the rules allow
    TLB_RANDOM, // strict, and use any of them, drawn from the seed
    TLB_LATE,   // strict, and walk without the hart's own stores since its last fence (rule 7)
    TLB_EXACT,  // oldest, and judge what kernels for teaching do not keep (tlb_exact())
};

// Returns whether the adversary uses the oldest translation.
static inline bool
tlb_oldest(enum tlb_mode mode)
{
    return mode == TLB_OLDEST || mode == TLB_EXACT;
}

enum stale_kind {
    STALE_ENTRY, // an entry changed, no fence since: see `change`
    STALE_TREE,  // satp was written, no fence since: see `active`
    STALE_CODE,  // the page at `pa` was stored to, no fence.i since
    STALE_TABLE, // the table with `pa` was stored to before satp led to it, no fence since
};

// An access for which a remembered translation differs from memory in a way that matters.
struct stale {
    enum stale_kind kind;
    unsigned hart;
    uint64 va, pc, when;
    enum pt_access access;
    struct pt_trace now, old;   // the walk of memory; the walk that may be remembered
    uint64 satp;                // present
    struct table_change change; // STALE_ENTRY: the first change that made the difference
    uint64 pa;                  // STALE_CODE, STALE_TABLE: in the page that was stored to
    struct active active;       // STALE_TREE: the tree that may still be used
    struct active present;      // the tree of the present satp: where that was written
};

// Tells the checks of a stale access.
void stale_found(struct machine *m, const struct stale *s);

// Compares the walks that may be remembered for an access with that of memory, `now`.
// Returns   true if nothing differs in a way that matters, so that a shortcut may be made. Reports
//           a difference that does. In the adversary's modes, `now` becomes the walk in use.
bool rules_check(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                 const struct pt_hart *state, struct pt_trace *now);
// Returns whether rules_check() would return true. Nothing is counted, reported or drawn.
bool rules_settled(const struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                   const struct pt_hart *state, const struct pt_trace *now);
