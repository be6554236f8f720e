// SPDX-License-Identifier: MIT
// pool.h - memory that lives as long as one command line does.
#pragma once

void *pool_get(unsigned long n);                   // zeroed; NULL without memory
char *pool_string(const char *s, unsigned long n); // a copy of s[0..n) with a NUL, or NULL
void pool_reset(void);                             // frees everything
