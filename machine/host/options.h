// SPDX-License-Identifier: MIT
// options.h - the words of the command line.
#pragma once

#include "machine.h"

struct options {
    const char *kernel, *disk[DISKS_MAX];
    unsigned disks;
    const char *firmware, *append, *initrd, *record, *replay;
    const char *facts, *lang, *expect, *json, *again, *fail;
    const char *count; // NULL: no counting; "": a table; or the name of a file
    uint64 harts, mem, seed, turn, max, epoch, mmu;
    uint64 at;       // where to go at the end; ~0: nowhere
    const char *gdb; // NULL: no debugger; "": at the usual port
    uint64 history;  // bytes for snapshots; ~0: as much as is usual, if they are of use
    enum tlb_mode tlb;
    bool realtime, fast, no_pmp, legacy, modern, svade, sharp, races, readonly, keep, hash, stop,
        gdb_go, in_place;
    char **line; // to be typed at prompts
    int lines;   // -1: none were asked for, the input is the keyboard's
};

// Reads the command line. Does not return when there is something wrong, or help was asked for.
void options_read(struct options *o, int argc, char **argv);
// The name of a mode of the TLB.
const char *tlb_name(enum tlb_mode mode);
