// SPDX-License-Identifier: MIT
// frames.h - each page of RAM: whether it is free, since when, and by which call.
//
// Theory    The records follow calls of kalloc and kfree (and superalloc, superfree). A kfree that
//           only decrements a reference count frees nothing: a page is free when the call has
//           filled it. If this kernel's kfree never fills, the page is unknown after the call.
//           In a kernel without these functions every page stays unknown.
#pragma once

#include "sight/moment.h"

struct report;

enum frame_state { FRAME_UNKNOWN, FRAME_FREE, FRAME_ALLOCATED };

struct frame {
    uint8 state;   // enum frame_state
    bool super;    // superalloc() has returned it
    bool freeing;  // a kfree() of the page has begun
    bool filled;   // ... and has filled the page since
    bool cow;      // the last leaf of it that lost W had a software bit then
    bool twice;    // ... and another kfree() of the page had not returned when it began
    uint64 began;  // position of the last call of kfree()
    uint64 fill;   // position when kfree() last filled it
    uint64 filler; // position of the call of kfree() that did so; 0: another function has filled it
    struct moment allocated, freed; // the last ones; position 0: there was none
};

struct frames {
    struct frame *of; // of each page of RAM
    uint64 again;     // the last page that was given out while it was allocated; 0: there was none
    struct moment before; // its earlier allocation
};

// Returns the record of the page that holds `pa`; NULL: not in RAM.
struct frame *frames_at(const struct machine *m, uint64 pa);
// Returns whether the page is in RAM, and known to be free.
bool frames_free(const struct machine *m, uint64 pa);
// Adds to a report which call last freed the page, and which one allocated it, if that is known.
void frames_tell(const struct frame *f, struct report *r);
