// SPDX-License-Identifier: MIT
// web.h - shared declarations of the files of exports.
//
// Theory    Each export that answers with more than a number fills an array of 64-bit words that
//           the caller has allocated: JavaScript sees it as a BigUint64Array. The order of the
//           words is that of the members of the structure named in the export's comment.
#pragma once

#include "machine.h"

#define EXPORT __attribute__((visibility("default")))

// Returns `bytes` bytes of zeros, NULL if there is no memory.
EXPORT void *web_alloc(size_t bytes);
// The entry at a physical address; 0 outside RAM.
uint64 web_entry_at(const struct machine *m, uint64 pa);
// The first address that the entry at `pa` stands for in the tree of `satp`. Returns false when
// the tree has no such entry.
bool web_address_of(const struct machine *m, uint64 satp, uint64 pa, uint64 *va);

// The `arg` of the machine's host calls.
struct web_host {
    struct machine *m;
    struct listening *listening; // of until.c; while m->host.event is set
};
