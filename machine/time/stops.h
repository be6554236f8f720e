// SPDX-License-Identifier: MIT
// stops.h - stops of a run: breakpoints and watched memory.
//
// Theory    A breakpoint is a virtual address: a hart of any mode and tree stops before it executes
//           an instruction there. A watched piece of memory is physical: the run stops after the
//           access of a hart, or after the change by a device.
//           The stops are not part of the machine's state: a run is the same with and without them.
// Next      hart/code.h (hooks), board/ram.h (marks)
#pragma once

#include "base/types.h"

struct machine;

#define STOPS_MAX   32
#define WATCHED_MAX 8

enum stop_kind { STOP_AT_CODE, STOP_AT_LOAD, STOP_AT_STORE };

struct watched {
    uint64 pa, bytes; // in one page
    bool loads, stores;
};

// A place where the run stops.
struct stop_event {
    enum stop_kind kind;
    uint64 position; // of the run, just before the instruction
    int hart;        // -1: a device
    uint64 pc;
    unsigned number; // of the breakpoint or the watched piece
};

struct stops {
    uint64 at[STOPS_MAX]; // virtual addresses
    unsigned count;
    struct watched watch[WATCHED_MAX];
    unsigned watches;
    uint64 pass;    // breakpoints do not stop the run at this position
    bool note_only; // the run goes on
    bool met;       // `last` is the last place since this was cleared
    struct stop_event last;
};

// Makes changes of `m->stops` take effect. Call it after each change of at[] and watch[].
void stops_change(struct machine *m);
// Goes back to the last place before the present one where the run would have stopped.
// Returns   true with the machine there, just before the instruction, and m->stops->last; false,
//           with the machine where it was, if there is none, or no history.
bool stops_back(struct machine *m);

// Returns the marks (RAM_WATCH_...) that the page of `pa` needs for the watched memory.
uint8 stops_marks(const struct machine *m, uint64 pa);

// --- for the machine -------------------------------------------------------------------------

// Called before the hart executes a hooked instruction.
void stops_hook(struct machine *m, unsigned hart);
// Called when a hart, or a device (-1), accesses a page with a watch mark.
void stops_access(struct machine *m, int hart, uint64 pa, uint64 bytes, bool store);
