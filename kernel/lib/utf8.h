// SPDX-License-Identifier: MIT
// utf8.h - as much of UTF-8 as line editing needs: where characters begin and how wide they are.
//
// A byte that is part of no well-formed character counts as a character of one column.
#pragma once

#include "lib/types.h"

bool utf8_continues(uint8 c);                   // whether it is a byte after the first
size_t utf8_promised(uint8 lead);               // bytes that this first byte announces, 1 to 4
size_t utf8_next(const char *s, size_t n);      // bytes of the character at s; n > 0 are there
size_t utf8_prev(const char *s, size_t n);      // bytes of the character that ends at s + n; n > 0
uint32 utf8_columns(const char *s, size_t n);   // width on a terminal
bool utf8_printable(const char *s, size_t len); // whether it can go to a terminal as it is
