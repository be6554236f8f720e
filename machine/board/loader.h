// SPDX-License-Identifier: MIT
// loader.h - puts the files of a kernel or a firmware into RAM.
#pragma once

#include "base/types.h"

struct machine;

enum load_error {
    LOAD_OK,
    LOAD_NOT_ELF,
    LOAD_32_BIT,
    LOAD_BIG_ENDIAN,
    LOAD_OTHER_MACHINE, // value: e_machine
    LOAD_NOT_PROGRAM,   // neither an executable nor a position-independent one; value: e_type
    LOAD_TRUNCATED,     // the file is shorter than its headers say; value: offset of the rest
    LOAD_BAD_HEADERS,   // program headers of another size than ELF64's
    LOAD_BAD_SEGMENT,   // a segment with more bytes in the file than in memory; value: its address
    LOAD_OUTSIDE_RAM,   // value: the segment's address
    LOAD_NO_SEGMENT,    // nothing to load
    LOAD_ENTRY,         // the entry point lies in no segment; value: it
    LOAD_NO_ROOM,       // value: bytes that do not fit into RAM beside the rest
    LOAD_OVERLAP,       // the firmware reaches into the kernel; value: the kernel's address
    LOAD_APPEND,        // the command line is too long
};

// A file that the host has read.
struct file {
    const uint8 *bytes;
    uint64 size;
};

// The physical addresses of a loaded file.
struct loaded {
    uint64 entry;
    uint64 start, end;
};

// A function that returns an error leaves RAM as it was, and stores the wrong value in *value.

// Loads an ELF64 file: an executable to the physical addresses that it names, a
// position-independent one from `base` on.
enum load_error load_elf(struct machine *m, struct file f, uint64 base, struct loaded *l,
                         uint64 *value);
// Copies the file to `base`.
enum load_error load_raw(struct machine *m, struct file f, uint64 base, struct loaded *l,
                         uint64 *value);
// Loads a kernel: an ELF64 file, or an Image of Linux, which asks for an offset from RAM's start.
enum load_error load_kernel(struct machine *m, struct file f, struct loaded *l, uint64 *value);
// Loads a firmware: an ELF64 file, or bytes to be run at RAM's start.
enum load_error load_firmware(struct machine *m, struct file f, struct loaded *l, uint64 *value);
// Finds a symbol in an ELF64 file. Returns false when the file has no such symbol.
bool load_symbol(struct file f, const char *name, uint64 *value);
// The error in words. load_has_value() tells whether `value` belongs behind them.
const char *load_words(enum load_error error);
bool load_has_value(enum load_error error);
