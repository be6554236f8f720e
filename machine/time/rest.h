// SPDX-License-Identifier: MIT
// rest.h - harts that wait in a loop give their turns away.
//
// Theory    A hart that comes back to the same pc, with the same registers, and on the way has
//           read no device or clock and has left memory as it was, will do so for ever, until
//           another hart or a device changes memory or an interrupt comes. Nothing is lost if it
//           does not run. Two kinds are looked for, at the beginning of a turn:
//           a short loop without stores (a lock that is waited for, a flag), tried each turn;
//           a long one whose stores cancel out (a scheduler that finds nothing to run), tried in a
//           turn of its own when the hart has been quiet, and then given one turn in sixteen; not
//           where turns are short (--turn below 1000).
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

// Returns whether the hart spins. Its state stays as it is: the instructions that are tried change
// nothing but registers, which are put back.
bool rest_spins(struct machine *m, unsigned hart);
// Returns whether it is time to look for a long loop of the hart.
bool rest_worth(const struct machine *m, unsigned hart);
// Begins to look: the turn that follows is watched.
void rest_begin(struct machine *m, unsigned hart);
// Ends it. Returns whether the hart has come back to where it began, with nothing changed.
bool rest_end(struct machine *m, unsigned hart);
// While a turn is watched: a page of RAM is about to be stored to.
void rest_store(struct machine *m, uint64 pa);
// While a turn is watched: a device or a clock is read, or something else happens that counts.
void rest_spoil(struct machine *m);
// While a turn is watched: the hart is where it began.
void rest_here(struct machine *m, unsigned hart);

// The search for a long loop in one turn. Derived: a snapshot does not have it.
struct loop_search {
    bool on, spoiled, came_back;
    uint64 began; // position
    uint64 pc_pa; // physical address of where it began
    uint64 x[32];
    uint32 pages;
    uint64 page[LOOP_PAGES];
    uint8 copy[LOOP_PAGES][PAGE_BYTES];
};
