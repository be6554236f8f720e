// SPDX-License-Identifier: MIT
// bytes.h - a reader of debug information: numbers and strings, one after the other.
//
// Promises  Nothing after the end is read: at the end the reader becomes bad, and returns 0 from
//           then on.
// Manual    DWARF 5, section 7.6
#pragma once

#include "board/loader.h"

struct bytes {
    struct file of;
    uint64 at;
    bool bad;
};

// Returns whether there is more to read.
bool bytes_more(const struct bytes *b);
// Reads a number of `n` bytes, 0 to 8, the lowest first.
uint64 bytes_number(struct bytes *b, unsigned n);
// Read a LEB128 number, unsigned or signed: seven bits a byte.
uint64 bytes_uleb(struct bytes *b);
int64 bytes_sleb(struct bytes *b);
// Reads a string that ends with 0; "" if there is no 0.
const char *bytes_string(struct bytes *b);
void bytes_skip(struct bytes *b, uint64 n);
// Returns a separate reader of the next `n` bytes; this one continues after them.
struct bytes bytes_part(struct bytes *b, uint64 n);
