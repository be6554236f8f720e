// SPDX-License-Identifier: MIT
// bus.h - physical accesses outside of RAM: the devices and their addresses.
//
// Theory    A device is a window of physical addresses with two functions. They see naturally
//           aligned accesses of 1, 2, 4 or 8 bytes that lie inside the window. The state of a
//           device is plain data in `struct state` (machine.h), so that a snapshot copies it.
#pragma once

#include "base/types.h"

struct machine;

struct device {
    const char *name;
    uint64 base, size;
    unsigned unit; // which of several alike devices: passed to both functions
    // Both return false for an access that the device refuses: an access fault.
    bool (*load)(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value);
    bool (*store)(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value);
};

// The device whose window holds [pa, pa + bytes), or NULL.
const struct device *bus_find(const struct machine *m, uint64 pa, int bytes);
// A device access of `bytes` bytes, naturally aligned. Returns false where there is no device or it
// refuses.
bool bus_load(struct machine *m, uint64 pa, int bytes, uint64 *value);
bool bus_store(struct machine *m, uint64 pa, int bytes, uint64 value);
