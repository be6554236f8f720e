// SPDX-License-Identifier: MIT
// mapsite.h - the callers that mapped and unmapped a page: debug builds record them, and they alone
// call these functions (checked/mapsite.c).
#pragma once

#include "lib/types.h"

struct aspace;
struct report;

enum mapsite_op { MAPSITE_NEW, MAPSITE_MAP, MAPSITE_UNMAP };

#define MAPSITE_TEXT 160

void mapsite_note(enum mapsite_op op, const struct aspace *as,
                  uint64 va); // notes the caller's caller
void mapsite_tell(struct report *r, const struct aspace *as,
                  uint64 va); // the last notes about the page
// The last mapping of the page: a return address; `text`, unless NULL, gets the callers' names.
uint64 mapsite_last(const struct aspace *as, uint64 va, char text[MAPSITE_TEXT]); // 0: not known
