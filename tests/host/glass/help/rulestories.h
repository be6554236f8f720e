// SPDX-License-Identifier: MIT
// rulestories.h - the stories of t_glass_rules.c: for each rule about TLBs, the actions of a hart
// and the expected report of the machine.
#pragma once

#include "machine.h"

#define PAGE(n) (RAM_BASE + (uint64)(n)*PAGE_BYTES)
#define A       1 // first page of tree A: root, middle, leaves
#define B       4
#define SPARE   8  // a table that is in no tree
#define DATA    32 // pages to be mapped
#define PAGES   64

#define LEAF       (PTE_V | PTE_R | PTE_W | PTE_U | PTE_A | PTE_D)
#define POINTER(n) (PA2PTE(PAGE(n)) | PTE_V)
#define TO(n)      (PA2PTE(PAGE(n)) | LEAF)
#define CODE(n)    (PA2PTE(PAGE(n)) | PTE_V | PTE_R | PTE_X | PTE_U | PTE_A)

enum verb {
    END,
    SATP,        // a: first page of the tree, b: ASID
    PUT,         // entry b of the table in page a becomes c
    FENCE,       // all
    FENCE_ID,    // a: ASID
    FENCE_VA,    // a: page of the address
    FENCE_VA_ID, // a: page, b: ASID
    READ,        // page a of the address space: succeeds, nothing is reported
    READ_BAD,    // page a: faults, nothing is reported
    READ_OLD,    // page a: reported, whether it succeeds or not
    WRITE,       // page a: succeeds, nothing is reported
    WRITE_OLD,
    INVAL_BEFORE, // sfence.w.inval
    INVAL,        // sinval.vma, all
    INVAL_VA,     // a: page
    INVAL_AFTER,  // sfence.inval.ir
    FENCE_I,
    STORE,    // to page a of memory, with the shortcuts that there are
    RUN,      // fetches from page a of the address space: nothing is reported
    RUN_OLD,  // ... reported
    OTHER,    // the other hart acts from now on
    MODE,     // a: mode
    SPURIOUS, // a accesses so far could have faulted by an old entry that was invalid or narrower
};

struct step {
    enum verb verb;
    uint64 a, b, c;
};

struct story {
    const char *name;
    struct step step[16];
};

// Both trees map page 1 at first: A to DATA + 1, B to DATA + 2. Page 2 is a hole in both.
static const struct story stories[] = {
    {"1: what was valid since the last fence may be used",
     {{SATP, A}, {FENCE}, {READ, 1}, {PUT, A + 2, 1, TO(DATA + 9)}, {READ_OLD, 1}}},
    {"1: also if the hart never used it",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 9)}, {READ_OLD, 1}}},
    {"1: a fence ends that",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 9)}, {FENCE}, {READ, 1}}},
    {"1: not what was valid only before",
     {{SATP, A}, {PUT, A + 2, 1, TO(DATA + 9)}, {FENCE}, {READ, 1}, {READ, 1}}},
    {"1: each value in between counts",
     {{SATP, A},
      {FENCE},
      {PUT, A + 2, 1, TO(DATA + 9)},
      {PUT, A + 2, 1, TO(DATA + 1)},
      {READ_OLD, 1}}},
    {"1: a page that was taken away may still be read",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 1, 0}, {READ_OLD, 1}}},
    {"1: and not after the fence",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 1, 0}, {FENCE}, {READ_BAD, 1}}},
    {"1: W that was taken away may still be used",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 1) & ~PTE_W}, {READ, 1}, {WRITE_OLD, 1}}},
    {"1: what a table held before a pointer led to it is not found by that pointer",
     {{SATP, B, 2},
      {SATP, A, 1},
      {PUT, A + 2, 1, 0},
      {PUT, A + 1, 0, 0},
      {SATP, B, 2},
      {PUT, B + 1, 1, POINTER(A + 2)},
      {READ_BAD, 513}}},
    {"1: what comes into a table is found by a pointer that was taken away",
     {{SATP, A}, {FENCE}, {PUT, A + 1, 0, 0}, {PUT, A + 2, 3, TO(DATA + 3)}, {READ_OLD, 3}}},
    {"2: a larger leaf and its parts may differ",
     {{SATP, A},
      {PUT, A + 1, 1, PA2PTE(RAM_BASE + 0x200000) | LEAF},
      {FENCE},
      {PUT, A + 1, 1, POINTER(SPARE)},
      {READ_OLD, 513}}},
    {"3: an old pointer is followed",
     {{SATP, A}, {FENCE}, {PUT, A + 1, 0, POINTER(SPARE)}, {READ_OLD, 1}}},
    {"3: a fence of the page does not drop the pointer",
     {{SATP, A}, {FENCE}, {PUT, A + 1, 0, POINTER(SPARE)}, {FENCE_VA, 1}, {READ_OLD, 1}}},
    {"3: a fence of the page drops its leaf",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 9)}, {FENCE_VA, 1}, {READ, 1}}},
    {"3: and no other page's",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 9)}, {FENCE_VA, 3}, {READ_OLD, 1}}},
    {"4: an invalid entry may be remembered: a spurious fault, no report",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 2, TO(DATA + 2)}, {READ, 2}, {SPURIOUS, 1}}},
    {"5: another ASID is another address space", {{SATP, A, 1}, {FENCE}, {SATP, B, 2}, {READ, 1}}},
    {"5: the same ASID is the same one", {{SATP, A, 1}, {FENCE}, {SATP, B, 1}, {READ_OLD, 1}}},
    {"5: a global leaf is good under any ASID",
     {{SATP, A, 1}, {PUT, A + 2, 1, TO(DATA + 1) | PTE_G}, {FENCE}, {SATP, B, 2}, {READ_OLD, 1}}},
    {"5: globals survive a fence of the ASID",
     {{SATP, A, 1},
      {PUT, A + 2, 1, TO(DATA + 1) | PTE_G},
      {FENCE},
      {PUT, A + 2, 1, TO(DATA + 9) | PTE_G},
      {FENCE_ID, 1},
      {READ_OLD, 1}}},
    {"5: what is not global does not",
     {{SATP, A, 1}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 9)}, {FENCE_ID, 1}, {READ, 1}}},
    {"5: a fence of another ASID drops nothing here",
     {{SATP, A, 1}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 9)}, {FENCE_ID, 2}, {READ_OLD, 1}}},
    {"5: a fence of page and ASID drops the leaf",
     {{SATP, A, 1}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 9)}, {FENCE_VA_ID, 1, 1}, {READ, 1}}},
    {"5: and no global one",
     {{SATP, A, 1},
      {PUT, A + 2, 1, TO(DATA + 1) | PTE_G},
      {FENCE},
      {PUT, A + 2, 1, TO(DATA + 9) | PTE_G},
      {FENCE_VA_ID, 1, 1},
      {READ_OLD, 1}}},
    {"5: a fence of everything drops globals too",
     {{SATP, A, 1},
      {PUT, A + 2, 1, TO(DATA + 1) | PTE_G},
      {FENCE},
      {PUT, A + 2, 1, TO(DATA + 9) | PTE_G},
      {FENCE},
      {READ, 1}}},
    {"6: a write of satp drops nothing",
     {{SATP, A}, {FENCE}, {SATP, B}, {READ_OLD, 1}, {FENCE}, {READ, 1}}},
    {"6: also where both map alike, a hole of the other tree counts",
     {{SATP, A}, {FENCE}, {PUT, B + 2, 3, TO(DATA + 3)}, {SATP, B}, {READ_OLD, 3}}},
    {"6: where both trees agree nothing is wrong",
     {{PUT, B + 2, 1, TO(DATA + 1)}, {SATP, A}, {FENCE}, {SATP, B}, {READ, 1}}},
    {"6: the mode acts at once",
     {{SATP, A}, {FENCE}, {READ, 1}, {MODE, MODE_S}, {READ_BAD, 1}, {MODE, MODE_U}, {READ, 1}}},
    {"8: a tree is walked only while satp leads to it",
     {{PUT, B + 2, 1, TO(DATA + 1)},
      {SATP, A},
      {FENCE},
      {SATP, B},
      {PUT, A + 2, 1, TO(DATA + 9)},
      {READ, 1}}},
    {"10: A and D that the hart sets are no change",
     {{SATP, A},
      {PUT, A + 2, 1, TO(DATA + 1) & ~(PTE_A | PTE_D)},
      {FENCE},
      {READ, 1},
      {WRITE, 1},
      {READ, 1}}},
    {"12: a fence is local",
     {{SATP, A},
      {FENCE},
      {OTHER},
      {SATP, A},
      {FENCE},
      {PUT, A + 2, 1, TO(DATA + 9)},
      {FENCE},
      {READ, 1},
      {OTHER},
      {READ_OLD, 1},
      {FENCE},
      {READ, 1}}},
    {"13: ASIDs are each hart's own",
     {{SATP, A, 1}, {FENCE}, {OTHER}, {SATP, B, 1}, {FENCE}, {READ, 1}}},
    {"13: an ASID is given to another tree: satp first, then the fence",
     {{SATP, A, 1}, {FENCE}, {SATP, B, 1}, {FENCE_ID, 1}, {READ, 1}}},
    {"13: the fence first is too early",
     {{SATP, A, 1}, {FENCE}, {FENCE_ID, 1}, {SATP, B, 1}, {READ_OLD, 1}}},
    {"14: rights that grow need no fence",
     {{SATP, A},
      {PUT, A + 2, 1, TO(DATA + 1) & ~PTE_W},
      {FENCE},
      {PUT, A + 2, 1, TO(DATA + 1)},
      {WRITE, 1},
      {SPURIOUS, 1}}},
    {"16: the three instructions of Svinval are a fence",
     {{SATP, A},
      {FENCE},
      {PUT, A + 2, 1, TO(DATA + 9)},
      {INVAL_BEFORE},
      {INVAL},
      {INVAL_AFTER},
      {READ, 1}}},
    {"16: also for a page alone, and for no other",
     {{SATP, A},
      {PUT, A + 2, 3, TO(DATA + 3)},
      {FENCE},
      {PUT, A + 2, 1, TO(DATA + 9)},
      {PUT, A + 2, 3, TO(DATA + 9)},
      {INVAL_BEFORE},
      {INVAL_VA, 1},
      {INVAL_AFTER},
      {READ, 1},
      {READ_OLD, 3}}},
    {"16: sinval.vma alone is none",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 9)}, {INVAL}, {READ_OLD, 1}}},
    {"16: without sfence.inval.ir it is not done",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 9)}, {INVAL_BEFORE}, {INVAL}, {READ_OLD, 1}}},
    {"16: without sfence.w.inval the store may come after it",
     {{SATP, A}, {FENCE}, {PUT, A + 2, 1, TO(DATA + 9)}, {INVAL}, {INVAL_AFTER}, {READ_OLD, 1}}},
    {"16: a store behind sfence.w.inval is not covered",
     {{SATP, A},
      {FENCE},
      {INVAL_BEFORE},
      {PUT, A + 2, 1, TO(DATA + 9)},
      {INVAL},
      {INVAL_AFTER},
      {READ_OLD, 1}}},
    {"16: without sinval.vma nothing is dropped",
     {{SATP, A},
      {FENCE},
      {PUT, A + 2, 1, TO(DATA + 9)},
      {INVAL_BEFORE},
      {INVAL_AFTER},
      {READ_OLD, 1}}},
    {"17: W without R is no translation, now or before",
     {{SATP, A}, {PUT, A + 2, 1, TO(DATA + 1) & ~PTE_R}, {FENCE}, {READ_BAD, 1}}},
    {"17: a pointer with A set is none",
     {{SATP, A}, {PUT, A + 1, 0, POINTER(A + 2) | PTE_A}, {FENCE}, {READ_BAD, 1}}},
    {"19: what was stored since the last fence.i may not be executed yet",
     {{SATP, A},
      {PUT, A + 2, 1, CODE(DATA + 1)},
      {FENCE},
      {FENCE_I},
      {RUN, 1},
      {STORE, DATA + 1},
      {RUN_OLD, 1},
      {FENCE_I},
      {RUN, 1}}},
    {"19: also if it was never executed before",
     {{SATP, A},
      {PUT, A + 2, 1, CODE(DATA + 1)},
      {FENCE},
      {STORE, DATA + 1},
      {FENCE_I},
      {STORE, DATA + 1},
      {RUN_OLD, 1}}},
    {"19: a fence.i is local",
     {{SATP, A},
      {PUT, A + 2, 1, CODE(DATA + 1)},
      {FENCE},
      {FENCE_I},
      {STORE, DATA + 1},
      {FENCE_I},
      {RUN, 1},
      {OTHER},
      {SATP, A},
      {FENCE},
      {RUN_OLD, 1},
      {FENCE_I},
      {RUN, 1}}},
    {"19: code that can be stored to where it runs is not judged",
     {{SATP, A},
      {PUT, A + 2, 1, TO(DATA + 1) | PTE_X},
      {FENCE},
      {FENCE_I},
      {STORE, DATA + 1},
      {RUN, 1}}},
    {"19: nor a kernel that never executes fence.i",
     {{SATP, A}, {PUT, A + 2, 1, CODE(DATA + 1)}, {FENCE}, {STORE, DATA + 1}, {RUN, 1}}},
};
