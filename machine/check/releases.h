// SPDX-License-Identifier: MIT
// releases.h - calls of kfree() without a removed entry, and removed entries without a kfree().
#pragma once

#include "sight/known.h"
#include "sight/moment.h"

#define TOGETHER 20000 // instructions between kfree() and the removal of the entry at most

// The history of a page since its allocation; position 0: that event has not happened.
struct releases {
    struct moment dropped;  // an entry that led to it was removed
    uint64 slot;            // ... which was there
    struct moment unpaired; // ... and no kfree() went with it, though one has come later
    struct moment twice;    // kfree() was called a second time, without an entry removed
    uint64 released;        // ... the last time: position
    uint8 released_hart;
    bool waits_drop, waits_free;
    struct moment kept; // the last call of kfree() that has not freed it
    bool counted;       // releases_count() knows the number of its users
    int32 first;        // ... which it was when kalloc() had returned
    int32 expected;     // ... which it was after the last call that is known to change it
    bool shared;        // uvmcopy() has shared the page
    bool uncounted;     // ... which uvmcopy() has not raised when it shared the page
};

// Returns the history of the page that holds `pa`, in RAM; NULL: not known.
const struct releases *releases_of(struct machine *m, uint64 pa);
// Gets the number of users that the kernel keeps for the page. Returns false if it is not known.
bool releases_count(const struct machine *m, uint64 pa, int32 *count);
// Returns the function (KNOWN_...) that has left that number too low; KNOWN_COUNT: not known.
enum known releases_low(struct machine *m, uint64 pa);
// Notes, when uvmcopy() returns, that the child has this page of its parent.
void releases_shared(struct machine *m, uint64 pa);
