// SPDX-License-Identifier: MIT
// traploop.h - a hart that takes the same trap for ever, because its handler cannot run.
#pragma once

#include "base/types.h"

struct machine;

struct taken {
    uint64 epc, tval;
    uint64 when; // position in the run
    int cause;
};

// The exceptions that one mode of a hart has taken since it last left a handler.
struct trap_chain {
    struct taken last;
    struct taken before; // the last one that was another; when 0: there is none
    uint64 steps;        // of the hart, at the last one
    uint32 count;        // how often the last one has come in a row
    bool told;
};

// A trap that is taken again and again.
struct trap_loop {
    unsigned hart;
    bool supervisor; // the handler is that of stvec; else that of mtvec
    struct trap_chain chain;
};

// The hart has taken an exception in S-mode or M-mode.
void traploop_taken(struct machine *m, unsigned hart);
// The hart leaves a handler of that mode.
void traploop_left(struct machine *m, unsigned hart, bool supervisor);
