// SPDX-License-Identifier: MIT
// count.h - exact counts: instructions by hart, mode and function, system calls, waiting for locks.
//
// Theory    A second interpreter (hart/counted.c) counts. It is compiled from the same text as the
//           first, so a run that is counted is the same run. There is a cell for each hart, mode
//           and place, and each instruction adds one to a cell. A place is a function, known by its
//           physical addresses, or all of user mode, or all the rest. A hart looks its place up
//           when it leaves the decoded instructions (hart/code.h) that belong to its present place.
//           Counts are not part of the machine's state.
// Promises  sum: the steps of all cells add up to the position in the run. An instruction that
//           traps is a step of its place; a fetch that traps is a step of user mode or of the rest.
#pragma once

#include "base/types.h"
#include "hart/code.h"
#include "hart/hart.h"

struct machine;

#define COUNT_MODES 3   // U, S, M
#define COUNT_CALLS 512 // numbers of system calls; larger ones share the last entry

// Code between two physical addresses.
struct code_range {
    uint64 start, end;
};

struct cell {
    uint64 steps; // instructions
    uint64 same;  // AMOs that stored the value that memory held: a lock that was taken already
    uint64 spins; // turns that a hart gave away because it would only have waited (time/rest.h)
};

struct call_count {
    uint64 calls, steps; // steps: of the kernel, until the hart was back in user mode
};

struct counter {
    size_t from, bytes; // host addresses of the slots that count in `cell`
    struct cell *cell;
    struct cell *tried; // while a loop is tried: where it began
    bool trying, in_call;
    uint32 call;
    uint64 call_at; // the hart's steps before the ecall
};

struct count {
    const struct code_range *range; // of functions: sorted, apart from each other
    uint32 ranges;
    struct cell *cell; // count_cells() of them
    struct cell none;  // events that do not count
    struct call_count call[COUNT_CALLS + 1];
    struct counter hart[HARTS_MAX];
};

// Returns how many cells a count of that many functions needs.
size_t count_cells(const struct machine *m, uint32 ranges);
// Returns the cell of a hart, a mode (MODE_...) and a place: a function's number, `ranges` for the
// rest, `ranges` + 1 for user mode.
struct cell *count_cell(const struct count *c, unsigned hart, unsigned mode, uint32 place);
// Begins to count; `c` is zeroed but for its ranges and cells. Before the first run.
void count_start(struct machine *m, struct count *c);

// For the interpreter: the hart's next instructions count in the cell of the slot `ip`.
void count_enter(struct machine *m, unsigned hart, const struct code_page *page,
                 const struct insn *ip);
// For the interpreter: a fetch traps.
void count_fetch(struct machine *m, unsigned hart);

// For the interpreter: the hart executes ecall, or has returned from a trap.
void count_ecall(struct machine *m, unsigned hart);
void count_return(struct machine *m, unsigned hart);
// A loop is tried (time/rest.h). count_try(): the steps that follow will be undone. count_tried():
// they have been undone, and the hart gives its turn away or not.
void count_try(struct machine *m, unsigned hart);
void count_tried(struct machine *m, unsigned hart, bool spins);
