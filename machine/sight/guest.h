// SPDX-License-Identifier: MIT
// guest.h - reads a hart's memory without leaving a trace in the machine.
#pragma once

#include "base/types.h"
#include "pt/read/translate.h"

struct machine;

// Translates `va` for an access of the hart's kernel, by its present tree if translation is on.
// Returns   whether `va` leads to RAM; then *pa is the physical address.
bool guest_translate(const struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                     uint64 *pa);
// Walks the hart's present tree as guest_translate() does; the trace has each entry that was read.
// Returns   false if translation is off.
bool guest_walk(const struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                struct pt_trace *trace);
// Walks the tree of a satp for an access of user mode (`user`), or of the kernel with SUM set or
// not. Returns false if that satp turns translation off.
bool guest_walk_tree(const struct machine *m, uint64 satp, uint64 va, enum pt_access access,
                     bool user, bool sum, struct pt_trace *trace);
// The page that was translated last, for guest_read_near(). It begins as zeroes, and is valid only
// while the machine stands.
struct guest_page {
    bool known;
    uint64 va, pa; // of its first byte
};

// As guest_read(), but an address in the page of the last call is not translated again. All
// accesses with one `page` must be of one kind.
bool guest_read_near(const struct machine *m, unsigned hart, struct guest_page *page, uint64 va,
                     unsigned n, enum pt_access access, uint64 *value);
// Reads `n` bytes (1 to 8) at `va`, which must not cross a page.
bool guest_read(const struct machine *m, unsigned hart, uint64 va, unsigned n,
                enum pt_access access, uint64 *value);
