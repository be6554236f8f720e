// SPDX-License-Identifier: MIT
// json.h - a writer of JSON. A key is 0 for a value of a list.
#pragma once

#include <stdbool.h>

void json_begin(const char *key, char bracket); // '{' or '['
void json_end(char bracket);                    // '}' or ']'; the last one ends the line
void json_text(const char *key, const char *value);
void json_hex(const char *key, unsigned long value); // "0x..."
void json_number(const char *key, unsigned long value);
void json_bool(const char *key, bool value);
void json_null(const char *key);
void json_flags(const char *key, unsigned long all, unsigned long any); // "rwxugadc"
void json_prot(const char *key, int prot);                              // "r-x"
