// SPDX-License-Identifier: MIT
// reach.h - where an access of a hart leads, by translation, the rules and PMP.
#pragma once

#include "base/types.h"
#include "pt/read/translate.h"

struct machine;

// Notes a trap of the hart. Returns false.
bool reach_fault(struct machine *m, unsigned hart, int cause, uint64 tval);
// Notes an access fault at `va`. Returns false.
bool reach_access_fault(struct machine *m, unsigned hart, enum pt_access access, uint64 va);
// Translates `va` and asks PMP; `bytes` do not cross a page. Sets `*pa`, and `*keep` if the result
// may become a shortcut. Returns false if the access traps.
bool reach(struct machine *m, unsigned hart, uint64 va, int bytes, enum pt_access access,
           uint64 *pa, bool *keep);
// Returns whether translation and PMP let a shortcut serve this access, and sets `*pa`. Ignores
// existing shortcuts, and changes nothing.
bool reach_plain(struct machine *m, unsigned hart, uint64 va, enum pt_access access, uint64 *pa);
