// SPDX-License-Identifier: MIT
// remember.h - what the rules of the TLB need of the past: active trees, fences, changed entries.
//
// Theory    Each hart has the trees that were active since its last fences, and those fences
//           (struct remembered). The machine has one log of the changes of entries (struct
//           table_log). All are bounded: when one is full, its oldest part is taken for fenced.
// Next      mmu/rules.h
#pragma once

#include "base/types.h"

struct machine;

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
    uint32 fence_epoch;  // of stores, begun by the last fence in S-mode; TLB_EXACT alone
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

// The hart writes satp. `pc` is where.
void remember_satp(struct machine *m, unsigned hart, uint64 old, uint64 satp, uint64 pc);
// The hart executes sfence.vma, which orders PMP too. `va` and `asid` count if `by_va`, `by_asid`.
void remember_fence(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid,
                    uint32 asid);
// Svinval: sfence.w.inval, sinval.vma, sfence.inval.ir. In this order they are a fence for the
// changes before the first of them, from the last of them on.
void remember_inval_before(struct machine *m, unsigned hart);
void remember_inval(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid,
                    uint32 asid);
void remember_inval_after(struct machine *m, unsigned hart);
// An entry of a tree that some hart may remember changes.
void remember_change(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is);
// Sets `*others` to a hash of the other trees whose translations the hart's TLB may hold and may
// use for an access of the present tree. 0: there is none. Returns false if one of them is not
// known.
bool remember_others(const struct machine *m, unsigned hart, uint64 *others);
