// SPDX-License-Identifier: MIT
// ksyms.h - the kernel's own table of text symbols, made by tools/ksyms.py when it links the
// kernel.
#pragma once

#include "lib/types.h"

extern const uint64 ksyms_count;
extern const uint32 ksyms_addr[];  // offsets from _text, ascending
extern const uint32 ksyms_name[];  // offsets into ksyms_strings
extern const char ksyms_strings[]; // NUL-terminated names
extern char _text[], _etext[];     // by kernel.ld

const char *ksyms_lookup(uint64 pc, uint64 *offset); // the function around pc; NULL: none
