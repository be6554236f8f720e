// SPDX-License-Identifier: MIT
// count.h - exact counts: instructions by hart, mode and function, system calls, waiting for locks.
//
// Theory    Counting is an interpreter of its own (hart/counted.c), compiled from the same text, so
//           a run that is counted is the same run. Each instruction adds one to a cell, and there
//           is a cell for each hart, mode and place. A place is a function, named by physical
//           addresses, all of user mode, or elsewhere. A hart looks its place up when it leaves
//           the slots of decoded instructions (hart/code.h) that belong to the last one.
//           Counts are no part of the machine's state.
// Promises  sum: the steps of all cells are the position in the run. An instruction that traps
//           is a step where it stands; a fetch that traps is a step of the user or of elsewhere.
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

// How many cells a count of that many functions needs.
size_t count_cells(const struct machine *m, uint32 ranges);
// The cell of a hart, a mode (MODE_...) and a place: a function's number, `ranges` for elsewhere,
// `ranges` + 1 for the user.
struct cell *count_cell(const struct count *c, unsigned hart, unsigned mode, uint32 place);
// Begins to count; `c` is zeroed but for its ranges and cells. Before the first run.
void count_start(struct machine *m, struct count *c);

// For the interpreter. The hart's next instructions count in another cell, that of the slot `ip`.
void count_enter(struct machine *m, unsigned hart, const struct code_page *page,
                 const struct insn *ip);
// A fetch traps.
void count_fetch(struct machine *m, unsigned hart);

// The hart executes ecall; it has returned from a trap.
void count_ecall(struct machine *m, unsigned hart);
void count_return(struct machine *m, unsigned hart);
// count_try(): the following steps are tried and will be undone. count_tried(): they have been, and
// the hart gave its turn away or not.
void count_try(struct machine *m, unsigned hart);
void count_tried(struct machine *m, unsigned hart, bool spins);
