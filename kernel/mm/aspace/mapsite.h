// SPDX-License-Identifier: MIT
// mapsite.h - who mapped and unmapped a page, and when: remembered in debug builds
// (checked/mapsite.c).
#pragma once

#include "lib/types.h"

struct aspace;
struct report;

enum mapsite_op { MAPSITE_NEW, MAPSITE_MAP, MAPSITE_UNMAP };

#define MAPSITE_TEXT 160

#ifdef DEBUG
void mapsite_note(enum mapsite_op op, const struct aspace *as,
                  uint64 va); // by whoever called our caller
void mapsite_tell(struct report *r, const struct aspace *as,
                  uint64 va); // the last notes about the page
// Who mapped the page last: a return address, and in `text`, unless NULL, the names of the callers.
uint64 mapsite_last(const struct aspace *as, uint64 va, char text[MAPSITE_TEXT]); // 0: not known
#else
static inline void
mapsite_note(enum mapsite_op op, const struct aspace *as, uint64 va)
{
    (void)op, (void)as, (void)va;
}

static inline void
mapsite_tell(struct report *r, const struct aspace *as, uint64 va)
{
    (void)r, (void)as, (void)va;
}

static inline uint64
mapsite_last(const struct aspace *as, uint64 va, char text[MAPSITE_TEXT])
{
    (void)as, (void)va, (void)text;
    return 0;
}
#endif
