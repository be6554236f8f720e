// SPDX-License-Identifier: MIT
// delta.h - stores the contents of pages, and differences between contents, in few bytes.
//
// Theory    A record has the words of a page that differ from the word before them, and a map of
//           their places. Most pages that a kernel changes were full of one word, so they have few
//           such words. Most others change in few places: the exclusive or of the contents before
//           and after has few such words. This difference takes the page forwards and backwards.
//           The exclusive or of two differences is the difference over both intervals; it has no
//           more such words than the two together.
#pragma once

#include "time/pool.h"

struct delta_page {
    uint64 word[512];
};

#define DELTA_CELLS ((12 + 64 + sizeof(struct delta_page)) / POOL_CELL + 1) // of a record, at most

// The head of a record. A record is a chain of cells (time/pool.h), and records form lists.
struct delta_head {
    uint32 next, page; // the next record; which page of memory it is (time/snapshot.h)
    uint32 mate;       // another record of the page, while memory is taken somewhere (time/back.c)
};

// Stores the contents in a new record, before `next` in its list. Returns the record; 0: no room.
uint32 delta_keep(struct pool *p, uint32 next, uint32 page, const struct delta_page *from);
// Stores other contents in a record. Returns false, with the record damaged, if there is no room.
bool delta_change(struct pool *p, uint32 record, const struct delta_page *from);
struct delta_head *delta_head(const struct pool *p, uint32 record);
// Replaces the contents of a page by their exclusive or with the record's.
void delta_apply(struct pool *p, uint32 record, struct delta_page *to);
// Reads the contents of a record.
void delta_read(struct pool *p, uint32 record, struct delta_page *to);
// Frees a list of records.
void delta_give(struct pool *p, uint32 first);
