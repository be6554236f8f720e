// SPDX-License-Identifier: MIT
// sight.h - the machine's events, for what watches it.
//
// Theory    Watching costs nothing where nothing is watched: these functions are called for pages
//           with a watch mark and for hooked instructions alone.
#pragma once

#include "base/types.h"
#include "check/traploop.h"
#include "hart/hart.h"

struct machine;

// What the checks remember. The machine runs the same without it.
struct sight {
    struct trap_chain chain[HARTS_MAX][2]; // of M-mode, of S-mode (check/traploop.h)
};

void sight_load(struct machine *m, unsigned hart, uint64 pa, int bytes);
// Before the store.
void sight_store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value);
// Before a device or the host changes memory.
void sight_dma(struct machine *m, uint64 pa, uint64 bytes);
// The hart is about to execute the hooked instruction at its pc.
void sight_hook(struct machine *m, unsigned hart, uint64 pa);
// The hart has taken a trap: its CSRs say which.
void sight_trap(struct machine *m, unsigned hart);
// The hart leaves a handler, by sret (`supervisor`) or by mret.
void sight_return(struct machine *m, unsigned hart, bool supervisor);
