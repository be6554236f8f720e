// SPDX-License-Identifier: MIT
// symbols.h - names of functions, from the table of symbols of an ELF file.
#pragma once

#include "board/loader.h"

struct function {
    uint64 start, end; // [start, end)
    uint64 name;       // where its name is in the file
    uint32 number;     // of the symbol
    uint32 rank;       // which of several names of one place is shown: the lowest
};

#define SYMBOL_SEGMENTS 8
#define CALL_SITES      512

// The frame at an address, as the instructions before it have made it (stack.c).
struct call_site {
    uint64 key; // the address, doubled; plus one if it is the hart's pc; 0: unused
    bool named; // it is in a function that has a name
    bool saved_ra, set_s0;
};

struct symbols {
    struct file file;
    struct function *function; // in the order of their addresses
    uint32 count;
    uint32 segments;
    struct {
        uint64 va, pa, bytes;
    } segment[SYMBOL_SEGMENTS]; // of the program: where the loader puts it
    struct call_site site[CALL_SITES];
};

// Returns how many symbols the file has: symbols_read() needs room for at most as many functions.
uint32 symbols_count(struct file f);
// Reads the functions of a file into `room`. The file stays in use.
void symbols_read(struct symbols *s, struct file f, struct function *room, uint32 max);
// Returns the name of the function that holds `pc`; *offset is the distance from its start. NULL:
// not known.
const char *symbols_find(const struct symbols *s, uint64 pc, uint64 *offset);
// Finds the address of the function with that name. Returns false when there is none.
bool symbols_address(const struct symbols *s, const char *name, uint64 *address);
// Finds where the program's byte at `va` is in RAM. Returns false when the file has none there.
bool symbols_physical(const struct symbols *s, uint64 va, uint64 *pa);
// Finds the address of any symbol with that name, also of a variable. Returns false when there is
// none.
bool symbols_any(const struct symbols *s, const char *name, uint64 *address);
struct symbol_variable {
    uint64 at, bytes;
    const char *name;
};

// Gets symbol `i`; bytes is 0 if it is no variable. Returns false after the last symbol.
bool symbols_variable(const struct symbols *s, uint32 i, struct symbol_variable *out);
// Returns the linked address of the instruction that runs at `pc`. The two differ on the trampoline
// page, which kernels also map at the end of the user's half.
uint64 symbols_linked(const struct symbols *s, uint64 pc);
