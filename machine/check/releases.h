// SPDX-License-Identifier: MIT
// releases.h - calls of kfree() without a removed entry, and removed entries without a kfree().
#pragma once

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
};

// Returns the history of the page that holds `pa`, in RAM; NULL: not known.
const struct releases *releases_of(struct machine *m, uint64 pa);
