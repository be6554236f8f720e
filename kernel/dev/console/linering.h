// SPDX-License-Identifier: MIT
// linering.h - lines typed ahead: a ring of records, each a length and so many bytes.
#pragma once

#include "lib/types.h"

#define LINERING 8192 // bytes; a power of two

struct linering {
    uint8 data[LINERING];
    uint32 head, tail; // bytes ever taken and put; a record starts at head
};

// Returns whether there is no record.
static inline bool
linering_empty(const struct linering *r)
{
    return r->head == r->tail;
}

bool linering_has_room(const struct linering *r, size_t n);     // for a record of n bytes
void linering_put(struct linering *r, const char *s, size_t n); // a record, for which there is room
size_t linering_length(const struct linering *r);               // of the first record
void linering_peek(const struct linering *r, char *s, size_t n); // its first n bytes
void linering_take(struct linering *r, size_t n);                // removes them
void linering_drop(struct linering *r, bool keep_first); // removes all, or all but the first
