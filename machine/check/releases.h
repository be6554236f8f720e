// SPDX-License-Identifier: MIT
// releases.h - do calls of kfree() go with entries that are removed?
#pragma once

#include "sight/moment.h"

// What is known of a page since it was allocated; position 0: it has not happened.
struct releases {
    struct moment dropped;  // an entry that led to it was removed
    struct moment unpaired; // ... and no kfree() went with it, though one has come later
    struct moment released; // kfree() was called
    struct moment twice;    // ... a second time, without an entry removed
    bool waits_drop, waits_free;
};

// Of the page that holds `pa`, in RAM; NULL: not known.
const struct releases *releases_of(struct machine *m, uint64 pa);
