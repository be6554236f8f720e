// SPDX-License-Identifier: MIT
// rules.h - the entries that a hart's TLB may still hold, by the manual's rules and nothing stricter.
//
// Theory    A TLB may use any translation that was valid at some time since the last fence that
//           covers it. So the machine keeps no cache that it fills; it keeps the data that the rules speak
//           of: which trees were active since the last fence (struct remembered), and how entries
//           of known trees changed (struct table_log). From these every translation that is still
//           allowed can be listed by walking each tree with each value that its entries had.
//           rules_check() compares them with the walk of memory as it is now.
//           The structures are bounded. When one is full, the oldest part is treated as fenced:
//           the machine then misses a mistake, and never reports one that is none.
// Rules     numbered as in doc/machine.md, "What a TLB may do"; each has a test in
//           tests/host/glass/t_glass_rules.c.
// Manual    priv: sfence.vma, norm:sfence_vma_ordering_semantics, satp
#pragma once

#include "base/types.h"
#include "pt/read/translate.h"

struct machine;

// How the hart uses the translations that its TLB may hold.
enum tlb_mode {
    TLB_STRICT, // use memory as it is; report where a remembered walk differs (option: newest, too)
    TLB_LAX,    // use memory as it is; remember nothing
    TLB_OLDEST, // strict, and use the oldest translation that the rules allow
    TLB_RANDOM, // strict, and use any of them, drawn from the seed
    TLB_LATE,   // strict, and walk without the hart's own stores since its last fence (rule 7)
};

#define ACTIVE_MAX    32
#define PAGE_FENCES   16
#define TABLE_CHANGES 1024
#define TABLE_BUCKETS 256

// A tree that was active on the hart since the last fence of it.
struct active {
    uint64 satp;
    uint64 when, pc; // the write of satp: position in the run, and where
    uint32 began;    // number of the first change after satp led to it: no walk of it came before
    uint32 from;     // number of the first change of a table that no fence covers
    uint32 until;    // number of the first change after satp left it; ~0: it is the present tree
    bool dead;       // its tables have been reused: their entries are not known any more
};

// sfence.vma with an address drops leaves of that page, and no pointers (rule 3).
struct page_fence {
    uint64 va;
    uint32 asid; // ANY_ASID: all, global ones included
    uint32 at;   // number of the first change that comes after it
};

#define ANY_ASID 0x10000u
#define INVALS   16

// sinval.vma: a fence that is not done yet (rule 16).
struct inval {
    struct page_fence what;
    bool by_va; // else the address does not count
};

struct remembered {
    uint32 actives, fences;
    uint32 globals_from; // as `from`, for global translations
    uint32 ordered;      // number of the first change after the last sfence.w.inval
    uint32 invals;       // sinval.vma since the last sfence.inval.ir
    uint64 spurious;     // accesses that an old translation without the right would have stopped
    struct active active[ACTIVE_MAX]; // in the order of their activation
    struct page_fence fence[PAGE_FENCES];
    struct inval inval[INVALS];
};

// A store to an entry of a known tree.
struct table_change {
    uint64 pa, was, is;
    uint64 when, pc; // position in the run, and where
    uint32 hart;
    uint32 before; // one more than the number of the last change before in the same bucket; 0: none
};

struct table_log {
    uint32 next;                // number of the next change; change n is at [n % TABLE_CHANGES]
    uint32 last[TABLE_BUCKETS]; // one more than the number of the last change of each bucket
    struct table_change change[TABLE_CHANGES];
};

enum stale_kind {
    STALE_ENTRY, // an entry changed, no fence since: see `change`
    STALE_TREE,  // satp was written, no fence since: see `active`
    STALE_CODE,  // the page at `now.pa` was stored to, no fence.i since
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
    struct active active;       // STALE_TREE: the tree that may still be used
    struct active present;      // the tree of the present satp: where that was written
};

// Tells the checks of a stale access.
void stale_found(struct machine *m, const struct stale *s);

// The hart writes satp. `pc` is where.
void rules_satp(struct machine *m, unsigned hart, uint64 old, uint64 satp, uint64 pc);
// The hart executes sfence.vma, which orders PMP too: `va` and `asid` count if the flags say that a register was named.
void rules_fence(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid,
                 uint32 asid);
// Svinval: sfence.w.inval, sinval.vma, sfence.inval.ir. In this order they are a fence for the
// changes before the first of them, from the last of them on.
void rules_inval_before(struct machine *m, unsigned hart);
void rules_inval(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid,
                 uint32 asid);
void rules_inval_after(struct machine *m, unsigned hart);
// An entry of a tree that some hart may remember changes.
void rules_change(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is);
// Sets `*company` to a number for the other trees that matter for the hart's shortcuts: those of
// which its TLB may hold translations that can serve an access of the present tree. 0: none.
// Returns   false if one of them is not known.
bool rules_company(const struct machine *m, unsigned hart, uint64 *company);
// Compares the walks that may be remembered for an access with that of memory, `now`.
// Returns   true if nothing differs in a way that matters, so that a shortcut may be made. Reports
//           a difference that does. In the adversary's modes, `now` becomes the walk in use.
bool rules_check(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                 const struct pt_hart *state, struct pt_trace *now);
// Would rules_check() return true? Nothing is counted, reported or drawn.
bool rules_settled(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                   const struct pt_hart *state, const struct pt_trace *now);
