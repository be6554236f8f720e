// SPDX-License-Identifier: MIT
// bytes.h - reads numbers and strings of debug information, one after the other.
//
// Promises  Nothing behind the end is read: the reader becomes bad, and gives 0 from then on.
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
// A number of `n` bytes, 0 to 8, the lowest first.
uint64 bytes_number(struct bytes *b, unsigned n);
// Numbers of seven bits a byte.
uint64 bytes_uleb(struct bytes *b);
int64 bytes_sleb(struct bytes *b);
// A string; "" when it has no end.
const char *bytes_string(struct bytes *b);
void bytes_skip(struct bytes *b, uint64 n);
// Returns a separate reader of the next `n` bytes; this one continues behind them.
struct bytes bytes_part(struct bytes *b, uint64 n);
