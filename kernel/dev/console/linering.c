// SPDX-License-Identifier: MIT
// linering.c - lines typed ahead: a ring of records, each a length and so many bytes.
//
// Locks     none: the owner serialises calls.
#include "dev/console/linering.h"

#define LENGTH 2 // bytes that a record's length takes

static uint8
byte(const struct linering *r, uint32 off)
{
    return r->data[(r->head + off) % LINERING];
}

static void
ring_put(struct linering *r, uint8 b)
{
    r->data[r->tail++ % LINERING] = b;
}

// Returns whether there is room for a record of n bytes.
bool
linering_has_room(const struct linering *r, size_t n)
{
    return LINERING - (r->tail - r->head) >= LENGTH + n;
}

// Appends a record, for which there is room.
void
linering_put(struct linering *r, const char *s, size_t n)
{
    ring_put(r, n & 0xff);
    ring_put(r, (uint8)(n >> 8));
    for (size_t i = 0; i < n; i++)
        ring_put(r, (uint8)s[i]);
}

// The length in bytes of the first record.
size_t
linering_length(const struct linering *r)
{
    return byte(r, 0) | (size_t)byte(r, 1) << 8;
}

// Copies the first n bytes of the first record, which has as many.
void
linering_peek(const struct linering *r, char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        s[i] = (char)byte(r, LENGTH + (uint32)i);
}

// Removes the first n bytes of the first record; the rest, if any, becomes the record.
void
linering_take(struct linering *r, size_t n)
{
    size_t left = linering_length(r) - n;
    r->head += (uint32)n;
    if (left == 0) {
        r->head += LENGTH;
        return;
    }
    r->data[r->head % LINERING] = left & 0xff;
    r->data[(r->head + 1) % LINERING] = (uint8)(left >> 8);
}

// Removes all records, or all but the first.
void
linering_drop(struct linering *r, bool keep_first)
{
    r->tail = keep_first ? r->head + LENGTH + (uint32)linering_length(r) : r->head;
}
