// SPDX-License-Identifier: MIT
// inputlog.h - the input that the machine got, each byte with the place in the run where it came.
//
// Theory    Only the console's input comes from outside the machine. A run that is repeated from a
//           snapshot gets the same bytes at the same places, so it is the same run.
#pragma once

#include "base/types.h"

#define INPUT_BLOCK  1024 // bytes of input
#define INPUT_BLOCKS 1024

// A byte and its place in the run. The position alone is not enough: since the last step, the clock
// may have moved, and all harts may have begun to wait.
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

// Notes a byte that comes after all noted ones. Returns false if there is no room.
bool inputlog_add(struct inputlog *log, struct input_event event);
// Returns the next noted byte that the machine has not got yet, or NULL.
const struct input_event *inputlog_next(const struct inputlog *log);
