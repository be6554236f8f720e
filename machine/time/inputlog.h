// SPDX-License-Identifier: MIT
// inputlog.h - the input that the machine got, each byte with the place in the run where it came.
//
// Theory    The console's input is the only thing that comes from outside. A run that is repeated
//           from a snapshot gets the same bytes at the same places, and is the same run.
#pragma once

#include "base/types.h"

#define INPUT_BLOCK  1024 // bytes of input
#define INPUT_BLOCKS 1024

// Two runs agree on a place only if they agree on all three: the clock may have gone on since the
// last step, and harts may have been found to wait.
struct input_event {
    uint64 position, clock;
    bool idle; // the machine had stopped since all harts waited
    uint8 byte;
};

struct inputlog {
    void *(*alloc)(size_t bytes);
    uint32 count;
    uint32
        next; // the first that the machine has not got: less than `count` while a run is repeated
    struct input_event *block[INPUT_BLOCKS];
};

// Notes a byte that the machine gets after all noted ones. Returns false if there is no room.
bool inputlog_add(struct inputlog *log, struct input_event event);
// The next byte that the machine has to get, or NULL.
const struct input_event *inputlog_next(const struct inputlog *log);
