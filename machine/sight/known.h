// SPDX-License-Identifier: MIT
// known.h - calls and returns of well-known functions, as events.
//
// Theory    A hook at the first instruction of a function sees each call. A hook at the return
//           address sees the return: the stack pointer is then the same as at the entry. A call may
//           sleep and return on another hart, and the stacks of two processes may have one address
//           in different trees. So a call is identified by the physical address below its stack
//           pointer. Only functions that a check asks for have hooks. A call that never returns is
//           forgotten when another call takes its place.
#pragma once

#include "base/types.h"
#include "hart/hooks.h"

struct machine;
struct symbols;

enum known {
#define KNOWN(id, names) KNOWN_##id,
#include "sight/known.def"
#undef KNOWN
    KNOWN_COUNT
};

#define KNOWN_BIT(id) (1ULL << KNOWN_##id)

struct call {
    enum known what;
    unsigned hart; // that called, or that returns
    uint64 arg[8], ra, sp;
    uint64 when; // position of the call
};

#define PENDING_SETS 256
#define PENDING_WAYS 4

struct pending {
    uint64 sp_pa; // 0: empty
    struct call call;
};

// The function at a hook.
struct known_place {
    uint64 pa;
    uint8 enters; // 1 + the function; 0: none
    bool returns; // calls may return here
};

struct knowing {
    uint64 entry[KNOWN_COUNT]; // physical address; 0: the kernel has no such function
    uint64 called[KNOWN_COUNT], returned[KNOWN_COUNT]; // the checks that hear of it, as bits
    struct known_place place[HOOKS_SLOTS];
    struct pending pending[PENDING_SETS][PENDING_WAYS];
    uint8 enters[PENDING_SETS * PENDING_WAYS]; // 1 + the function of each; 0: empty
    uint16 inside[KNOWN_COUNT];                // how many of them each function has
};

// Finds the functions by the symbols, and those of spinlocks by their code as well.
void known_find(struct machine *m);
// Sets hooks at the entries of functions that are watched.
void known_start(struct machine *m);
// Called when the hart is at a hook of known.c, at `pa`.
void known_hook(struct machine *m, unsigned hart, uint64 pa);
// Returns whether the kernel has this function.
bool known_has(const struct machine *m, enum known what);
// Returns the first name of a function.
const char *known_name(enum known what);
// Returns the innermost call of the function, on the hart's stack, that has not returned. NULL:
// there is none, or its returns are not watched.
const struct call *known_inside(const struct machine *m, unsigned hart, enum known what);
