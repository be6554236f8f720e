// SPDX-License-Identifier: MIT
// moment.h - a moment of the run: when, on which hart, for which process, inside which calls.
//
// Theory    A moment is small and cheap enough to be taken at each allocation. Its calls are found
//           by frame pointers. Addresses are stored as offsets from the kernel's first segment, so
//           that they fit in 32 bits. One is subtracted from a return address, so that it lies in
//           the call. In user mode pc[0] is the low half of the user's pc, and there are no calls.
#pragma once

#include "base/types.h"

struct machine;

#define MOMENT_CALLS 8

struct moment {
    uint64 position;         // in the run; the machine is there just before the event
    uint32 pc[MOMENT_CALLS]; // plus one; the innermost first; 0 ends the list
    int16 pid;               // -1: not known; 0: none, the scheduler or the start
    uint8 hart, mode;        // MODE_...
};

// Takes the present moment of a hart: inside an event, or while the machine stands.
void moment_now(const struct machine *m, unsigned hart, struct moment *out);
// As moment_now(), with `at` in place of the hart's pc: for the pc of a trap, as long as s0, ra and
// sp have not changed since.
void moment_at(const struct machine *m, unsigned hart, uint64 at, struct moment *out);
// The address of call `i` of the moment; 0: there is none.
uint64 moment_pc(const struct machine *m, const struct moment *at, unsigned i);
