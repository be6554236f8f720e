// SPDX-License-Identifier: MIT
// hart.h - harts at their worst: each keeps every translation and every instruction it has ever seen.
//
// Theory    An entry that step 2 of the manual's translation reads (priv sv32algorithm) may be
//           cached: leaves, pointers and invalid entries, several for one address, for as long as
//           no fence that covers them has been executed, and harts read entries in advance. So an
//           access may use any cached entry or the one in memory. The model checks all of these
//           possibilities at each access: one that gives a right, or a frame, that the table does
//           not give is a failure of the kernel. As the manual says, a fence for a page covers leaf
//           entries, not pointers. Stores to tables are seen late (mmu/late.h).
// Next      doc/tlb.md
#pragma once

#include "lib/types.h"
#include "mmu/fiber.h"
#include "pt/read/translate.h"

#define HARTS 4

enum mode { MODE_USER, MODE_KERNEL }; // the second in or outside of the window with SUM

// How a hart sees an address.
enum sight {
    SIGHT_OK,
    SIGHT_FAULT,       // as the table says
    SIGHT_OLD_POINTER, // only because it remembers that a table was missing
    SIGHT_OLD_HOLE,    // only because it remembers that the page was missing
    SIGHT_OLD_RIGHTS,  // only because it remembers fewer rights
};

extern int model_hart, model_harts;
extern bool model_in_turn;                 // a hart runs; else the test does
extern bool model_sets_ad;                 // harts set A and D themselves
extern bool model_eager;                   // harts read all of a table that they switch to
extern int model_levels;                   // of the deepest mode that harts have
extern int model_asid_bits;                // of satp, at least; every other hart has one more
extern struct fiber *model_running[];      // on each hart
extern struct fiber model_driver;          // picks the next hart
extern bool model_waits[], model_kicked[]; // in wfi; with an interrupt pending

void model_seed(uint64 seed);
uint64 model_rnd(uint64 below);
void model_fail(const char *fmt, ...) noreturn printflike(1, 2); // the test ends
void model_note(const char *fmt, ...) printflike(1, 2);          // printed when it does
void model_pause(void);                                          // lets other harts run

// Looks at `va` from the running hart; SIGHT_OK: *pa is the address. Fails on a stale translation that would
// allow the access. Of the other possibilities one is chosen: the worst, if `worst`.
enum sight hart_look(uint64 va, enum pt_access access, enum mode mode, bool worst, uint64 *pa);
uint64 hart_fetch(uint64 pa); // the instruction there; fails if an old one may be fetched
void hart_event(void);        // harts look ahead: before and after whatever they can tell apart
void hart_load(uint64 satp);  // writes satp, where code may be that only user tables have
void hart_check_roots(void);  // no hart's satp names a table that is gone
// No hart can use a leaf that it remembers for [start, end) and whose frame is of another kind by now.
void hart_check_kind(uint64 start, uint64 end, int kind);
