// SPDX-License-Identifier: MIT
// delta.h - contents of pages, and differences of two contents, in few bytes.
//
// Theory    A page is kept as the words that differ from the word before, and a map of where they
//           are. Most pages that a kernel changes were full of one word, and most others change in
//           a few places: the exclusive or of the contents before and after has few such words.
//           A difference serves both ways, and two are one by another exclusive or, which has no
//           more such words than the two together.
#pragma once

#include "time/pool.h"

struct delta_page {
    uint64 word[512];
};

#define DELTA_CELLS ((12 + 64 + sizeof(struct delta_page)) / POOL_CELL + 1) // of a record, at most

// A record is a chain, and records make lists.
struct delta_head {
    uint32 next, page; // the next record; which page of memory it is (time/snapshot.h)
    uint32 mate;       // another record of the page, while memory is taken somewhere (time/back.c)
};

// Keeps the contents in a new record. Returns it, 0 if there is no room.
uint32 delta_keep(struct pool *p, uint32 next, uint32 page, const struct delta_page *from);
// Gives a record other contents. Returns false, with the record damaged, if there is no room.
bool delta_change(struct pool *p, uint32 record, const struct delta_page *from);
struct delta_head *delta_head(const struct pool *p, uint32 record);
// Exchanges the contents of a page with their exclusive or with those of a record.
void delta_apply(struct pool *p, uint32 record, struct delta_page *to);
// The contents of a record.
void delta_read(struct pool *p, uint32 record, struct delta_page *to);
// Gives back a list.
void delta_give(struct pool *p, uint32 first);
