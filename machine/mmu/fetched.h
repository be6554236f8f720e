// SPDX-License-Identifier: MIT
// fetched.h - which instructions a hart may still execute although memory has others (rule 19).
//
// Theory    A hart may execute any contents of memory since its last fence.i. Each fence.i
//           of any hart begins an epoch, and the first store to a page in an epoch is noted with
//           the page. So a fetch is stale if the page was stored to in the epoch of the hart's last
//           fence.i or later.
//           Not judged are: a page that can be stored to where it is executed, since it may hold
//           data beside code; fetches without translation; and a kernel that executes no fence.i at
//           all, as xv6, since it relies on harts that see each store at once. With TLB_EXACT only
//           the second of these is not judged. There, fences and new trees begin epochs too, and
//           tell which tables were stored to before (rule 7).
// Manual    unpriv: zifencei
#pragma once

#include "base/types.h"
#include "pt/read/translate.h"

struct machine;

// The hart executes fence.i.
void fetched_fence(struct machine *m, unsigned hart);
// Begins an epoch of stores. Returns its number.
uint32 fetched_begin(struct machine *m);
// The page at `pa` in RAM is stored to, by a hart in the slow way or by a device.
void fetched_stored(struct machine *m, uint64 pa);
// Returns whether the hart may execute the page's former contents. `t` is the walk of the fetch.
bool fetched_stale(const struct machine *m, unsigned hart, const struct pt_trace *t);
// Reports a stale fetch at `va`. Returns whether the adversary executes the former contents. That
// is not known; it is taken for zeros, an illegal instruction.
bool fetched_report(struct machine *m, unsigned hart, uint64 va, const struct pt_trace *t);
// TLB_EXACT: reports a walk that may miss stores of before the write of satp (rule 7).
void fetched_order(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                   const struct pt_trace *t);
