// SPDX-License-Identifier: MIT
// known.h - calls and returns of well-known functions, as events.
//
// Theory    A hook at the entry of a function makes a call; its return is seen by a hook at the
//           return address, where the stack pointer is what it was at the entry. A call may sleep
//           and return on another hart, and stacks of different processes may have one address in
//           different trees: the key is the physical address below the stack pointer.
//           Only functions that some check asks for have hooks. A call that never returns is
//           forgotten when another one has its place.
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
};

// Looks for the functions in the symbols, and for those of spinlocks in the code, too.
void known_find(struct machine *m);
// Sets hooks at the entries of functions that are watched.
void known_start(struct machine *m);
// The hart is at a hook of known.c at `pa`.
void known_hook(struct machine *m, unsigned hart, uint64 pa);
// Returns whether the kernel has this function.
bool known_has(const struct machine *m, enum known what);
// The first name of a function.
const char *known_name(enum known what);
// Looks for the innermost call of the function that has not returned, on the stack of the hart.
// Returns   NULL if there is none, or its returns are not watched.
const struct call *known_inside(const struct machine *m, unsigned hart, enum known what);
