// SPDX-License-Identifier: MIT
// explain.h - why an access fails: the walk, the rule, the entry's writer, what is mapped near it.
#pragma once

#include "sight/check.h"

struct access {
    uint64 satp, va;
    enum pt_access kind;
    bool user, sum;
    int pid; // of the process; 0 or -1: none or not known
};

// Evidence about the cause of a failed access.
enum blame {
    BLAME_PROGRAM, // the program did something that it may not do
    BLAME_KERNEL,  // the kernel's tables are not as they should be
};

// Returns the kind of access that raises this page fault or access fault.
enum pt_access access_of(int cause);
bool page_fault(int cause);
// Returns whether the cause is a page fault or an access fault.
bool memory_fault(int cause);
// Returns whether the access succeeds now.
bool access_succeeds(const struct machine *m, const struct access *a);
// Fills in walk, since, rule, near and do of a report. Returns whether the mistake seems to be the
// program's or the kernel's.
enum blame explain_access(const struct machine *m, const struct access *a, struct report *r);
// Adds a sentence about the last store to the entry at `pa`, which is `pte` now.
void explain_entry(struct report *r, uint64 pa, uint64 pte);
// If the page at `pa` is free, adds the sentence `word`, with the call that freed it. Returns
// whether it is free.
bool explain_free(const struct machine *m, uint64 pa, enum word word, struct report *r);
// Returns the process for which the access is made; 0: not known.
uint64 explain_process(const struct machine *m, const struct access *a);
// The sentence for a trap, WORD_TRAP_..., and the values for its places: for {N:w}.
void explain_trap(int cause, uint64 tval, uint64 arg[3]);
