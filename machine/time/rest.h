// SPDX-License-Identifier: MIT
// rest.h - harts that wait in a loop give their turns away.
//
// Theory    Suppose a hart comes back to the same pc with the same registers and reservation, has
//           read no device or clock on the way, and has left memory as it was. Then it repeats this
//           loop until another hart or a device changes memory, or an interrupt comes. Until then
//           it need not run. Two kinds of loops are looked for, at the beginning of a turn:
//           (1) short loops without stores (a hart that waits for a lock or a flag), in each turn;
//           (2) long loops whose stores cancel out (a scheduler that finds nothing to run), in a
//               turn of its own when the hart has been quiet. The hart then gets one turn in
//               sixteen. Where turns are short (--turn below 1000), they are not looked for.
#pragma once

#include "base/types.h"
#include "board/ram.h"

struct machine;

enum rest {
    REST_NONE,
    REST_SPIN, // a short loop without stores
    REST_IDLE, // a long loop whose stores cancel out
};

#define IDLE_TURN  20000 // steps of a turn in which a long loop is looked for
#define LOOP_PAGES 24    // that the loop may store to

// Returns whether the hart spins in a short loop. Its state does not change: the instructions that
// are tried change only registers, which are restored.
bool rest_spins(struct machine *m, unsigned hart);
// Returns whether it is time to look for a long loop of the hart.
bool rest_worth(const struct machine *m, unsigned hart);
// Begins to look for a long loop, in the turn that follows.
void rest_begin(struct machine *m, unsigned hart);
// Ends the search. Returns whether the hart came back to where the turn began, with nothing
// changed.
bool rest_end(struct machine *m, unsigned hart);
// Called in such a turn before a store to a page of RAM.
void rest_store(struct machine *m, uint64 pa);
// Called in such a turn when a device or a clock is read, or another event shows that the hart
// works.
void rest_spoil(struct machine *m);
// Called in such a turn when the hart is at the pc where the turn began.
void rest_here(struct machine *m, unsigned hart);

// The search for a long loop in one turn. It is not part of a snapshot.
struct loop_search {
    bool on, spoiled, came_back;
    uint64 began; // position
    uint64 pc_pa; // physical address of where it began
    uint64 x[32], f[32];
    uint64 reserved; // struct hart: with it sc.w succeeds, without it the loop repeats
    uint32 pages;
    uint64 page[LOOP_PAGES];
    uint8 copy[LOOP_PAGES][PAGE_BYTES];
};
