// SPDX-License-Identifier: MIT
// guest.h - reads a hart's memory without leaving a trace in the machine.
#pragma once

#include "base/types.h"
#include "pt/read/translate.h"

struct machine;

// Walks the hart's present tree for an access of its kernel, whether translation is on or not.
// Returns   whether `va` is in RAM: *pa is where then.
bool guest_translate(const struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                     uint64 *pa);
// As guest_translate(), with each entry that was read. Returns false if translation is off.
bool guest_walk(const struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                struct pt_trace *trace);
// Walks the tree of a satp for an access in user mode or of the kernel (SUM set or not). Returns
// false if that satp turns translation off.
bool guest_walk_tree(const struct machine *m, uint64 satp, uint64 va, enum pt_access access,
                     bool user, bool sum, struct pt_trace *trace);
// A page that was translated last: zeroed at first, and used for one look at a machine that stands.
struct guest_page {
    bool known;
    uint64 va, pa; // of its first byte
};

// As guest_read(), which translates each time. The accesses of one `page` are all of one kind.
bool guest_read_near(const struct machine *m, unsigned hart, struct guest_page *page, uint64 va,
                     unsigned n, enum pt_access access, uint64 *value);
// Reads `n` bytes (1 to 8) at `va`, which must not cross a page.
bool guest_read(const struct machine *m, unsigned hart, uint64 va, unsigned n,
                enum pt_access access, uint64 *value);
