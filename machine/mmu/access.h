// SPDX-License-Identifier: MIT
// access.h - loads, stores and fetches that no shortcut serves.
//
// Theory    The slow way of every access: translate, check the rules and PMP, look at the page's
//           marks, reach RAM or a device, and enter a shortcut where one is allowed.
#pragma once

#include "base/types.h"
#include "pt/read/translate.h"

struct code_page;
struct machine;

// Each of these returns false if the access traps; the lane's `trap` then says how.

// Loads `bytes` (1, 2, 4, 8) at `va`, zero-extended.
bool load_slow(struct machine *m, unsigned hart, uint64 va, int bytes, uint64 *value);
// The load of an AMO: it needs the right to store, and must be aligned.
bool load_amo(struct machine *m, unsigned hart, uint64 va, int bytes, uint64 *value);
// Stores the low `bytes` of `value` at `va`.
bool store_slow(struct machine *m, unsigned hart, uint64 va, int bytes, uint64 value);
// The physical address of an aligned word in RAM, for LR and SC.
bool reserve_at(struct machine *m, unsigned hart, uint64 va, int bytes, bool store, uint64 *pa);
// The code page that holds `va`, an even address.
bool fetch_slow(struct machine *m, unsigned hart, uint64 va, struct code_page **page);
// The 16 bits of code at `va`, for an instruction that crosses pages.
bool fetch_half(struct machine *m, unsigned hart, uint64 va, uint32 *half);

// Stores to RAM, respecting the page's marks. [pa, pa + bytes) is in RAM and in one page.
void ram_store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value);
