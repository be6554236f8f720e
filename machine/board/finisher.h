// SPDX-License-Identifier: MIT
// finisher.h - how software ends the run: the test finisher, and HTIF's word in memory.
#pragma once

#include "base/types.h"

#define FINISHER_BASE 0x100000ULL
#define FINISHER_SIZE 0x1000ULL

// The command of a 32-bit store to the finisher, in its low half.
enum { FINISHER_FAIL = 0x3333, FINISHER_PASS = 0x5555, FINISHER_RESET = 0x7777 };

struct machine;

struct finisher {
    uint32 asked; // FINISHER_...; 0: the run goes on
    uint32 code;  // of FINISHER_FAIL
};

// Ends the run: the machine stops with STOP_FINISHED.
void finisher_end(struct machine *m, uint32 asked, uint32 code);
// Serves the value that software has stored to the word at config.tohost.
void htif_poll(struct machine *m);
bool finisher_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value);
bool finisher_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value);
